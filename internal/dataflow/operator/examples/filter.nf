workflow {
    channel.of('a', 1, 'ab', 2).filter(Number).view()
}
