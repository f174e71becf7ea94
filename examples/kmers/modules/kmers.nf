// A k-mer and its reverse complement are the same: the smaller of the two is counted.
def canonical() {
    '''
    function revcomp(s,   r, i) {
        r = ""
        for (i = length(s); i > 0; i--) r = r pair[substr(s, i, 1)]
        return r
    }
    function emit(s,   i, w, c) {
        for (i = 1; i + k - 1 <= length(s); i++) {
            w = substr(s, i, k)
            if (w ~ /[^ACGT]/) continue
            c = revcomp(w)
            print (w < c) ? w : c
        }
    }
    BEGIN { pair["A"] = "T"; pair["C"] = "G"; pair["G"] = "C"; pair["T"] = "A" }
    '''.stripIndent()
}

process COUNT {
    tag "${reads.name}"

    input:
    tuple val(meta), path(reads)
    val k

    output:
    tuple val(meta), path("${reads.name}.counts")

    script:
    """
    export LC_ALL=C
    awk -v k=${k} '${canonical()} NR % 4 == 2 { emit(\$0) }' ${reads} \\
        | sort | uniq -c | awk '{ print \$2, \$1 }' > ${reads.name}.counts
    """
}

process MERGE {
    tag "${meta.id}"
    publishDir "${params.outdir}/kmers", mode: 'copy'

    input:
    tuple val(meta), path(counts, stageAs: 'chunk?/*')

    output:
    tuple val(meta), path("${meta.id}.kmers")

    script:
    """
    export LC_ALL=C
    sort -m -k1,1 chunk*/* | awk '
        \$1 != last { if (NR > 1 && n >= ${params.min_count}) print last, n; last = \$1; n = 0 }
        { n += \$2 }
        END { if (n >= ${params.min_count}) print last, n }
    ' > ${meta.id}.kmers
    """
}

process REFERENCE {
    input:
    path fasta
    val k

    output:
    path 'reference.kmers'

    script:
    """
    export LC_ALL=C
    awk -v k=${k} '${canonical()} /^>/ { emit(s); s = ""; next } { s = s toupper(\$0) } END { emit(s) }' ${fasta} \\
        | sort -u > reference.kmers
    """
}

process COVERAGE {
    tag "${meta.id}"

    input:
    tuple val(meta), path(kmers), path(reference)

    output:
    tuple val(meta), path("${meta.id}.coverage")

    script:
    """
    export LC_ALL=C
    join ${reference} ${kmers} | awk -v total=\$(wc -l < ${reference}) -v all=\$(wc -l < ${kmers}) '
        { n++; depth += \$2 }
        END { printf "%d\\t%.4f\\t%.2f\\n", all, n / total, n ? depth / n : 0 }
    ' > ${meta.id}.coverage
    """
}
