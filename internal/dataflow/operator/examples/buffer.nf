workflow {
    channel.of(1, 2, 3, 1, 5).buffer { n -> n == 3 }.view()
    channel.of('a', 'b', 'c', 'd', 'e').buffer(size: 2, remainder: true).view()
}
