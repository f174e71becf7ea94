package software

import (
	"fmt"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// spackLine is the command that makes an environment of Spack. It names the
// environment at each step instead of activating it, which needs no support of
// the shell. The first step that fails ends it.
// Nextflow docs: spack
func (e *Environments) spackLine(s *task.Software) string {
	dir := container.Quote(s.Prefix)
	in := func(text string) string { return "spack -e " + dir + " " + text }
	var steps []string
	if s.File != "" {
		steps = append(steps, "spack env create -d "+dir+" "+container.Quote(s.File))
	} else {
		steps = append(steps, "spack env create -d "+dir, in("add "+s.Spec))
		if s.Target != "" {
			steps = append(steps, in("config add "+container.Quote("packages:all:target:["+s.Target+"]")))
		}
	}
	install := "install"
	if e.NoChecksum {
		install += " -n"
	}
	if e.Builds > 0 {
		install += fmt.Sprintf(" -j %d", e.Builds)
	}
	steps = append(
		steps, in("env view enable"), in("config add concretizer:unify:true"), in("config add concretizer:reuse:false"),
		in("concretize -f"), in(install+" -y"),
	)
	return strings.Join(steps, " && ")
}
