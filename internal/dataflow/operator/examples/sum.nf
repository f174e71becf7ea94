workflow {
    channel.of('a', 'bb').sum { s -> s.length() }.view()
}
