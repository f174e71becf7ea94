workflow {
    channel.of(1, 2, 3).first { n -> n > 1 }.view()
}
