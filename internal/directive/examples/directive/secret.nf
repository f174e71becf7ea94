process fetch {
    secret 'LAB_TOKEN' // sluice secrets set LAB_TOKEN ...

    output:
    stdout

    script:
    'curl -H "Authorization: Bearer $LAB_TOKEN" https://lab.example.org/data'
}

workflow {
    if (params.fetch) {
        fetch().view()
    } else {
        println 'nothing to fetch'
    }
}
