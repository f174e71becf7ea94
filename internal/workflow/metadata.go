package workflow

import (
	"sluice/internal/lang/value"
)

// MetadataClass is the class of `workflow`.
var MetadataClass = &value.Class{Name: "nextflow.script.WorkflowMetadata", Parents: []*value.Class{value.ObjectClass}}

// Metadata is `workflow`: facts about the run, and the handlers of its end.
type Metadata struct {
	facts      *value.Map
	onComplete []*value.Closure
	onError    []*value.Closure
}

// NewMetadata takes ownership of facts, in the order they are documented.
func NewMetadata(facts *value.Map) *Metadata { return &Metadata{facts: facts} }

func (*Metadata) Class() *value.Class { return MetadataClass }

// Set adds or changes a fact.
func (m *Metadata) Set(name string, v value.Value) { m.facts.Set(value.String(name), v) }

// Property reads a fact.
func (m *Metadata) Property(name string) (value.Value, bool) {
	return m.facts.Get(value.String(name))
}

// Facts calls f for each fact, in order.
func (m *Metadata) Facts(f func(name string, v value.Value)) {
	m.facts.Entries(func(k, v value.Value) bool { f(value.ToString(k), v); return true })
}

// SetProperty takes handlers: workflow.onComplete = { … }.
func (m *Metadata) SetProperty(name string, v value.Value) bool {
	c, ok := v.(*value.Closure)
	if !ok {
		return false
	}
	switch name {
	case "onComplete":
		m.OnComplete(c)
	case "onError":
		m.OnError(c)
	default:
		return false
	}
	return true
}

// InvokeMethod takes handlers: workflow.onComplete { … }; toMap copies the facts.
func (m *Metadata) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	switch {
	case name == "toMap" && len(args) == 0:
		return m.facts.Copy(), true, nil
	case (name == "onComplete" || name == "onError") && len(args) == 1:
		return nil, m.SetProperty(name, args[0]), nil
	}
	return nil, false, nil
}

// OnComplete adds a handler that runs when the run has ended, however it did.
func (m *Metadata) OnComplete(c *value.Closure) { m.onComplete = append(m.onComplete, c) }

// OnError adds a handler that runs when the run has failed.
func (m *Metadata) OnError(c *value.Closure) { m.onError = append(m.onError, c) }

// Handlers are those to run now, errors first.
func (m *Metadata) Handlers(failed bool) []*value.Closure {
	var all []*value.Closure
	if failed {
		all = append(all, m.onError...)
	}
	return append(all, m.onComplete...)
}

// Facts is a read-only group of named values, as `workflow.manifest` and
// `nextflow` are.
type Facts struct {
	Of     *value.Class
	Values *value.Map
	Listed []string // what toMap holds; all of Values when empty
}

func (f *Facts) Class() *value.Class { return f.Of }

// Property reads a value.
func (f *Facts) Property(name string) (value.Value, bool) { return f.Values.Get(value.String(name)) }

// ToString is a map's.
func (f *Facts) ToString() string { return value.ToString(f.Values) }

// Truth is a map's.
func (f *Facts) Truth() bool { return f.Values.Truth() }

// InvokeMethod offers toMap.
func (f *Facts) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if name != "toMap" || len(args) != 0 {
		return nil, false, nil
	}
	if len(f.Listed) == 0 {
		return f.Values.Copy(), true, nil
	}
	m := value.NewMap(len(f.Listed))
	for _, key := range f.Listed {
		m.Set(value.String(key), f.Values.GetString(key))
	}
	return m, true, nil
}

// Flags is `nextflow.enable`: settings that change nothing here, but are kept.
type Flags struct{ m *value.Map }

// NewFlags has the given flags set.
func NewFlags(m *value.Map) *Flags { return &Flags{m} }

// Values are the flags.
func (f *Flags) Values() *value.Map { return f.m }

func (*Flags) Class() *value.Class { return value.ObjectClass }

// Property reads a flag.
func (f *Flags) Property(name string) (value.Value, bool) { return f.m.GetString(name), true }

// SetProperty sets one.
func (f *Flags) SetProperty(name string, v value.Value) bool {
	f.m.Set(value.String(name), v)
	return true
}

// A Log is `log`: log.info 'text'.
type Log struct{}

func (Log) Class() *value.Class { return logClass }

var logClass = &value.Class{Name: "org.slf4j.Logger", Parents: []*value.Class{value.ObjectClass}}

// InvokeMethod writes a message.
func (Log) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	switch name {
	case "info", "warn", "error", "debug", "trace", "warn1":
	default:
		return nil, false, nil
	}
	if len(args) == 0 {
		return nil, false, nil
	}
	if name == "warn1" {
		name = "warn"
	}
	text, err := value.Text(args[0])
	if err != nil {
		return nil, true, err
	}
	th.Host.Log(name, text)
	return nil, true, nil
}
