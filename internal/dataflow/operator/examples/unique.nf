workflow {
    channel.of(1, 12, 15, 2).unique { n -> n.toString()[0] }.view()
}
