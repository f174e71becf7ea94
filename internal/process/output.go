package process

import (
	"sluice/internal/lang/interp"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

type outputKind uint8

const (
	valOutput outputKind = iota
	pathOutput
	stdoutOutput
	envOutput
	evalOutput
	tupleOutput
	typedOutput
)

// An output is one declared output; tuples have inner ones.
type output struct {
	kind     outputKind
	expr     *interp.Code
	name     string // env: the variable; val: what it is called in messages
	emit     string
	topic    string
	optional bool
	inner    []*output
	arity    *arity
	options  pathOptions
	at       syntax.Node
	key      string            // variable that carries an eval output in .command.env
	calls    map[int64]*output // typed: what its file(…), env(…), … ask for, by number
	hidden   bool              // sent to its topic alone
	list     bool              // files(…): a set, however many
}

// pathOptions are the options of a path output.
type pathOptions struct {
	typ           string // "file", "dir", "any"; "" by the pattern
	glob          bool
	hidden        bool
	includeInputs bool
	followLinks   bool
	maxDepth      int // -1: any
}

func newOutput(at syntax.Node) *output {
	return &output{at: at, options: pathOptions{glob: true, followLinks: true, maxDepth: -1}}
}

// output compiles an entry of the `output:` section.
func (d *definition) output(e *syntax.Entry) (*output, error) {
	if examples := map[string]string{"val": "val x", "path": "path 'x.txt'", "file": "path 'x.txt'", "env": "env 'NAME'", "eval": "eval 'command'"}; e.Value == nil && e.Type == nil && len(e.Args) == 0 && examples[e.Name] != "" {
		return nil, d.needs(e, e.Name, examples[e.Name])
	}
	if e.Value != nil || len(e.Args) == 0 && e.Name != "stdout" && e.Name != "tuple" {
		return d.typedOutput(e)
	}
	o := newOutput(e)
	if err := d.outputQualifier(o, e.Name, e.Args); err != nil {
		return nil, err
	}
	return o, nil
}

func (d *definition) outputQualifier(o *output, name string, args []syntax.Arg) error {
	switch name {
	case "val":
		o.kind = valOutput
	case "path", "file":
		o.kind = pathOutput
	case "stdout":
		o.kind = stdoutOutput
	case "env":
		o.kind = envOutput
	case "eval":
		o.kind = evalOutput
	case "tuple", "set":
		o.kind = tupleOutput
	}
	for _, a := range args {
		if a.Name != nil {
			if err := d.outputOption(o, a, name); err != nil {
				return err
			}
			continue
		}
		if o.kind == tupleOutput {
			inner, err := d.outputElement(a.Value)
			if err != nil {
				return err
			}
			o.inner = append(o.inner, inner)
			continue
		}
		if o.kind == envOutput {
			o.name = constantText(a.Value)
			continue
		}
		if o.kind == stdoutOutput {
			continue
		}
		o.expr = d.inst.Expr(a.Value)
		o.name = a.Value.Span().Text()
	}
	if o.expr == nil && (o.kind == valOutput || o.kind == pathOutput || o.kind == evalOutput) {
		return d.fault(o.at.Span(), "this output has no value")
	}
	return nil
}

func constantText(x syntax.Expr) string {
	switch x := x.(type) {
	case *syntax.Ident:
		return x.Name
	case *syntax.Literal:
		s, _ := value.Str(x.Value)
		return s
	}
	return x.Span().Text()
}

func (d *definition) outputElement(x syntax.Expr) (*output, error) {
	o := newOutput(x)
	switch x := x.(type) {
	case *syntax.Call:
		if fun, ok := x.Fun.(*syntax.Ident); ok {
			switch fun.Name {
			case "val", "path", "file", "stdout", "env", "eval", "tuple":
				return o, d.outputQualifier(o, fun.Name, x.Args)
			}
		}
	case *syntax.Ident:
		if x.Name == "stdout" {
			o.kind = stdoutOutput
			return o, nil
		}
	case *syntax.Literal, *syntax.GString:
		o.kind, o.expr = pathOutput, d.inst.Expr(x)
		return o, nil
	}
	o.expr, o.name = d.inst.Expr(x), x.Span().Text()
	return o, nil
}

func (d *definition) outputOption(o *output, a syntax.Arg, qualifier string) error {
	option := a.Name.Span().Text()
	if lit, ok := a.Name.(*syntax.Literal); ok {
		option, _ = value.Str(lit.Value)
	}
	lit, constant := a.Value.(*syntax.Literal)
	truth := func(to *bool) error {
		b, isBool := value.Bool(false), false
		if constant {
			b, isBool = lit.Value.(value.Bool)
		}
		if !isBool {
			return d.fault(a.Value.Span(), "option `%s` is true or false, not %s", option, a.Value.Span().Text())
		}
		*to = bool(b)
		return nil
	}
	if err := d.checkOutputOption(a, qualifier, option); err != nil {
		return err
	}
	switch option {
	case "emit", "topic":
		if err := d.checkName(a, option); err != nil {
			return err
		}
	case "type":
		if err := d.checkType(a); err != nil {
			return err
		}
	}
	switch option {
	case "emit":
		o.emit = constantText(a.Value)
	case "topic":
		o.topic = constantText(a.Value)
	case "optional":
		if on, ok := optionalTruth(a.Value); ok {
			o.optional = on
			return nil
		}
		return truth(&o.optional)
	case "glob":
		return truth(&o.options.glob)
	case "hidden":
		return truth(&o.options.hidden)
	case "includeInputs":
		return truth(&o.options.includeInputs)
	case "followLinks":
		return truth(&o.options.followLinks)
	case "type":
		o.options.typ = constantText(a.Value)
	case "maxDepth":
		n, ok := int64(0), false
		if constant {
			n, ok = value.AsInt64(lit.Value)
		}
		if !ok {
			return d.fault(a.Value.Span(), "option `maxDepth` is a number")
		}
		o.options.maxDepth = int(n)
	case "arity":
		ar, err := d.arity(a.Value)
		if err != nil {
			return err
		}
		o.arity = ar
	}
	return nil
}

// optionalTruth is the truth that the original finds in values of `optional`
// that are none: a closure is one, whatever it would say. Words are refused,
// for they say something else than yes.
func optionalTruth(x syntax.Expr) (on, ok bool) {
	switch x := x.(type) {
	case *syntax.Closure:
		return true, true
	case *syntax.Literal:
		_, isText := value.Str(x.Value)
		return value.Truth(x.Value), !isText
	}
	return false, false
}
