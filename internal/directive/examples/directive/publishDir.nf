process report {
    publishDir 'results', mode: 'copy', saveAs: { name -> "final_$name" }

    output:
    path 'report.txt'

    script:
    'echo fine > report.txt'
}

workflow {
    report()
    workflow.onComplete { println file("${workflow.launchDir}/results/final_report.txt").text.trim() }
}
