process index {
    storeDir "${workflow.launchDir}/store"

    output:
    path 'index.txt'

    script:
    'echo built once > index.txt'
}

workflow {
    index().view { f -> "${f.parent.name}/${f.name}: ${f.text.trim()}" }
}
