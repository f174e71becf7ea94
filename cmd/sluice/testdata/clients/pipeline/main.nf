#!/usr/bin/env nextflow
include { COUNT } from './modules/count'
include { ALL } from './workflows/all'
params.input = "$projectDir/data/*.txt"
params.outdir = 'results'
params.broken = false
workflow {
    if (params.broken) error 'broken as asked'
    ALL(channel.fromPath(params.input).map { f -> [[id: f.baseName], f] })
    ALL.out.report.view { r -> "report: ${r.name}" }
    log.info "counting"
}
