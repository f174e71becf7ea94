package engine

import (
	"slices"
	"sort"

	"sluice/internal/dataflow/operator"
	"sluice/internal/directive"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
)

// names tells resolve what the host knows.
type names struct {
	table     *stdlib.Table
	builtins  map[string]bool
	operators map[string]bool
	lenient   bool // NXF_SYNTAX_PARSER=v1
	lib       *lib // nil: no classes of the project
	getenv    func(string) (string, bool)
}

// Lenient says whether the older grammar was asked for.
func (n *names) Lenient() bool { return n.lenient }

// Environment says whether the environment has a variable of a name that
// nothing else defines.
func (n *names) Environment(name string) bool {
	if n.getenv == nil {
		return false
	}
	_, ok := n.getenv(name)
	return ok
}

// variables are the names every script sees besides functions.
var variables = []string{
	"params", "channel", "Channel", "workflow", "nextflow", "log", "baseDir", "projectDir", "launchDir", "workDir",
	"moduleDir", "outputDir", "secrets", "this", "owner", "delegate", "template", "args", "Nextflow", "sendMail",
}

func newNames(table *stdlib.Table) *names {
	n := &names{table: table, builtins: map[string]bool{}, operators: map[string]bool{}}
	for _, v := range variables {
		n.builtins[v] = true
	}
	for _, m := range table.Globals() {
		n.builtins[m.Name] = true
	}
	for _, o := range operator.Names() {
		n.operators[o] = true
	}
	return n
}

func (n *names) Builtin(name string) bool  { return n.builtins[name] }
func (n *names) Operator(name string) bool { return n.operators[name] }
func (n *names) OperatorNames() []string   { return operator.Names() }

// Gone finds an operator of former times.
func (n *names) Gone(name string) (string, bool) { return operator.Gone(name) }

// Variable says whether a name that every script sees is no function.
func (n *names) Variable(name string) bool { return slices.Contains(variables, name) }

func (n *names) Directives() []string { return directive.Names() }

func (n *names) Class(name string) bool {
	_, ok := n.table.Class(name)
	return ok || n.lib != nil && n.lib.find(name) != nil
}

// ClassDef is the definition of a class of lib/.
func (n *names) ClassDef(name string) *syntax.ClassDef {
	if n.lib == nil {
		return nil
	}
	return n.lib.def(name)
}

// ClassNames lists the classes of the library and those of lib/.
func (n *names) ClassNames() []string {
	list := n.table.ClassNames()
	if n.lib != nil {
		list = append(list, n.lib.all()...)
	}
	return list
}

// HasStatic says whether a class of the library has a static member.
func (n *names) HasStatic(class, member string) bool {
	c, ok := n.table.Class(class)
	if !ok {
		return false
	}
	if _, constant := n.table.StaticProperty(nil, c, member); constant {
		return true
	}
	return slices.Contains(n.table.StaticNames(c), member)
}

func (n *names) Candidates() []string {
	var list []string
	for name := range n.builtins {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
