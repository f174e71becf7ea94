workflow {
    channel.of('{"a": [1, 2, 3]}').countJson(path: 'a').view()
}
