package dataflow

import (
	"strconv"

	"sluice/internal/lang/value"
)

// MultiClass is the class of what has several outputs.
var MultiClass = &value.Class{Name: "nextflow.script.ChannelOut", Parents: []*value.Class{Class, value.IterableClass}}

// A MultiChannel is the outputs of a process, a workflow, branch or multiMap:
// channels in order, some with names. With exactly one channel it stands for
// that channel wherever a channel is wanted.
type MultiChannel struct {
	Of    string // whose outputs, for messages: "process `ALIGN`", "operator `branch`"
	names []string
	chans []*Channel
}

// NewMulti has no channels yet.
func NewMulti(of string) *MultiChannel { return &MultiChannel{Of: of} }

// Add appends an output; name is "" for one without a name.
func (m *MultiChannel) Add(name string, c *Channel) {
	m.names = append(m.names, name)
	m.chans = append(m.chans, c)
}

func (m *MultiChannel) Class() *value.Class { return MultiClass }

// Truth is that of a list: whether there are any.
func (m *MultiChannel) Truth() bool { return len(m.chans) > 0 }

// Len is the number of channels.
func (m *MultiChannel) Len() int { return len(m.chans) }

// Channels are the outputs in order.
func (m *MultiChannel) Channels() []*Channel { return m.chans }

// Names are the names of the outputs in order, "" where there is none.
func (m *MultiChannel) Names() []string { return m.names }

// Get finds an output by name.
func (m *MultiChannel) Get(name string) (*Channel, bool) {
	for i, n := range m.names {
		if n == name && n != "" {
			return m.chans[i], true
		}
	}
	return nil, false
}

// At finds an output by position; negative positions count from the end.
func (m *MultiChannel) At(i int) (*Channel, bool) {
	if i < 0 {
		i += len(m.chans)
	}
	if i < 0 || i >= len(m.chans) {
		return nil, false
	}
	return m.chans[i], true
}

// Only is the one channel there is; ok is false with none or several.
func (m *MultiChannel) Only() (c *Channel, ok bool) {
	if len(m.chans) != 1 {
		return nil, false
	}
	return m.chans[0], true
}

// Single is a value as the one channel that it is.
func Single(v value.Value) (*Channel, bool) {
	switch c := v.(type) {
	case *Channel:
		return c, true
	case *MultiChannel:
		return c.Only()
	}
	return nil, false
}

// Labels list the outputs as messages show them: names in backticks, or positions.
func (m *MultiChannel) Labels() []string {
	labels := make([]string, len(m.chans))
	for i, n := range m.names {
		if labels[i] = "`" + n + "`"; n == "" {
			labels[i] = "`[" + strconv.Itoa(i) + "]`"
		}
	}
	return labels
}

// Iterate walks the channels: what spreading over arguments and
// `(a, b) = P(x)` do.
func (m *MultiChannel) Iterate(yield func(value.Value) bool) {
	for _, c := range m.chans {
		if !yield(c) {
			return
		}
	}
}

// Property finds an output by name.
func (m *MultiChannel) Property(name string) (value.Value, bool) {
	if c, ok := m.Get(name); ok {
		return c, true
	}
	switch name {
	case "names":
		return m.nameList(), true
	case "log":
		// The original's class has a logger of this name, which workflows read
		// where the module has lost its output `log`.
		return value.String("Logger[" + MultiClass.Name + "]"), true
	}
	return nil, false
}

// InvokeMethod answers getNames, getAt and size.
func (m *MultiChannel) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	switch {
	case name == "getNames" && len(args) == 0:
		return m.nameList(), true, nil
	case name == "size" && len(args) == 0:
		return value.Int(len(m.chans)), true, nil
	case name == "getAt" && len(args) == 1:
		if i, ok := args[0].(value.Int); ok {
			if c, found := m.At(int(i)); found {
				return c, true, nil
			}
			return nil, true, value.Throw("java.lang.IndexOutOfBoundsException",
				"%s has no output [%d]: it has %d", m.Of, int(i), len(m.chans))
		}
	}
	return nil, false, nil
}

func (m *MultiChannel) nameList() value.Value {
	l := value.NewList()
	for _, n := range m.names {
		if n != "" {
			l.Elems = append(l.Elems, value.String(n))
		}
	}
	return l
}

// ToString is what printing shows.
func (m *MultiChannel) ToString() string {
	text := "["
	for i, c := range m.chans {
		if i > 0 {
			text += ", "
		}
		text += c.ToString()
	}
	return text + "]"
}
