workflow {
    channel.of(1..3, 'a', [4, 5]).view()
}
