workflow {
    channel.of("@r1\nACGT\n+\nIIII\n").splitFastq(record: true).view { read -> read.readString }
}
