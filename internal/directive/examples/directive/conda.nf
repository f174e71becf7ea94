process show {
    conda 'samtools=1.21'

    output:
    stdout

    script:
    "printf '%s' '${task.conda}'"
}

workflow {
    show().view()
}
