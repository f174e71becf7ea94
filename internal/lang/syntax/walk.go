package syntax

import "fmt"

// Walk visits n and everything below it in the order of the text; where f
// returns false, what is below is left out.
func Walk(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	w := walker{f}
	switch n := n.(type) {
	case Expr:
		w.inExpr(n)
	case *FuncDef:
		w.funcDef(n)
	case Stmt:
		w.inStmt(n)
	case Decl:
		w.inDecl(n)
	default:
		w.inPart(n)
	}
}

type walker struct{ f func(Node) bool }

func (w walker) expr(x Expr) {
	if x != nil {
		Walk(x, w.f)
	}
}

func (w walker) stmt(s Stmt) {
	if s != nil {
		Walk(s, w.f)
	}
}

func (w walker) block(b *Block) {
	if b != nil {
		Walk(b, w.f)
	}
}

func (w walker) typ(t *TypeRef) {
	if t != nil {
		Walk(t, w.f)
	}
}

func (w walker) exprs(list []Expr) {
	for _, x := range list {
		w.expr(x)
	}
}

func (w walker) stmts(list []Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w walker) args(list []Arg) {
	for _, a := range list {
		w.expr(a.Name)
		w.expr(a.Value)
	}
}

func walkAll[T Node](w walker, list []T) {
	for _, n := range list {
		Walk(n, w.f)
	}
}

func (w walker) inExpr(x Expr) {
	switch x := x.(type) {
	case *Literal, *Ident, *BadExpr:
	case *GString:
		w.exprs(x.Exprs)
	case *List:
		w.exprs(x.Elems)
	case *Map:
		for _, e := range x.Entries {
			w.expr(e.Key)
			w.expr(e.Value)
		}
	case *Range:
		w.expr(x.Lo)
		w.expr(x.Hi)
	case *Unary:
		w.expr(x.X)
	case *IncDec:
		w.expr(x.X)
	case *Binary:
		w.expr(x.L)
		w.expr(x.R)
	case *InstanceOf:
		w.expr(x.X)
		w.typ(x.Type)
	case *Cast:
		w.expr(x.X)
		w.typ(x.Type)
	case *Ternary:
		w.expr(x.Cond)
		w.expr(x.Then)
		w.expr(x.Else)
	case *Assign:
		w.expr(x.Target)
		w.expr(x.Value)
	case *Tuple:
		w.exprs(x.Elems)
	case *Index:
		w.expr(x.X)
		w.exprs(x.Args)
	case *Prop:
		w.expr(x.X)
		w.expr(x.Dyn)
	case *MethodPointer:
		w.expr(x.X)
	case *Call:
		w.expr(x.Fun)
		w.args(x.Args)
	case *New:
		w.typ(x.Type)
		w.args(x.Args)
		w.exprs(x.Dims)
		w.exprs(x.Init)
	case *Closure:
		walkAll(w, x.Params)
		w.block(x.Body)
	case *Spread:
		w.expr(x.X)
	case *Paren:
		w.expr(x.X)
	default:
		panic(fmt.Sprintf("internal error: walk %T", x))
	}
}

func (w walker) inStmt(s Stmt) {
	switch s := s.(type) {
	case *ExprStmt:
		w.expr(s.X)
	case *VarDecl:
		walkAll(w, s.Names)
		w.expr(s.Init)
	case *Block:
		w.stmts(s.Stmts)
	case *If:
		w.expr(s.Cond)
		w.stmt(s.Then)
		w.stmt(s.Else)
	case *ForIn:
		Walk(s.Var, w.f)
		w.expr(s.X)
		w.stmt(s.Body)
	case *ForC:
		w.stmts(s.Init)
		w.expr(s.Cond)
		w.exprs(s.Update)
		w.stmt(s.Body)
	case *While:
		w.expr(s.Cond)
		w.stmt(s.Body)
	case *Switch:
		w.expr(s.X)
		walkAll(w, s.Cases)
	case *Return:
		w.expr(s.X)
	case *Break, *Continue, *BadStmt:
	case *Throw:
		w.expr(s.X)
	case *Try:
		w.block(s.Body)
		walkAll(w, s.Catches)
		w.block(s.Finally)
	case *Assert:
		w.expr(s.Cond)
		w.expr(s.Message)
	case *Labeled:
		w.stmt(s.Body)
	case *ConfigBlock:
		w.stmts(s.Body)
	case *ConfigSelector:
		w.expr(s.Pattern)
		w.stmts(s.Body)
	case *ConfigInclude:
		w.expr(s.X)
	case *Include:
		w.include(s)
	case *Import:
	default:
		panic(fmt.Sprintf("internal error: walk %T", s))
	}
}

func (w walker) funcDef(d *FuncDef) {
	walkAll(w, d.Params)
	w.typ(d.Return)
	w.block(d.Body)
}

func (w walker) inDecl(d Decl) {
	switch d := d.(type) {
	case *TopStmt:
		w.stmt(d.Stmt)
	case *Import, *BadDecl:
	case *Include:
		w.include(d)
	case *ProcessDef:
		walkAll(w, d.Directives)
		for _, s := range d.Setup {
			w.stmt(s)
		}
		walkAll(w, d.Inputs)
		walkAll(w, d.Stage)
		walkAll(w, d.Outputs)
		walkAll(w, d.Topics)
		w.expr(d.When)
		w.block(d.Body)
		w.block(d.Stub)
	case *WorkflowDef:
		walkAll(w, d.Take)
		w.block(d.Main)
		walkAll(w, d.Emit)
		walkAll(w, d.Publish)
		w.block(d.OnComplete)
		w.block(d.OnError)
	case *ParamsBlock:
		walkAll(w, d.Params)
	case *OutputBlock:
		walkAll(w, d.Outputs)
	case *ClassDef:
		w.typ(d.Extends)
		walkAll(w, d.Implements)
		walkAll(w, d.Notes)
		walkAll(w, d.Values)
		walkAll(w, d.Fields)
		walkAll(w, d.Methods)
		walkAll(w, d.Inits)
		walkAll(w, d.Makes)
		walkAll(w, d.Classes)
	default:
		panic(fmt.Sprintf("internal error: walk %T", d))
	}
}

// inPart walks what is neither expression, statement nor declaration.
func (w walker) inPart(n Node) {
	switch n := n.(type) {
	case *Annotation:
		w.args(n.Args)
	case *EnumValue:
		w.args(n.Args)
		if n.Body != nil {
			Walk(n.Body, w.f)
		}
	case *File:
		walkAll(w, n.Decls)
		w.stmts(n.Body)
	case *Param:
		w.typ(n.Type)
		w.expr(n.Default)
	case *TypeRef:
		walkAll(w, n.Args)
	case *VarName:
		w.typ(n.Type)
	case *Case:
		w.exprs(n.Values)
		w.stmts(n.Body)
	case *Catch:
		walkAll(w, n.Types)
		Walk(n.Var, w.f)
		w.block(n.Body)
	case *IncludeItem:
	case *Entry:
		w.args(n.Args)
		walkAll(w, n.Names)
		w.typ(n.Type)
		w.expr(n.Value)
	case *TakeDecl:
		w.typ(n.Type)
		w.expr(n.Default)
	case *EmitDecl:
		w.typ(n.Type)
		w.expr(n.X)
	case *TypedParam:
		w.typ(n.Type)
		w.expr(n.Default)
	case *OutputDef:
		w.typ(n.Type)
		w.block(n.Body)
	case *FieldDef:
		w.typ(n.Type)
		w.expr(n.Init)
	default:
		panic(fmt.Sprintf("internal error: walk %T", n))
	}
}

func (w walker) include(d *Include) {
	walkAll(w, d.Items)
	w.expr(d.From)
	w.expr(d.AddParams)
	w.expr(d.Params)
}
