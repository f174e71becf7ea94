process count {
    input:
    stdin

    output:
    stdout

    script:
    'tr -d a | tr -d "\n"'
}

workflow {
    count('banana').view()
}
