process show {
    machineType 'n2-standard-4'

    output:
    stdout

    script:
    "printf '%s' '${task.machineType}'"
}

workflow {
    show().view()
}
