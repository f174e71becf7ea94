workflow {
    words = channel.of('b', 'a')
    words.map { w -> w.toUpperCase() }.toSortedList().view()
}
