process show {
    cache 'lenient'

    output:
    stdout

    script:
    'printf "by path and size"'
}

workflow {
    show().view()
}
