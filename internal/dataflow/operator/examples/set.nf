workflow {
    channel.of(1, 2).set { numbers }
    numbers.view()
}
