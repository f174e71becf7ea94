workflow {
    channel.from([1, 2]).view()
}
