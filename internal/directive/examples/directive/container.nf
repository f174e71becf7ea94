process show {
    container 'quay.io/lab/tool:1.0'

    output:
    stdout

    script:
    "printf '%s' '${task.container}'"
}

workflow {
    show().view()
}
