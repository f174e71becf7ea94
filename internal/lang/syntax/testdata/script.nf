#!/usr/bin/env nextflow
// feature flag, include, params, functions, processes, workflows
nextflow.enable.dsl = 2
nextflow.preview.recursion = true

include { A } from './a'
include { B as C; D } from "${projectDir}/b"
include {
    E
    F as G
} from '../c.nf'
include { H } from 'plugin/nf-schema'
include { I } from './i' addParams(x: 1, y: [a: 2])
include { J } from './j' params(params)

params.input = null
params.out = "$baseDir/results"

def hello(name, greeting = 'hi', int... rest) {
    return "$greeting $name"
}

def String typed(String a, List<Map<String, Integer>> b) { a }

Integer plain(int x) { x + 1 }

def newer(a: String, b: List<Path>?) -> Integer {
    a.size()
}

process ALIGN {
    tag "$meta.id"
    label 'process_high', 'x'
    cpus { 2 * task.attempt }
    memory 8.GB
    errorStrategy { task.exitStatus in 137..140 ? 'retry' : 'finish' }
    publishDir "${params.out}/x", mode: 'copy', saveAs: { f -> f.endsWith('.txt') ? f : null }
    publishDir [path: 'x', mode: 'link']
    conda (params.enable_conda ? "bioconda::x=1" : null)
    containerOptions (params.x) ? 'a' : 'b'
    container "${ workflow.containerEngine == 'singularity' && !task.ext.x ?
        'https://depot/x' :
        'quay.io/x' }"
    accelerator 1, type: 'nvidia'
    maxRetries 3
    cache false
    debug true
    when:
    task.ext.when == null || task.ext.when

    input:
    tuple val(meta), path(reads, stageAs: "?/*"), path('x')
    path index, stageAs: 'idx'
    path("file*"), arity: '1..*'
    each x
    each path(y)
    val z ; val w
    env FOO
    env 'BAR'
    stdin
    tuple val(a),
          path(b)

    output:
    tuple val(meta), path("*.{bam,cram}"), optional: true, emit: bam
    path "versions.yml"    , emit: versions
    path("${x}.txt"), emit: y
    val true, emit: ok
    stdout emit: out
    eval('x --version'), topic: versions
    env 'FOO', emit: foo
    tuple val("${task.process}"), val('x'), eval("x"), topic: versions

    script:
    def args = task.ext.args ?: ''
    def prefix = task.ext.prefix ?: "${meta.id}"
    if (meta.single_end) {
        """
        cmd $args $reads > ${prefix}.txt \$HOME `date`
        """
    } else if (x) "echo" else
        '''
        no $interpolation
        '''

    stub:
    """
    touch x
    """
}

process OLD {
    input:
    val x
    output:
    path 'y'

    """
    echo $x
    """
}

process SHELL {
    shell:
    '''
    echo !{x}
    '''
}

process EXEC {
    exec:
    println 'x'
    y = 1
}

workflow SUB {
    take:
    reads // comment
    index
    main:
    ALIGN(reads, index)
    ch = ALIGN.out.bam
        .map { meta, bam -> [meta.id, bam] }
        .groupTuple(by: 0)
    ch.branch { a, b ->
        small: a < 1
        other: true
            return [a, b]
    }.set { parts }
    emit:
    bam = ALIGN.out.bam
    index
    ALIGN.out[0].mix(ch)
    publish:
    x = ch
    ch >> 'dir'
    onComplete:
    println 'done'
    onError:
    println "failed"
}

workflow {
    main:
    (a, b) = SUB(channel.of(1), 2)
    Channel.fromPath(params.input) | ALIGN & OLD | view
    def (x, y) = [1, 2]
    publish:
    out = a
}

output {
    out {
        path { x -> "dir/${x.id}" }
        index {
            path 'index.csv'
            header true
        }
    }
    'quoted-name' {
        mode 'copy'
    }
    typed: Channel<Path> { path '.' }
}

workflow.onComplete {
    log.info ( workflow.success ? "ok" : "no" )
}
workflow.onError = { println 'x' }
---
// typed processes, params block, enum, record
nextflow.preview.types = true

params {
    input: Path
    save: Boolean = false
    list: List<String>? = []
    plain = 1
}

enum Day {
    MONDAY,
    TUESDAY
}

enum Colour { RED, GREEN; }

record Sample {
    id: String
    reads: List<Path>?
    String other
}

process P {
    input:
    (meta, fastq): Tuple<Map, Path>
    args: String?
    n: Integer = 3
    record(id: String, fastq_1: Path)
    tuple(a: Map<String, List<Path>>, b: Path)

    stage:
    stageAs fastq, 'x.fq'
    env('A', "b")

    output:
    file('hello.txt')
    txt = file("${x}.txt")
    res: Tuple<Map,Path> = tuple(meta, file('x'))
    x: Path
    stdout()

    topic:
    tuple('a', eval('b')) >> 'versions'

    script:
    "x"
}

workflow W {
    take:
    samples: Channel<Sample>
    n: Integer = 2

    main:
    def x: Integer = 3
    def f = (a, b) -> a + b
    def g = y -> y * 2
    def h = { String s, int i = 1, List<Path> l -> s }

    emit:
    out: Channel<Path> = P.out
    n: Integer
}
