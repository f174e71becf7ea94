process look {
    stageInMode 'copy'

    input:
    path x

    output:
    stdout

    script:
    "[ -L $x ] && printf link || printf copy"
}

workflow {
    look(channel.of('some text').collectFile(name: 'a.txt')).view()
}
