workflow {
    channel.of("@r1\nACGT\n+\nIIII\n@r2\nTTTT\n+\nIIII\n").countFastq().view()
}
