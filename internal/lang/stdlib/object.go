package stdlib

import (
	"fmt"

	"sluice/internal/lang/value"
)

// objectMethods are what every value answers. The methods of iteration are
// here too, as Groovy has them: a single value is walked as itself, a string
// by its characters.
func objectMethods() []def {
	return append([]def{
		{"toString", "", "prints the value", func(c call) (value.Value, error) {
			if g, ok := c.recv.(*value.GString); ok {
				s, err := value.Render(g)
				return value.String(s), err
			}
			return value.String(value.ToString(c.recv)), nil
		}},
		{"equals", "other", "compares as `==` does for collections, as Java does for the rest", equalsMethod},
		{"hashCode", "", "is equal for equal values", func(c call) (value.Value, error) {
			return value.Int(value.HashCode(c.recv)), nil
		}},
		{"getClass", "", "is the class of the value", func(c call) (value.Value, error) {
			return value.ClassRef{Of: c.recv.Class()}, nil
		}},
		{"is", "other", "says whether both are the same object", func(c call) (value.Value, error) {
			return value.Bool(value.Identical(c.recv, c.arg(0))), nil
		}},
		{"inspect", "", "prints the value as a literal", func(c call) (value.Value, error) {
			return value.String(value.Inspect(c.recv)), nil
		}},
		{"dump", "", "prints the value as a literal, with its class", func(c call) (value.Value, error) {
			return value.String(fmt.Sprintf("<%s@%x %s>", c.recv.Class().Name, value.HashCode(c.recv), value.Inspect(c.recv))), nil
		}},
		{"asBoolean", "", "is the Groovy truth of the value", func(c call) (value.Value, error) {
			return value.Bool(value.Truth(c.recv)), nil
		}},
		{"asType", "type: Class", "converts as `as` does", func(c call) (value.Value, error) {
			return AsType(c.th, c.recv, c.arg(0).(value.ClassRef).Of)
		}},
		{"isCase", "candidate", "says whether a `case` of this value matches", func(c call) (value.Value, error) {
			ok, err := value.IsCase(c.th, c.recv, c.arg(0))
			return value.Bool(ok), err
		}},
		{"identity", "action: Closure", "is what action gives, called with the value", withMethod},
		{"with", "action: Closure", "calls action with the value as delegate", withMethod},
		{"with", "returning: Boolean, action: Closure", "calls action with the value as delegate", func(c call) (value.Value, error) {
			v, err := c.run(delegated(c.arg(1), c.recv), c.recv)
			if value.Truth(c.arg(0)) {
				v = c.recv
			}
			return v, err
		}},
		{"tap", "action: Closure", "calls action with the value as delegate, and returns the value", func(c call) (value.Value, error) {
			_, err := c.run(delegated(c.arg(0), c.recv), c.recv)
			return c.recv, err
		}},
		{"respondsTo", "name: String, args = null", "lists the methods of a name", func(c call) (value.Value, error) {
			if c.t.Method(c.recv.Class(), c.strArg(0)) == nil {
				return value.NewList(), nil
			}
			return value.NewList(value.String(c.strArg(0))), nil
		}},
		{"hasProperty", "name: String", "is null if the class has no such property", func(c call) (value.Value, error) {
			if !c.hasProperty(c.strArg(0)) {
				return nil, nil // as its callers compare with null
			}
			return value.True, nil
		}},
		{"invokeMethod", "name: String, args", "calls a method by name", func(c call) (value.Value, error) {
			args, ok := value.Elements(c.arg(1))
			if !ok && c.arg(1) != nil {
				args = []value.Value{c.arg(1)}
			}
			return c.invoke(c.recv, c.strArg(0), args...)
		}},
		{"getProperty", "name: String", "reads a property by name", func(c call) (value.Value, error) {
			return c.t.readProperty(c.th, c.recv, c.strArg(0))
		}},
		{"getAt", "index", "reads an element or property", func(c call) (value.Value, error) {
			return value.GetAt(c.th, c.recv, c.arg(0))
		}},
		{"putAt", "index, element", "sets an element or property", func(c call) (value.Value, error) {
			return nil, value.SetAt(c.th, c.recv, c.arg(0), c.arg(1))
		}},
		{"compareTo", "other", "orders two values", compareToMethod},
		{"println", "value = ''", "prints a line", func(c call) (value.Value, error) { return printLine(c) }},
		{"print", "value", "prints", func(c call) (value.Value, error) {
			c.th.Host.Print(value.ToString(c.arg(0)))
			return nil, nil
		}},
		{"sleep", "milliseconds: Number", "waits", sleepFunction},
	}, iterationMethods()...)
}

func nullMethods() []def {
	return []def{
		{"toString", "", "is the text null", func(c call) (value.Value, error) { return value.String("null"), nil }},
		{"equals", "other", "says whether other is null too", func(c call) (value.Value, error) { return value.Bool(c.arg(0) == nil), nil }},
		{"is", "other", "says whether other is null too", func(c call) (value.Value, error) { return value.Bool(c.arg(0) == nil), nil }},
		{"asBoolean", "", "is false", func(c call) (value.Value, error) { return value.Bool(false), nil }},
		{"inspect", "", "is the text null", func(c call) (value.Value, error) { return value.String("null"), nil }},
		{"getClass", "", "is the class of null", func(c call) (value.Value, error) { return value.ClassRef{Of: nullClass}, nil }},
		{"hashCode", "", "is zero", func(c call) (value.Value, error) { return nil, value.NullPointer("hashCode") }},
		{"plus", "other", "appends to the text null", func(c call) (value.Value, error) { return value.Add(c.th, nil, c.arg(0)) }},
		{"with", "action: Closure", "calls action", func(c call) (value.Value, error) { return c.run(c.arg(0), nil) }},
		{"tap", "action: Closure", "calls action", func(c call) (value.Value, error) {
			_, err := c.run(c.arg(0), nil)
			return nil, err
		}},
		{"asType", "type: Class", "stays null", func(c call) (value.Value, error) {
			return value.AsType(c.th, nil, c.arg(0).(value.ClassRef).Of)
		}},
		{"iterator", "", "walks nothing", func(c call) (value.Value, error) { return &Iterator{}, nil }},
		{"each", "action: Closure", "does nothing", func(c call) (value.Value, error) { return nil, nil }},
		{"eachWithIndex", "action: Closure", "does nothing", func(c call) (value.Value, error) { return nil, nil }},
		{"collect", "transform: Closure = null", "is the empty list", func(c call) (value.Value, error) { return value.NewList(), nil }},
		{"collectMany", "transform: Closure", "is the empty list", func(c call) (value.Value, error) { return value.NewList(), nil }},
		{"findAll", "condition: Closure = null", "is the empty list", func(c call) (value.Value, error) { return value.NewList(), nil }},
		{"find", "condition: Closure = null", "is null", func(c call) (value.Value, error) { return nil, nil }},
		{"any", "condition: Closure = null", "is false", func(c call) (value.Value, error) { return value.Bool(false), nil }},
		{"every", "condition: Closure = null", "is true", func(c call) (value.Value, error) { return value.Bool(true), nil }},
		{"findIndexOf", "condition: Closure", "finds nothing", func(c call) (value.Value, error) { return value.Int(-1), nil }},
		{"grep", "filter = null", "is the empty list", func(c call) (value.Value, error) { return value.NewList(), nil }},
		{"inject", "initial, accumulator: Closure", "is the initial value", func(c call) (value.Value, error) { return c.arg(0), nil }},
	}
}

func equalsMethod(c call) (value.Value, error) {
	other := c.arg(0)
	switch c.recv.(type) {
	case *value.List, *value.Range, *value.Map, *value.Set:
		return value.Bool(value.Equal(c.recv, other)), nil
	}
	if s, ok := c.recv.(value.String); ok {
		o, ok := other.(value.String)
		return value.Bool(ok && s == o), nil
	}
	return value.Bool(value.KeyEqual(c.recv, other)), nil
}

func compareToMethod(c call) (value.Value, error) {
	if !c.recv.Class().Is(value.ComparableClass) {
		return nil, c.missing()
	}
	n, err := value.Compare(c.recv, c.arg(0))
	return value.Int(n), err
}

func withMethod(c call) (value.Value, error) {
	return c.run(delegated(c.arg(0), c.recv), c.recv)
}

// delegated is a closure that asks v first for names it does not know.
func delegated(f, v value.Value) value.Value {
	if c, ok := f.(*value.Closure); ok {
		return c.WithDelegate(v)
	}
	return f
}

// invoke calls a method as a script would.
func (c call) invoke(recv value.Value, name string, args ...value.Value) (value.Value, error) {
	if c.th != nil && c.th.Host != nil {
		return c.th.Host.Call(c.th, recv, name, args)
	}
	return c.t.Call(c.th, recv, name, args...)
}

// hasProperty says whether the receiver's class has a property: what a map or
// the elements of a list have is not asked.
func (c call) hasProperty(name string) bool {
	if name == "class" || c.t.getter(c.recv.Class(), name) != nil {
		return true
	}
	if _, isMap := c.recv.(*value.Map); isMap || isSpread(c.recv) {
		return false
	}
	_, ok, err := c.t.Property(c.th, c.recv, name)
	return ok && err == nil
}
