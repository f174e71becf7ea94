process greet {
    input:
    val name
    val word

    output:
    stdout

    script:
    "printf '%s %s' $word $name"
}

workflow {
    word = channel.value('hello') // read for every name
    greet(channel.of('Ann', 'Bob'), word).toSortedList().view()
    word.map { w -> w.size() }.view { n -> "letters: $n" }
}
