workflow {
    channel.of(1, 2, 3).last().view()
}
