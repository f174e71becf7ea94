package workdir

import (
	"path/filepath"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// word quotes a file name for a command after `--`.
func word(s string) string { return container.Quote(s) }

// stageLines are the commands of nxf_stage.
func stageLines(t *task.Task) []string {
	if len(t.Stage) == 0 {
		return nil
	}
	out := removeLines(t.Stage)
	made := map[string]bool{}
	for _, in := range t.Stage {
		name := filepath.Clean(in.Name)
		if dir := filepath.Dir(name); dir != "." && !made[dir] {
			made[dir] = true
			out = append(out, "mkdir -p -- "+word(dir))
		}
		source := in.Source
		cmd := "ln -s "
		switch t.StageInMode {
		case "rellink":
			// In a scratch directory a relative link would lead nowhere.
			if rel, err := relLink(t.WorkDir, name, source); err == nil && t.Scratch == "" {
				source = rel
			}
		case "link":
			cmd = "ln -L "
		case "copy":
			cmd = "cp -fRL "
		}
		// Tools read these lines for a task's inputs: as Nextflow writes them,
		// unless a name would be taken for an option.
		if strings.HasPrefix(name, "-") {
			cmd += "-- "
		}
		out = append(out, cmd+word(source)+" "+word(name))
	}
	return out
}

// removeLines clear the place for the inputs.
func removeLines(inputs []task.Staged) []string {
	out := []string{"# stage input files"}
	const batch = 50
	for i := 0; i < len(inputs); i += batch {
		rm := "rm -rf --"
		for _, in := range inputs[i:min(i+batch, len(inputs))] {
			rm += " " + word(filepath.Clean(in.Name))
		}
		out = append(out, rm)
	}
	return out
}

// unstageLines are the commands of nxf_unstage_outputs: from the scratch
// directory to the work directory.
func unstageLines(t *task.Task) []string {
	if t.Scratch == "" || len(t.OutputGlobs) == 0 {
		return nil
	}
	how := "nxf_fs_copy"
	switch t.StageOutMode {
	case "move", "rsync", "rclone", "fcp":
		how = "nxf_fs_" + t.StageOutMode
	}
	line := "nxf_unstage_each " + how
	for _, g := range t.OutputGlobs {
		line += " " + bashGlob(g)
	}
	return []string{"shopt -s nullglob globstar", "set +f", line}
}

// bashGlob writes an output pattern as a pattern for bash with globstar.
func bashGlob(p string) string {
	if strings.HasPrefix(p, "/") || !filepath.IsLocal(filepath.Clean(p)) {
		return "''"
	}
	var b strings.Builder
	if strings.HasPrefix(p, "-") {
		b.WriteString("./")
	}
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case strings.HasPrefix(p[i:], "**"):
			i++
			b.WriteString("**")
			// Alone in its element `**` is the same in both; else it stands
			// for directories and the start of a name.
			if rest := p[i+1:]; rest != "" && rest[0] != '/' {
				b.WriteString("/*")
			}
		case strings.IndexByte("*?[]{},!", c) >= 0:
			b.WriteByte(c)
		case c == '\\' && i+1 < len(p):
			i++
			b.WriteString(escaped(p[i]))
		default:
			b.WriteString(escaped(c))
		}
	}
	return b.String()
}

func escaped(c byte) string {
	switch s := string([]byte{c}); {
	case c == '\n':
		return `$'\n'`
	case c >= 0x80 || container.Quote("a"+s) == "a"+s:
		return s
	default:
		return `\` + s
	}
}
