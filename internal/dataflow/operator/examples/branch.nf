workflow {
    sizes = channel.of(3, 12, 40)
    out = sizes.branch { n ->
        small: n < 10
        large: n > 30
            return "$n!"
        other: true
    }
    out.small.view { n -> "small $n" }
    out.other.view { n -> "other $n" }
    out.large.view { n -> "large $n" }
}
