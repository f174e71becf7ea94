package resolve

import (
	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
)

// ConfigExpr resolves one expression of a configuration file: names that are
// neither local, builtin nor a class are asked of the scope at run time.
func ConfigExpr(x syntax.Expr, names Names) (*Module, diag.List) {
	return config(names, func(r *resolver) { r.expr(x) })
}

// ConfigStmt resolves one statement of a configuration file the same way.
func ConfigStmt(s syntax.Stmt, names Names) (*Module, diag.List) {
	return config(names, func(r *resolver) { r.stmt(s) })
}

func config(names Names, body func(*resolver)) (*Module, diag.List) {
	var diags diag.List
	m := &Module{Exports: map[string]syntax.Decl{}, index: map[string]int32{}, Imports: map[string]string{}}
	r := &resolver{names: names, module: m, diags: &diags, workflowVars: map[string]bool{}}
	r.open(topFrame).dynamic = true
	body(r)
	m.Frame = r.close()
	r.settle()
	return m, diags
}
