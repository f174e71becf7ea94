workflow {
    channel.of(1, 2, 3, 4, 5).collate(3, 2).view()
}
