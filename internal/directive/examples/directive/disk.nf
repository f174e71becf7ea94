process show {
    disk 2.GB

    output:
    stdout

    script:
    "printf '%s' '${task.disk}'"
}

workflow {
    show().view()
}
