workflow {
    samples = channel.of(['s1', 'human'], ['s2', 'mouse'])
    reads = channel.of(['s1', 'a.fq'], ['s1', 'b.fq'], ['s2', 'c.fq'])
    samples.cross(reads).view()
}
