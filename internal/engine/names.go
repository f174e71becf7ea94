package engine

import (
	"sort"

	"sluice/internal/dataflow/operator"
	"sluice/internal/directive"
	"sluice/internal/lang/stdlib"
)

// names tells resolve what the host knows.
type names struct {
	table     *stdlib.Table
	builtins  map[string]bool
	operators map[string]bool
}

// variables are the names every script sees besides functions.
var variables = []string{
	"params", "channel", "Channel", "workflow", "nextflow", "log", "baseDir", "projectDir", "launchDir", "workDir",
	"moduleDir", "outputDir", "secrets", "this", "owner", "delegate", "template", "args",
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
func (n *names) Directives() []string      { return directive.Names() }

func (n *names) Class(name string) bool {
	_, ok := n.table.Class(name)
	return ok
}

func (n *names) Candidates() []string {
	var list []string
	for name := range n.builtins {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
