workflow {
    channel.of(8, 6, 5).min().view()
}
