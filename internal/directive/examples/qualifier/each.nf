process align {
    input:
    val sample
    each mode

    output:
    stdout

    script:
    "printf '%s by %s' $sample $mode"
}

workflow {
    align(channel.of('a', 'b'), ['fast', 'exact']).toSortedList().view()
}
