workflow {
    channel.of(['fruit.txt', 'pear'], ['tree.txt', 'oak'], ['fruit.txt', 'apple'])
        .collectFile(newLine: true, sort: true)
        .map { f -> "$f.name: ${f.readLines()}" }
        .view()
}
