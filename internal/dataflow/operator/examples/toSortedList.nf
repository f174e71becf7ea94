workflow {
    channel.of(3, 1, 2).toSortedList { a, b -> b <=> a }.view()
}
