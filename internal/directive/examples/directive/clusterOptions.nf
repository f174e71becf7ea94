process show {
    clusterOptions '--account lab'

    output:
    stdout

    script:
    "printf '%s' '${task.clusterOptions}'"
}

workflow {
    show().view()
}
