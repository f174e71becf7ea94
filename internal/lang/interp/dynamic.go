package interp

import (
	"sluice/internal/lang/resolve"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A Scoped evaluates code whose unknown names are asked of a scope value at
// run time: configuration files, templates, expressions of a shell block.
type Scoped struct {
	Interp  *Interp
	Thread  *value.Thread
	Names   resolve.Names
	Builtin func(name string) (value.Value, bool)
}

// Eval evaluates an expression.
func (s *Scoped) Eval(x syntax.Expr, scope value.Value) (value.Value, error) {
	m, diags := resolve.ConfigExpr(x, s.Names)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	inst, f := s.frame(m, scope)
	return inst.Expr(x).Run(f)
}

// Exec runs a statement.
func (s *Scoped) Exec(st syntax.Stmt, scope value.Value) error {
	m, diags := resolve.ConfigStmt(st, s.Names)
	if err := diags.Err(); err != nil {
		return err
	}
	inst, f := s.frame(m, scope)
	return inst.RunTop(f, st)
}

// Function makes a value of a function definition.
func (s *Scoped) Function(d *syntax.FuncDef, scope value.Value) (value.Value, error) {
	m, diags := resolve.ConfigStmt(d, s.Names)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	inst, _ := s.frame(m, scope)
	c := compiler{inst: inst}
	code := c.function(d.Params, d.Body, d.Func, false)
	self := &value.Closure{Delegate: scope}
	few, many := limits(d.Params)
	return &value.Closure{
		Params: len(d.Params), Required: few, Variadic: many < 0, Source: d.Where,
		Code: func(th *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
			return code.call(th, self, nil, args, callSite{d.Name, d.NameAt})
		},
	}, nil
}

func (s *Scoped) frame(m *resolve.Module, scope value.Value) (*Instance, *Frame) {
	inst := s.Interp.NewInstance(m, s.Builtin)
	f := inst.NewFrame(s.Thread, m.Frame)
	f.self = &value.Closure{Delegate: scope}
	return inst, f
}

// Template runs the code of a text template: statements that append to `out`,
// with the binding's entries as names.
func (s *Scoped) Template(th *value.Thread, code string, binding *value.Map) (string, error) {
	block, diags := syntax.ParseSnippet(source.NewFile("template", code))
	if err := diags.Err(); err != nil {
		return "", err
	}
	out := &value.Buffer{Of: value.StringBuilderClass}
	scope := binding.Copy()
	scope.Set(value.String("out"), out)
	m, diags := resolve.ConfigStmt(block, s.Names)
	if err := diags.Err(); err != nil {
		return "", err
	}
	on := *s
	on.Thread = th
	inst, f := on.frame(m, scope)
	if err := inst.RunTop(f, block); err != nil {
		return "", err
	}
	return string(out.Bytes), nil
}
