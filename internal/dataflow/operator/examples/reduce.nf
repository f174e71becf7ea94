workflow {
    channel.of(1, 2, 3).reduce(10) { total, n -> total + n }.view()
}
