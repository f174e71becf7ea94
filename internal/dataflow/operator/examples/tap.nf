workflow {
    channel.of(1, 2).tap { before }.map { n -> n * 2 }.toList().view()
    before.toList().view()
}
