package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#merge
var mergeOp = &operator{
	name: "merge", gives: "a value channel if its source is one, otherwise a queue channel", min: 1, max: -1,
	doc: "pairs the items of several channels by their position and ends with the shortest",
	args: []param{
		{"others...", "Channel", "channels, or a list of them; a value channel is used again for each item"},
		{"merger?", "Closure", "takes one item of each channel, gives what is emitted; without it they become one tuple"},
	},
	forms: []string{"merge(others...)", "merge(others...) { a, b -> ... }"},
	run: func(c *call) (value.Value, error) {
		var f value.Callable
		if n := len(c.args); isClosure(c.arg(n - 1)) {
			f = c.arg(n - 1).(value.Callable)
			c.args = c.args[:n-1]
		}
		if len(c.args) == 1 && value.IsCollection(c.arg(0)) {
			c.args, _ = value.Elements(c.arg(0))
		}
		others, err := c.channelArgs()
		if err != nil {
			return nil, err
		}
		ins := append([]*dataflow.Channel{c.in}, others...)
		out := c.graph.Queue(c.op.name, ins...)
		if c.in.IsValue() { // also when the others are queues: one item is all there is
			out = c.graph.Variable(c.op.name, ins...)
		}
		m := &merging{call: c, f: f, out: out, ins: ins, held: make([][]value.Value, len(ins)), ended: make([]bool, len(ins))}
		m.connect()
		return out, nil
	},
}

type merging struct {
	*call
	f       value.Callable
	out     *dataflow.Channel
	ins     []*dataflow.Channel
	readers []*dataflow.Reader
	held    [][]value.Value
	ended   []bool
}

func (m *merging) connect() {
	for i, in := range m.ins {
		m.readers = append(m.readers, m.readFrom(in, func(v value.Value) error {
			m.held[i] = append(m.held[i], v)
			return m.pair()
		}, func() error {
			m.ended[i] = true
			m.end()
			return nil
		}))
	}
}

// pair emits while every channel has an item; value channels keep theirs.
func (m *merging) pair() error {
	for !m.out.Closed() {
		items := make([]value.Value, len(m.ins))
		for i := range m.ins {
			if len(m.held[i]) == 0 {
				m.end()
				return nil
			}
			items[i] = m.held[i][0]
		}
		for i, in := range m.ins {
			if !in.IsValue() {
				m.held[i] = m.held[i][1:]
			}
		}
		v, err := m.merged(items)
		if err != nil {
			return err
		}
		m.out.Emit(v)
	}
	m.end()
	return nil
}

// end closes the output once some channel can give no more.
func (m *merging) end() {
	over := m.out.Closed()
	for i := range m.ins {
		over = over || m.ended[i] && len(m.held[i]) == 0
	}
	if over {
		m.out.Close()
		for _, r := range m.readers {
			r.Stop()
		}
	}
}

func (m *merging) merged(items []value.Value) (value.Value, error) {
	if m.f != nil {
		return m.invoke(m.f, items...)
	}
	var elems []value.Value
	for _, v := range items {
		elems = append(elems, spread(v)...)
	}
	return value.NewList(elems...), nil
}
