process show {
    fusion enabled: false

    output:
    stdout

    script:
    "printf 'fusion: %s' ${task.fusion.enabled}"
}

workflow {
    show().view()
}
