workflow {
    channel.of(1, 2).dump(tag: 'numbers').view()
}
