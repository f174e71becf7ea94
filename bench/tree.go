package main

import (
	"fmt"
	"strings"
)

// tree is a pipeline of n modules in the shape of published ones: a process
// with tuples, labels, versions and a stub each, sub-workflows of ten, and a
// configuration with a selector per process and fifty profiles.
func tree(n int) map[string]string {
	files := map[string]string{}
	var main, flow, selectors strings.Builder
	for i := range n {
		files[fmt.Sprintf("modules/tool%d/main.nf", i)] = module(i)
		fmt.Fprintf(&selectors, "    withName: 'S%d:TOOL%d' {\n        ext.args = { params.fast ? '--fast %d' : '' }\n        ext.prefix = { \"${meta.id}.%d\" }\n"+
			"        publishDir = [path: { \"${params.outdir}/tool%d\" }, mode: params.mode, saveAs: { it == 'versions.yml' ? null : it }]\n    }\n", i/10, i, i, i, i)
	}
	for s := range (n + 9) / 10 {
		var include, body strings.Builder
		last := "reads"
		for i := s * 10; i < min(s*10+10, n); i++ {
			fmt.Fprintf(&include, "include { TOOL%d } from '../modules/tool%d/main'\n", i, i)
			fmt.Fprintf(&body, "    TOOL%d(%s)\n    versions = versions.mix(TOOL%d.out.versions.first())\n", i, last, i)
			last = fmt.Sprintf("TOOL%d.out.result", i)
		}
		files[fmt.Sprintf("subworkflows/s%d.nf", s)] = fmt.Sprintf("%s\nworkflow S%d {\n    take:\n    reads\n\n    main:\n    versions = channel.empty()\n%s\n    emit:\n    result = %s\n    versions\n}\n",
			include.String(), s, body.String(), last)
		fmt.Fprintf(&main, "include { S%d } from './subworkflows/s%d'\n", s, s)
		fmt.Fprintf(&flow, "    S%d(ch)\n", s)
	}
	files["main.nf"] = main.String() + "\nworkflow {\n    ch = channel.of([[id: 'a', single_end: true], file('none.fq')])\n" + flow.String() + "}\n"
	files["conf/modules.config"] = "process {\n    publishDir = [path: { \"${params.outdir}/all\" }, mode: params.mode]\n" + selectors.String() + "}\n"
	var profiles strings.Builder
	for i := range 50 {
		fmt.Fprintf(&profiles, "    p%d {\n        docker.enabled = true\n        process.cpus = %d\n        params.level = '%d'\n    }\n", i, i+1, i)
	}
	files["nextflow.config"] = "params {\n    outdir = 'results'\n    mode = 'copy'\n    fast = false\n    level = null\n}\nprocess {\n    cpus = { 1 * task.attempt }\n    memory = { 6.GB * task.attempt }\n" +
		"    withLabel: process_low {\n        cpus = { 2 * task.attempt }\n    }\n}\nprofiles {\n" + profiles.String() + "}\nincludeConfig 'conf/modules.config'\nmanifest {\n    name = 'bench/tree'\n    version = '1.0'\n}\n"
	return files
}

func module(i int) string {
	return fmt.Sprintf(`process TOOL%d {
    tag "${meta.id}"
    label 'process_low'
    container "${workflow.containerEngine == 'singularity' ? 'https://example.org/tool%d.sif' : 'example.org/tool:%d'}"

    input:
    tuple val(meta), path(reads)

    output:
    tuple val(meta), path("*.txt"), emit: result
    path "versions.yml", emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def prefix = task.ext.prefix ?: "${meta.id}"
    def single = meta.single_end ? '--single' : ''
    """
    tool%d ${args} ${single} -t ${task.cpus} ${reads} > ${prefix}.txt
    echo '${task.process}: 1.0' > versions.yml
    """

    stub:
    def prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.txt versions.yml
    """
}
`, i, i, i, i)
}
