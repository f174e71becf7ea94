process show {
    penv 'smp'

    output:
    stdout

    script:
    "printf '%s' ${task.penv}"
}

workflow {
    show().view()
}
