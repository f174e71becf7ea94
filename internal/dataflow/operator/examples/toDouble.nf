workflow {
    channel.of('1.5').toDouble().view()
}
