workflow {
    channel.of(1..100).randomSample(3, 42).view()
}
