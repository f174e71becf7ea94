process show {
    label 'small'
    label 'quick'

    output:
    stdout

    script:
    'printf "withLabel: small { ... } applies to it"'
}

workflow {
    show().view()
}
