workflow {
    channel.of(3, 2, 1, 5).until { n -> n == 1 }.view()
}
