package workdir

import (
	"fmt"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// A Stub is what a script leaves that does nothing but make outputs.
type Stub struct {
	Files  []string // names relative to the work directory
	Dirs   []string
	Env    []string // variables
	Stdout bool
}

// StubText stands for what cannot be known without running a task.
const StubText = "stub"

// Script is the script, with the one that it stands for in comments. What is
// there already, as inputs are, is left alone, and nothing is written through
// a link to a directory.
func (s Stub) Script(original string) string {
	var b strings.Builder
	b.WriteString("#!/bin/bash -ue\n# made of the outputs that the process declares\n")
	if len(s.Files)+len(s.Dirs) > 0 {
		b.WriteString(stubFunctions + stubContent)
	}
	for _, f := range s.Files {
		fmt.Fprintf(&b, "stub_file %s\n", container.Quote(f))
	}
	for _, d := range s.Dirs {
		fmt.Fprintf(&b, "stub_dir %s\n", container.Quote(d))
	}
	for _, name := range s.Env {
		fmt.Fprintf(&b, ": \"${%s=%s}\"\n", name, StubText)
	}
	if s.Stdout {
		b.WriteString("echo " + StubText + "\n")
	}
	b.WriteString("\n# in place of:\n")
	for line := range strings.SplitSeq(strings.TrimRight(original, "\n"), "\n") {
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
	return b.String()
}

// StubCommand is a command of an eval output that gives a text where it fails
// or says nothing, as those do whose program is not there.
func StubCommand(command string) string {
	return fmt.Sprintf("text=$(eval %s 2>/dev/null) && [ -n \"$text\" ] || text=%s; printf '%%s\\n' \"$text\"", container.Quote(command), StubText)
}

// Forgiving is a script of bash in which a command that is not there says a
// word and succeeds: stubs ask programs for their version. Files that it leaves
// empty get content where their format has no empty document: what reads them
// later expects one.
func Forgiving(t *task.Task) string {
	if !isBash(t) {
		return t.Script
	}
	first, rest, _ := strings.Cut(t.Script, "\n")
	return first + "\ncommand_not_found_handle() { echo " + StubText + "; }\n" + rest + "\n" + stubContent + stubFill
}

// stubContent is the smallest document of the format that a name tells.
const stubContent = `
stub_content() {
    case $1 in
    *.gz|*.bgz) printf '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00' ;;
    *.zip) printf 'PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00' ;;
    *.json|*.yml|*.yaml) echo '{}' ;;
    esac
}
`

const stubFill = `
shopt -s globstar nullglob
for stub_empty in **/*.{gz,bgz,zip,json,yml,yaml}; do
    [ -L "$stub_empty" ] || [ ! -f "$stub_empty" ] || [ -s "$stub_empty" ] || stub_content "$stub_empty" >| "$stub_empty"
done
`

const stubFunctions = `
# A directory that is a link to an input becomes one of the task's own.
stub_own() {
    local from file
    from=$(cd "$1" && pwd -P)
    rm -- "$1"
    mkdir -- "$1"
    for file in "$from"/* "$from"/.[!.]*; do
        [ ! -e "$file" ] || ln -s "$file" "$1/"
    done
}

stub_parents() {
    local dir= rest=$1
    while [[ $rest == */* ]]; do
        dir=$dir${rest%%/*}
        rest=${rest#*/}
        [ ! -L "$dir" ] || stub_own "$dir"
        [ -d "$dir" ] || mkdir -- "$dir"
        dir=$dir/
    done
}

stub_dir() {
    [ ! -e "$1" ] && [ ! -L "$1" ] || return 0
    stub_parents "$1/"
}

stub_file() {
    [ ! -e "$1" ] && [ ! -L "$1" ] || return 0
    stub_parents "$1"
    stub_content "$1" >| "$1"
}

`
