package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// rnaseqVariable names a checkout of nf-core/rnaseq, which is not kept here. The
// original needs the plugin that it asks for besides (NXF_PLUGINS_DIR).
const rnaseqVariable = "SLUICE_RNASEQ"

// rnaseqArgs run the pipeline on files of rnaseqFiles.
func rnaseqArgs(more ...string) func() ([]string, error) {
	return func() ([]string, error) {
		dir := os.Getenv(rnaseqVariable)
		if dir == "" {
			return nil, nil
		}
		if _, err := os.Stat(filepath.Join(dir, "main.nf")); err != nil {
			return nil, fmt.Errorf("%s names no pipeline: %w", rnaseqVariable, err)
		}
		args := []string{
			"-q", "-c", "more.config", "run", dir, "-ansi-log", "false", "--input", "sheet.csv", "--outdir", "results", "--fasta", "genome.fa", "--gtf", "genes.gtf",
			"--min_trimmed_reads", "0", "--min_mapped_reads", "0", "--skip_bbsplit",
		}
		return append(args, more...), nil
	}
}

// rnaseqFiles are a sheet of four samples and what it names: stubs read no
// sequences. Programs whose version is asked for are a function of the shell.
func rnaseqFiles() map[string]string {
	var reads bytes.Buffer
	w := gzip.NewWriter(&reads)
	fmt.Fprint(w, "@r1\nACGTACGTACGT\n+\nIIIIIIIIIIII\n")
	w.Close() // into memory
	files := map[string]string{
		"more.config": "manifest.nextflowVersion = '>=23.04'\nprocess.resourceLimits = [cpus: 2, memory: 4.GB, time: 1.h]\n",
		"genome.fa":   ">chr1\nACGTACGTACGTACGT\n",
		"genes.gtf":   "chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id \"g1\"; transcript_id \"t1\"; gene_biotype \"protein_coding\";\n",
		"bash.sh":     "command_not_found_handle() { echo 1.0; }\n",
	}
	sheet := "sample,fastq_1,fastq_2,strandedness\n"
	for i := range 4 {
		one, two := fmt.Sprintf("s%d_1.fastq.gz", i), fmt.Sprintf("s%d_2.fastq.gz", i)
		files[one], files[two] = reads.String(), reads.String()
		sheet += strings.Join([]string{fmt.Sprintf("S%d", i), one, two, "reverse"}, ",") + "\n"
	}
	files["sheet.csv"] = sheet
	return files
}
