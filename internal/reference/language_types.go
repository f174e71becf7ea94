package reference

import (
	"embed"
	"strings"

	"sluice/internal/dataflow/operator"
)

// examples holds a script for each page here, NAME.nf, and what it prints, NAME.out.
//
//go:embed examples
var examples embed.FS

// languageTypes are types of the language that are no class of their own:
// channels and values are what operators work on, records are maps.
func languageTypes() []*Page {
	pages := []*Page{
		{
			Name: "Channel", Follows: "reference/stdlib-types#channele",
			Doc:    "Channel<E> is a sequence of values that arrive one after another, made by a channel factory, an operator or a process. Each operator has a page of its own",
			Errors: []string{"a name that is no operator", "use of the channel in code that runs for a single value, such as `if`"},
		},
		{
			Name: "Value", Follows: "reference/stdlib-types#valuev",
			Doc:    "Value<V> is a channel with one value, which can be read any number of times: `channel.value`, a single output of a process that has only values as inputs, and what operators such as `collect` give. Each operator has a page of its own",
			Errors: []string{"an operator that needs several values: `sluice help NAME` says so"},
		},
		{
			Name: "Record", Follows: "reference/stdlib-types#record",
			Doc: "Record is a set of named values, made by `record(name: value)` and read as `r.name`; a field that is not there is null. It has the methods of `Map`",
		},
	}
	pages[0].table("Operators", operatorRows(func(operator.Doc) bool { return true }))
	pages[1].table("Operators", operatorRows(func(d operator.Doc) bool { return !d.QueueOnly }))
	pages[2].table("Operators", []Row{
		{Name: "record + other", Type: "Record", Doc: "has the fields of both; where both have one, that of the right side"},
		{Name: "record.name", Doc: "is the value of a field"},
	})
	pages[2].table("Methods", []Row{{Name: "subMap(keys: Iterable<String>)", Type: "Record", Doc: "is a record with only these fields"}})
	for _, p := range pages {
		p.Kind = "type"
		p.Script, p.Output = example(p.Name)
	}
	return pages
}

// tuple adds to the page of the class what the language does with it.
func (p *Page) tuple() {
	p.Doc = "Tuple<A,B,...> is a list of fixed length whose elements have types of their own, made by `tuple(a, b)`. It has the methods of `List`"
	p.table("Operators", []Row{
		{Name: "tuple[index]", Doc: "is an element; the first has index 0"},
		{Name: "def (a, b) = tuple", Doc: "assigns the elements to variables"},
	})
	p.Errors = append(p.Errors, "a change of its elements")
	p.Follows = "reference/stdlib-types#tuple"
	p.Script, p.Output = example("Tuple")
}

// operatorRows are the operators that a type has.
func operatorRows(has func(operator.Doc) bool) []Row {
	var rows []Row
	for _, d := range operator.Docs() {
		if d.Refused || !has(d) {
			continue
		}
		rows = append(rows, Row{Name: strings.Join(d.Forms, "; "), Since: d.Since, Deprecated: d.Deprecated, Doc: firstSentence(d.Doc)})
	}
	return rows
}

// example gives empty text for one that is missing: the test says so.
func example(name string) (script, output string) {
	nf, _ := examples.ReadFile("examples/" + name + ".nf")
	out, _ := examples.ReadFile("examples/" + name + ".out")
	return string(nf), string(out)
}
