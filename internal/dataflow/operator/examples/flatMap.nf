workflow {
    channel.of(1, 2).flatMap { n -> [n, n * 10] }.view()
}
