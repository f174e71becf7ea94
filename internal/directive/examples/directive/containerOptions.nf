process show {
    containerOptions '--shm-size 1g'

    output:
    stdout

    script:
    "printf '%s' '${task.containerOptions}'"
}

workflow {
    show().view()
}
