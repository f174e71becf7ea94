workflow {
    channel.of(1, 1, 2, 2, 1).distinct().view()
}
