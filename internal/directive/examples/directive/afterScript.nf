process show {
    afterScript 'rm scratch.txt'

    output:
    stdout

    script:
    'touch scratch.txt; printf done'
}

workflow {
    show().view()
}
