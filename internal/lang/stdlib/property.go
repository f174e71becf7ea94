package stdlib

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"sluice/internal/lang/value"
)

// Property reads `recv.name`. ok is false when recv has no such property;
// null receivers are an error.
func (t *Table) Property(th *value.Thread, recv value.Value, name string) (v value.Value, ok bool, err error) {
	switch r := recv.(type) {
	case nil:
		return nil, false, value.Throw("java.lang.NullPointerException", "Cannot get property '%s' on null object", name)
	case *value.Map:
		v, err := mapGet(th, r, value.String(name))
		return v, true, err
	case value.ClassRef:
		switch name {
		case "class":
			return r, true, nil // String.class is String
		case "metaClass":
			return nil, false, value.Throw("java.lang.UnsupportedOperationException",
				"`%s.metaClass`: classes cannot be given methods while a script runs; write a function, or a class in lib/", r.Of.Simple())
		}
		if v, ok := t.StaticProperty(th, r.Of, name); ok {
			return v, true, nil
		}
	}
	if ns, isNamespace := recv.(value.Namespace); isNamespace {
		if v, ok := ns.Property(name); ok {
			return v, true, nil
		}
	}
	if m := t.getter(recv.Class(), name); m != nil {
		v, err := m.Fn(th, recv, nil)
		return v, true, err
	}
	if isSpread(recv) {
		return t.spread(th, recv, name)
	}
	if e, ok := recv.(value.Explaining); ok {
		return nil, false, e.Explain(name)
	}
	return nil, false, nil
}

// StaticProperty reads a constant, or a static getter such as Runtime.runtime.
func (t *Table) StaticProperty(th *value.Thread, c *value.Class, name string) (value.Value, bool) {
	if d := t.defs[c]; d != nil && d.constants != nil {
		if v, ok := d.constants(t)[name]; ok {
			return v, true
		}
	}
	if th == nil {
		return nil, false // getters are called by scripts
	}
	for _, prefix := range []string{"get", "is"} {
		if m := t.Static(c, prefix+upperFirst(name)); m != nil && m.Min == 0 {
			v, err := m.Fn(th, value.ClassRef{Of: c}, nil)
			return v, err == nil
		}
	}
	return nil, false
}

// SetProperty assigns `recv.name = v`. ok is false when recv has no such
// property to set.
func (t *Table) SetProperty(th *value.Thread, recv value.Value, name string, v value.Value) (ok bool, err error) {
	switch r := recv.(type) {
	case nil:
		return false, value.Throw("java.lang.NullPointerException", "Cannot set property '%s' on null object", name)
	case *value.Map:
		r.Set(value.String(name), v)
		return true, nil
	}
	if s, settable := recv.(value.Settable); settable && s.SetProperty(name, v) {
		return true, nil
	}
	if m := t.Method(recv.Class(), "set"+upperFirst(name)); m != nil && m.Min <= 1 {
		_, err := m.Fn(th, recv, []value.Value{v})
		return true, err
	}
	if isSpread(recv) {
		elems, _ := value.Elements(recv)
		for _, e := range elems {
			if ok, err := t.SetProperty(th, e, name, v); err != nil || !ok {
				return ok, err
			}
		}
		return true, nil
	}
	return false, nil
}

// getter finds getName() or isName() without parameters.
func (t *Table) getter(c *value.Class, name string) *Method {
	up := upperFirst(name)
	for _, prefix := range []string{"get", "is"} {
		if m := t.Method(c, prefix+up); m != nil && m.Min == 0 {
			return m
		}
	}
	return nil
}

// isSpread says whether a property of v is read from its elements.
func isSpread(v value.Value) bool { return value.IsCollection(v) }

// spread reads a property of each element; elements that are null are left out.
func (t *Table) spread(th *value.Thread, recv value.Value, name string) (value.Value, bool, error) {
	elems, _ := value.Elements(recv)
	out := make([]value.Value, 0, len(elems))
	for _, e := range elems {
		if e == nil {
			continue
		}
		v, err := t.readProperty(th, e, name)
		if err != nil {
			var ex *value.Exception
			if errors.As(err, &ex) && ex.Of.Simple() == "MissingPropertyException" {
				err = value.Throw("groovy.lang.MissingPropertyException",
					"Exception evaluating property '%s' for %s, Reason: %s", name, recv.Class().Name, ex.ToString())
			}
			return nil, true, err
		}
		out = append(out, v)
	}
	return value.NewList(out...), true, nil
}

// readProperty asks the host, which also knows properties of the interpreter's
// own values, and this table where there is no host.
func (t *Table) readProperty(th *value.Thread, recv value.Value, name string) (value.Value, error) {
	if th != nil && th.Host != nil {
		return th.Host.Property(th, recv, name)
	}
	v, ok, err := t.Property(th, recv, name)
	if err == nil && !ok {
		err = value.MissingProperty(recv, name)
	}
	return v, err
}

func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
