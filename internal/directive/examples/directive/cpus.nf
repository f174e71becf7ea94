process show {
    cpus 1

    output:
    stdout

    script:
    "printf '%s threads' ${task.cpus}"
}

workflow {
    show().view()
}
