package resolve

import (
	"fmt"
	"sort"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
)

// PublishName is the method that `file >> target` calls in the path closure
// of an output. The blank keeps scripts from naming it.
const PublishName = "publish files"

var outputDirectives = map[string]bool{
	"path": true, "mode": true, "overwrite": true, "enabled": true, "contentType": true, "copyAttributes": true,
	"ignoreErrors": true, "storageClass": true, "tags": true, "label": true, "index": true,
}

var indexDirectives = map[string]bool{"path": true, "header": true, "sep": true}

// outputDef binds the directives of an output to whom evaluates it.
func (r *resolver) outputDef(o *syntax.OutputDef) {
	if o.Body != nil {
		r.outputBlock(o.Body, "output", outputDirectives)
	}
}

func (r *resolver) outputBlock(b *syntax.Block, of string, known map[string]bool) {
	r.push()
	for _, s := range b.Stmts {
		r.outputStmt(s, of, known)
	}
	r.pop()
}

func (r *resolver) outputStmt(s syntax.Stmt, of string, known map[string]bool) {
	switch s := s.(type) {
	case *syntax.Block:
		r.outputBlock(s, of, known)
		return
	case *syntax.If:
		r.expr(s.Cond)
		r.outputStmt(s.Then, of, known)
		r.outputStmt(s.Else, of, known)
		return
	case *syntax.ExprStmt:
		if call, ok := s.X.(*syntax.Call); ok {
			if name, ok := call.Fun.(*syntax.Ident); ok {
				r.outputDirective(call, name, of, known)
				return
			}
		}
	case nil:
		return
	}
	r.stmt(s)
}

func (r *resolver) outputDirective(call *syntax.Call, name *syntax.Ident, of string, known map[string]bool) {
	if !known[name.Name] {
		d := r.diags.Add(name.Span(), fmt.Sprintf("`%s` is not an %s directive", name.Name, of))
		names := make([]string, 0, len(known))
		for k := range known {
			names = append(names, k)
		}
		sort.Strings(names)
		if near, ok := diag.Near(name.Name, names); ok {
			d.Help = fmt.Sprintf("`%s` is one", near)
		}
		return
	}
	name.Binding = syntax.Binding{Kind: syntax.Dynamic}
	for _, a := range call.Args {
		c, ok := a.Value.(*syntax.Closure)
		switch {
		case ok && name.Name == "index":
			r.open(closureFrame)
			if !c.Arrow && len(c.Params) == 0 {
				r.declare("it", nil)
			}
			r.params(c.Params)
			r.outputBlock(c.Body, "index", indexDirectives)
			c.Func = r.close()
			continue
		case ok && name.Name == "path" && c.Body != nil:
			publishStmts(c.Body)
		}
		if a.Name != nil {
			r.expr(a.Name)
		}
		r.expr(a.Value)
	}
}

// publishStmts turns the statements `file >> target` into calls.
func publishStmts(b *syntax.Block) {
	syntax.Walk(b, func(n syntax.Node) bool {
		s, ok := n.(*syntax.ExprStmt)
		if !ok {
			return true
		}
		if x, ok := s.X.(*syntax.Binary); ok && x.Op == syntax.OpShr {
			s.X = &syntax.Call{
				At: x.At, Args: []syntax.Arg{{Value: x.L}, {Value: x.R}},
				Fun: &syntax.Ident{At: syntax.At{Where: x.OpAt}, Name: PublishName, Binding: syntax.Binding{Kind: syntax.Dynamic}},
			}
		}
		return true
	})
}
