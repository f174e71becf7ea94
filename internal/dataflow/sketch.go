package dataflow

import "strings"

// A Sketch notes how channels are connected while a script connects them, for
// a picture of the workflow. A nil Sketch notes nothing.
type Sketch struct {
	// Scope is the full name of the workflow being executed, "" for the entry.
	Scope func() string

	nodes []*sketchNode
	ends  []*sketchEdge
	ports map[*Channel]*port
}

// A port is one appearance of a channel: operators that pass the channel
// itself on start a new one.
type port struct {
	name   string
	strong bool // a name that a variable does not replace
}

type sketchNode struct {
	kind  NodeKind
	label string
	scope string
}

type sketchEdge struct {
	port     *port
	from, to *sketchNode
	label    string
}

// NodeKind says what a node of the picture is.
type NodeKind uint8

const (
	ProcessNode  NodeKind = iota
	OperatorNode          // of a channel
	SourceNode            // a channel factory, or a value
	EndNode               // a channel that nobody reads
)

// String is the kind in Nextflow's graph files.
func (k NodeKind) String() string { return [...]string{"PROCESS", "OPERATOR", "ORIGIN", "NODE"}[k] }

// A Port is a channel with the name that an input or output has for it.
type Port struct {
	Channel *Channel
	Label   string
}

// A Picture is the finished graph: nodes in the order in which they were made.
type Picture struct {
	Nodes []PictureNode
	Edges []PictureEdge
}

// PictureNode is a process, an operator, or an end. Label is the full name of
// a process, Scope the full name of the workflow it was called in.
type PictureNode struct {
	Kind         NodeKind
	Label, Scope string
}

// PictureEdge is a channel between two nodes, by their places in Nodes.
type PictureEdge struct {
	From, To int
	Label    string
}

// Source notes a channel factory.
func (s *Sketch) Source(label string, out ...*Channel) {
	if s != nil {
		s.node(SourceNode, label, nil, plain(out))
	}
}

// Operator notes an operator. A channel that is both read and given is passed
// on as a new one.
func (s *Sketch) Operator(label string, in, out []*Channel) {
	if s != nil {
		s.node(OperatorNode, label, plain(in), plain(out))
	}
}

// Process notes the call of a process by its full name.
func (s *Sketch) Process(name string, in, out []Port) {
	if s != nil {
		s.node(ProcessNode, name, in, out)
	}
}

func plain(channels []*Channel) []Port {
	ports := make([]Port, len(channels))
	for i, c := range channels {
		ports[i].Channel = c
	}
	return ports
}

// Name gives a channel the name of an input or output of a workflow, or of a
// variable that `set` assigns: the last one holds.
func (s *Sketch) Name(c *Channel, name string, strong bool) {
	if s == nil || c == nil || name == "" {
		return
	}
	p := s.port(c)
	p.name, p.strong = name, strong
}

// Variable is Name for a variable found after the body of a workflow has run:
// what was named by an input it was handed to keeps that name.
func (s *Sketch) Variable(c *Channel, name string) {
	if s == nil || c == nil {
		return
	}
	if p := s.port(c); !p.strong {
		p.name, p.strong = name, true
	}
}

func (s *Sketch) port(c *Channel) *port {
	if s.ports == nil {
		s.ports = map[*Channel]*port{}
	}
	p := s.ports[c]
	if p == nil {
		p = &port{}
		s.ports[c] = p
	}
	return p
}

func (s *Sketch) node(kind NodeKind, label string, in, out []Port) {
	n := &sketchNode{kind: kind, label: label, scope: s.Scope()}
	s.nodes = append(s.nodes, n)
	read := map[*Channel]bool{}
	for _, i := range in {
		read[i.Channel] = true
		s.reads(n, s.port(i.Channel), i.Label)
	}
	for _, o := range out {
		if read[o.Channel] {
			s.ports[o.Channel] = &port{}
		}
		s.ends = append(s.ends, &sketchEdge{port: s.port(o.Channel), from: n, label: o.Label})
	}
}

// reads connects the first reader to the channel's edge; further ones get an
// edge of their own.
func (s *Sketch) reads(n *sketchNode, p *port, label string) {
	var first *sketchEdge
	for _, e := range s.ends {
		if e.port == p {
			first = e
			break
		}
	}
	switch {
	case first == nil:
		s.ends = append(s.ends, &sketchEdge{port: p, to: n, label: label})
	case first.to == nil:
		first.to = n
	default:
		s.ends = append(s.ends, &sketchEdge{port: p, from: first.from, to: n, label: label})
	}
}

// Picture gives every edge its two ends and names the edges.
func (s *Sketch) Picture() Picture {
	nodes := append([]*sketchNode(nil), s.nodes...)
	insert := func(at int, n *sketchNode) {
		nodes = append(nodes[:at], append([]*sketchNode{n}, nodes[at:]...)...)
	}
	place := func(n *sketchNode) int {
		for i := range nodes {
			if nodes[i] == n {
				return i
			}
		}
		return -1
	}
	edges := make([]*sketchEdge, len(s.ends))
	for i, e := range s.ends {
		c := *e
		edges[i] = &c
		if c.from == nil {
			c.from = &sketchNode{kind: SourceNode}
			insert(place(c.to), c.from)
		}
		if c.to == nil {
			c.to = &sketchNode{kind: EndNode}
			insert(place(c.from)+1, c.to)
		}
	}
	var p Picture
	number := make(map[*sketchNode]int, len(nodes))
	for i, n := range nodes {
		number[n] = i
		p.Nodes = append(p.Nodes, PictureNode{Kind: n.kind, Label: n.label, Scope: n.scope})
	}
	for _, e := range edges {
		label := e.port.name
		if label == "" {
			label = e.label
		}
		p.Edges = append(p.Edges, PictureEdge{From: number[e.from], To: number[e.to], Label: label})
	}
	return p
}

// Simple is the name of a process or workflow without the workflows around it.
func Simple(fullName string) string { return fullName[strings.LastIndexByte(fullName, ':')+1:] }
