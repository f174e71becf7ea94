package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkLint checks a tree of 2,000 modules, the size of a large collection.
func BenchmarkLint(b *testing.B) {
	dir := b.TempDir()
	for i := range 2000 {
		text := fmt.Sprintf("process STEP_%d {\n    tag \"$id\"\n    cpus 2\n\n    input:\n    tuple val(id), path(reads)\n\n    output:\n    tuple val(id), path('*.txt'), emit: txt\n\n"+
			"    script:\n    def args = task.ext.args ?: ''\n    prefix = task.ext.prefix ?: \"${id}_%d\"\n    \"\"\"\n    step $args $reads > ${prefix}.txt\n    \"\"\"\n}\n", i, i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%d.nf", i)), []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for range b.N {
		files, err := Lint(LintOptions{Paths: []string{"."}, Dir: dir})
		if err != nil || len(files) != 2000 {
			b.Fatalf("%d files, %v", len(files), err)
		}
	}
}
