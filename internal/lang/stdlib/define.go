package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

// A Method is one callable name of a class, or a global function.
type Method struct {
	Name   string
	Params string // as documented: "separator: String = ''"
	Min    int    // fewest arguments
	Max    int    // most arguments, -1 for any number
	Doc    string
	Fn     value.NativeFunc
}

// A def is how the files of this package write a Method. The parameters give
// the arity and the kinds of arguments that fn accepts.
type def struct {
	name, params, doc string
	fn                func(c call) (value.Value, error)
}

// A call is one call under way: arguments already fit the parameters.
type call struct {
	t    *Table
	th   *value.Thread
	name string
	recv value.Value
	args []value.Value
}

func (c call) n() int { return len(c.args) }

// arg is the i-th argument, null when it was left out.
func (c call) arg(i int) value.Value {
	if i < len(c.args) {
		return c.args[i]
	}
	return nil
}

// str is the text of the receiver.
func (c call) str() string { return text(c.recv) }

func (c call) strArg(i int) string { return text(c.arg(i)) }

func (c call) strOr(i int, fallback string) string {
	if i < len(c.args) {
		return text(c.args[i])
	}
	return fallback
}

func (c call) intArg(i int) int { return int(toInt64(c.arg(i))) }

func (c call) intOr(i, fallback int) int {
	if i < len(c.args) {
		return c.intArg(i)
	}
	return fallback
}

func (c call) boolOr(i int, fallback bool) bool {
	if i < len(c.args) {
		return value.Truth(c.args[i])
	}
	return fallback
}

// run calls a closure.
func (c call) run(f value.Value, args ...value.Value) (value.Value, error) {
	return f.(value.Callable).CallWith(c.th, args)
}

// test calls a closure for its truth.
func (c call) test(f value.Value, args ...value.Value) (bool, error) {
	v, err := c.run(f, args...)
	if err != nil {
		return false, err
	}
	return c.t.truth(c.th, v), nil
}

// missing is the error for a call that no overload takes.
func (c call) missing() error { return value.MissingMethod(c.recv, c.name, c.args) }

func text(v value.Value) string {
	if s, ok := v.(value.String); ok {
		return string(s)
	}
	if s, ok := value.Str(v); ok {
		return s
	}
	return value.ToString(v)
}

// closureParams is how many parameters f takes, one for implicit `it`.
func closureParams(f value.Value) int {
	c, ok := f.(*value.Closure)
	if !ok {
		return 1
	}
	if c.Implicit {
		return 1
	}
	return c.Params - len(c.Curried)
}

// kind is what an argument must be.
type kind uint8

const (
	anyKind kind = iota
	stringKind
	integerKind
	numberKind
	booleanKind
	closureKind
	iterableKind
	mapKind
	pathKind
	classKind
	patternKind
)

var kindNames = map[string]kind{
	"Object": anyKind, "String": stringKind, "Integer": integerKind, "Number": numberKind,
	"Boolean": booleanKind, "Closure": closureKind, "Iterable": iterableKind, "List": iterableKind,
	"Set": iterableKind, "Map": mapKind, "Path": pathKind, "Class": classKind, "Pattern": patternKind,
}

// An overload is one def made ready to be chosen by its arguments.
type overload struct {
	*def
	min, max int
	kinds    []kind
	nullable []bool
	native   value.NativeFunc // of a method another package added
}

func newOverload(d *def) *overload {
	o := &overload{def: d}
	if d.params == "" {
		return o
	}
	for p := range strings.SplitSeq(d.params, ", ") {
		_, typ, typed := strings.Cut(p, ":")
		typ, _, optional := strings.Cut(typ, "=")
		if !typed {
			_, _, optional = strings.Cut(p, "=")
		}
		typ = strings.TrimSpace(typ)
		variadic := strings.HasSuffix(strings.TrimSpace(p), "...")
		typ = strings.TrimSuffix(typ, "...")
		null := strings.HasSuffix(typ, "?")
		typ = strings.TrimSuffix(typ, "?")
		if base, _, generic := strings.Cut(typ, "<"); generic {
			typ = base
		}
		k := kindNames[typ]
		o.kinds = append(o.kinds, k)
		o.nullable = append(o.nullable, null || k == anyKind)
		if variadic {
			o.max = -1
			continue
		}
		if o.max++; !optional {
			o.min++
		}
	}
	return o
}

func (o *overload) accepts(args []value.Value) bool {
	if len(args) < o.min || o.max >= 0 && len(args) > o.max {
		return false
	}
	for i, a := range args {
		if len(o.kinds) == 0 {
			return true
		}
		j := min(i, len(o.kinds)-1)
		if a == nil {
			if !o.nullable[j] {
				return false
			}
			continue
		}
		if !o.kinds[j].fits(a) {
			return false
		}
	}
	return true
}

func (k kind) fits(v value.Value) bool {
	switch k {
	case anyKind:
		return true
	case stringKind:
		_, ok := value.Str(v)
		return ok
	case integerKind:
		switch v.(type) {
		case value.Int, value.Long, value.BigInt, Byte:
			return true
		}
		return false
	case numberKind:
		return v.Class().Is(value.NumberClass)
	case booleanKind:
		_, ok := v.(value.Bool)
		return ok
	case closureKind:
		_, ok := v.(value.Callable)
		return ok
	case iterableKind:
		if _, isMap := v.(*value.Map); isMap {
			return false
		}
		_, ok := v.(value.Iterable)
		return ok
	case mapKind:
		_, ok := v.(*value.Map)
		return ok
	case pathKind:
		_, ok := v.(*value.Path)
		return ok
	case classKind:
		_, ok := v.(value.ClassRef)
		return ok
	case patternKind:
		_, ok := v.(*value.Pattern)
		return ok
	}
	panic("internal error: kind of argument without a test")
}
