workflow {
    channel.of(">s1 first\nACGT\n>s2\nTT\n").splitFasta(record: [id: true, seqString: true]).view()
}
