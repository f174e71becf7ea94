process count {
    input:
    env 'WORD'

    output:
    env 'LENGTH', emit: length

    script:
    'LENGTH=${#WORD}'
}

workflow {
    count('chromosome').length.view()
}
