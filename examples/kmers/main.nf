// k-mers of sequencing reads against a reference, with nothing but bash, awk, sort and gzip.
// Reads are cut into chunks, counted in parallel, merged by sample and compared
// with the k-mers of the reference; read statistics are joined in at the end.

include { READ_STATS } from './modules/stats'
include { COUNT; MERGE; REFERENCE; COVERAGE } from './modules/kmers'

process SUMMARY {
    publishDir params.outdir, mode: 'copy'

    input:
    path rows

    output:
    path 'summary.tsv'

    script:
    """
    printf 'sample\\tpopulation\\treads\\tbases\\tgc\\tmean_quality\\tkmers\\tcovered\\tmean_depth\\n' > summary.tsv
    sort ${rows.join(' ')} >> summary.tsv
    """
}

// One line of the table: what the reads are and what they cover.
process ROW {
    tag "${meta.id}"

    input:
    tuple val(meta), path(stats, stageAs: 'stats/*'), path(coverage)

    output:
    path "${meta.id}.row"

    script:
    """
    awk -v id=${meta.id} -v pop=${meta.population} '
        FILENAME ~ /stats/ { reads += \$2; bases += \$3; gc += \$4; qual += \$5; next }
        { rest = \$1 "\\t" \$2 "\\t" \$3 }
        END { printf "%s\\t%s\\t%d\\t%d\\t%.4f\\t%.2f\\t%s\\n", id, pop, reads, bases, gc / bases, qual / bases, rest }
    ' ${stats.join(' ')} ${coverage} > ${meta.id}.row
    """
}

workflow {
    main:
    samples = channel
        .fromPath(params.input, checkIfExists: true)
        .splitCsv(header: true)
        .map { row ->
            def dir = file(params.input).parent
            def meta = [id: row.sample, population: row.population]
            [meta, dir / row.fastq_1, dir / row.fastq_2]
        }

    ends = samples.flatMap { meta, one, two -> [[meta, 1, one], [meta, 2, two]] }
    READ_STATS(ends)

    chunks = ends
        .map { meta, _end, reads -> [meta, reads] }
        .splitFastq(by: params.chunk, file: true, elem: 1)
    COUNT(chunks, params.k)
    MERGE(COUNT.out.groupTuple())

    REFERENCE(file(params.reference, checkIfExists: true), params.k)
    COVERAGE(MERGE.out.combine(REFERENCE.out))

    ROW(READ_STATS.out.groupTuple(size: 2).join(COVERAGE.out))
    SUMMARY(ROW.out.collect(sort: { row -> row.name }))

    SUMMARY.out.view { table -> table.text.trim() }
}
