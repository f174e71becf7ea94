package task

import "strings"

// Shebang is the line put in front of a script that names no interpreter. A
// shell that is no path is looked for on PATH. A directive `shell` of several
// lines stands there whole: those after the first run before the script.
func (t *Task) Shebang() string {
	shell := strings.Join(t.Shell, " ")
	if !strings.HasPrefix(shell, "/") {
		shell = "/usr/bin/env " + shell
	}
	return "#!" + shell + "\n"
}
