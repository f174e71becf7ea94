package stdlib

import (
	"sort"
	"strings"
	"sync"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// A Table finds methods, properties, constructors and classes by name. Classes
// are filled in when first asked for.
type Table struct {
	// Storage opens the storage of a scheme, "" being local files. Path methods need it.
	Storage func(scheme string) (storage.Storage, error)
	// EvalTemplate runs the code of a Groovy template; the interpreter sets it.
	// The source is a script in which `out << x` appends to the result.
	EvalTemplate func(th *value.Thread, source string, binding *value.Map) (string, error)

	mu      sync.RWMutex
	defs    map[*value.Class]*classDef
	byName  map[string]*value.Class
	own     map[ownKey]map[string][]*overload
	added   map[*value.Class][]*overload
	found   map[findKey]*Method
	globals []*Method
}

// A classDef is what this package knows of one class; each part is built on
// first use.
type classDef struct {
	class        *value.Class
	methods      func() []def
	statics      func() []def
	constructors func() []def // all named "<init>"
	constants    func(t *Table) map[string]value.Value
}

type part uint8

const (
	instancePart part = iota
	staticPart
	constructorPart
)

type ownKey struct {
	class *value.Class
	part  part
}

type findKey struct {
	ownKey
	name string
}

// nullClass carries the few methods that null answers.
var nullClass = &value.Class{Name: "org.codehaus.groovy.runtime.NullObject"}

// ClassNames lists the full names of all classes.
func (t *Table) ClassNames() []string {
	names := make([]string, 0, len(classDefs))
	for _, d := range classDefs {
		if d.class != nullClass {
			names = append(names, d.class.Name)
		}
	}
	sort.Strings(names)
	return names
}

// New is a table with all that this package defines.
func New() *Table {
	t := &Table{
		defs:  map[*value.Class]*classDef{},
		own:   map[ownKey]map[string][]*overload{},
		added: map[*value.Class][]*overload{},
		found: map[findKey]*Method{},
	}
	for i := range classDefs {
		t.defs[classDefs[i].class] = &classDefs[i]
	}
	class := *t.defs[value.ClassClass]
	class.statics = classStatics // looks into the table of classes, so it cannot be in it
	t.defs[value.ClassClass] = &class
	return t
}

// Method finds a method of values of class c, nil for null; the nearest class
// wins. A method with several forms chooses by its arguments.
func (t *Table) Method(c *value.Class, name string) *Method {
	if c == nil {
		c = nullClass
	}
	return t.find(c, instancePart, name)
}

// Static finds a static method of class c.
func (t *Table) Static(c *value.Class, name string) *Method {
	return t.find(c, staticPart, name)
}

// Call calls a method by name, with Groovy's error when there is none.
func (t *Table) Call(th *value.Thread, recv value.Value, name string, args ...value.Value) (value.Value, error) {
	if m := t.Method(value.ClassOf(recv), name); m != nil {
		return m.Fn(th, recv, args)
	}
	if recv == nil {
		return nil, value.NullPointer(name)
	}
	return nil, value.MissingMethod(recv, name, args)
}

// Add gives class c more methods; they come before those it has.
func (t *Table) Add(c *value.Class, methods ...*Method) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range methods {
		o := newOverload(&def{name: m.Name, params: m.Params, doc: m.Doc})
		o.min, o.max, o.native = m.Min, m.Max, m.Fn
		o.kinds, o.nullable = nil, nil
		t.added[c] = append(t.added[c], o)
	}
	t.found = map[findKey]*Method{}
}

// Names lists the methods of class c with those of its parents, sorted: what a
// near name is looked for among.
func (t *Table) Names(c *value.Class) []string { return t.namesOf(c, instancePart) }

// StaticNames lists the static methods of class c, sorted.
func (t *Table) StaticNames(c *value.Class) []string { return t.namesOf(c, staticPart) }

func (t *Table) namesOf(c *value.Class, p part) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	set := map[string]bool{}
	for _, k := range ancestry(c) {
		for name := range t.ownMethods(ownKey{k, p}) {
			set[name] = true
		}
		if p != instancePart {
			continue
		}
		for _, o := range t.added[k] {
			set[o.name] = true
		}
	}
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (t *Table) find(c *value.Class, p part, name string) *Method {
	key := findKey{ownKey{c, p}, name}
	t.mu.RLock()
	m, ok := t.found[key]
	t.mu.RUnlock()
	if ok {
		return m
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	m = t.compose(c, p, name)
	t.found[key] = m
	return m
}

// compose gathers the forms of a method, nearest class first.
func (t *Table) compose(c *value.Class, p part, name string) *Method {
	var forms []*overload
	classes := ancestry(c)
	if p == constructorPart {
		classes = classes[:1]
	}
	for _, k := range classes {
		if p == instancePart {
			for _, o := range t.added[k] {
				if o.name == name {
					forms = append(forms, o)
				}
			}
		}
		forms = append(forms, t.ownMethods(ownKey{k, p})[name]...)
	}
	if len(forms) == 0 {
		return nil
	}
	var self value.Value
	if p != instancePart {
		self = value.ClassRef{Of: c}
	}
	return t.method(name, forms, self)
}

// method chooses among forms by the arguments; self stands in for a receiver
// that is null.
func (t *Table) method(name string, forms []*overload, self value.Value) *Method {
	first := forms[0]
	m := &Method{Name: name, Params: first.params, Doc: first.doc, Min: first.min, Max: first.max}
	for _, o := range forms[1:] {
		m.Min = min(m.Min, o.min)
		if m.Max >= 0 && (o.max < 0 || o.max > m.Max) {
			m.Max = o.max
		}
	}
	m.Fn = func(th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
		if recv == nil {
			recv = self
		}
		for _, o := range forms {
			if !o.accepts(args) {
				continue
			}
			if o.native != nil {
				return o.native(th, recv, args)
			}
			return o.fn(call{t: t, th: th, name: name, recv: recv, args: args})
		}
		missing := value.MissingMethod(recv, name, args)
		missing.Message += "\nPossible solution: " + formsText(name, forms)
		return nil, missing
	}
	return m
}

// formsText lists what a method takes, for the message of a call that fits no form.
func formsText(name string, forms []*overload) string {
	const most = 4
	var texts []string
	for _, o := range forms[:min(len(forms), most)] {
		texts = append(texts, name+"("+o.params+")")
	}
	return strings.Join(texts, ", ")
}

func (t *Table) ownMethods(key ownKey) map[string][]*overload {
	if made, ok := t.own[key]; ok {
		return made
	}
	made := map[string][]*overload{}
	if d := t.defs[key.class]; d != nil {
		build := d.methods
		switch key.part {
		case staticPart:
			build = d.statics
		case constructorPart:
			build = d.constructors
		}
		if build != nil {
			list := build()
			for i := range list {
				made[list[i].name] = append(made[list[i].name], newOverload(&list[i]))
			}
		}
	}
	t.own[key] = made
	return made
}

// ancestry is c and its parents, nearest first, Object last.
func ancestry(c *value.Class) []*value.Class {
	var order []*value.Class
	var walk func(k *value.Class)
	walk = func(k *value.Class) {
		for _, seen := range order {
			if seen == k {
				return
			}
		}
		if k == value.ObjectClass {
			return
		}
		order = append(order, k)
		for _, p := range k.Parents {
			walk(p)
		}
	}
	walk(c)
	if c == nullClass {
		return order
	}
	return append(order, value.ObjectClass)
}

// Class finds a class by its full name, or by its simple name where Nextflow
// imports it by itself.
func (t *Table) Class(name string) (*value.Class, bool) {
	t.mu.Lock()
	if t.byName == nil {
		t.byName = map[string]*value.Class{}
		for _, d := range classDefs {
			t.byName[d.class.Name] = d.class
			if autoImported(d.class.Name) {
				t.byName[d.class.Simple()] = d.class
			}
		}
		for alias, c := range classAliases {
			t.byName[alias] = c
		}
	}
	c, ok := t.byName[name]
	t.mu.Unlock()
	if ok {
		return c, true
	}
	if c, ok := value.ClassByName(name); ok {
		return c, true
	}
	if full, ok := exceptionNames[name]; ok {
		return value.ExceptionClass(full), true
	}
	if isExceptionName(name) {
		return value.ExceptionClass(name), true
	}
	return nil, false
}

// Construct makes a new object: `new Date()`.
func (t *Table) Construct(th *value.Thread, c *value.Class, args []value.Value) (value.Value, error) {
	if c.Is(value.ThrowableClass) {
		return newException(c, args)
	}
	if m := t.find(c, constructorPart, "<init>"); m != nil {
		return m.Fn(th, value.ClassRef{Of: c}, args)
	}
	return nil, value.Throw("groovy.lang.GroovyRuntimeException", "Could not find matching constructor for: %s%s", c.Name, argClasses(args))
}

// Globals lists the functions every script can call.
func (t *Table) Globals() []*Method {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.globals != nil {
		return t.globals
	}
	byName := map[string][]*overload{}
	var order []string
	list := globalFunctions()
	for i := range list {
		name := list[i].name
		if byName[name] == nil {
			order = append(order, name)
		}
		byName[name] = append(byName[name], newOverload(&list[i]))
	}
	for _, name := range order {
		t.globals = append(t.globals, t.method(name, byName[name], script))
	}
	return t.globals
}

// script is who global functions are missing from.
var script = &plainObject{of: &value.Class{Name: "Script"}}

func argClasses(args []value.Value) string {
	s := "("
	for i, a := range args {
		if i > 0 {
			s += ", "
		}
		if a == nil {
			s += "null"
			continue
		}
		s += a.Class().Simple()
	}
	return s + ")"
}

func classStatics() []def {
	return []def{{"forName", "name: String", "is the class of a name", func(c call) (value.Value, error) {
		if k, ok := c.t.Class(c.strArg(0)); ok {
			return value.ClassRef{Of: k}, nil
		}
		return nil, value.Throw("java.lang.ClassNotFoundException", "%s", c.strArg(0))
	}}}
}
