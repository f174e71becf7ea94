package strict

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// Known is what exists besides the text.
type Known interface {
	// Variable and Function say what every script sees.
	Variable(name string) bool
	Function(name string) bool
	// Class says whether a class has this name, simple or full.
	Class(name string) bool
	// Operator and Directive say what channels and processes have.
	Operator(name string) bool
	Directive(name string) bool
}

// A Module is what an include found.
type Module struct {
	Name    string
	Exports map[string]syntax.Decl
	Any     bool // a plugin: every name is taken to exist
}

// An Includer finds the module of an include; an error says why it cannot.
type Includer func(*syntax.Include) (*Module, error)

// Syntax lists what the strict grammar has no production for; the parser of
// that grammar ends at the first such place, and says nothing else of the file.
func Syntax(f *syntax.File) diag.List {
	for _, o := range f.Older {
		if o.Syntax {
			return diag.List{older(o)}
		}
	}
	return nil
}

func older(o syntax.Older) *diag.Diagnostic {
	return &diag.Diagnostic{Span: o.Where, Message: o.Message, Help: o.Help}
}

// Script lists what the strict grammar refuses in a script.
func Script(f *syntax.File, known Known, includes Includer) diag.List {
	if list := Syntax(f); list != nil {
		return list
	}
	c := &checker{known: known, exports: map[string]syntax.Decl{}}
	for _, o := range f.Older {
		c.diags = append(c.diags, older(o))
	}
	for _, d := range f.Decls {
		c.export(d, includes)
	}
	c.top(f)
	for _, d := range f.Decls {
		c.decl(d)
	}
	if len(c.diags) == 0 {
		c.diags = c.types
	}
	c.diags.Sort()
	return c.diags
}

// Exports lists what a file defines.
func Exports(f *syntax.File) map[string]syntax.Decl {
	c := &checker{exports: map[string]syntax.Decl{}}
	for _, d := range f.Decls {
		c.export(d, nil)
	}
	return c.exports
}

// code says whose code is being walked.
type code uint8

const (
	function code = iota
	workflow
	process
	config
)

type checker struct {
	known    Known
	diags    diag.List
	types    diag.List // looked at only where all names are known
	exports  map[string]syntax.Decl
	scope    *scope
	body     *scope // where an assignment without `def` declares; nil in functions
	in       code
	closures int // around the code at hand
	dynamic  int // closures whose names are those of the task: in a configuration
	output   bool
	entry    bool
}

func (c *checker) add(at source.Span, format string, args ...any) *diag.Diagnostic {
	return c.diags.Add(at, fmt.Sprintf(format, args...))
}

// export makes the names of a declaration known to the whole file.
func (c *checker) export(d syntax.Decl, includes Includer) {
	switch d := d.(type) {
	case *syntax.ProcessDef:
		if !d.Misordered {
			c.define(d.Name, d.Span(), d)
		}
	case *syntax.WorkflowDef:
		if d.Misordered {
			return
		}
		if d.Name != "" {
			c.define(d.Name, d.Span(), d)
			return
		}
		if c.entry {
			c.add(start(d.Span()), "a second entry workflow").Help = "give one of them a name: `workflow NAME { … }`"
		}
		c.entry = true
	case *syntax.FuncDef:
		c.define(d.Name, d.Span(), d)
	case *syntax.ClassDef:
		c.exports[d.Name] = d
	case *syntax.OutputBlock:
		if c.output {
			c.add(start(d.Span()), "a second `output` block").Help = "one block describes all outputs"
		}
		c.output = true
	case *syntax.Include:
		if includes != nil {
			c.include(d, includes)
		}
	}
}

func (c *checker) define(name string, at source.Span, d syntax.Decl) {
	if first, again := c.exports[name]; again {
		e := c.add(start(at), "`%s` is already declared", name)
		e.Related = append(e.Related, diag.Label{Span: start(first.Span()), Text: "first declared here"})
		return
	}
	c.exports[name] = d
}

func (c *checker) include(d *syntax.Include, includes Includer) {
	m, err := includes(d)
	if err != nil {
		c.add(start(d.Span()), "%s", err)
		return
	}
	for _, item := range d.Items {
		def, ok := m.Exports[item.Name]
		if !ok && !m.Any {
			e := c.add(start(d.Span()), "`%s` is not defined in %s", item.Name, m.Name)
			e.Label = "no process, workflow or function of this name there"
			names := make([]string, 0, len(m.Exports))
			for name := range m.Exports {
				names = append(names, name)
			}
			if near, ok := diag.Near(item.Name, names); ok {
				e.Help = fmt.Sprintf("%s defines `%s`", m.Name, near)
			}
			continue
		}
		if _, again := c.exports[item.Local()]; again {
			c.add(start(d.Span()), "`%s` is already declared", item.Local()).Help = fmt.Sprintf("include it under another name: `%s as OTHER_NAME`", item.Name)
			continue
		}
		c.exports[item.Local()] = def
	}
}

// top finds statements among declarations: a script has either.
func (c *checker) top(f *syntax.File) {
	declares := false
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *syntax.TopStmt, *syntax.Import, *syntax.Include, *syntax.BadDecl:
			_, includes := d.(*syntax.Include)
			declares = declares || includes
		default:
			declares = true
		}
	}
	c.open(workflow)
	for _, d := range f.Decls {
		t, ok := d.(*syntax.TopStmt)
		if !ok {
			continue
		}
		if a := assignment(t.Stmt); a != nil {
			switch dotted := target(a.Target); {
			case strings.HasPrefix(dotted, "nextflow."):
				c.flag(a, dotted)
				continue
			case strings.HasPrefix(dotted, "params."):
				c.expr(a.Value)
				continue
			}
		}
		if declares {
			c.add(start(t.Span()), "statements and declarations do not mix in a script").Help = "move the statement into the entry workflow"
		}
		c.stmt(t.Stmt)
	}
}

// flags are those of all releases.
var flags = map[string]bool{
	"nextflow.enable.dsl": true, "nextflow.enable.strict": true, "nextflow.enable.types": true, "nextflow.enable.moduleBinaries": true,
	"nextflow.enable.configProcessNamesValidation": true, "nextflow.preview.output": true, "nextflow.preview.recursion": true,
	"nextflow.preview.topic": true, "nextflow.preview.types": true,
}

func (c *checker) flag(a *syntax.Assign, name string) {
	if flags[name] {
		return
	}
	e := c.add(start(a.Span()), "`%s` is not a feature flag", name)
	names := make([]string, 0, len(flags))
	for f := range flags {
		names = append(names, f)
	}
	if near, ok := diag.Near(name, names); ok {
		e.Help = fmt.Sprintf("`%s` is one", near)
	}
}

func assignment(s syntax.Stmt) *syntax.Assign {
	if x, ok := s.(*syntax.ExprStmt); ok {
		if a, ok := x.X.(*syntax.Assign); ok && a.Op == syntax.OpNone {
			return a
		}
	}
	return nil
}

// target is a.b.c as text; "" for anything else.
func target(x syntax.Expr) string {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name
	case *syntax.Prop:
		if left := target(x.X); left != "" && x.Dyn == nil {
			return left + "." + x.Name
		}
	}
	return ""
}

// start is the first place of a span: where the strict grammar reports.
func start(s source.Span) source.Span {
	if line := strings.IndexByte(s.Text(), '\n'); line > 0 {
		s.End = s.Start + int32(line)
	}
	return s
}

func (c *checker) decl(d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.FuncDef:
		c.funcDef(d)
	case *syntax.ProcessDef:
		if !d.Misordered {
			c.process(d)
		}
	case *syntax.WorkflowDef:
		if !d.Misordered {
			c.workflow(d)
		}
	case *syntax.ParamsBlock:
		c.open(workflow)
		for _, p := range d.Params {
			c.expr(p.Default)
		}
	case *syntax.OutputBlock:
		c.outputs(d)
	}
}

func (c *checker) funcDef(d *syntax.FuncDef) {
	c.open(function)
	c.body = nil
	c.params(d.Params)
	if d.Body != nil {
		c.push()
		c.stmts(d.Body.Stmts)
		c.pop()
	}
}

func (c *checker) workflow(d *syntax.WorkflowDef) {
	c.open(workflow)
	for _, t := range d.Take {
		c.expr(t.Default)
		c.declare(t.Name, t.Span())
	}
	if d.Main != nil {
		c.stmts(d.Main.Stmts)
	}
	seen := map[string]bool{}
	for _, e := range d.Emit {
		if e.Name != "" && seen[e.Name] {
			c.add(start(e.Span()), "the output `%s` is already declared", e.Name)
		}
		seen[e.Name] = true
		c.expr(e.X)
	}
	for _, e := range d.Publish {
		if id, ok := e.X.(*syntax.Ident); e.Name == "" || ok && id.Where.Start == e.Where.Start && e.Type == nil {
			c.add(start(e.Span()), "an output to publish has a name").Help = "write `name = …`"
			continue
		}
		c.expr(e.X)
	}
	for _, b := range []*syntax.Block{d.OnComplete, d.OnError} {
		if b != nil {
			c.block(b)
		}
	}
}

var outputDirectives = map[string]bool{
	"path": true, "mode": true, "overwrite": true, "enabled": true, "contentType": true, "copyAttributes": true,
	"ignoreErrors": true, "storageClass": true, "tags": true, "label": true, "index": true,
}

var indexDirectives = map[string]bool{"path": true, "header": true, "sep": true}

func (c *checker) outputs(d *syntax.OutputBlock) {
	c.open(workflow)
	for _, o := range d.Outputs {
		if text := o.Span().Text(); text != "" && (text[0] == '\'' || text[0] == '"') {
			c.add(start(o.Span()), "the name of an output in quotes is of the older grammar").Help = "a name has letters, digits and `_`"
			continue
		}
		if o.Body != nil {
			c.outputBody(o.Body.Stmts, "output", outputDirectives)
		}
	}
}

func (c *checker) outputBody(list []syntax.Stmt, what string, known map[string]bool) {
	c.push()
	defer c.pop()
	for _, s := range list {
		call, name := directiveCall(s)
		if call == nil {
			c.stmt(s)
			continue
		}
		if !known[name.Name] {
			c.add(name.Span(), "`%s` is not an %s directive", name.Name, what)
		}
		for _, a := range call.Args {
			if cl, ok := a.Value.(*syntax.Closure); ok && name.Name == "index" {
				c.outputBody(cl.Body.Stmts, "index", indexDirectives)
				continue
			}
			c.expr(a.Value)
		}
	}
}

func directiveCall(s syntax.Stmt) (*syntax.Call, *syntax.Ident) {
	if x, ok := s.(*syntax.ExprStmt); ok {
		if call, ok := x.X.(*syntax.Call); ok {
			if name, ok := call.Fun.(*syntax.Ident); ok {
				return call, name
			}
		}
	}
	return nil, nil
}
