process show {
    spack 'samtools@1.21'

    output:
    stdout

    script:
    "printf '%s' '${task.spack}'"
}

workflow {
    show().view()
}
