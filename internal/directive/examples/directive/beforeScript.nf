process show {
    beforeScript 'export WORD=hello'

    output:
    stdout

    script:
    'printf $WORD'
}

workflow {
    show().view()
}
