workflow {
    channel.of('a', 'ccc', 'bb').max { s -> s.length() }.view()
}
