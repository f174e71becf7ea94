package resolve

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// A Loader finds the module that an include names, already resolved. The
// error says why it cannot be had.
type Loader func(inc *syntax.Include) (m *Module, plugin string, err error)

type resolver struct {
	names   Names
	module  *Module
	fn      *function
	diags   *diag.List
	pending []pendingName
	statics []string                 // classes of which an import declaration brings in every static member
	stars   []string                 // packages of which an import declaration brings in everything
	full    map[*syntax.Ident]string // dotted names of what looks like a class and is none, by their first part
	// workflowVars are names that workflows assign without `def`.
	workflowVars map[string]bool
	cls          *classScope        // the class whose code is being resolved
	maybe        int                // depth of branches that may never run
	proc         *syntax.ProcessDef // the process whose code is being resolved
	section      Section            // and which part of it
	gone         *goneCall          // the call whose arguments are being resolved
	nulls        bool               // unknown names are null in the older grammar
	// taskCalls are the calls in typed outputs that ask the finished task.
	taskCalls map[*syntax.Ident]bool
}

// A pendingName could be a global that a later statement assigns.
type pendingName struct {
	ident *syntax.Ident
	near  []string
	// top says that code outside of functions uses the name: it may be a
	// variable of a workflow, which is null there.
	top bool
	// pipe says that the name stands on the right of a pipe.
	pipe bool
	// maybe says that the code around it may never run.
	maybe bool
	// proc is the process whose code uses the name.
	proc    *syntax.ProcessDef
	section Section
	// null says that a name that nothing defines is null in the older grammar.
	null bool
	// gone is the call of an operator of former times that the name is an
	// argument of.
	gone *goneCall
	// closure says that the name stands in a closure.
	closure bool
	// callee says that the name is called.
	callee bool
	// otherwise gives the name its meaning when nothing defines it.
	otherwise func()
}

// Script resolves a script file.
func Script(f *syntax.File, path string, names Names, load Loader) (*Module, diag.List) {
	var diags diag.List
	m := &Module{File: f, Path: path, Exports: map[string]syntax.Decl{}, index: map[string]int32{}, Imports: map[string]string{}, decls: map[string]source.Span{}}
	r := &resolver{names: names, module: m, diags: &diags, workflowVars: map[string]bool{}}
	r.open(topFrame)
	for _, d := range f.Decls {
		r.export(d, load)
	}
	for _, d := range f.Decls {
		r.global(d)
	}
	for _, d := range f.Decls {
		r.decl(d)
	}
	m.Frame = r.close()
	r.settle()
	diags.Sort()
	return m, diags
}

// export makes the names a declaration defines known to the whole file.
func (r *resolver) export(d syntax.Decl, load Loader) {
	m := r.module
	switch d := d.(type) {
	case *syntax.ProcessDef:
		r.define(d.Name, d.NameAt, d)
	case *syntax.WorkflowDef:
		if d.Name == "" {
			if m.Entry != nil {
				at := r.diags.Add(d.Span(), "a second entry workflow")
				at.Related = append(at.Related, diag.Label{Span: m.Entry.Span(), Text: "the first is here"})
				at.Help = "give one of them a name: `workflow NAME { … }`"
				return
			}
			m.Entry = d
			return
		}
		r.define(d.Name, d.NameAt, d)
	case *syntax.FuncDef:
		if _, again := m.Exports[d.Name]; again {
			if _, isFunc := m.Exports[d.Name].(*syntax.FuncDef); isFunc {
				return // an overload: the interpreter chooses by number of arguments
			}
		}
		r.define(d.Name, d.NameAt, d)
	case *syntax.ClassDef:
		r.define(d.Name, d.Span(), d)
	case *syntax.Include:
		r.include(d, load, false)
	case *syntax.Import:
		r.importClass(d)
	case *syntax.TopStmt:
		syntax.Walk(d.Stmt, func(n syntax.Node) bool {
			inc, ok := n.(*syntax.Include)
			if ok {
				r.include(inc, load, true)
			}
			return !ok
		})
	}
}

// importClass makes a class known by its simple name, or a static member of one.
func (r *resolver) importClass(d *syntax.Import) {
	dot := strings.LastIndexByte(d.Name, '.')
	name := d.Alias
	if name == "" {
		name = d.Name[dot+1:]
	}
	switch {
	case d.Static && !d.Star && dot > 0 && r.names.Class(d.Name[:dot]):
		r.module.Statics = append(r.module.Statics, StaticImport{name, d.Name[:dot], d.Name[dot+1:]})
		r.module.declare(name)
	case d.Static && d.Star && r.names.Class(d.Name):
		r.statics = append(r.statics, d.Name)
	case d.Static:
	case d.Star:
		r.stars = append(r.stars, d.Name)
	default:
		r.module.Imports[name] = d.Name
	}
}

// imported is the full name of a class that an import declaration brings in,
// "" if none does.
func (r *resolver) imported(name string) string {
	if full, ok := r.module.Imports[name]; ok {
		return full
	}
	for _, pkg := range r.stars {
		if full := pkg + "." + name; r.names.Class(full) {
			r.module.Imports[name] = full
			return full
		}
	}
	return ""
}

// staticStar finds a name among the static members of the classes of
// `import static Class.*`; from there on it is a global.
func (r *resolver) staticStar(name string) (int32, bool) {
	for _, class := range r.statics {
		if !r.hasStatic(class, name) {
			continue
		}
		r.module.Statics = append(r.module.Statics, StaticImport{name, class, name})
		r.module.declare(name)
		i, ok := r.module.index[name]
		return i, ok
	}
	return 0, false
}

func (r *resolver) hasStatic(class, name string) bool {
	if def := r.classDef(class); def != nil {
		return slices.ContainsFunc(def.Methods, func(m *syntax.FuncDef) bool { return m.Static && m.Name == name })
	}
	l, ok := r.names.(ClassLister)
	return ok && l.HasStatic(class, name)
}

func (r *resolver) isStaticImport(name string) bool {
	return slices.ContainsFunc(r.module.Statics, func(s StaticImport) bool { return s.Name == name })
}

// knownClass says whether a class of this name exists, imported or not.
func (r *resolver) knownClass(name string) bool {
	if full := r.imported(name); full != "" {
		name = full
	}
	return r.names.Class(name)
}

func (r *resolver) define(name string, at source.Span, d syntax.Decl) {
	if first, again := r.module.decls[name]; again {
		e := r.diags.Add(at, fmt.Sprintf("`%s` is already defined in this script", name))
		e.Related = append(e.Related, diag.Label{Span: first, Text: "first defined here"})
		return
	}
	r.module.decls[name] = at
	r.module.Exports[name] = d
	r.module.declare(name)
}

// One inside a block takes effect when it is executed: several, of which one is
// executed, may then bring in the same name.
func (r *resolver) include(d *syntax.Include, load Loader, inBlock bool) {
	target, plugin, err := load(d)
	inc := &Include{Decl: d, Module: target, Plugin: plugin}
	r.module.Includes = append(r.module.Includes, inc)
	if err != nil {
		if list, ok := err.(diag.List); ok {
			*r.diags = append(*r.diags, list...)
		} else {
			r.diags.Add(d.From.Span(), err.Error())
		}
	}
	for _, item := range d.Items {
		local := item.Local()
		if first, again := r.module.decls[local]; again && !inBlock {
			e := r.diags.Add(item.Span(), fmt.Sprintf("`%s` is already defined in this script", local))
			e.Related = append(e.Related, diag.Label{Span: first, Text: "first defined here"})
			e.Help = fmt.Sprintf("include it under another name: `%s as OTHER_NAME`", item.Name)
			continue
		}
		r.module.decls[local] = item.Span()
		r.module.declare(local)
		if target == nil {
			continue
		}
		def, ok := target.Exports[item.Name]
		if !ok {
			e := r.diags.Add(item.Span(), fmt.Sprintf("`%s` is not defined in %s", item.Name, target.File.Source.Name))
			e.Label = "no process, workflow or function of this name there"
			if near, ok := diag.Near(item.Name, exported(target)); ok {
				e.Help = fmt.Sprintf("%s defines `%s`", target.File.Source.Name, near)
			}
			continue
		}
		r.module.Exports[local] = def
	}
}

func exported(m *Module) []string {
	names := make([]string, 0, len(m.Exports))
	for name := range m.Exports {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// global declares the variables that top-level statements make.
func (r *resolver) global(d syntax.Decl) {
	top, ok := d.(*syntax.TopStmt)
	if !ok {
		return
	}
	switch s := top.Stmt.(type) {
	case *syntax.VarDecl:
		for _, n := range s.Names {
			r.module.declare(n.Name)
		}
	case *syntax.ExprStmt:
		if a, ok := s.X.(*syntax.Assign); ok {
			for _, target := range targets(a.Target) {
				if !r.names.Builtin(target.Name) || r.mayBeHidden(target.Name) {
					r.module.declare(target.Name)
				}
			}
		}
	}
}

// targets lists the plain names an assignment writes.
func targets(x syntax.Expr) []*syntax.Ident {
	switch x := x.(type) {
	case *syntax.Ident:
		return []*syntax.Ident{x}
	case *syntax.Paren:
		return targets(x.X)
	case *syntax.Tuple:
		var all []*syntax.Ident
		for _, e := range x.Elems {
			all = append(all, targets(e)...)
		}
		return all
	}
	return nil
}

func (r *resolver) decl(d syntax.Decl) {
	switch d := d.(type) {
	case *syntax.TopStmt:
		r.module.Body = append(r.module.Body, d)
		if v, ok := d.Stmt.(*syntax.VarDecl); ok {
			r.topVar(v)
			return
		}
		r.stmt(d.Stmt)
	case *syntax.FuncDef:
		r.funcDef(d)
	case *syntax.ProcessDef:
		r.process(d)
	case *syntax.WorkflowDef:
		r.workflow(d)
	case *syntax.ParamsBlock:
		r.module.Body = append(r.module.Body, d)
		for _, p := range d.Params {
			r.expr(p.Default)
		}
	case *syntax.OutputBlock:
		r.module.Body = append(r.module.Body, d)
		for _, o := range d.Outputs {
			r.outputDef(o)
		}
	case *syntax.Include:
		r.expr(d.AddParams)
		r.expr(d.Params)
	case *syntax.ClassDef:
		r.class(d)
	case *syntax.Import, *syntax.BadDecl:
	}
}

// topVar makes `def x = …` at the top of a script a global: processes and
// workflows of the same file see it.
func (r *resolver) topVar(v *syntax.VarDecl) {
	r.expr(v.Init)
	for _, n := range v.Names {
		n.Binding = syntax.Binding{Kind: syntax.Global, Index: r.module.declare(n.Name)}
	}
}

func (r *resolver) funcDef(d *syntax.FuncDef) {
	r.open(functionFrame)
	r.params(d.Params)
	if d.Body != nil {
		r.stmts(d.Body.Stmts)
	}
	d.Func = r.close()
}

func (r *resolver) params(params []*syntax.Param) {
	for _, p := range params {
		if p.Default != nil {
			r.expr(p.Default)
		}
		r.declare(p.Name, &p.Binding)
	}
}

func (r *resolver) workflow(d *syntax.WorkflowDef) {
	f := r.open(workflowFrame)
	f.bare = f.scope
	for _, t := range d.Take {
		r.expr(t.Default)
		r.declare(t.Name, &t.Binding).take = true
	}
	if d.Main != nil {
		r.stmts(d.Main.Stmts)
	}
	for _, e := range d.Emit {
		r.expr(e.X)
	}
	for _, e := range d.Publish {
		r.expr(e.X)
	}
	for _, b := range []*syntax.Block{d.OnComplete, d.OnError} {
		if b != nil {
			r.block(b)
		}
	}
	d.Func = r.close()
}

// settle decides the names that were unknown when met: a global assigned
// somewhere, or an error.
func (r *resolver) settle() {
	made := r.goneNames()
	for _, p := range r.pending {
		if i, ok := r.module.index[p.ident.Name]; ok {
			p.ident.Binding = syntax.Binding{Kind: syntax.Global, Index: i}
			continue
		}
		if p.top && r.workflowVars[p.ident.Name] {
			p.ident.Binding = syntax.Binding{Kind: syntax.Global, Index: r.module.declare(p.ident.Name)}
			continue
		}
		if p.otherwise != nil {
			p.otherwise()
			continue
		}
		if !p.callee && !p.pipe && r.environment(p.ident.Name) {
			p.ident.Binding.Kind = syntax.Builtin
			continue
		}
		if p.null && !p.callee && r.lenient() {
			p.ident.Binding.Kind = syntax.Null
			continue
		}
		if r.lenient() && p.closure && p.ident.Binding.Kind == syntax.Unbound {
			p.ident.Binding.Kind = syntax.Dynamic // a delegate set later may know it
		}
		if r.lenient() || p.gone == nil && made[p.ident.Name] {
			continue
		}
		if p.gone != nil {
			r.goneOperator(p.gone)
			continue
		}
		r.unknown(p)
	}
}

// A goneCall is a call of an operator of former times, such as
// `ch.into { a; b }`, which made variables.
type goneCall struct {
	fun     *syntax.Prop
	instead string
	told    bool
}

// goneCall finds out whether a method is an operator of former times.
func (r *resolver) goneCall(fun *syntax.Prop) *goneCall {
	if g, ok := r.names.(Gone); ok {
		if instead, ok := g.Gone(fun.Name); ok {
			return &goneCall{fun: fun, instead: instead}
		}
	}
	return nil
}

// goneNames are the variables that operators of former times made: what uses
// them is no mistake of its own.
func (r *resolver) goneNames() map[string]bool {
	made := map[string]bool{}
	for _, p := range r.pending {
		if _, known := r.module.index[p.ident.Name]; p.gone != nil && !known {
			made[p.ident.Name] = true
		}
	}
	return made
}

func (r *resolver) goneOperator(g *goneCall) {
	if g.told {
		return
	}
	g.told = true
	e := r.diags.Add(g.fun.Span(), fmt.Sprintf("channels have no operator `%s`", g.fun.Name))
	e.Help = g.instead
}

func (r *resolver) lenient() bool {
	l, ok := r.names.(Lenient)
	return ok && l.Lenient()
}

func (r *resolver) environment(name string) bool {
	e, ok := r.names.(Environment)
	return ok && e.Environment(name)
}

func (r *resolver) unknown(p pendingName) {
	name := p.ident.Name
	e := r.diags.Add(p.ident.Span(), fmt.Sprintf("`%s` is not defined", name))
	if full := r.full[p.ident]; full != "" {
		e.Message = fmt.Sprintf("the class `%s` is not known", full)
		defer r.fault(p, e)
		soften(e, p.maybe)
		e.Help = r.classHelp(full)
		return
	}
	defer r.fault(p, e)
	soften(e, p.maybe)
	e.Label = "no variable, process, workflow or function of this name here"
	if p.pipe {
		e.Label = "no operator, process, workflow or function of this name here"
		if o, ok := r.names.(OperatorNames); ok {
			if near, ok := diag.Near(name, o.OperatorNames()); ok {
				e.Help = fmt.Sprintf("`%s` is an operator", near)
				return
			}
		}
	}
	if near, ok := r.near(p); ok {
		e.Help = fmt.Sprintf("`%s` is defined", near)
		if at, ok := r.module.decls[near]; ok {
			e.Related = append(e.Related, diag.Label{Span: at, Text: fmt.Sprintf("`%s` is defined here", near)})
		}
		return
	}
	if near, ok := r.nearClass(name); ok && !p.pipe && name[0] >= 'A' && name[0] <= 'Z' {
		e.Help = fmt.Sprintf("the class `%s` is known", near)
		return
	}
	if strings.ToUpper(name) == name && len(name) > 1 {
		e.Help = fmt.Sprintf("if it is a process or workflow of another file, include it: `include { %s } from './…'`", name)
	}
}

// fault leaves a problem in the code of a process to the call of the process:
// until then it is a warning.
func (r *resolver) fault(p pendingName, e *diag.Diagnostic) {
	if p.proc == nil || e.Severity != diag.Error {
		return
	}
	if r.module.Faults == nil {
		r.module.Faults = map[*syntax.ProcessDef][]Fault{}
	}
	problem := *e
	r.module.Faults[p.proc] = append(r.module.Faults[p.proc], Fault{p.section, &problem})
	e.Severity = diag.Warning
	e.Notes = append(e.Notes, fmt.Sprintf("the run ends if the process `%s` is called", p.proc.Name))
}

// near finds what a name was probably meant to be. Called names are functions,
// processes and workflows first, other names are variables first.
func (r *resolver) near(p pendingName) (string, bool) {
	var functions, variables []string
	for _, name := range r.names.Candidates() {
		if v, ok := r.names.(Variables); ok && v.Variable(name) {
			variables = append(variables, name)
		} else {
			functions = append(functions, name)
		}
	}
	for name := range r.module.decls {
		functions = append(functions, name)
	}
	variables = append(append(variables, p.near...), r.module.Globals...)
	sort.Strings(functions)
	sort.Strings(variables)
	if !p.callee {
		if near, ok := diag.Near(p.ident.Name, variables); ok {
			return near, true
		}
		functions = functions[:0]
		for name := range r.module.decls { // outputs of a process: FOO.out
			functions = append(functions, name)
		}
		sort.Strings(functions)
		return diag.Near(p.ident.Name, functions)
	}
	if near, ok := diag.Near(p.ident.Name, functions); ok {
		return near, true
	}
	return diag.Near(p.ident.Name, variables)
}

// soften makes a warning of a problem in code that may never run: branches of
// conditions, cases, handlers of exceptions. Pipelines in use have such
// mistakes; they end the run if they are reached.
func soften(d *diag.Diagnostic, maybe bool) {
	if maybe {
		d.Severity = diag.Warning
		d.Notes = append(d.Notes, "the run ends here if this code is reached")
	}
}
