process wait {
    fair true

    input:
    val seconds

    output:
    val seconds

    script:
    "sleep $seconds"
}

workflow {
    wait(channel.of(0.2, 0.1, 0)).collect().view()
}
