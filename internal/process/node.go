package process

import (
	"sluice/internal/dataflow"
	"sluice/internal/directive"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
)

// A node is a process call in the graph: it waits for one item of every
// input, makes a task of each row, and closes its outputs after the last.
type node struct {
	run   *Run
	def   *definition
	alias string // the name it is called by
	name  string // full name: WF:SUB:PROC
	out   *dataflow.MultiChannel
	outs  []*dataflow.Channel
	topic []topicOut

	ports    []*port
	queues   int        // inputs that are queue channels
	settings *value.Map // directives of definition and configuration
	labels   []string
	bins     []string
	firing   bool // the loop of fire is running
	stopped  bool // no more rows will come
	active   int  // tasks under way
	closed   bool
	index    int // tasks made
	errors   int // failed tasks, for maxErrors
	fair     bool
	// published says that publishDir was looked at
	published bool
	nextOut   int                // fair: index of the task whose outputs go next
	late      map[int]*collected // fair: outputs that wait for earlier tasks
}

type topicOut struct {
	out     int
	channel *dataflow.Channel
}

// A port is one input of a node.
type port struct {
	single bool // value channel: the same item for every row
	items  []value.Value
	head   int
	reader *dataflow.Reader
	ended  bool
}

func (p *port) waiting() int { return len(p.items) - p.head }

func (p *port) take() value.Value {
	v := p.items[p.head]
	if !p.single {
		p.items[p.head] = nil
		p.head++
		if p.head == len(p.items) {
			p.items, p.head = p.items[:0], 0
		}
	}
	return v
}

// highWater is how many rows may wait in a node before it stops reading.
const highWater = 1024

func (n *node) connect(args []value.Value) error {
	g := n.run.Graph
	var from []*dataflow.Channel
	for i, a := range args {
		c, ok := a.(*dataflow.Channel)
		if !ok {
			if n.def.inputs[i].each {
				a = eachItems(a)
			}
			c = g.Bound("", a)
		}
		from = append(from, c)
		n.ports = append(n.ports, &port{single: c.IsValue()})
		if !c.IsValue() && !n.def.inputs[i].each {
			n.queues++
		}
	}
	var err error
	if n.settings, n.labels, err = n.merge(); err != nil {
		return err
	}
	if err := n.refuse(); err != nil {
		return err
	}
	v, err := n.static("fair")
	if err != nil {
		return err
	}
	if n.fair, err = directive.Flag("fair", v, false); err != nil {
		return err
	}
	n.outputs(from)
	n.sketch(from)
	if len(args) == 0 {
		n.startEmpty()
		return nil
	}
	for i, c := range from {
		if n.def.inputs[i].each && !c.IsValue() {
			n.ports[i].single = true
			n.collect(i, c)
			continue
		}
		n.read(i, c)
	}
	return nil
}

// outputs makes the output channels: value channels when every input is one.
func (n *node) outputs(from []*dataflow.Channel) {
	g := n.run.Graph
	n.out = dataflow.NewMulti("process `" + n.alias + "`")
	repeated := false
	for _, in := range n.def.inputs {
		repeated = repeated || in.each
	}
	for _, o := range n.def.outputs {
		label := n.alias
		if o.emit != "" {
			label += ".out." + o.emit
		}
		var c *dataflow.Channel
		if n.queues == 0 && !repeated {
			c = g.Variable(label, from...)
		} else {
			c = g.Queue(label, from...)
		}
		n.outs = append(n.outs, c)
		if !o.hidden {
			n.out.Add(o.emit, c)
		}
		if o.topic != "" {
			n.topic = append(n.topic, topicOut{len(n.outs) - 1, g.Topic(o.topic)})
		}
	}
}

// sketch notes the call for a picture of the workflow.
func (n *node) sketch(from []*dataflow.Channel) {
	if n.run.Graph.Sketch == nil {
		return
	}
	var in, out []dataflow.Port
	for i, c := range from {
		in = append(in, dataflow.Port{Channel: c, Label: n.def.inputs[i].label()})
	}
	for i, c := range n.outs {
		out = append(out, dataflow.Port{Channel: c, Label: n.def.outputs[i].label()})
	}
	n.run.Graph.Sketch.Process(n.name, in, out)
}

// label is what a picture calls an input.
func (in *input) label() string {
	if in.each || in.kind == tupleInput {
		return ""
	}
	if in.kind == stdinInput {
		return "-"
	}
	return in.name
}

// label is what a picture calls an output: the variable it is, if it is one.
func (o *output) label() string {
	switch o.kind {
	case stdoutOutput:
		return "-"
	case envOutput:
		return o.name
	case valOutput:
		if isVariable(o.name) {
			return o.name
		}
	}
	return ""
}

func isVariable(text string) bool {
	for i := range len(text) {
		if !isNameByte(text[i], i > 0) {
			return false
		}
	}
	return text != "" && text != "true" && text != "false" && text != "null"
}

// startEmpty makes the one task of a process without inputs.
func (n *node) startEmpty() {
	start := n.run.Graph.Bound("", value.Bool(true))
	start.Read(n.name, func(value.Value) error {
		if err := n.row(nil); err != nil {
			return err
		}
		n.stopped = true
		return n.settle()
	}, nil)
}

func (n *node) read(i int, c *dataflow.Channel) {
	p := n.ports[i]
	p.reader = c.Read(n.name, func(v value.Value) error {
		p.items = append(p.items, v)
		if !p.single && p.waiting() >= highWater {
			p.reader.Pause()
		}
		return n.fire()
	}, func() error {
		p.ended = true
		return n.fire()
	})
}

// collect gathers the items of a queue given to an `each` input.
func (n *node) collect(i int, c *dataflow.Channel) {
	p := n.ports[i]
	all := value.NewList()
	c.Read(n.name, func(v value.Value) error {
		all.Elems = append(all.Elems, v)
		return nil
	}, func() error {
		p.items, p.ended = []value.Value{all}, true
		return n.fire()
	})
}

// maxActive is how many tasks a process has made and not finished before it
// takes further inputs, unless the run says otherwise: what waits stays small,
// however long the input.
const maxActive = 2048

func (r *Run) maxActive() int { return max(r.Active, maxActive) }

// fire makes rows while every input has an item.
func (n *node) fire() error {
	if n.firing { // a task that was cached ended within the loop below
		return nil
	}
	n.firing = true
	defer func() { n.firing = false }()
	for len(n.ports) > 0 && !n.stopped && n.active < n.run.maxActive() && n.complete() {
		row := make([]value.Value, len(n.ports))
		for i, p := range n.ports {
			row[i] = p.take()
			if p.reader != nil && p.waiting() < highWater/2 {
				p.reader.Resume()
			}
		}
		if err := n.expand(row); err != nil {
			return err
		}
		if n.queues == 0 {
			n.stopped = true
		}
	}
	if !n.stopped && n.exhausted() {
		n.stopped = true
		for _, p := range n.ports {
			if p.reader != nil {
				p.reader.Stop()
			}
		}
	}
	return n.settle()
}

func (n *node) complete() bool {
	for _, p := range n.ports {
		if p.waiting() == 0 {
			return false
		}
	}
	return true
}

// exhausted says that some input has ended with nothing left to take.
func (n *node) exhausted() bool {
	for _, p := range n.ports {
		if p.ended && p.waiting() == 0 {
			return true
		}
	}
	return false
}

// expand makes one row for every combination of `each` inputs.
func (n *node) expand(row []value.Value) error {
	for i, in := range n.def.inputs {
		if !in.each {
			continue
		}
		return n.combine(row, i)
	}
	return n.row(row)
}

func (n *node) combine(row []value.Value, from int) error {
	for i := from; i < len(row); i++ {
		if !n.def.inputs[i].each {
			continue
		}
		items, ok := value.Elements(eachItems(row[i]))
		if !ok {
			items = []value.Value{row[i]}
		}
		for _, v := range items {
			copied := append([]value.Value(nil), row...)
			copied[i] = v
			if err := n.combine(copied, i+1); err != nil {
				return err
			}
		}
		return nil
	}
	return n.row(row)
}

// eachItems is what an `each` input repeats over: the elements of a
// collection, or the one value.
func eachItems(v value.Value) value.Value {
	if value.IsCollection(v) {
		return v
	}
	return value.NewList(v)
}

// settle closes the outputs when nothing more can come.
func (n *node) settle() error {
	if !n.stopped || n.active > 0 || n.closed {
		return nil
	}
	n.closed = true
	for _, c := range n.outs {
		c.Close()
	}
	n.run.Post(observe.ProcessEnded{Name: n.name})
	return nil
}
