process show {
    maxSubmitAwait 10.min

    output:
    stdout

    script:
    'printf "not long in the queue"'
}

workflow {
    show().view()
}
