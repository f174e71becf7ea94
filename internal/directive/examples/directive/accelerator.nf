process show {
    accelerator 2, type: 'nvidia-tesla'

    output:
    stdout

    script:
    "printf '%s of kind %s' ${task.accelerator.request} ${task.accelerator.type}"
}

workflow {
    show().view()
}
