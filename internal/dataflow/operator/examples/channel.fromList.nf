workflow {
    channel.fromList(['a', 'b']).view()
}
