package process

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/workdir"
)

// madeStub says that the process has no stub of its own and gets one made of
// its outputs. An `exec:` body is run: it calls no programs.
func (d *definition) madeStub() bool {
	return d.run.AutoStub && d.stub == nil && !d.native() && !slices.Contains(d.run.NoStub, d.ast.Name)
}

// forgive lets the script of a stub run where the programs are not there whose
// version it asks for.
func (in *instance) forgive() {
	d, t := in.node.def, in.task
	if !d.run.AutoStub || d.native() || d.stub == nil && !d.madeStub() {
		return
	}
	t.Script = workdir.Forgiving(t)
	for i := range t.CaptureEval {
		t.CaptureEval[i].Value = workdir.StubCommand(t.CaptureEval[i].Value)
	}
}

// autoStub replaces the script, which has been evaluated, by one that makes
// the declared outputs.
func (in *instance) autoStub() error {
	t := in.task
	p := stubPlan{in: in}
	if err := p.outputs(in.node.def.outputs, false); err != nil {
		return err
	}
	s, err := p.stub()
	if err != nil {
		return err
	}
	t.Script = s.Script(t.Script)
	return nil
}

// stubPlan gathers what the outputs of a task ask for.
type stubPlan struct {
	in     *instance
	wanted []wantedPath
	env    []string
	stdout bool
}

// wantedPath is a name or pattern of a path output.
type wantedPath struct {
	pattern string
	o       *output
}

func (p *stubPlan) outputs(list []*output, optional bool) error {
	for _, o := range list {
		if err := p.output(o, optional || o.optional); err != nil {
			return err
		}
	}
	return nil
}

func (p *stubPlan) output(o *output, optional bool) error {
	if optional {
		return nil
	}
	switch o.kind {
	case tupleOutput:
		return p.outputs(o.inner, false)
	case typedOutput:
		return p.outputs(o.ordered(), false)
	case stdoutOutput:
		p.stdout = true
	case envOutput:
		name, err := p.in.envName(o)
		if err != nil {
			return err
		}
		if isVariable(name) {
			p.env = append(p.env, name)
		}
	case pathOutput:
		v, err := p.in.pathValue(o)
		if err != nil {
			return err
		}
		for _, pattern := range patterns(v) {
			p.wanted = append(p.wanted, wantedPath{pattern, o})
		}
	}
	return nil
}

// stub makes up names for patterns, the most telling first: what one pattern
// made may do for another.
func (p *stubPlan) stub() (workdir.Stub, error) {
	s := workdir.Stub{Env: p.env, Stdout: p.stdout}
	slices.SortStableFunc(p.wanted, func(a, b wantedPath) int { return cmp.Compare(b.telling(), a.telling()) })
	for _, w := range p.wanted {
		if !filepath.IsLocal(path.Clean(w.pattern)) {
			continue // no file of the task; collecting says so
		}
		names, err := p.names(w, append(slices.Clone(s.Files), s.Dirs...))
		if err != nil {
			return s, err
		}
		for _, name := range names {
			if p.directory(w, name) {
				s.Dirs = append(s.Dirs, path.Clean(name))
			} else {
				s.Files = append(s.Files, path.Clean(name))
			}
		}
	}
	s.Files = slices.DeleteFunc(s.Files, func(f string) bool { return hasChild(s, f) })
	return s, nil
}

func hasChild(s workdir.Stub, dir string) bool {
	below := func(f string) bool { return strings.HasPrefix(f, dir+"/") }
	return slices.ContainsFunc(s.Files, below) || slices.ContainsFunc(s.Dirs, below)
}

// telling is how much of a name the pattern gives; a plain name gives all.
func (w wantedPath) telling() int {
	if w.plain() {
		return 1 << 20
	}
	return len(strings.Trim(w.pattern, "*"))
}

func (w wantedPath) plain() bool { return !w.o.options.glob || !workdir.IsGlob(w.pattern) }

// names are the files to make for a pattern, beside those there already.
func (p *stubPlan) names(w wantedPath, there []string) ([]string, error) {
	if w.plain() {
		if !w.o.options.glob {
			return []string{w.pattern}, nil
		}
		return workdir.Examples(w.pattern, "", 0)
	}
	if w.o.options.includeInputs {
		for _, in := range p.in.task.Stage {
			there = append(there, in.Name)
		}
	}
	need := 1
	if w.o.arity != nil {
		need = w.o.arity.min
	}
	for _, name := range there {
		fits, err := workdir.Match(w.pattern, name)
		if err != nil {
			return nil, fmt.Errorf("the output `%s` of process `%s`: %w", w.pattern, p.in.node.name, err)
		}
		if fits {
			need--
		}
	}
	var names []string
	word := p.in.stubWord(w.pattern)
	for n := 0; len(names) < need; n++ {
		some, err := workdir.Examples(w.pattern, word, n)
		if err != nil || n > 2*need+len(p.in.task.Stage) {
			return nil, fmt.Errorf("no stub can be made for the output `%s` of process `%s`: %w", w.pattern, p.in.node.name, cmp.Or(err, fmt.Errorf("it needs %d files", need)))
		}
		for _, name := range some {
			if !p.in.stages(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// stages says whether an input lies under a name.
func (in *instance) stages(name string) bool {
	for _, s := range in.task.Stage {
		if s.Name == name {
			return true
		}
	}
	return false
}

// directory says whether an output is one: by its type, its name, or by what
// the script does with it.
func (p *stubPlan) directory(w wantedPath, name string) bool {
	switch w.o.options.typ {
	case "dir":
		return true
	case "file":
		return false
	}
	if strings.HasSuffix(w.pattern, "/") {
		return true
	}
	if strings.Contains(w.pattern, "**") || path.Ext(name) != "" {
		return false
	}
	for line := range strings.SplitSeq(p.in.task.Script, "\n") {
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t=;&|\"'", r) })
		for i, word := range words {
			if i > 0 && strings.TrimSuffix(strings.TrimPrefix(word, "./"), "/") == name && makesDirectory(words[:i]) {
				return true
			}
		}
	}
	return false
}

// makesDirectory says that words before a name are `mkdir` or an option such as
// --outdir.
func makesDirectory(words []string) bool {
	last := strings.ToLower(words[len(words)-1])
	if strings.HasPrefix(last, "-") && (strings.HasSuffix(last, "dir") || strings.HasSuffix(last, "directory") || strings.HasSuffix(last, "folder")) {
		return true
	}
	return slices.Contains(words, "mkdir")
}

// stubWord names files of this task, for patterns that leave the name open: by
// what the task is about, and the process, so that files of many tasks can be
// staged together.
func (in *instance) stubWord(pattern string) string {
	process := strings.ToLower(in.node.alias)
	subject := in.subject()
	switch {
	case subject == "":
		return process
	case strings.Contains(path.Base(pattern), subject):
		return "_" + process
	}
	return subject + "_" + process
}

// subject is what a task is about: its tag, the id of its `meta`, its first
// text, or its first file.
func (in *instance) subject() string {
	words := []string{in.task.Tag}
	for _, h := range in.hashed {
		if m, ok := h.value.(*value.Map); ok {
			if id := m.GetString("id"); id != nil {
				words = append(words, value.ToString(id))
			}
		} else if text, ok := value.Str(h.value); ok {
			words = append(words, text)
		}
	}
	for _, s := range in.staged {
		name, _, _ := strings.Cut(s.name, ".")
		words = append(words, name)
	}
	for _, w := range words {
		if w = strings.Trim(fileWord(w), "._-"); w != "" {
			return w
		}
	}
	return ""
}

// fileWord is a text as a part of a file's name.
func fileWord(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, s)
	return s[:min(len(s), 60)]
}
