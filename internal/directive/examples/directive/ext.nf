process show {
    ext args: '--fast', prefix: { 'sample_1' }

    output:
    stdout

    script:
    "printf '%s %s' ${task.ext.prefix} '${task.ext.args}'"
}

workflow {
    show().view()
}
