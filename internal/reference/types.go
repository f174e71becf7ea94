package reference

import (
	"strings"

	"sluice/internal/dataflow/operator"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// typeTable is the table of methods as a run has it.
func typeTable() *stdlib.Table {
	t := stdlib.New()
	for _, class := range []*value.Class{value.CharSequenceClass, value.PathClass} {
		t.Add(class, operator.SplitMethods(nil)...)
	}
	return t
}

func types() []*Page {
	docs := typeTable().Describe()
	seen := map[string]int{}
	for _, d := range docs {
		seen[simple(d.Name)]++
	}
	var pages []*Page
	for _, d := range docs {
		name := simple(d.Name)
		if seen[name] > 1 && !strings.HasPrefix(d.Name, "nextflow.") {
			name = d.Name
		}
		if p := typePage(name, &d); p != nil {
			if p.Name == "Tuple" {
				p.tuple()
			}
			pages = append(pages, p)
		}
	}
	return append(pages, languageTypes()...)
}

func typePage(name string, d *stdlib.ClassDoc) *Page {
	p := &Page{Kind: "type", Name: name, File: strings.TrimSuffix(name, "[]"), Doc: "Class " + d.Name, Follows: typePages[name]}
	p.fact("has also the methods of", backticks(simpleAll(d.Parents)))
	p.table("Constructors", methodRows("new "+simple(name), d.Constructors))
	p.table("Constants", constantRows(d.Constants))
	p.table("Properties", properties(d.Methods))
	p.table("Methods", methodRows("", d.Methods))
	p.table("Static methods", methodRows("", d.Statics))
	if len(p.Tables) == 0 {
		return nil
	}
	p.Errors = []string{
		"a method or property that neither this type nor its parents have",
		"arguments that no form of a method takes",
	}
	return p
}

// typePages are the types that the reference of the language describes.
var typePages = map[string]string{
	"Bag": "reference/stdlib-types#bage", "Boolean": "reference/stdlib-types#boolean", "Duration": "reference/stdlib-types#duration",
	"Float": "reference/stdlib-types#float", "Integer": "reference/stdlib-types#integer", "List": "reference/stdlib-types#liste",
	"Collection": "reference/stdlib-types#iterablee",
	"Map":        "reference/stdlib-types#mapkv", "MemoryUnit": "reference/stdlib-types#memoryunit", "Path": "reference/stdlib-types#path",
	"Set": "reference/stdlib-types#sete", "CharSequence": "reference/stdlib-types#string", "VersionNumber": "reference/stdlib-types#versionnumber",
}

// simple is a class name without its package; `.` joins the names of nested classes.
func simple(name string) string {
	switch name {
	case "[B":
		return "byte[]"
	case "org.codehaus.groovy.runtime.NullObject":
		return "null"
	}
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "$", ".")
}

func simpleAll(names []string) []string {
	short := make([]string, len(names))
	for i, n := range names {
		short[i] = simple(n)
	}
	return short
}

func methodRows(as string, methods []*stdlib.Method) []Row {
	rows := make([]Row, len(methods))
	for i, m := range methods {
		name := m.Name
		if as != "" {
			name = as
		}
		since, deprecated, doc := marks(m.Doc)
		rows[i] = Row{Name: name + "(" + m.Params + ")", Since: since, Deprecated: deprecated, Doc: doc}
	}
	return rows
}

// properties are what methods without arguments named getX and isX are read as.
func properties(methods []*stdlib.Method) []Row {
	var rows []Row
	for _, m := range methods {
		for _, prefix := range []string{"get", "is"} {
			rest, ok := strings.CutPrefix(m.Name, prefix)
			if ok && m.Min == 0 && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' {
				rows = append(rows, Row{Name: strings.ToLower(rest[:1]) + rest[1:], Doc: m.Doc})
			}
		}
	}
	return rows
}

func constantRows(names []string) []Row {
	rows := make([]Row, len(names))
	for i, n := range names {
		rows[i] = Row{Name: n}
	}
	return rows
}

func functions() []*Page {
	byName := map[string]*Page{}
	var pages []*Page
	for _, m := range typeTable().GlobalForms() {
		p := byName[m.Name]
		if p == nil {
			p = &Page{
				Kind: "function", Name: m.Name, Doc: m.Doc, Errors: []string{"arguments that no form takes"},
				Follows: "reference/stdlib-namespaces#global-namespace",
			}
			byName[m.Name] = p
			pages = append(pages, p)
		}
		p.Forms = append(p.Forms, m.Name+"("+m.Params+")")
	}
	return pages
}
