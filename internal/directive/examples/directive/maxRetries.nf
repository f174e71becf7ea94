process flaky {
    errorStrategy 'retry'
    maxRetries 3

    output:
    stdout

    script:
    "[ ${task.attempt} -gt 2 ] && printf 'failed twice'"
}

workflow {
    flaky().view()
}
