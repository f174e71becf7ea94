process show {
    memory { 20.MB * task.attempt }

    output:
    stdout

    script:
    "printf '%s MB' ${task.memory.toMega()}"
}

workflow {
    show().view()
}
