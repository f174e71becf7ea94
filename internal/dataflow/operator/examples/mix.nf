workflow {
    channel.of(1, 2).mix(channel.of('a')).toSortedList { v -> v.toString() }.view()
}
