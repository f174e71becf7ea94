workflow {
    channel.of('1.5').toFloat().view()
}
