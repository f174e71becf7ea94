package workflow

import (
	"fmt"

	"sluice/internal/dataflow"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A Component is a process or workflow under the name a script calls it by.
type Component interface {
	interp.Chainable
	// Named is the same component under another name, as an include alias makes it.
	Named(name string) Component
}

// A Runtime makes running scripts of resolved modules.
type Runtime struct {
	Interp *interp.Interp
	Graph  *dataflow.Graph
	Thread *value.Thread
	// Process makes the component of a process definition.
	Process func(inst *interp.Instance, def *syntax.ProcessDef) Component
	// Builtin finds what every script sees; params and moduleDir are the script's own.
	Builtin func(name string) (value.Value, bool)
	// Plugin finds a function that a built-in plugin offers; local is its name in the script.
	Plugin func(plugin, name, local string) (value.Value, bool)
	// ModuleDir is the directory of a module's file, as scripts see it.
	ModuleDir func(path string) value.Value
	// Template is the function `template` of a module's processes.
	Template func(inst *interp.Instance) value.Value
	// Warn reports what is odd but goes on.
	Warn func(message string)
	// Outputs is where the entry workflow publishes to.
	Outputs *OutputEnv

	scripts map[string]*Script
	stack   []*context // workflows being executed, innermost last
}

// context is one execution of a workflow: which components it called.
type context struct {
	name string // full name, "" for the entry workflow
	used map[string]bool
}

// A Script is a module with its parameters, its top level executed.
type Script struct {
	Module *resolve.Module
	Inst   *interp.Instance
	Params *Params
	rt     *Runtime
	frame  *interp.Frame
	output *syntax.OutputBlock
}

// Main loads the main script: its top level runs and its includes are loaded.
func (rt *Runtime) Main(m *resolve.Module, params *Params) (*Script, error) {
	rt.scripts = map[string]*Script{}
	return rt.load(m, params)
}

func (rt *Runtime) load(m *resolve.Module, params *Params) (*Script, error) {
	s := &Script{Module: m, Params: params, rt: rt}
	s.Inst = rt.Interp.NewInstance(m, s.builtin)
	s.frame = s.Inst.NewFrame(rt.Thread, m.Frame)
	for _, d := range m.File.Decls {
		switch d := d.(type) {
		case *syntax.ProcessDef:
			s.Inst.Set(d.Name, rt.Process(s.Inst, d))
		case *syntax.WorkflowDef:
			if d.Name != "" {
				s.Inst.Set(d.Name, &Workflow{Name: d.Name, script: s, def: d})
			}
		}
	}
	includes := map[*syntax.Include]*resolve.Include{}
	for _, inc := range m.Includes {
		includes[inc.Decl] = inc
	}
	s.Inst.Include = func(d *syntax.Include) error { return s.include(includes[d]) }
	for _, d := range m.File.Decls {
		if err := s.run(d, includes); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// run executes one top-level declaration, in the order of the file.
func (s *Script) run(d syntax.Decl, includes map[*syntax.Include]*resolve.Include) error {
	switch d := d.(type) {
	case *syntax.TopStmt:
		return s.Inst.RunTop(s.frame, d.Stmt)
	case *syntax.Include:
		return s.include(includes[d])
	case *syntax.ParamsBlock:
		return s.paramsBlock(d)
	case *syntax.OutputBlock:
		s.output = d
	}
	return nil
}

func (s *Script) builtin(name string) (value.Value, bool) {
	switch name {
	case "params":
		return s.Params.Map(), true
	case "moduleDir":
		return s.rt.ModuleDir(s.Module.Path), true
	case "template":
		return s.rt.Template(s.Inst), true
	}
	return s.rt.Builtin(name)
}

// include loads a module with a copy of the including script's parameters and
// binds its names.
func (s *Script) include(inc *resolve.Include) error {
	if inc.Plugin != "" {
		return s.includePlugin(inc)
	}
	params, key, err := s.includedParams(inc)
	if err != nil {
		return err
	}
	target := s.rt.scripts[key]
	if target == nil {
		if target, err = s.rt.load(inc.Module, params); err != nil {
			return err
		}
		s.rt.scripts[key] = target
	}
	for _, item := range inc.Decl.Items {
		v, ok := target.Inst.Get(item.Name)
		if !ok {
			return fmt.Errorf("internal error: `%s` is not defined in %s", item.Name, inc.Module.Path)
		}
		if c, ok := v.(Component); ok {
			v = c.Named(item.Local())
		}
		s.Inst.Set(item.Local(), v)
	}
	return nil
}

func (s *Script) includePlugin(inc *resolve.Include) error {
	for _, item := range inc.Decl.Items {
		v, ok := s.rt.Plugin(inc.Plugin, item.Name, item.Local())
		if !ok {
			return fmt.Errorf("the plugin `%s` offers no `%s`", inc.Plugin, item.Name)
		}
		s.Inst.Set(item.Local(), v)
	}
	return nil
}

// includedParams applies the old addParams(…) and params(…) forms. Modules
// included without them are loaded once.
func (s *Script) includedParams(inc *resolve.Include) (*Params, string, error) {
	params, key := s.Params.Copy(), inc.Module.Path
	for _, form := range []syntax.Expr{inc.Decl.AddParams, inc.Decl.Params} {
		if form == nil {
			continue
		}
		v, err := s.Inst.Expr(form).Run(s.frame)
		if err != nil {
			return nil, "", err
		}
		m, ok := v.(*value.Map)
		if !ok {
			return nil, "", fmt.Errorf("the parameters of an include are a map, not %s", value.Inspect(v))
		}
		if form == inc.Decl.Params { // these, and no others
			params = NewParams(value.NewMap(0), s.rt.Warn)
		}
		params.Override(m)
		key += "\x00" + value.Inspect(m)
	}
	return params, key, nil
}
