process show {
    pod env: 'REGION', value: 'north'

    output:
    stdout

    script:
    'printf "for Kubernetes only"'
}

workflow {
    show().view()
}
