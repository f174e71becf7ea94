// the sections share their variables
process P {
    tag "$meta.id"
    cpus { task.attempt * n }
    publishDir params.out, saveAs: { name -> "$meta.id/$name" }

    input:
    tuple val(meta), path("${n}.txt"), path(reads)
    val n
    each mode
    env HOME_OF

    output:
    tuple val(meta), path("${prefix}.txt"), emit: txt
    path reads
    env RESULT
    stdout emit: text
    val sum

    when:
    task.ext.when == null || meta.id

    script:
    def args = task.ext.args ?: ''
    prefix = "${meta.id}_$mode"
    sum = reads.size()
    """
    run $args $prefix
    """

    stub:
    prefix = 'x'
    sum = 0
    'true'
}
---
// directives
process P {
    publihDir 'x' /// error "`publihDir` is not a process directive"
    frobnicate 1 /// error "`frobnicate` is not a process directive"
    tag "$sample" /// warning "`sample` is not defined"

    script:
    'true'
}
---
// qualifiers
process P {
    input:
    vall x /// error "`vall` is not an input qualifier"

    output:
    paht 'x' /// error "`paht` is not an output qualifier"

    script:
    'true'
}
---
// `def` ends with its section
process P {
    output:
    path "${prefix}.txt" /// warning "`prefix` is not defined"

    script:
    def prefix = 'x'
    'true'
}
---
// what older pipelines do
process P {
    if (params.a) {
        error 'no'
    }
    else {
        cpus 2
        memory nothing /// warning "`nothing` is not defined"
    }
    output:
    tuple val(1), path(bwa) /// warning "`bwa` is not defined and taken as the name of a file"
    publishDir params.out, mode: 'copy'

    script:
    'true'
}
