workflow {
    println channel.value(7).getVal()
}
