package directive

import "embed"

// examples holds a script, NAME.nf, for each directive and qualifier, and what
// it prints, NAME.out. The test of package reference runs them.
//
//go:embed examples
var examples embed.FS

// Example is a script about the directive, and what it prints.
func (d *Directive) Example() (script, output string) { return example("directive/" + d.Name) }

// example gives empty text for one that is missing: the test says so.
func example(name string) (script, output string) {
	nf, _ := examples.ReadFile("examples/" + name + ".nf")
	out, _ := examples.ReadFile("examples/" + name + ".out")
	return string(nf), string(out)
}
