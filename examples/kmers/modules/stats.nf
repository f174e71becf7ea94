// Reads, bases, G and C, sum of the qualities of one file.
process READ_STATS {
    tag "${meta.id}_${end}"

    input:
    tuple val(meta), val(end), path(reads)

    output:
    tuple val(meta), path("${meta.id}_${end}.stats")

    script:
    """
    gzip -dc ${reads} | awk -v name=${meta.id}_${end} '
        BEGIN { for (i = 33; i < 127; i++) score[sprintf("%c", i)] = i - 33 }
        NR % 4 == 2 { reads++; bases += length(\$0); s = \$0; gc += gsub(/[GC]/, "", s) }
        NR % 4 == 0 { for (i = 1; i <= length(\$0); i++) qual += score[substr(\$0, i, 1)] }
        END { print name, reads, bases, gc, qual }
    ' > ${meta.id}_${end}.stats
    """
}
