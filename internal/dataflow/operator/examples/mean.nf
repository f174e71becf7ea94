workflow {
    channel.of(1, 2, 6).mean().view()
}
