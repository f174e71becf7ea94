package resolve

import (
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
)

// Names is what the host knows beyond the script.
type Names interface {
	// Builtin says whether name is a variable or function of the host.
	Builtin(name string) bool
	// Class says whether name is a class scripts may use.
	Class(name string) bool
	// Operator says whether name is a channel operator.
	Operator(name string) bool
	// Directives lists the process directives.
	Directives() []string
	// Candidates lists builtins for near-name hints.
	Candidates() []string
}

// Lenient is what Names may offer besides: whether names that nothing defines
// and wrong numbers of inputs are left to be found when the code runs, as the
// older grammar does.
type Lenient interface {
	Lenient() bool
}

// Environment is what Names may offer besides: names that nothing defines but
// the environment of the run, as the older grammar reads them.
type Environment interface {
	Environment(name string) bool
}

// OperatorNames is what Names may offer besides: all operators, for near-name
// hints in pipes.
type OperatorNames interface {
	OperatorNames() []string
}

// Variables is what Names may offer besides: which of the candidates are no
// functions.
type Variables interface {
	Variable(name string) bool
}

// Gone is what Names may offer besides: operators of former times that no
// other value has as a method, each with what to use instead.
type Gone interface {
	Gone(name string) (instead string, ok bool)
}

// A Module is a resolved script file.
type Module struct {
	File     *syntax.File
	Path     string
	Globals  []string // names of the global slots
	Exports  map[string]syntax.Decl
	Entry    *syntax.WorkflowDef
	Includes []*Include
	Body     []syntax.Decl // top-level statements and blocks, in order
	Frame    *syntax.FuncInfo
	Classes  map[*syntax.Prop]string // full class names written out
	Imports  map[string]string       // simple names that import declarations bring in
	Statics  []StaticImport
	// Faults are problems that matter only if the process is called: published
	// pipelines have processes that no run of theirs calls.
	Faults map[*syntax.ProcessDef][]Fault
	index  map[string]int32
	decls  map[string]source.Span
}

// A Fault is a problem in the code of a process.
type Fault struct {
	Section Section
	Problem *diag.Diagnostic
}

// A Section is the part of a process that a fault is in.
type Section uint8

const (
	AnySection Section = iota // inputs, outputs, directives
	ScriptSection
	StubSection
)

// A StaticImport is `import static Class.Member as Name`: a global.
type StaticImport struct{ Name, Class, Member string }

// An Include is one include declaration and the module it names.
type Include struct {
	Decl   *syntax.Include
	Module *Module // nil for plugins
	Plugin string
}

// Global finds the slot of a global name.
func (m *Module) Global(name string) (int, bool) {
	i, ok := m.index[name]
	return int(i), ok
}

func (m *Module) declare(name string) int32 {
	if i, ok := m.index[name]; ok {
		return i
	}
	i := int32(len(m.Globals))
	m.Globals = append(m.Globals, name)
	m.index[name] = i
	return i
}

// Inputs counts what a process, workflow or function takes; ok is false when
// the number is not fixed.
func Inputs(d syntax.Decl) (n int, ok bool) {
	switch d := d.(type) {
	case *syntax.ProcessDef:
		return len(d.Inputs), true
	case *syntax.WorkflowDef:
		return len(d.Take), true
	}
	return 0, false
}
