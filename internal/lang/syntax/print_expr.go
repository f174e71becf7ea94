package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

func (p *printer) expr(x Expr) {
	switch x := x.(type) {
	case *Literal:
		p.literal(x)
	case *GString:
		p.gstring(x)
	case *Ident:
		if isPlainName(x.Name) {
			p.w(x.Name)
		} else {
			p.w(quoted(x.Name))
		}
	case *List:
		p.w("[")
		p.inside(func() { p.list(x.Elems) })
		p.w("]")
	case *Map:
		p.mapLit(x)
	case *Range:
		p.expr(x.Lo)
		p.w(rangeText(x))
		p.expr(x.Hi)
	case *Unary:
		p.w(x.Op.String())
		p.signed(x.Op.String(), x.X)
	case *IncDec:
		p.incDec(x)
	case *Binary:
		p.expr(x.L)
		p.w(" ", x.Op.String(), " ")
		p.expr(x.R)
	case *InstanceOf:
		p.expr(x.X)
		if x.Not {
			p.w(" !instanceof ")
		} else {
			p.w(" instanceof ")
		}
		p.typ(x.Type)
	case *Cast:
		p.cast(x)
	case *Ternary:
		p.ternary(x)
	case *Assign:
		p.expr(x.Target)
		p.w(" ", x.Op.String(), "= ")
		p.expr(x.Value)
	case *Tuple:
		p.w("(")
		p.list(x.Elems)
		p.w(")")
	case *Index:
		p.expr(x.X)
		if x.Safe {
			p.w("?")
		}
		p.w("[")
		p.inside(func() { p.list(x.Args) })
		p.w("]")
	case *Prop:
		p.prop(x)
	case *MethodPointer:
		p.expr(x.X)
		p.w(".&", x.Name)
	case *Call:
		p.call(x)
	case *New:
		p.newExpr(x)
	case *Closure:
		p.closure(x)
	case *Spread:
		p.w("*")
		p.expr(x.X)
	case *Paren:
		p.w("(")
		p.inside(func() { p.expr(x.X) })
		p.w(")")
	case *BadExpr:
		p.w(x.Where.Text())
	default:
		panic(fmt.Sprintf("internal error: print %T", x))
	}
}

// inside brackets closures may follow calls again.
func (p *printer) inside(write func()) {
	saved := p.noTail
	p.noTail = false
	write()
	p.noTail = saved
}

func (p *printer) list(list []Expr) {
	for i, x := range list {
		if i > 0 {
			p.w(", ")
		}
		p.expr(x)
	}
}

func rangeText(x *Range) string {
	switch {
	case x.ExclLo && x.ExclHi:
		return "<..<"
	case x.ExclLo:
		return "<.."
	case x.ExclHi:
		return "..<"
	}
	return ".."
}

func (p *printer) literal(x *Literal) {
	switch {
	case x.Raw != "":
		p.w(x.Raw)
	case x.Value == nil:
		p.w("null")
	default:
		p.w(valueText(x.Value))
	}
}

// valueText writes the value of a literal that was not parsed.
func valueText(v value.Value) string {
	switch v := v.(type) {
	case value.String:
		return quoted(string(v))
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case value.Int:
		return strconv.FormatInt(int64(v), 10)
	case value.Long:
		return strconv.FormatInt(int64(v), 10) + "L"
	case value.BigInt:
		return v.Int.String() + "g"
	case value.Decimal:
		return v.Decimal.Text('G')
	case value.Double:
		return strconv.FormatFloat(float64(v), 'g', -1, 64) + "d"
	case value.Float:
		return strconv.FormatFloat(float64(v), 'g', -1, 32) + "f"
	}
	panic(fmt.Sprintf("internal error: print a literal of %T", v))
}

func (p *printer) gstring(x *GString) {
	p.w(x.Quote)
	for i, s := range x.Strs {
		if x.Raw != nil {
			p.w(x.Raw[i])
		} else {
			p.w(escape(s, x.Quote))
		}
		if i < len(x.Exprs) {
			p.part(x.Exprs[i])
		}
	}
	if x.Quote == "$/" {
		p.w("/$")
	} else {
		p.w(x.Quote)
	}
}

// part writes ${…}.
func (p *printer) part(x Expr) {
	if c, ok := x.(*Closure); ok && c.Arrow {
		p.w("$")
		p.inside(func() { p.closure(c) })
		return
	}
	p.w("${")
	if lit, ok := x.(*Literal); !ok || lit.Raw != "" || lit.Value != nil {
		p.inside(func() { p.expr(x) })
	}
	p.w("}")
}

// escape is the text of a string part as its kind of string writes it.
func escape(s, quote string) string {
	switch quote {
	case "/":
		return strings.ReplaceAll(s, "/", `\/`)
	case "$/":
		return strings.NewReplacer("$", "$$", "/", "$/").Replace(s)
	}
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\n", `\n`, "\r", `\r`)
	if quote == `"""` {
		r = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\r", `\r`)
	}
	return r.Replace(s)
}

func (p *printer) mapLit(x *Map) {
	if len(x.Entries) == 0 {
		p.w("[:]")
		return
	}
	p.w("[")
	p.inside(func() {
		for i, e := range x.Entries {
			if i > 0 {
				p.w(", ")
			}
			if e.Key == nil {
				p.w("*")
			} else {
				p.expr(e.Key)
			}
			p.w(": ")
			p.expr(e.Value)
		}
	})
	p.w("]")
}

// signed keeps two signs apart.
func (p *printer) signed(sign string, x Expr) {
	start := p.b.Len()
	p.expr(x)
	text := p.b.String()
	if rest := text[start:]; (sign == "-" || sign == "+") && strings.HasPrefix(rest, sign) {
		p.b.Reset()
		p.w(text[:start], " ", rest)
	}
}

func (p *printer) incDec(x *IncDec) {
	op := x.Op.String() + x.Op.String()
	if x.Prefix {
		p.w(op)
		p.signed(x.Op.String(), x.X)
		return
	}
	p.expr(x.X)
	p.w(op)
}

func (p *printer) cast(x *Cast) {
	if x.Paren {
		p.w("(")
		p.typ(x.Type)
		p.w(") ")
		p.expr(x.X)
		return
	}
	p.expr(x.X)
	p.w(" as ")
	p.typ(x.Type)
}

func (p *printer) ternary(x *Ternary) {
	p.expr(x.Cond)
	if x.Then == nil {
		p.w(" ?: ")
	} else {
		p.w(" ? ")
		p.inside(func() { p.expr(x.Then) })
		p.w(" : ")
	}
	p.expr(x.Else)
}

func (p *printer) prop(x *Prop) {
	p.expr(x.X)
	if call, ok := x.X.(*Call); ok && bare(call) {
		p.w(" ", x.Name) // a b c
		return
	}
	switch {
	case x.Safe:
		p.w("?.")
	case x.Spread:
		p.w("*.")
	default:
		p.w(".")
	}
	if x.Field {
		p.w("@")
	}
	switch dyn := x.Dyn.(type) {
	case nil:
		if isPlainName(x.Name) {
			p.w(x.Name)
		} else {
			p.w(quoted(x.Name))
		}
	case *GString:
		p.expr(dyn)
	default:
		p.w("(")
		p.inside(func() { p.expr(dyn) })
		p.w(")")
	}
}

func (p *printer) call(x *Call) {
	if bare(x) {
		if fun, ok := x.Fun.(*Prop); ok && inChain(fun.X) {
			p.expr(fun.X)
			p.w(" ", fun.Name)
		} else {
			p.expr(x.Fun)
		}
		p.w(" ")
		p.argList(x.Args)
		return
	}
	p.expr(x.Fun)
	args := x.Args
	n := len(args)
	if !p.noTail && n > 0 && isTail(args[n-1]) && takesTail(x.Fun) {
		if n > 1 {
			p.args(args[:n-1])
		}
		p.w(" ")
		p.expr(args[n-1].Value)
		return
	}
	p.args(args)
}

// bare says whether the arguments of a call are written without parentheses.
func bare(x *Call) bool {
	return x.Command && len(x.Args) > 0 && commandSafe(x.Args[0], false) && !looksDeclared(x)
}

// looksDeclared: `a.B c` would declare a variable of the type a.B.
func looksDeclared(x *Call) bool {
	fun, ok := x.Fun.(*Prop)
	if !ok || !isTypeName(PrintExpr(fun)) {
		return false
	}
	_, ok = x.Args[0].Value.(*Ident)
	return ok && x.Args[0].Name == nil
}

// inChain says whether x belongs to `a b c()`, behind which a dot and a name
// with arguments would not parse.
func inChain(x Expr) bool {
	for {
		switch e := x.(type) {
		case *Call:
			if bare(e) {
				return true
			}
			x = e.Fun
		case *Prop:
			x = e.X
		case *Index:
			x = e.X
		default:
			return false
		}
	}
}

func isTail(a Arg) bool {
	_, closure := a.Value.(*Closure)
	return closure && a.Name == nil
}

// takesTail says whether a closure may follow without parentheses between.
func takesTail(fun Expr) bool {
	switch fun := fun.(type) {
	case *Ident:
		return fun.Name != "in" && fun.Name != "as"
	case *Prop:
		call, ok := fun.X.(*Call)
		return !ok || !bare(call)
	}
	return false
}

// commandSafe says whether an argument can follow a name without parentheses;
// entry allows what only directives do.
func commandSafe(a Arg, entry bool) bool {
	if a.SpreadMap {
		return true
	}
	if a.Name != nil {
		_, literal := a.Name.(*Literal)
		return literal
	}
	if set, ok := a.Value.(*Assign); ok {
		if _, ok := set.Target.(*Ident); ok {
			return false // would declare a variable
		}
	}
	switch x := leftmost(a.Value).(type) {
	case *Ident:
		return x.Name != "in" && x.Name != "as" && (!IsKeyword(x.Name) || x.Name == "this" || x.Name == "super")
	case *Literal:
		return x.Raw != "" && x.Raw[0] != '/' && (entry || x.Raw[0] != '-')
	case *GString:
		return x.Quote != "/"
	case *New, *Unary:
		u, unary := x.(*Unary)
		return !unary || u.Op == OpNot || u.Op == OpBitNot || entry && u.Op == OpSub
	case *List, *Map:
		return entry
	case *Closure:
		return true
	}
	return false
}

// leftmost is the operand that an expression's text begins with.
func leftmost(x Expr) Expr {
	for {
		switch e := x.(type) {
		case *Binary:
			x = e.L
		case *InstanceOf:
			x = e.X
		case *Cast:
			if e.Paren {
				return e
			}
			x = e.X
		case *Ternary:
			x = e.Cond
		case *Assign:
			x = e.Target
		case *Index:
			x = e.X
		case *Prop:
			x = e.X
		case *MethodPointer:
			x = e.X
		case *Call:
			x = e.Fun
		case *Range:
			x = e.Lo
		case *IncDec:
			if e.Prefix {
				return e
			}
			x = e.X
		default:
			return x
		}
	}
}

func (p *printer) args(args []Arg) {
	p.w("(")
	p.inside(func() { p.argList(args) })
	p.w(")")
}

func (p *printer) argList(args []Arg) {
	for i, a := range args {
		if i > 0 {
			p.w(", ")
		}
		switch {
		case a.SpreadMap:
			p.w("*: ")
		case a.Name != nil:
			p.expr(a.Name)
			p.w(": ")
		}
		p.expr(a.Value)
	}
}

func (p *printer) newExpr(x *New) {
	p.w("new ")
	p.typ(x.Type)
	switch {
	case x.Init != nil:
		p.w("{")
		p.inside(func() { p.list(x.Init) })
		p.w("}")
	case len(x.Dims) > 0:
		for _, d := range x.Dims {
			p.w("[")
			p.inside(func() { p.expr(d) })
			p.w("]")
		}
	case x.Type.Dims == 0:
		p.args(x.Args)
	}
}

func (p *printer) closure(x *Closure) {
	savedConfig, savedTail := p.config, p.noTail
	p.config, p.noTail = false, false
	defer func() { p.config, p.noTail = savedConfig, savedTail }()
	p.w("{")
	if x.Arrow {
		p.w(" ")
		p.params(x.Params)
		if len(x.Params) > 0 {
			p.w(" ")
		}
		p.w("->")
	}
	switch {
	case len(x.Body.Stmts) == 0:
		p.w(" }")
	case flat(x.Body):
		p.w(" ")
		// one level deeper, where nothing is taken for a declaration
		p.level++
		p.stmt(x.Body.Stmts[0])
		p.level--
		p.w(" }")
	default:
		p.w("\n")
		p.level++
		p.stmtLines(x.Body.Stmts)
		p.level--
		p.indent()
		p.w("}")
	}
}

// flat says whether a closure's body fits on its line.
func flat(b *Block) bool {
	if len(b.Stmts) != 1 {
		return false
	}
	if _, ok := b.Stmts[0].(*ExprStmt); !ok {
		return false
	}
	ok := true
	Walk(b, func(n Node) bool {
		switch n := n.(type) {
		case *Block:
			ok = ok && len(n.Stmts) < 2
		case *ExprStmt:
		case Stmt:
			ok = false
		case *Literal:
			ok = ok && !strings.Contains(n.Raw, "\n")
		case *GString:
			ok = ok && !strings.Contains(strings.Join(n.Raw, ""), "\n")
		}
		return ok
	})
	return ok
}
