workflow {
    channel.of(1, 2).view { n -> "number $n" }
}
