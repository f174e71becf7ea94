package process

import (
	"sluice/internal/directive"
	"sluice/internal/lang/interp"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// inputKind is a qualifier.
type inputKind uint8

const (
	valInput inputKind = iota
	pathInput
	envInput
	stdinInput
	tupleInput
	typedInput
)

// An input is one declared input; tuples have inner ones.
type input struct {
	kind    inputKind
	each    bool // repeated for every element
	legacy  bool // `file`: what is no file becomes one with that content
	name    string
	binding syntax.Binding
	bound   bool         // name is a variable
	pattern *interp.Code // stage name
	arity   *arity
	inner   []*input
	at      syntax.Node
	typ     *syntax.TypeRef // of a typed process
	names   []*input        // typed: the elements or fields that become variables
	fields  bool            // typed: names are fields of a record
}

// input compiles an entry of the `input:` section.
func (d *definition) input(e *syntax.Entry) (*input, error) {
	if e.Type != nil || len(e.Names) > 0 {
		return d.typedInput(e)
	}
	return d.qualifier(e.Name, e.Args, e)
}

func (d *definition) qualifier(name string, args []syntax.Arg, at syntax.Node) (*input, error) {
	in := &input{at: at}
	switch name {
	case "tuple", "set":
		in.kind = tupleInput
		for _, a := range args {
			inner, err := d.element(a.Value)
			if err != nil {
				return nil, err
			}
			in.inner = append(in.inner, inner)
		}
		return in, nil
	case "each":
		return d.eachInput(args, at)
	case "stdin":
		in.kind = stdinInput
	case "env":
		in.kind = envInput
	case "path", "file":
		in.kind, in.legacy = pathInput, name == "file"
	}
	if err := d.inputArgs(in, args, name); err != nil {
		return nil, err
	}
	if in.name == "" && in.pattern == nil && in.kind != stdinInput {
		examples := map[string]string{"env": "env 'NAME'", "val": "val x", "path": "path x", "file": "path x"}
		return nil, d.needs(at, name, examples[name])
	}
	return in, nil
}

// element is one part of a tuple: a qualifier, or a bare name (a value).
func (d *definition) element(x syntax.Expr) (*input, error) {
	switch x := x.(type) {
	case *syntax.Call:
		if fun, ok := x.Fun.(*syntax.Ident); ok {
			return d.qualifier(fun.Name, x.Args, x)
		}
	case *syntax.Ident:
		if x.Name == "stdin" {
			return &input{kind: stdinInput, at: x}, nil
		}
		return &input{name: x.Name, binding: x.Binding, bound: true, at: x}, nil
	case *syntax.Literal, *syntax.GString:
		return &input{kind: pathInput, pattern: d.inst.Expr(x), at: x}, nil
	}
	return nil, d.fault(x.Span(), "`%s` is not an input: write val(x), path(x), env('X') or stdin", x.Span().Text())
}

func (d *definition) eachInput(args []syntax.Arg, at syntax.Node) (*input, error) {
	if len(args) == 0 {
		return nil, d.fault(at.Span(), "`each` needs a name: each x")
	}
	in, err := d.element(args[0].Value)
	if err != nil {
		return nil, err
	}
	in.each, in.at = true, at
	return in, nil
}

func (d *definition) inputArgs(in *input, args []syntax.Arg, qualifier string) error {
	for _, a := range args {
		if a.Name == nil {
			switch x := a.Value.(type) {
			case *syntax.Ident:
				if in.kind == envInput {
					in.name = x.Name
				} else if in.kind != stdinInput {
					in.name, in.binding, in.bound = x.Name, x.Binding, true
				}
			case *syntax.Literal:
				s, _ := value.Str(x.Value)
				in.name = s
				if in.kind == pathInput {
					in.pattern, in.bound = d.inst.Expr(x), true // if the grammar makes a variable of it
				}
			default:
				in.pattern = d.inst.Expr(x)
			}
			continue
		}
		option := a.Name.Span().Text()
		if lit, ok := a.Name.(*syntax.Literal); ok {
			option, _ = value.Str(lit.Value)
		}
		if in.kind != pathInput {
			return d.noOption(a, qualifier, option, nil)
		}
		switch option {
		case "stageAs", "name":
			in.pattern = d.inst.Expr(a.Value)
		case "arity":
			ar, err := d.arity(a.Value)
			if err != nil {
				return err
			}
			in.arity = ar
		default:
			return d.noOption(a, qualifier, option, directive.InputQualifier(qualifier).OptionNames())
		}
	}
	return nil
}
