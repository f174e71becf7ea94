package resolve

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
)

// ClassSource is what Names may offer besides: the definitions of the classes
// in lib/, by full name.
type ClassSource interface {
	ClassDef(name string) *syntax.ClassDef
}

// ClassLister is what Names may offer besides: the full names of all classes.
type ClassLister interface {
	ClassNames() []string
	HasStatic(class, member string) bool
}

// A classScope is a class whose code is being resolved: its members and those
// of its parents are known names in it.
type classScope struct {
	def    *syntax.ClassDef
	outer  *classScope
	names  map[string]bool
	open   bool // it may have members that are not written down
	static bool // the code at hand has no `this` object
}

// objectMembers are what every object answers to.
var objectMembers = []string{
	"this", "super", "class", "getClass", "toString", "hashCode", "equals", "with", "tap", "metaClass", "properties", "getProperties",
	"dump", "inspect", "is", "invokeMethod", "getProperty", "setProperty", "getMetaClass", "respondsTo", "hasProperty", "asBoolean",
}

// class resolves fields and methods.
func (r *resolver) class(d *syntax.ClassDef) {
	r.annotations(d.Notes)
	for _, f := range d.Fields {
		r.annotations(f.Notes)
	}
	for _, m := range d.Methods {
		r.annotations(m.Notes)
	}
	s := &classScope{def: d, outer: r.cls, names: map[string]bool{}}
	if loggerOf(d) {
		s.names["log"] = true
	}
	for _, name := range objectMembers {
		s.names[name] = true
	}
	r.cls = s
	r.members(d, map[*syntax.ClassDef]bool{})
	saved := r.fn
	r.fn = nil // nothing around a class is captured
	d.FieldFunc = r.inits(d, false)
	s.static = true
	d.StaticFunc = r.inits(d, true)
	for _, m := range d.Methods {
		s.static = m.Static
		r.funcDef(m)
	}
	for _, inner := range d.Inner() {
		r.class(inner)
	}
	r.fn = saved
	r.cls = s.outer
}

// loggerOf says whether an annotation gives the class a variable `log`.
func loggerOf(d *syntax.ClassDef) bool {
	for _, name := range []string{"Slf4j", "Log", "Commons", "Log4j", "Log4j2"} {
		if syntax.Note(d.Notes, name) != nil {
			return true
		}
	}
	return false
}

func (r *resolver) inits(d *syntax.ClassDef, static bool) *syntax.FuncInfo {
	r.open(functionFrame)
	for _, f := range d.Fields {
		if f.Static == static {
			r.expr(f.Init)
		}
	}
	if !static {
		for _, b := range d.Makes {
			r.block(b)
		}
	} else {
		for _, v := range d.Values {
			r.args(v.Args)
		}
		for _, b := range d.Inits {
			r.block(b)
		}
	}
	return r.close()
}

// members adds the names of a class and its parents to the scope.
func (r *resolver) members(d *syntax.ClassDef, seen map[*syntax.ClassDef]bool) {
	if seen[d] {
		return
	}
	seen[d] = true
	s := r.cls
	for _, f := range d.Fields {
		up := upperFirst(f.Name)
		for _, name := range []string{f.Name, "get" + up, "set" + up, "is" + up} {
			s.names[name] = true
		}
	}
	for _, m := range d.Methods {
		s.names[m.Name] = true
		s.open = s.open || m.Name == "propertyMissing" || m.Name == "methodMissing" || m.Name == "get" && len(m.Params) == 1
		if prop, ok := propertyOf(m.Name); ok {
			s.names[prop] = true
		}
	}
	for _, v := range d.Values {
		s.names[v.Name] = true
	}
	if d.Kind == "enum" {
		for _, name := range []string{"values", "valueOf", "name", "ordinal", "next", "previous", "compareTo"} {
			s.names[name] = true
		}
	}
	for _, inner := range d.Classes {
		s.names[inner.Name] = true
	}
	parents := d.Implements
	if d.Extends != nil {
		parents = append([]*syntax.TypeRef{d.Extends}, parents...)
	}
	for i, p := range parents {
		if def := r.classDef(p.Name); def != nil {
			r.members(def, seen)
			continue
		}
		r.typeRef(p)
		s.open = s.open || i == 0 && d.Extends != nil
	}
}

// propertyOf is the property that getX, setX and isX make.
func propertyOf(method string) (string, bool) {
	for _, prefix := range []string{"get", "set", "is"} {
		if rest, ok := strings.CutPrefix(method, prefix); ok && rest != "" {
			first, n := utf8.DecodeRuneInString(rest)
			if unicode.IsUpper(first) {
				return string(unicode.ToLower(first)) + rest[n:], true
			}
		}
	}
	return "", false
}

func upperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// classDef finds the definition of a class of the pipeline: around the code,
// of the script, included, or of lib/.
func (r *resolver) classDef(name string) *syntax.ClassDef {
	for s := r.cls; s != nil; s = s.outer {
		if s.def.Name == name {
			return s.def
		}
		for _, inner := range s.def.Classes {
			if inner.Name == name {
				return inner
			}
		}
	}
	if d, ok := r.module.Exports[name].(*syntax.ClassDef); ok {
		return d
	}
	if d := r.sourceDef(name); d != nil {
		return d
	}
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return nil
	}
	if outer := r.classDef(name[:i]); outer != nil {
		for _, c := range outer.Classes {
			if c.Name == name[i+1:] {
				return c
			}
		}
	}
	return nil
}

// sourceDef finds a class of lib/.
func (r *resolver) sourceDef(name string) *syntax.ClassDef {
	src, ok := r.names.(ClassSource)
	if !ok {
		return nil
	}
	if full := r.imported(name); full != "" {
		name = full
	} else if r.module.File != nil && r.module.File.Package != "" {
		if d := src.ClassDef(r.module.File.Package + "." + name); d != nil {
			return d
		}
	}
	return src.ClassDef(name)
}

// typeParam says whether name is a type parameter of the class around.
func (r *resolver) typeParam(name string) bool {
	for s := r.cls; s != nil; s = s.outer {
		for _, p := range s.def.Params {
			if p == name {
				return true
			}
		}
	}
	return false
}

// member binds a name to a member of the class around.
func (r *resolver) member(x *syntax.Ident) bool {
	for s := r.cls; s != nil; s = s.outer {
		if s.names[x.Name] {
			x.Binding = syntax.Binding{Kind: syntax.Member}
			if r.fn.dynamic && x.Name != "this" && x.Name != "super" {
				x.Binding.Kind = syntax.Dynamic // the delegate of `with` comes first
			}
			return true
		}
	}
	return false
}

// openMember leaves a name to be asked of the object when the code runs.
func (r *resolver) openMember(x *syntax.Ident) bool {
	if r.cls == nil {
		return false
	}
	if r.classDef(x.Name) != nil || r.imported(x.Name) != "" {
		x.Binding.Kind = syntax.ClassName
		return true
	}
	if r.cls.open && !r.cls.static {
		x.Binding = syntax.Binding{Kind: syntax.Member}
		return true
	}
	return false
}

// globalSeen says whether code here sees a global: classes see other classes only.
func (r *resolver) globalSeen(name string) bool {
	if r.cls == nil {
		return true
	}
	_, ok := r.module.Exports[name].(*syntax.ClassDef)
	return ok || r.isStaticImport(name)
}

// unknownInClass reports an unknown name of a class: no later statement of
// the script can define it.
func (r *resolver) unknownInClass(x *syntax.Ident) bool {
	if r.cls == nil {
		return false
	}
	x.Binding = syntax.Binding{Kind: syntax.Member}
	if r.lenient() && !r.cls.static {
		return true
	}
	d := r.diags.Add(x.Span(), fmt.Sprintf("`%s` is not defined", x.Name))
	// where there is an object, or a delegate, Groovy asks it when the code runs
	soften(d, r.maybe > 0 || !r.cls.static || r.fn.kind == closureFrame)
	d.Label = fmt.Sprintf("no variable, field or method of this name in `%s`", r.cls.def.Name)
	near := r.visible()
	for s := r.cls; s != nil; s = s.outer {
		for name := range s.names {
			if !contains(objectMembers, name) {
				near = append(near, name)
			}
		}
	}
	sort.Strings(near)
	if _, global := r.module.index[x.Name]; global {
		d.Help = "classes do not see the variables and functions of the script: pass the value as an argument"
	} else if name, ok := diag.Near(x.Name, near); ok {
		d.Help = fmt.Sprintf("`%s` is defined", name)
	}
	return true
}
