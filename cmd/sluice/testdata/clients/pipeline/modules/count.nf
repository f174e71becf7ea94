process COUNT {
    tag "$meta.id"
    publishDir params.outdir ?: 'results', mode: 'copy'
    input:
    tuple val(meta), path(text)
    output:
    tuple val(meta), path("*.count"), emit: count
    val true, emit: done
    path 'versions.yml', topic: versions
    script:
    if (meta.id == 'bad') error "no such sample: ${meta.id}"
    """
    wc -l < $text | tr -d ' ' > ${meta.id}.count
    echo "wc: 1" > versions.yml
    """
    stub:
    """
    touch ${meta.id}.count versions.yml
    """
}
