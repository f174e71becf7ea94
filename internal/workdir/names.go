package workdir

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"sluice/internal/task"
)

// StageNames gives each of the files its name in the work directory by the
// input's pattern. `*` is a number when there are several files and nothing
// when there is one; `?` is always a number, of at least as many digits. A
// pattern that ends in `/`, or whose last element is `*`, keeps the names.
// Nextflow docs: process#multiple-input-files
func StageNames(pattern string, files []string) ([]string, error) {
	if pattern == "" {
		return nil, fmt.Errorf("stage %d files: empty name", len(files))
	}
	dir, last := "", pattern
	if i := strings.LastIndexByte(pattern, '/'); i >= 0 {
		dir, last = pattern[:i+1], pattern[i+1:]
	}
	names := make([]string, len(files))
	for i, f := range files {
		n := i + 1
		prefix := number(dir, n, true)
		switch {
		case last == "" || last == "*":
			names[i] = prefix + path.Base(f)
		case strings.ContainsAny(pattern, "*?"):
			names[i] = prefix + number(last, n, len(files) > 1)
		case len(files) > 1:
			names[i] = pattern + strconv.Itoa(n)
		default:
			names[i] = pattern
		}
	}
	return names, nil
}

// number puts n in the place of wildcards; of a `*` only if stars is set.
func number(s string, n int, stars bool) string {
	if !strings.ContainsAny(s, "*?") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '*':
			if stars {
				b.WriteString(strconv.Itoa(n))
			}
		case '?':
			width := 1
			for i+1 < len(s) && s[i+1] == '?' {
				i++
				width++
			}
			fmt.Fprintf(&b, "%0*d", width, n)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// CheckCollisions reports names that several inputs of a task would have.
func CheckCollisions(process string, staged []task.Staged) error {
	if len(staged) < 2 {
		return nil
	}
	count := make(map[string]int, len(staged))
	var twice []string
	for _, s := range staged {
		name := path.Clean(s.Name)
		if count[name]++; count[name] == 2 {
			twice = append(twice, s.Name)
		}
	}
	if len(twice) == 0 {
		return nil
	}
	return fmt.Errorf("Process `%s` input file name collision -- There are multiple input files for each of the following file names: %s", process, strings.Join(twice, ", ")) //nolint:staticcheck // Nextflow's words
}

// Escape is how the name of a staged file prints in a script.
func Escape(name string) string {
	const special = ` '"()!&|<>` + "`" + `:;\`
	if !strings.ContainsAny(name, special) {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		if strings.IndexByte(special, name[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(name[i])
	}
	return b.String()
}
