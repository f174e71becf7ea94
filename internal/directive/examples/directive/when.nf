process large {
    input:
    val size

    output:
    val size

    when:
    size > 10

    script:
    'true'
}

workflow {
    large(channel.of(5, 50)).view()
}
