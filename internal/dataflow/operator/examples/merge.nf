workflow {
    channel.of(1, 2).merge(channel.of('a', 'b')).view()
}
