workflow {
    channel.of("id,n\ns1,3\ns2,4\n").splitCsv(header: true).view { row -> "$row.id $row.n" }
}
