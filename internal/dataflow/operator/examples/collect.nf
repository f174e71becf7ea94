workflow {
    channel.of([3, 1], 2).collect(sort: true).view()
    channel.of('a', 'bb').collect { s -> s.length() }.view()
}
