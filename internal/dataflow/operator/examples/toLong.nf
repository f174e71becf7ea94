workflow {
    channel.of('7').toLong().map { n -> n + 1 }.view()
}
