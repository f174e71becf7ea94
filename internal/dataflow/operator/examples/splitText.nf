workflow {
    channel.of("one\ntwo\nthree\n").splitText(by: 2).view { chunk -> chunk.readLines() }
}
