package workflow

import (
	"fmt"
	"path/filepath"
	"strings"

	"sluice/internal/dataflow"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
	"sluice/internal/publish"
	"sluice/internal/storage"
)

// An OutputEnv is what workflow outputs need of the run.
type OutputEnv struct {
	Dir     string // the output directory, absolute
	WorkDir string // only files below it are published
	// Elsewhere is the work directory of tasks that do not run on this machine,
	// and Local where this machine's files are when WorkDir is not on it; "" if
	// there is no other.
	Elsewhere, Local string
	// Enabled and Rule are what the configuration says of all outputs.
	Enabled bool
	Rule    publish.Rule
	Publish func(publish.Item)
	// Indexed is told of every index file once it is written.
	Indexed func(path string)
}

// Published is one entry of the entry workflow's `publish:` section.
type Published struct {
	Name    string
	Channel *dataflow.Channel
	Where   source.Span
}

// An output is one entry of the output block, its directives evaluated.
type output struct {
	def     *syntax.OutputDef
	enabled bool
	rule    publish.Rule
	path    string         // relative to the output directory
	dynamic *value.Closure // path { … }; nil where it is a text
	index   *index
}

// publish attaches a reader to each channel that the entry workflow publishes.
// Without an output block nothing is published.
func (rt *Runtime) publish(s *Script, published []Published) error {
	if s.output == nil {
		return nil
	}
	if err := matchOutputs(s.output, published); err != nil {
		return err
	}
	for _, def := range s.output.Outputs {
		o, err := rt.outputOf(s, def)
		if err != nil {
			return err
		}
		for _, p := range published {
			if p.Name == def.Name {
				(&publisher{rt: rt, env: rt.Outputs, out: o}).attach(p.Channel)
			}
		}
	}
	return nil
}

// matchOutputs asks that what is published is declared, and the other way round.
func matchOutputs(b *syntax.OutputBlock, published []Published) error {
	var list diag.List
	declared := map[string]*syntax.OutputDef{}
	names := make([]string, 0, len(b.Outputs))
	for _, o := range b.Outputs {
		declared[o.Name] = o
		names = append(names, o.Name)
	}
	assigned := map[string]bool{}
	for _, p := range published {
		assigned[p.Name] = true
		if declared[p.Name] != nil {
			continue
		}
		d := list.Add(p.Where, fmt.Sprintf("the workflow output `%s` is not declared in the output block", p.Name))
		if near, ok := diag.Near(p.Name, names); ok {
			d.Help = fmt.Sprintf("`%s` is declared", near)
		} else {
			d.Help = fmt.Sprintf("declare it: `output { %s { … } }`", p.Name)
		}
	}
	for _, o := range b.Outputs {
		if !assigned[o.Name] {
			d := list.Add(o.Span(), fmt.Sprintf("the workflow output `%s` is declared but not assigned in the workflow", o.Name))
			d.Help = fmt.Sprintf("assign it in the `publish:` section of the entry workflow: `%s = …`", o.Name)
		}
	}
	list.Sort()
	return list.Err()
}

// outputOf evaluates the directives of one output.
func (rt *Runtime) outputOf(s *Script, def *syntax.OutputDef) (*output, error) {
	o := &output{def: def, enabled: rt.Outputs.Enabled, rule: rt.Outputs.Rule}
	if def.Body != nil {
		if err := rt.directives(s, def.Body, &outputScope{o: o}); err != nil {
			return nil, err
		}
	}
	if o.index != nil && o.index.path == "" {
		return nil, o.fail("the index of the workflow output `%s` has no `path`", def.Name)
	}
	return o, nil
}

func (rt *Runtime) directives(s *Script, b *syntax.Block, scope value.Value) error {
	_, err := s.Inst.Block(b).Run(s.frame.WithDelegate(scope))
	return err
}

func (o *output) fail(format string, args ...any) error {
	return &value.Exception{Of: value.ExceptionClass("nextflow.exception.ScriptRuntimeException"), Where: o.def.Span(), Message: fmt.Sprintf(format, args...)}
}

// outputScope takes the directives of an output.
type outputScope struct{ o *output }

func (*outputScope) Class() *value.Class { return value.ObjectClass }

// InvokeMethod sets what a directive says.
func (s *outputScope) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) != 1 {
		return nil, true, s.o.fail("the output directive `%s` takes one value, %d given", name, len(args))
	}
	return nil, true, s.o.set(th, name, args[0])
}

func (o *output) set(th *value.Thread, name string, v value.Value) error {
	var err error
	switch name {
	case "path":
		return o.setPath(v)
	case "enabled":
		o.enabled = value.Truth(v)
	case "mode":
		o.rule.Mode, err = publish.ParseMode(value.ToString(v))
	case "overwrite":
		o.rule.Overwrite, err = publish.ParseOverwrite(value.ToString(v))
	case "ignoreErrors":
		o.rule.NoFail = value.Truth(v)
	case "contentType":
		if s, ok := value.Str(v); ok {
			o.rule.ContentType = s
		} else if v == value.Bool(true) { // that of the extension
			o.rule.ContentType = "true"
		}
	case "copyAttributes", "storageClass":
		// settings of transfers and object storage without a meaning for local files
	case "tags":
		o.rule.Tags = tagList(v)
	case "label":
		o.rule.Labels = append(o.rule.Labels, value.ToString(v))
	case "index":
		c, ok := v.(*value.Closure)
		if !ok {
			return o.fail("`index` of the workflow output `%s` takes a block: `index { path 'index.csv' }`", o.def.Name)
		}
		o.index = &index{}
		_, err = c.WithDelegate(&indexScope{o}).CallWith(th, nil)
	default:
		return o.fail("`%s` is not an output directive", name)
	}
	if err != nil {
		return o.fail("%s", err)
	}
	return nil
}

func (o *output) setPath(v value.Value) error {
	if c, ok := v.(*value.Closure); ok {
		o.dynamic = c
		return nil
	}
	o.path = value.ToString(v)
	if strings.HasPrefix(o.path, "/") {
		return o.fail("the path `%s` of the workflow output `%s` must be relative to the output directory", o.path, o.def.Name)
	}
	return nil
}

func tagList(v value.Value) []string {
	m, ok := v.(*value.Map)
	if !ok {
		return nil
	}
	var tags []string
	m.Entries(func(k, v value.Value) bool {
		tags = append(tags, value.ToString(k)+"="+value.ToString(v))
		return true
	})
	return tags
}

// A publisher works off the items of one output.
type publisher struct {
	rt      *Runtime
	env     *OutputEnv
	out     *output
	records []value.Value
}

func (p *publisher) attach(c *dataflow.Channel) {
	if !p.out.enabled {
		return
	}
	c.Read("workflow output `"+p.out.def.Name+"`", p.item, p.done)
}

// item publishes the files of one value and keeps its record for the index.
func (p *publisher) item(v value.Value) error {
	targets, err := p.targets(v)
	if err != nil {
		return err
	}
	for _, f := range files(v) {
		targets.send(f)
	}
	if p.out.index != nil {
		p.records = append(p.records, targets.record(v))
	}
	return nil
}

func (p *publisher) done() error {
	if p.out.index == nil {
		return nil
	}
	path, err := p.out.index.write(p)
	if err != nil || path == "" {
		return err
	}
	if p.env.Indexed != nil {
		p.env.Indexed(path)
	}
	return nil
}

// targets asks the path directive where the files of an item go.
func (p *publisher) targets(v value.Value) (*targets, error) {
	t := &targets{p: p, rule: p.out.rule, dir: p.out.path}
	if p.out.dynamic == nil {
		return t, nil
	}
	got, err := p.out.dynamic.WithDelegate(t).CallWith(p.rt.Thread, []value.Value{v})
	if err != nil {
		return nil, err
	}
	if t.named != nil {
		for _, source := range t.order {
			t.add(source, t.named[source])
		}
		return t, nil
	}
	dir, ok := value.Str(got)
	if !ok {
		return nil, p.out.fail("the `path` of the workflow output `%s` must return a text or publish files with `>>`, it returned %s", p.out.def.Name, value.Inspect(got))
	}
	t.dir = dir
	return t, nil
}

// targets is where the files of one item go: all below dir, or each as the
// path closure said with `>>`.
type targets struct {
	p     *publisher
	rule  publish.Rule
	dir   string
	named map[string]string // source to target, the last `>>` of a source counts; nil unless there was one
	order []string          // sources
}

func (*targets) Class() *value.Class { return value.ObjectClass }

// InvokeMethod is `file >> target`, which resolve turned into a call.
func (t *targets) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if name != interp.PublishName || len(args) != 2 {
		return nil, false, nil
	}
	if t.named == nil {
		t.named = map[string]string{}
	}
	return nil, true, t.publish(args[0], args[1])
}

func (t *targets) publish(v, to value.Value) error {
	if v == nil {
		return nil
	}
	target, ok := value.Str(to)
	if !ok {
		return t.p.out.fail("the target after `>>` is a text, not %s", value.Inspect(to))
	}
	if path, ok := v.(*value.Path); ok {
		t.name(path, target)
		return nil
	}
	elems, ok := value.Elements(v)
	if _, isMap := v.(*value.Map); !ok || isMap {
		return t.p.out.fail("only files and collections of files can be published, not %s", value.Inspect(v))
	}
	if !strings.HasSuffix(target, "/") {
		return t.p.out.fail("the target `%s` of several files must be a directory, ending with `/`", target)
	}
	for _, e := range elems {
		if err := t.publish(e, to); err != nil {
			return err
		}
	}
	return nil
}

func (t *targets) name(f *value.Path, target string) {
	source := f.String()
	rel, ok := t.p.relative(source)
	if !ok {
		return // not made by a task: it stays where it is
	}
	if strings.HasSuffix(target, "/") {
		target += rel
	}
	if _, again := t.named[source]; !again {
		t.order = append(t.order, source)
	}
	t.named[source] = storage.Join(t.p.env.Dir, target)
}

// send publishes a file that `>>` was not asked about.
func (t *targets) send(f *value.Path) {
	if t.named != nil {
		return
	}
	if to, ok := t.of(f); ok {
		t.add(f.String(), to)
	}
}

func (t *targets) add(from, to string) {
	t.p.env.Publish(publish.Item{Rule: &t.rule, Source: from, Target: to})
}

// of is where a file is published; ok is false for files that stay.
func (t *targets) of(f *value.Path) (string, bool) {
	if t.named != nil {
		to, ok := t.named[f.String()]
		return to, ok
	}
	rel, ok := t.p.relative(f.String())
	return storage.Join(t.p.env.Dir, t.dir, rel), ok
}

// relative is the name of a file within its task's directory; ok is false for
// files outside the work directory.
func (p *publisher) relative(path string) (string, bool) {
	rel, ok := "", false
	for _, dir := range []string{p.env.WorkDir, p.env.Elsewhere, p.env.Local} {
		if dir != "" && !ok {
			rel, ok = strings.CutPrefix(path, strings.TrimSuffix(dir, "/")+"/")
		}
	}
	if !ok || !filepath.IsLocal(rel) {
		return "", false
	}
	parts := strings.SplitN(filepath.ToSlash(rel), "/", 3)
	if len(parts) < 3 {
		return "", false
	}
	if parts[0] == "collect-file" || len(parts[0]) != 2 {
		return filepath.Base(path), true
	}
	return parts[2], true
}

// files lists what is published of a value: the value itself, the elements of
// collections at any depth, and the values of a map that is the item itself.
func files(v value.Value) []*value.Path {
	var list []*value.Path
	var walk func(v value.Value)
	walk = func(v value.Value) {
		switch v := v.(type) {
		case *value.Path:
			list = append(list, v)
		case *value.Map:
		default:
			if value.IsCollection(v) {
				elems, _ := value.Elements(v)
				for _, e := range elems {
					walk(e)
				}
			}
		}
	}
	if m, ok := v.(*value.Map); ok {
		m.Entries(func(_, e value.Value) bool { walk(e); return true })
		return list
	}
	walk(v)
	return list
}
