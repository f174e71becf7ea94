package workdir

import (
	"fmt"
	"os"
	"strings"

	"sluice/internal/container"
	"sluice/internal/task"
)

// A piece of a variable's value: text, or the value of another variable.
type piece struct {
	text string
	name string
}

// pieces reads a value as the inside of double quotes, which is what it is in
// Nextflow: `$NAME`, `${NAME}` and `\$` count. Commands in it are only text.
func pieces(value string) []piece {
	var out []piece
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, piece{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c == '\\' && i+1 < len(value) && strings.IndexByte("$`\"\\", value[i+1]) >= 0 {
			i++
			text.WriteByte(value[i])
			continue
		}
		if c == '$' {
			if name, n := varName(value[i+1:]); n > 0 {
				flush()
				out = append(out, piece{name: name})
				i += n
				continue
			}
		}
		text.WriteByte(c)
	}
	flush()
	return out
}

// varName reads NAME or {NAME} at the start of s and tells how long it is.
func varName(s string) (string, int) {
	if inner, ok := strings.CutPrefix(s, "{"); ok {
		name, _, closed := strings.Cut(inner, "}")
		if closed && validName(name) {
			return name, len(name) + 2
		}
		return "", 0
	}
	n := 0
	for n < len(s) && validName(s[:n+1]) {
		n++
	}
	return s[:n], n
}

func validName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// exports are the wrapper's lines that set the task's variables.
func exports(t *task.Task) (string, error) {
	var b strings.Builder
	for _, v := range t.Env {
		if !validName(v.Name) {
			return "", fmt.Errorf("export `%s` of %s: not a name of a variable", v.Name, t.Name)
		}
		b.WriteString("export " + v.Name + "=")
		for _, p := range pieces(v.Value) {
			if p.name != "" {
				b.WriteString(`"${` + p.name + `-}"`)
			} else {
				b.WriteString(container.Quote(p.text))
			}
		}
		b.WriteByte('\n')
	}
	if isAway(t) {
		b.WriteString(remotePath(t))
	} else if len(t.BinDirs) > 0 {
		b.WriteString(`export PATH="$PATH:"` + container.Quote(strings.Join(t.BinDirs, ":")) + "\n")
	}
	return b.String(), nil
}

// A BaseEnv is the environment that tasks inherit, read once.
type BaseEnv struct {
	list  []string
	index map[string]int
}

// NewBaseEnv takes a list as os.Environ gives it.
func NewBaseEnv(environ []string) *BaseEnv {
	e := &BaseEnv{index: make(map[string]int, len(environ)+3)}
	for _, kv := range append(environ, "PATH="+os.Getenv("PATH"), "PWD=", "NXF_TASK_WORKDIR=") {
		name, _, _ := strings.Cut(kv, "=")
		if _, dup := e.index[name]; !dup && name != "OLDPWD" {
			e.index[name] = len(e.list)
			e.list = append(e.list, kv)
		}
	}
	return e
}

// For is the whole environment of t: what the wrapper would export.
func (e *BaseEnv) For(t *task.Task) []string {
	env := make([]string, len(e.list), len(e.list)+len(t.Env))
	copy(env, e.list)
	var added map[string]int
	at := func(name string) (int, bool) {
		if i, ok := e.index[name]; ok {
			return i, true
		}
		i, ok := added[name]
		return i, ok
	}
	get := func(name string) string {
		if i, ok := at(name); ok {
			return env[i][len(name)+1:]
		}
		return ""
	}
	set := func(name, value string) {
		kv := name + "=" + value
		if i, ok := at(name); ok {
			env[i] = kv
			return
		}
		if added == nil {
			added = make(map[string]int)
		}
		added[name] = len(env)
		env = append(env, kv)
	}
	set("PWD", t.WorkDir)
	set("NXF_TASK_WORKDIR", t.WorkDir)
	for _, v := range t.Env {
		var b strings.Builder
		for _, p := range pieces(v.Value) {
			if p.name != "" {
				b.WriteString(get(p.name))
			} else {
				b.WriteString(p.text)
			}
		}
		set(v.Name, b.String())
	}
	for _, kv := range t.Secrets.Environ() {
		name, text, _ := strings.Cut(kv, "=")
		set(name, text)
	}
	if len(t.BinDirs) > 0 {
		set("PATH", get("PATH")+":"+strings.Join(t.BinDirs, ":"))
	}
	return env
}
