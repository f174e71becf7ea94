process P {
    output:
    val 'v1', topic: 'versions'

    script:
    'true'
}

workflow {
    P()
    channel.topic('versions').view()
}
