process report {
    scratch true
    stageOutMode 'move'

    output:
    path 'report.txt'

    script:
    'touch left_behind; echo fine > report.txt'
}

workflow {
    report().view { f -> f.parent.list().contains('left_behind') ? 'all files' : 'only the output' }
}
