process copy {
    input:
    file 'in.txt'

    output:
    file 'out.txt'

    script:
    'cp in.txt out.txt'
}

workflow {
    copy('text that is no path').view { f -> f.text }
}
