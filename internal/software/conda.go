package software

import (
	"path/filepath"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// condaLine is the command that makes an environment of conda, mamba or micromamba.
// The packages are shell text, as the directive has them.
// Nextflow docs: conda
func (e *Environments) condaLine(s *task.Software) string {
	prefix := " --prefix " + container.Quote(s.Prefix)
	switch ext := filepath.Ext(s.File); {
	case s.File != "" && (ext == ".yml" || ext == ".yaml"):
		line := e.Tool + " env create"
		if e.Tool == "micromamba" {
			line += " --yes"
		}
		return line + prefix + " --file " + container.Quote(s.File)
	case s.File != "":
		return e.createLine() + prefix + " --file " + container.Quote(s.File)
	}
	line := e.createLine() + prefix
	for _, c := range e.Channels {
		line += " -c " + container.Quote(c)
	}
	return line + " " + s.Spec
}

func (e *Environments) createLine() string {
	words := []string{e.Tool, "create"}
	if e.CreateOptions != "" {
		words = append(words, e.CreateOptions)
	}
	return strings.Join(append(words, "--yes --quiet"), " ")
}
