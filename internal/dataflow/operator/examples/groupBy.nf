workflow {
    channel.of(tuple('s1', 'a'), tuple('s2', 'b'), tuple('s1', 'c')).groupBy().view()
}
