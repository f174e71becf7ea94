workflow {
    channel.of(1, 2).concat(channel.of('a'), channel.of('b')).view()
}
