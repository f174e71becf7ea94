package process

import (
	"strings"

	"sluice/internal/directive"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A global is a variable of the script, or a parameter, that a native body
// names. The text of a script shows what it was made with; that of a body does
// not, so these are hashed beside it.
type global struct {
	name string
	code *interp.Code
}

// findGlobals lists what the body names, once each, in order.
func (d *definition) findGlobals() []global {
	var found []global
	seen := map[string]bool{}
	add := func(x syntax.Expr) {
		if name := x.Span().Text(); !seen[name] {
			seen[name] = true
			found = append(found, global{name, d.inst.Expr(x)})
		}
	}
	for _, body := range []*syntax.Block{d.ast.Body, d.ast.Stub} {
		if body == nil {
			continue
		}
		syntax.Walk(body, func(n syntax.Node) bool {
			switch x := n.(type) {
			case *syntax.Prop:
				if ofParams(x) {
					add(x)
					return false
				}
			case *syntax.Ident:
				if x.Binding.Kind == syntax.Global {
					add(x)
				}
			}
			return true
		})
	}
	return found
}

// ofParams says whether x is params.a or params.a.b.
func ofParams(x *syntax.Prop) bool {
	switch of := x.X.(type) {
	case *syntax.Ident:
		return of.Name == "params" && of.Binding.Kind == syntax.Builtin
	case *syntax.Prop:
		return ofParams(of)
	}
	return false
}

func (in *instance) hashGlobals(h *hasher, mode directive.CacheMode) {
	for _, g := range in.node.def.globals {
		v, err := g.code.Run(in.frame)
		if _, isFunction := v.(value.Callable); err != nil || isFunction {
			continue // told when the body runs
		}
		var b strings.Builder
		if err := in.run().hashText(&b, v, mode); err == nil {
			h.add("global "+g.name, "java.util.LinkedHashMap$Entry", g.name+"="+b.String())
		}
	}
}
