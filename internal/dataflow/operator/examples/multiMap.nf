workflow {
    out = channel.of(1, 2).multiMap { n ->
        one: n
        ten: n * 10
    }
    out.ten.view()
}
