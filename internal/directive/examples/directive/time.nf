process show {
    time { 10.min * task.attempt }

    output:
    stdout

    script:
    "printf '%s minutes' ${task.time.toMinutes()}"
}

workflow {
    show().view()
}
