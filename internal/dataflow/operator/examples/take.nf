workflow {
    channel.of(1, 2, 3).take(2).view()
}
