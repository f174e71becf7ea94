process show {
    queue 'long'

    output:
    stdout

    script:
    "printf '%s' ${task.queue}"
}

workflow {
    show().view()
}
