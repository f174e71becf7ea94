package syntax

import (
	"fmt"
	"strings"

	"sluice/internal/lang/value"
)

// dump is a tree without spans, parentheses and blocks, which printing adds.
func dump(n Node) string {
	var b strings.Builder
	Walk(n, func(n Node) bool {
		switch n := n.(type) {
		case *Block, *Paren:
			return true
		case *Literal:
			fmt.Fprintf(&b, " %T:%s", n.Value, literalDump(n.Value))
		case *GString:
			fmt.Fprintf(&b, " gstring%q", n.Strs)
		case *Ident:
			b.WriteString(" " + n.Name)
		case *Range:
			b.WriteString(" " + rangeText(n))
		case *Unary:
			b.WriteString(" unary" + n.Op.String())
		case *IncDec:
			fmt.Fprintf(&b, " incdec%s%v", n.Op, n.Prefix)
		case *Binary:
			b.WriteString(" binary" + n.Op.String())
		case *Assign:
			b.WriteString(" assign" + n.Op.String())
		case *InstanceOf:
			fmt.Fprintf(&b, " instanceof(not=%v)", n.Not)
		case *Index:
			fmt.Fprintf(&b, " index(%d,safe=%v)", len(n.Args), n.Safe)
		case *Prop:
			fmt.Fprintf(&b, " .%s(safe=%v,spread=%v,field=%v)", n.Name, n.Safe, n.Spread, n.Field)
		case *MethodPointer:
			b.WriteString(" .&" + n.Name)
		case *Call:
			fmt.Fprintf(&b, " call(%d)", len(n.Args))
		case *List:
			fmt.Fprintf(&b, " list(%d)", len(n.Elems))
		case *Map:
			fmt.Fprintf(&b, " map(%d)", len(n.Entries))
		case *Closure:
			fmt.Fprintf(&b, " closure(%d,arrow=%v)", len(n.Params), n.Arrow)
		case *Param:
			fmt.Fprintf(&b, " param:%s(variadic=%v)", n.Name, n.Variadic)
		case *VarName:
			b.WriteString(" var:" + n.Name)
		case *VarDecl:
			fmt.Fprintf(&b, " decl(final=%v,multi=%v)", n.Final, n.Multi)
		case *TypeRef:
			fmt.Fprintf(&b, " type:%s(%d,%d,%v)", n.Name, len(n.Args), n.Dims, n.Nullable)
		case *Ternary:
			fmt.Fprintf(&b, " ?(elvis=%v)", n.Then == nil)
		case *Labeled:
			b.WriteString(" label:" + n.Label)
		case *Entry:
			fmt.Fprintf(&b, " entry:%s(%d,%d)", n.Name, len(n.Args), len(n.Names))
		case *TakeDecl:
			b.WriteString(" take:" + n.Name)
		case *EmitDecl:
			b.WriteString(" emit:" + n.Name)
		case *ProcessDef:
			fmt.Fprintf(&b, " process:%s(%s,typed=%v)", n.Name, n.BodyKind, n.Typed)
		case *WorkflowDef:
			b.WriteString(" workflow:" + n.Name)
		case *IncludeItem:
			b.WriteString(" item:" + n.Name + ":" + n.Alias)
		case *FuncDef:
			fmt.Fprintf(&b, " func:%s(static=%v)", n.Name, n.Static)
		case *ClassDef:
			fmt.Fprintf(&b, " %s:%s(%v,%d)", n.Kind, n.Name, n.Static, len(n.Makes))
			for _, v := range n.Values {
				fmt.Fprintf(&b, " value:%s(%d,%v)", v.Name, len(v.Args), v.Body != nil)
			}
			for _, a := range n.Notes {
				fmt.Fprintf(&b, " note:%s(%d)", a.Name, len(a.Args))
			}
		case *FieldDef:
			fmt.Fprintf(&b, " field:%s(%v,%v)", n.Name, n.Static, n.Final)
		case *ConfigBlock:
			b.WriteString(" config:" + n.Name)
		case *ConfigSelector:
			b.WriteString(" " + n.Kind)
		case *Import:
			fmt.Fprintf(&b, " import:%s:%s(%v,%v)", n.Name, n.Alias, n.Static, n.Star)
		default:
			fmt.Fprintf(&b, " %s", strings.TrimPrefix(fmt.Sprintf("%T", n), "*syntax."))
		}
		return true
	})
	return strings.TrimSpace(b.String())
}

func literalDump(v value.Value) string {
	if s, ok := v.(value.String); ok {
		return fmt.Sprintf("%q", string(s))
	}
	return valueDump(v)
}

func valueDump(v value.Value) string {
	if v == nil {
		return "null"
	}
	return valueText(v)
}

// group shows how an expression groups: every operator in parentheses.
func group(x Expr) string {
	switch x := x.(type) {
	case *Paren:
		return group(x.X)
	case *Binary:
		return "(" + group(x.L) + " " + x.Op.String() + " " + group(x.R) + ")"
	case *Unary:
		return "(" + x.Op.String() + group(x.X) + ")"
	case *Range:
		return "(" + group(x.Lo) + rangeText(x) + group(x.Hi) + ")"
	case *Ternary:
		if x.Then == nil {
			return "(" + group(x.Cond) + " ?: " + group(x.Else) + ")"
		}
		return "(" + group(x.Cond) + " ? " + group(x.Then) + " : " + group(x.Else) + ")"
	case *Assign:
		return "(" + group(x.Target) + " " + x.Op.String() + "= " + group(x.Value) + ")"
	case *Cast:
		return "(" + group(x.X) + " as " + x.Type.Name + ")"
	case *InstanceOf:
		return "(" + group(x.X) + " instanceof " + x.Type.Name + ")"
	case *Call:
		args := make([]string, len(x.Args))
		for i, a := range x.Args {
			if a.Name != nil {
				args[i] = group(a.Name) + ": "
			}
			args[i] += group(a.Value)
		}
		return group(x.Fun) + "(" + strings.Join(args, ", ") + ")"
	case *Prop:
		return group(x.X) + "." + x.Name
	}
	return PrintExpr(x)
}
