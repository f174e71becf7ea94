workflow {
    sample = record(id: 's1', reads: 10)
    println sample.id
    println((sample + record(reads: 20)).reads)
    println sample.subMap(['reads'])
}
