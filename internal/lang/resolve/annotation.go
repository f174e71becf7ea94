package resolve

import (
	"fmt"
	"slices"

	"sluice/internal/lang/syntax"
)

// refusedAnnotations change what a class does in ways that are not done here.
var refusedAnnotations = []string{
	"Grab", "Grapes", "GrabConfig", "GrabResolver", "GrabExclude", "Builder", "Newify", "AutoClone", "AutoExternalize", "AutoImplement", "Category",
	"Mixin", "IndexedProperty", "ListenerList", "Bindable", "Vetoable", "ASTTest", "NamedVariant", "NullCheck", "RecordType", "ExternalizeMethods",
}

// A noteOption is what an annotation may be given.
var noteOptions = map[string][]string{
	"ToString":          {"includeNames", "excludes", "includes", "ignoreNulls", "includePackage"},
	"EqualsAndHashCode": {"excludes", "includes"},
	"TupleConstructor":  {"excludes", "includes"},
	"Canonical":         {"excludes", "includes"},
	"Immutable":         {"excludes", "includes"},
	"Sortable":          {"excludes", "includes"},
	"Singleton":         {"strict", "lazy"},
}

// annotations refuses those that would be needed and are not done; the rest
// are for compilers.
func (r *resolver) annotations(list []*syntax.Annotation) {
	for _, a := range list {
		if slices.Contains(refusedAnnotations, a.Name) {
			d := r.diags.Add(a.Where, fmt.Sprintf("the annotation `@%s` is not supported", a.Name))
			d.Help = "write out what it would generate"
			if len(a.Name) > 3 && a.Name[:3] == "Gra" {
				d.Help = "libraries of the Java world cannot be loaded: use the standard library, a plugin that is built in, or a process"
			}
			continue
		}
		options, known := noteOptions[a.Name]
		if !known {
			continue
		}
		for _, arg := range a.Args {
			if name, _, ok := arg.Option(); ok && !slices.Contains(options, name) {
				d := r.diags.Add(arg.Value.Span(), fmt.Sprintf("the option `%s` of `@%s` is not supported", name, a.Name))
				d.Help = "write out what it would generate"
			}
		}
	}
}
