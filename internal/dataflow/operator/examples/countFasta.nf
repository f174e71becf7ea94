workflow {
    channel.of(">s1\nACGT\n>s2\nTT\n").countFasta().view()
}
