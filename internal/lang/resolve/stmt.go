package resolve

import (
	"fmt"

	"sluice/internal/lang/syntax"
)

func (r *resolver) stmts(list []syntax.Stmt) {
	for _, s := range list {
		r.stmt(s)
	}
}

func (r *resolver) block(b *syntax.Block) {
	r.push()
	r.stmts(b.Stmts)
	r.pop()
}

func (r *resolver) scoped(s syntax.Stmt) {
	if s == nil {
		return
	}
	r.push()
	r.stmt(s)
	r.pop()
}

func (r *resolver) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case nil, *syntax.Break, *syntax.Continue, *syntax.BadStmt:
	case *syntax.ExprStmt:
		r.expr(s.X)
	case *syntax.VarDecl:
		r.expr(s.Init)
		for _, n := range s.Names {
			r.declareVar(n)
			if s.Init != nil && !s.Multi {
				r.notes(n.Name, s.Init)
			}
		}
	case *syntax.Block:
		r.block(s)
	case *syntax.If:
		r.expr(s.Cond)
		r.maybe++
		r.scoped(s.Then)
		r.scoped(s.Else)
		r.maybe--
	case *syntax.ForIn:
		r.expr(s.X)
		r.push()
		r.declareVar(s.Var)
		r.scoped(s.Body)
		r.pop()
	case *syntax.ForC:
		r.push()
		r.stmts(s.Init)
		r.expr(s.Cond)
		r.exprs(s.Update)
		r.scoped(s.Body)
		r.pop()
	case *syntax.While:
		r.expr(s.Cond)
		r.scoped(s.Body)
	case *syntax.Switch:
		r.expr(s.X)
		for _, c := range s.Cases {
			r.exprs(c.Values)
			r.push()
			r.maybe++
			r.stmts(c.Body)
			r.maybe--
			r.pop()
		}
	case *syntax.Return:
		r.expr(s.X)
	case *syntax.Throw:
		r.expr(s.X)
	case *syntax.Try:
		if len(s.Catches) > 0 { // what fails there is handled
			r.maybe++
			r.block(s.Body)
			r.maybe--
		} else {
			r.block(s.Body)
		}
		for _, c := range s.Catches {
			r.push()
			if c.Var != nil {
				r.declareVar(c.Var)
			}
			r.maybe++
			r.stmts(c.Body.Stmts)
			r.maybe--
			r.pop()
		}
		if s.Finally != nil {
			r.block(s.Finally)
		}
	case *syntax.Assert:
		r.expr(s.Cond)
		r.expr(s.Message)
	case *syntax.Labeled:
		r.stmt(s.Body)
	case *syntax.ConfigBlock:
		r.stmts(s.Body)
	case *syntax.ConfigSelector:
		r.expr(s.Pattern)
		r.stmts(s.Body)
	case *syntax.ConfigInclude:
		r.expr(s.X)
	case *syntax.Import:
		r.importClass(s)
	case *syntax.Include:
		r.expr(s.AddParams)
		r.expr(s.Params)
	case *syntax.FuncDef:
		r.funcDef(s)
	default:
		panic(fmt.Sprintf("internal error: resolve: %T", s))
	}
}

func (r *resolver) declareVar(n *syntax.VarName) {
	if v := r.fn.scope.vars[n.Name]; v != nil && !v.take {
		d := r.diags.Add(n.Span(), fmt.Sprintf("the variable `%s` is already declared here", n.Name))
		d.Help = fmt.Sprintf("assign it without `def`: `%s = …`", n.Name)
	}
	r.declare(n.Name, &n.Binding)
}
