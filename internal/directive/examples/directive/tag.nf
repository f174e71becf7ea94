process count {
    tag "$id"

    input:
    val id

    output:
    stdout

    script:
    "printf '%s' '${task.tag}'"
}

workflow {
    count(channel.of('s1', 's2')).toSortedList().view()
}
