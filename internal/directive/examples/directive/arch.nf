process show {
    arch 'linux/x86_64', target: 'cascadelake'

    output:
    stdout

    script:
    "printf '%s' '${task.arch}'"
}

workflow {
    show().view()
}
