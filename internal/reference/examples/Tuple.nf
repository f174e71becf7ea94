workflow {
    pair = tuple('s1', 10)
    println pair[0]
    def (id, count) = pair
    println "$id has $count"
}
