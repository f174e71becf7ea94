process report {
    input:
    tuple val(id), val(count)

    output:
    tuple val(id), path('report.txt'), emit: reports

    script:
    "printf '%s reads' $count > report.txt"
}

workflow {
    report(channel.of(['s1', 10])).reports.view { id, file -> "$id: ${file.text}" }
}
