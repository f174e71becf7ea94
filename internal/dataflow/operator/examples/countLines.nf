workflow {
    channel.of("one\ntwo\n", "three").countLines().view()
}
