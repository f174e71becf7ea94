workflow {
    channel.of(['s1', [1, 2], ['a', 'b']]).transpose().view()
}
