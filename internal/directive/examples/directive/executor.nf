process show {
    executor 'local'

    output:
    stdout

    script:
    "printf '%s' ${task.executor}"
}

workflow {
    show().view()
}
