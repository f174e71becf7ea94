workflow {
    channel.interval('10ms') { n -> n == 3 ? channel.STOP : n }.view()
}
