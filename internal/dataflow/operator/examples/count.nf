workflow {
    channel.of('a', 'ab', 'b').count(~/a.*/).view()
}
