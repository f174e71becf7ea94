process show {
    resourceLabels project: 'wheat'

    output:
    stdout

    script:
    "printf '%s' ${task.resourceLabels.project}"
}

workflow {
    show().view()
}
