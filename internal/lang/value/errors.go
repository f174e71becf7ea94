package value

import "strings"

// Groovy shows this much of argument types and values before it writes "...".
const argsShown = 80

// MissingMethod is Groovy's exception for a call that nothing answers.
func MissingMethod(recv Value, name string, args []Value) *Exception {
	if recv == nil {
		return NullPointer(name)
	}
	class, static := concreteName(recv), ""
	if c, ok := recv.(ClassRef); ok {
		class, static = c.Of.Name, "static "
	}
	e := Throw("groovy.lang.MissingMethodException",
		"No signature of method: %s%s.%s() is applicable for argument types: (%s) values: %s",
		static, class, name, argumentTypes(args), shortList(args, argsShown))
	e.Data = String(name)
	return e
}

// MissingProperty is Groovy's exception for a property that nothing answers.
func MissingProperty(recv Value, name string) *Exception {
	if recv == nil {
		return NullProperty(name)
	}
	class := recv.Class().Name
	if c, ok := recv.(ClassRef); ok {
		class = c.Of.Name
	} else if _, isPath := recv.(*Path); isPath {
		class = concreteName(recv)
	}
	return Throw("groovy.lang.MissingPropertyException", "No such property: %s for class: %s", name, class)
}

// NullPointer is the exception of a method call on null.
func NullPointer(method string) *Exception {
	return Throw("java.lang.NullPointerException", "Cannot invoke method %s() on null object", method)
}

// NullProperty is the exception of reading a property of null.
func NullProperty(name string) *Exception {
	return Throw("java.lang.NullPointerException", "Cannot get property '%s' on null object", name)
}

func illegalArgument(format string, args ...any) *Exception {
	return Throw("java.lang.IllegalArgumentException", format, args...)
}

func unsupported() *Exception { return Throw("java.lang.UnsupportedOperationException", "") }

func numberFormat(text string) *Exception {
	return Throw("java.lang.NumberFormatException", `For input string: "%s"`, text)
}

// ambiguousNull is what Groovy says when null fits several overloads.
func ambiguousNull(recv Value, method string, prototypes ...string) *Exception {
	var b strings.Builder
	for _, p := range prototypes {
		b.WriteString("\n\t[" + p + "]")
	}
	return Throw("groovy.lang.GroovyRuntimeException",
		"Ambiguous method overloading for method %s#%s.\nCannot resolve which method to invoke for [null] due to overlapping prototypes between:%s",
		recv.Class().Name, method, b.String())
}

// concreteName is the class name that Java's messages show: of the class
// behind an interface, and String for GString.
func concreteName(v Value) string {
	switch x := v.(type) {
	case *GString:
		return StringClass.Name
	case *MapEntry:
		return "java.util.LinkedHashMap$Entry"
	case *Path:
		if !x.IsFile && x.Scheme == "" {
			return "sun.nio.fs.UnixPath"
		}
	}
	return v.Class().Name
}

func argumentTypes(args []Value) string {
	names := make([]string, len(args))
	size := 0
	for i, a := range args {
		switch x := a.(type) {
		case nil:
			names[i] = "null"
		case *GString:
			names[i] = GStringClass.Name
		default:
			names[i] = importedName(concreteName(x))
		}
		size += len(names[i]) + 2
	}
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			if b.Len() >= argsShown {
				b.WriteString("...")
				break
			}
			b.WriteString(", ")
		}
		if size > argsShown {
			name = initials(name)
		}
		b.WriteString(name)
	}
	return b.String()
}

var importedPackages = []string{"java.lang.", "java.util.", "java.io.", "java.net.", "groovy.lang.", "groovy.util."}

// importedName drops the packages that Groovy imports by itself.
func importedName(name string) string {
	if name == BigDecimalClass.Name || name == BigIntegerClass.Name {
		return strings.TrimPrefix(name, "java.math.")
	}
	for _, p := range importedPackages {
		if rest, ok := strings.CutPrefix(name, p); ok && !strings.Contains(rest, ".") {
			return rest
		}
	}
	return name
}

// initials shortens java.nio.file.Path to j.n.f.Path.
func initials(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts[:len(parts)-1] {
		if p != "" {
			parts[i] = p[:1]
		}
	}
	return strings.Join(parts, ".")
}

// shortList prints a list as Groovy does in messages: it stops once about
// limit characters stand there.
func shortList(elems []Value, limit int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, e := range elems {
		if i > 0 {
			b.WriteString(", ")
			if b.Len()-2 >= limit-1 {
				b.WriteString("...")
				break
			}
		}
		if l, ok := e.(*List); ok {
			b.WriteString(shortList(l.Elems, limit-b.Len()))
			continue
		}
		b.WriteString(ToString(e))
	}
	b.WriteByte(']')
	return b.String()
}
