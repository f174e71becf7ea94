workflow {
    channel.of(['s1', 3], ['s2', 4]).map { id, n -> "$id: ${n * n}" }.view()
}
