workflow {
    channel.of('{"samples": ["a", "b"]}').splitJson(path: 'samples').view()
}
