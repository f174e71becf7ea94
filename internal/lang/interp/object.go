package interp

import (
	"fmt"
	"reflect"
	"strings"

	"sluice/internal/lang/value"
)

// An Object is an instance of a class of the pipeline. One of an exception
// class stands behind a value.Exception, which is what scripts hold.
type Object struct {
	class   *Class
	fields  []value.Value
	exc     *value.Exception
	name    string // of an enum constant
	ordinal int
	outer   *Object       // of an inner class: whose it is
	proxy   value.Value   // the closure, or map of closures, that stands for an interface
	th      *value.Thread // who made it: for toString() and the like, called from Go
}

func (o *Object) Class() *value.Class { return o.class.of }

// self is the object as scripts hold it.
func (o *Object) self() value.Value {
	if o.exc != nil {
		return o.exc
	}
	return o
}

// objectMember reads a property: a getter, a field, what every object has, or
// what propertyMissing makes of it.
func (in *Interp) objectMember(th *value.Thread, o *Object, name string) (value.Value, bool, error) {
	if v, ok, err := o.get(th, name); ok || err != nil {
		return v, ok, err
	}
	if v, ok, err := in.Table.Property(th, o.self(), name); ok || err != nil {
		return v, ok, err
	}
	for _, d := range o.delegates() {
		if v, ok, err := in.member(th, d, name); ok || err != nil {
			return v, ok, err
		}
	}
	for _, hook := range []string{"propertyMissing", "get"} {
		args := []value.Value{value.String(name)}
		if m := choose(o.class.methods[hook], args); m != nil {
			v, err := m.call(th, o, args)
			return v, true, err
		}
	}
	return nil, false, nil
}

func (o *Object) get(th *value.Thread, name string) (value.Value, bool, error) {
	k := o.class
	up := upperFirst(name)
	for _, prefix := range []string{"get", "is"} {
		if m := choose(k.methods[prefix+up], nil); m != nil {
			v, err := m.call(th, o, nil)
			return v, true, err
		}
	}
	if i, ok := k.slots[name]; ok {
		return o.fields[i], true, nil
	}
	if s := k.statics[name]; s != nil {
		return s.v, true, nil
	}
	if name == "properties" {
		v, err := o.properties(th)
		return v, true, err
	}
	return nil, false, nil
}

// properties is all that can be read by name, with the class.
func (o *Object) properties(th *value.Thread) (value.Value, error) {
	m, err := o.beans(th)
	if err == nil {
		m.Set(value.String("class"), value.ClassRef{Of: o.class.of})
	}
	return m, err
}

// beans is the properties of the object: fields without an access of their
// own, and what getters give.
func (o *Object) beans(th *value.Thread) (*value.Map, error) {
	k := o.class
	m := value.NewMap(len(o.fields) + 1)
	for i, f := range k.fields {
		if f.property {
			m.Set(value.String(f.name), o.fields[i])
		}
	}
	for _, list := range k.ordered() {
		g := choose(list, nil)
		if g == nil || g.def.Static || len(g.def.Params) > 0 {
			continue
		}
		name, ok := getter(g.def.Name)
		if !ok {
			continue
		}
		v, err := g.call(th, o, nil)
		if err != nil {
			return nil, err
		}
		m.Set(value.String(name), v)
	}
	return m, nil
}

// Beans is for JSON.
func (o *Object) Beans() (*value.Map, error) { return o.beans(o.thread()) }

// getter is the property that a method of that name reads.
func getter(method string) (string, bool) {
	for _, prefix := range []string{"get", "is"} {
		rest, ok := strings.CutPrefix(method, prefix)
		if ok && rest != "" && (prefix == "get" || upperFirst(rest) == rest) {
			return lowerFirst(rest), true
		}
	}
	return "", false
}

// IsCase is `x in object` and `case object:`, for classes that say what it is.
func (o *Object) IsCase(th *value.Thread, x value.Value) (is, ok bool, err error) {
	args := []value.Value{x}
	m := choose(o.class.methods["isCase"], args)
	if m == nil {
		return false, false, nil
	}
	v, err := m.call(th, o, args)
	return value.Truth(v), true, err
}

// stand calls what stands for a method of an interface.
func (o *Object) stand(th *value.Thread, name string, args []value.Value) (value.Value, error) {
	f, ok := o.proxy.(value.Callable)
	if m, isMap := o.proxy.(*value.Map); isMap {
		v, _ := m.Get(value.String(name))
		f, ok = v.(value.Callable)
	}
	if !ok {
		return nil, value.Throw("java.lang.UnsupportedOperationException", "the map that stands for `%s` has no closure `%s`", o.class.of.Name, name)
	}
	return f.CallWith(th, args)
}

// Property is for code that reads properties of any value; the interpreter
// itself asks objectMember, which has a thread and an error.
func (o *Object) Property(name string) (value.Value, bool) {
	v, ok, err := o.get(o.thread(), name)
	return v, ok && err == nil
}

// set writes a property: a setter, a field, or what propertyMissing does.
func (o *Object) set(th *value.Thread, name string, v value.Value) error {
	k := o.class
	if m := choose(k.methods["set"+upperFirst(name)], []value.Value{v}); m != nil {
		_, err := m.call(th, o, []value.Value{v})
		return err
	}
	if i, ok := k.slots[name]; ok {
		if k.fields[i].final {
			return readOnly(k, name)
		}
		return o.setField(i, v)
	}
	if k.statics[name] != nil {
		return k.setStatic(th, name, v)
	}
	args := []value.Value{value.String(name), v}
	if m := choose(k.methods["propertyMissing"], args); m != nil {
		_, err := m.call(th, o, args)
		return err
	}
	return value.MissingProperty(o, name)
}

// hasProperty says whether a property can be set.
func (o *Object) hasProperty(name string) bool {
	k := o.class
	_, slot := k.slots[name]
	return slot || k.statics[name] != nil || k.methods["set"+upperFirst(name)] != nil
}

// putAt is `o[i] = v`.
func (o *Object) putAt(th *value.Thread, i, v value.Value) error {
	args := []value.Value{i, v}
	if m := choose(o.class.methods["putAt"], args); m != nil {
		_, err := m.call(th, o, args)
		return err
	}
	if name, ok := value.Str(i); ok {
		return o.set(th, name, v)
	}
	return value.MissingMethod(o, "putAt", args)
}

func (o *Object) setField(i int, v value.Value) error {
	if c := o.class.fields[i].class; c != nil {
		w, err := convert(v, c)
		if err != nil {
			return err
		}
		v = w
	}
	o.fields[i] = v
	return nil
}

// assign sets properties by named arguments, once: those of immutable classes too.
func (o *Object) assign(th *value.Thread, named *value.Map) (err error) {
	named.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		if i, ok := o.class.slots[name]; ok && (o.class.def.Kind == "record" || o.class.note("Immutable") != nil) {
			err = o.setField(i, v)
		} else {
			err = o.set(th, name, v)
		}
		return err == nil
	})
	return err
}

// InvokeMethod calls a method, an accessor that a field brings, or a closure
// held in a field.
func (o *Object) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	k := o.class
	if m, args := fit(k.methods[name], args); m != nil {
		v, err := m.call(th, o, args)
		return v, true, err
	}
	if v, ok, err := o.accessor(th, name, args); ok {
		return v, true, err
	}
	if i, ok := k.slots[name]; ok {
		if f, ok := o.fields[i].(value.Callable); ok {
			v, err := f.CallWith(th, args)
			return v, true, err
		}
	}
	if k.def.Kind == "enum" {
		return o.invokeEnum(name, args)
	}
	return nil, false, nil
}

func (o *Object) accessor(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	k := o.class
	for _, prefix := range []string{"get", "is", "set"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || rest == "" {
			continue
		}
		i, ok := k.slots[lowerFirst(rest)]
		switch {
		case !ok:
		case prefix != "set" && len(args) == 0:
			return o.fields[i], true, nil
		case prefix == "set" && len(args) == 1 && !k.fields[i].final:
			return nil, true, o.setField(i, args[0])
		}
	}
	if name == "respondsTo" && len(args) > 0 {
		found := value.NewList()
		for _, m := range k.methods[value.ToString(args[0])] {
			found.Elems = append(found.Elems, value.String(m.def.Name))
		}
		return found, true, nil
	}
	if name == "getProperties" && len(args) == 0 {
		v, err := o.properties(th)
		return v, true, err
	}
	if k.def.Kind == "record" && len(args) == 0 {
		if i, ok := k.slots[name]; ok {
			return o.fields[i], true, nil
		}
		if name == "toMap" {
			v, err := o.properties(th)
			return v, true, err
		}
	}
	return nil, false, nil
}

func (o *Object) invokeEnum(name string, args []value.Value) (value.Value, bool, error) {
	all := o.class.enum().values
	step := func(by int) value.Value { return all[(o.ordinal+by+len(all))%len(all)] }
	switch {
	case len(args) > 0:
	case name == "name":
		return value.String(o.name), true, nil
	case name == "ordinal":
		return value.MakeInt(int64(o.ordinal)), true, nil
	case name == "next":
		return step(1), true, nil
	case name == "previous":
		return step(-1), true, nil
	case name == "getDeclaringClass":
		return value.ClassRef{Of: o.class.enum().of}, true, nil
	}
	return nil, false, nil
}

// methodMissing asks the object for what no table knows: its delegates, and
// the methods for what is missing.
func (o *Object) methodMissing(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	for _, d := range o.delegates() {
		if v, ok, err := o.class.inst.in.tryInvoke(th, d, name, args); ok {
			return v, true, err
		}
	}
	list := []value.Value{value.String(name), value.NewList(args...)}
	for _, hook := range []string{"methodMissing", "invokeMethod"} {
		if m := choose(o.class.methods[hook], list); m != nil {
			v, err := m.call(th, o, list)
			return v, true, err
		}
	}
	return nil, false, nil
}

// thread is a fresh one for calls from Go code that has none.
func (o *Object) thread() *value.Thread {
	return &value.Thread{Context: o.th.Context, Host: o.th.Host, Lock: o.th.Lock, Depth: o.th.Depth}
}

// maxNested ends methods such as toString() that call themselves through Go.
const maxNested = 300

// ask calls a method of the script from Go code; ok is false when the object
// has none.
func (o *Object) ask(name string, args ...value.Value) (value.Value, bool, error) {
	m := choose(o.class.methods[name], args)
	if m == nil {
		return nil, false, nil
	}
	in := o.class.inst.in
	if in.nested >= maxNested {
		return nil, true, value.Throw("java.lang.StackOverflowError", "calls of `%s` nest too deep", name)
	}
	in.nested++
	defer func() { in.nested-- }()
	v, err := m.call(o.thread(), o, args)
	return v, true, err
}

// Render is toString(), or what Java prints.
func (o *Object) Render() (string, error) {
	v, ok, err := o.ask("toString")
	switch {
	case err != nil:
		return "", err
	case ok:
		return value.Text(v)
	case o.class.def.Kind == "enum":
		return o.name, nil
	}
	if text, ok := o.noted(); ok {
		return text, nil
	}
	switch {
	case o.class.def.Kind == "record":
		return o.record(), nil
	case o.exc != nil:
		return o.exc.ToString(), nil
	}
	return o.address(), nil
}

func (o *Object) record() string {
	parts := make([]string, len(o.fields))
	for i, f := range o.class.fields {
		parts[i] = f.name + "=" + value.ToString(o.fields[i])
	}
	return o.class.of.Name + "[" + strings.Join(parts, ", ") + "]"
}

func (o *Object) address() string {
	return fmt.Sprintf("%s@%x", o.class.of.Name, uint32(o.HashCode()))
}

// Truth is asBoolean(); objects without it are true.
func (o *Object) Truth() bool {
	v, ok, err := o.ask("asBoolean")
	return !ok || err != nil || value.Truth(v)
}

// equal is `==`: compareTo() where the class has it, else equals(), else
// identity; records compare their fields.
func (o *Object) equal(th *value.Thread, b value.Value) (bool, error) {
	if b == nil {
		return false, nil
	}
	if n, ok, err := o.compare(th, b); ok {
		return n == 0, err
	}
	args := []value.Value{b}
	if m := choose(o.class.methods["equals"], args); m != nil {
		v, err := m.call(th, o, args)
		return value.Truth(v), err
	}
	return o.same(b), nil
}

func (o *Object) same(b value.Value) bool {
	p, ok := b.(*Object)
	if !ok || o == p {
		return ok
	}
	slots := o.class.compared()
	if o.class != p.class || slots == nil {
		return false
	}
	for _, i := range slots {
		if !value.Equal(o.fields[i], p.fields[i]) {
			return false
		}
	}
	return true
}

// compare is compareTo(); ok is false for classes without an order and for
// unrelated values.
func (o *Object) compare(th *value.Thread, b value.Value) (order int, ok bool, err error) {
	p, isObject := b.(*Object)
	if !isObject || !o.class.of.Is(p.class.of) && !p.class.of.Is(o.class.of) && !related(o.class, p.class) {
		return 0, false, nil
	}
	if o.class.def.Kind == "enum" {
		return o.ordinal - p.ordinal, true, nil
	}
	if !o.class.of.Is(value.ComparableClass) {
		return 0, false, nil
	}
	if n, ok := o.sorted(p); ok {
		return n, true, nil
	}
	args := []value.Value{b}
	m := choose(o.class.methods["compareTo"], args)
	if m == nil {
		return 0, false, nil
	}
	v, err := m.call(th, o, args)
	n, _ := value.AsInt32(v)
	return int(n), true, err
}

// related says whether two classes have a parent of the pipeline in common.
func related(a, b *Class) bool {
	for k := a.super; k != nil; k = k.super {
		if b.of.Is(k.of) {
			return true
		}
	}
	return false
}

// EqualTo is Java's equals, for keys of maps and contains().
func (o *Object) EqualTo(b value.Value) bool {
	v, ok, err := o.ask("equals", b)
	if ok {
		return err == nil && value.Truth(v)
	}
	return o.same(b)
}

// CompareTo orders objects for sort().
func (o *Object) CompareTo(b value.Value) (int, bool) {
	n, ok, err := o.compare(o.thread(), b)
	return n, ok && err == nil
}

// HashCode is hashCode(), or one by identity.
func (o *Object) HashCode() int32 {
	if v, ok, err := o.ask("hashCode"); ok && err == nil {
		n, _ := value.AsInt32(v)
		return n
	}
	if slots := o.class.compared(); slots != nil {
		h := int32(1)
		for _, i := range slots {
			h = 31*h + value.HashCode(o.fields[i])
		}
		return h
	}
	return int32(reflect.ValueOf(o).Pointer() >> 4 & 0x7fffffff)
}
