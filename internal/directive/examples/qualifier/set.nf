// with the older grammar: NXF_SYNTAX_PARSER=v1
process upper {
    input:
    set val(id), val(word)

    output:
    set val(id), stdout

    script:
    "printf $word | tr a-z A-Z"
}

workflow {
    upper(channel.of(['s1', 'abc'])).view()
}
