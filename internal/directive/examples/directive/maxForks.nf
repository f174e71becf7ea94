process oneByOne {
    maxForks 1

    input:
    val n

    output:
    val n

    script:
    'true'
}

workflow {
    oneByOne(channel.of(1, 2, 3)).toSortedList().view()
}
