process double_it {
    input:
    val x

    output:
    val y, emit: twice

    exec:
    y = 2 * x
}

workflow {
    double_it(channel.of(1, 2)).twice.toSortedList().view()
}
