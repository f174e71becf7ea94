package stdlib

import "sluice/internal/lang/value"

var (
	expandoClass   = javaClass("groovy.util.Expando")
	tupleBaseClass = javaClass("groovy.lang.Tuple", value.ListClass)
)

// An Expando is groovy.util.Expando: properties made by setting them.
type Expando struct{ m *value.Map }

// Class is groovy.util.Expando.
func (*Expando) Class() *value.Class { return expandoClass }

// ToString prints the properties.
func (e *Expando) ToString() string { return "{" + text(e.m)[1:len(text(e.m))-1] + "}" }

// Property is null for what was never set.
func (e *Expando) Property(name string) (value.Value, bool) {
	if name == "properties" {
		return e.m, true
	}
	return e.m.GetString(name), true
}

// SetProperty sets any property.
func (e *Expando) SetProperty(name string, v value.Value) bool {
	e.m.Set(value.String(name), v)
	return true
}

// InvokeMethod calls a property that is a closure.
func (e *Expando) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	f, ok := e.m.GetString(name).(value.Callable)
	if !ok {
		return nil, false, nil
	}
	if k, isClosure := f.(*value.Closure); isClosure {
		f = delegated(k, e).(value.Callable)
	}
	v, err := f.CallWith(th, args)
	return v, true, err
}

func expandoConstructors() []def {
	return []def{{"<init>", "properties: Map = [:]", "has the properties that are set", func(c call) (value.Value, error) {
		if m, ok := c.arg(0).(*value.Map); ok {
			return &Expando{m.Copy()}, nil
		}
		return &Expando{value.NewMap(0)}, nil
	}}}
}

// tupleConstructors make `new Tuple2(a, b)`.
func tupleConstructors() []def {
	return []def{{"<init>", "elements...", "is a tuple", func(c call) (value.Value, error) {
		return &value.List{Elems: append([]value.Value(nil), c.args...), Kind: value.Tuple}, nil
	}}}
}

func tupleStatics() []def {
	return []def{{"tuple", "elements...", "is a tuple", func(c call) (value.Value, error) {
		return &value.List{Elems: append([]value.Value(nil), c.args...), Kind: value.Tuple}, nil
	}}}
}

// tupleMethods are those that all lists have here: v1, v2 and so on.
func tupleMethods() []def {
	var out []def
	for i, name := range []string{"getV1", "getV2", "getV3", "getV4", "getV5", "getV6"} {
		out = append(out, def{name, "", "is an element by its place, from 1", func(c call) (value.Value, error) {
			return value.GetAt(c.th, c.recv, value.Int(i))
		}})
	}
	return append(out,
		def{"getFirst", "", "is the first element", func(c call) (value.Value, error) { return value.GetAt(c.th, c.recv, value.Int(0)) }},
		def{"getSecond", "", "is the second element", func(c call) (value.Value, error) { return value.GetAt(c.th, c.recv, value.Int(1)) }},
		def{"getThird", "", "is the third element", func(c call) (value.Value, error) { return value.GetAt(c.th, c.recv, value.Int(2)) }})
}
