workflow {
    channel.of('7').toInteger().map { n -> n + 1 }.view()
}
