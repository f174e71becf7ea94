process flaky {
    errorStrategy { task.exitStatus == 3 ? 'retry' : 'terminate' }
    maxRetries 2

    output:
    stdout

    script:
    """
    [ ${task.attempt} -gt 1 ] || exit 3
    printf 'attempt %s' ${task.attempt}
    """
}

workflow {
    flaky().view()
}
