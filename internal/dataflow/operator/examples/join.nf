workflow {
    left = channel.of(['s1', 1], ['s2', 2])
    right = channel.of(['s2', 'b'], ['s3', 'c'])
    left.join(right, remainder: true).view()
}
