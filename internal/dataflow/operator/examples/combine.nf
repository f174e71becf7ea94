workflow {
    channel.of(['s1', 1], ['s2', 2]).combine(channel.of(['s1', 'x'], ['s1', 'y']), by: 0).view()
}
