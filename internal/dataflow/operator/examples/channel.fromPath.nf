workflow {
    channel.fromPath('*.nf').view { f -> f.name }
}
