workflow {
    channel.of(['s1', 'b'], ['s2', 'c'], ['s1', 'a'])
        .groupTuple(sort: true)
        .view()
}
