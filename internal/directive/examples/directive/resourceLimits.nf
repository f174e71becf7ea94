process show {
    resourceLimits cpus: 1, memory: 100.MB
    cpus 64
    memory 500.GB

    output:
    stdout

    script:
    "printf '%s cpu, %s MB' ${task.cpus} ${task.memory.toMega()}"
}

workflow {
    show().view()
}
