def count(list) {
    for (item in list) { println item }
}
---
def count(list) {
    for (int i = 0; i < list.size(); i++) { println list[i] }
}
---
def wait(ready) {
    while (!ready()) { sleep(10) }
}
---
def pick(n) {
    switch (n) {
        case 1: return 'one'
        default: return 'many'
    }
}
---
def next(n) {
    n++
    return n
}
---
def both(a, b) {
    return [*a, *b]
}
---
def same(a, b) {
    return a === b
}
---
def read(row, column) {
    return row."${column}"
}
---
def twice() {
    def a = b = 1
}
---
def cast(x) {
    return (int) x
}
---
def close(f) {
    try { f.read() } catch (IOException e) { println e } finally { f.close() }
}
---
def pattern(id) {
    return /${id}_(\d+)/
}
---
def late() {
    total = 0
    return total
}
---
def shadow(sample) {
    [1].each { sample -> println sample }
}
---
def again() {
    def x = 1
    def x = 2
}
---
def unknown() {
    return lenght([1])
}
---
def holds() {
    def add = { a, b -> a + b }
    return add(1, 2)
}
---
def outer() {
    ALIGN('x')
}
process ALIGN {
    input:
    val x
    script:
    "echo $x"
}
---
process ALIGN {
    input:
    val x
    output:
    path '*.bam', emit: bam
    script:
    "echo $x"
}
workflow {
    [1, 2].each { n -> ALIGN(n) }
}
---
process ALIGN {
    input:
    val x
    output:
    path '*.bam', emit: bam
    script:
    "echo $x"
}
workflow {
    ALIGN(1, 2)
    ALIGN.out.bai.view()
}
---
import groovy.json.JsonSlurper
workflow {
    println new JsonSlurper()
}
---
println 'starting'
workflow {
    println 'on'
}
---
workflow {
    main:
    println 1
    take:
    x
}
---
process ALIGN {
    script:
    "true"
    input:
    val x
}
---
process ALIGN {
    cpus 2
    "true"
}
---
process ALIGN {
    cpu 2
    script:
    "true"
}
---
process ALIGN {
    if (params.big) { memory '8 GB' }
    script:
    "true"
}
---
process ALIGN {
    input:
    value x
    output:
    file 'x'
    folder 'y'
    script:
    "true"
}
---
process ALIGN {
    output:
    path "${name}.txt"
    script:
    def name = 'x'
    "touch ${name}.txt"
}
---
nextflow.preview.recursoin = true
workflow { }
---
workflow A { }
workflow A { }
workflow { }
workflow { }
---
class Sample {
    String id
}
workflow {
    println new Sample()
}
---
output {
    reads {
        paht 'x'
        index {
            path 'reads.csv'
            separator ';'
        }
    }
}
workflow {
    main:
    x = 1
    publish:
    reads = x
    x
}
---
workflow {
    Channel.of(1).map { v -> w = v + 1; w }.view()
}
---
workflow {
    workflow = 1
    println reads
}
---
include { ALIGN; SROT as SORT } from './known'
include { X } from './missing'
workflow { }
---
workflow {
    println new LocalDat()
    println 1 as Intger
}
