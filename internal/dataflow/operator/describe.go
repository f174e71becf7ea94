package operator

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"strings"
)

// A Doc is what the tables say of an operator or channel factory.
type Doc struct {
	Name       string // factories without `channel.`
	Doc        string
	Forms      []string
	Args       []ArgDoc
	Options    []ArgDoc
	Gives      string // what kind of channel
	QueueOnly  bool   // value channels are refused
	Since      string
	Deprecated string // what to use instead
	Refused    bool
	Errors     []string
	Example    string // a script
	Output     string // what it prints
}

// An ArgDoc is an argument, or an option.
type ArgDoc struct{ Name, Type, Default, Since, Doc string }

// Docs describes all operators, in order of their names.
func Docs() []Doc { return describeAll(table(), "") }

// FactoryDocs describes the channel factories, in order of their names.
func FactoryDocs() []Doc { return describeAll(makers(), "channel.") }

// examples holds NAME.nf and what it prints, NAME.out; those of factories
// begin with `channel.`.
//
//go:embed examples
var examples embed.FS

func describeAll(ops []*operator, prefix string) []Doc {
	docs := make([]Doc, len(ops))
	for i, op := range ops {
		docs[i] = op.describe(prefix)
	}
	slices.SortFunc(docs, func(a, b Doc) int { return cmp.Compare(a.Name, b.Name) })
	return docs
}

func (op *operator) describe(prefix string) Doc {
	d := Doc{
		Name: op.name, Doc: op.doc, Forms: op.forms, Gives: op.gives, QueueOnly: op.queue,
		Since: op.since, Deprecated: op.deprecated, Refused: op.refused, Errors: op.errs,
		Example: example(prefix + op.name + ".nf"), Output: example(prefix + op.name + ".out"),
	}
	for _, p := range op.args {
		d.Args = append(d.Args, ArgDoc{Name: p.name, Type: p.typ, Doc: p.doc})
	}
	for _, o := range op.opts {
		d.Options = append(d.Options, ArgDoc{Name: o.name, Type: o.is, Default: o.def, Since: o.since, Doc: o.doc})
	}
	if len(d.Forms) == 0 {
		d.Forms = []string{prefix + op.name + "(" + op.form() + ")"}
	}
	return d
}

// form is what stands between the parentheses, in short.
func (op *operator) form() string {
	var parts []string
	for _, p := range op.args {
		parts = append(parts, strings.TrimSuffix(p.name, "?"))
	}
	if len(op.opts) > 0 {
		parts = append(parts, "[options]")
	}
	return strings.Join(parts, ", ")
}

func example(name string) string {
	text, err := fs.ReadFile(examples, "examples/"+name)
	if err != nil {
		return "" // TestExamples says which are missing
	}
	return string(text)
}
