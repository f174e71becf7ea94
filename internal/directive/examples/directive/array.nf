process many {
    array 100

    input:
    val n

    output:
    stdout

    script:
    "printf $n"
}

workflow {
    if (params.onCluster) { // the executor `local` has no job arrays
        many(channel.of(1..1000)).view()
    } else {
        println 'not on a cluster'
    }
}
