package dag

import (
	"sort"
	"strings"

	"sluice/internal/dataflow"
)

// A figure is the graph as Mermaid and the pages show it: in groups, with
// sub-workflows below the wanted depth and operators that hang together each
// as one node.
type figure struct {
	root  *group
	edges []*figureEdge
}

// A group is a sub-workflow, the inputs, or the outputs.
type group struct {
	title   string
	scope   string
	members []member
}

type member struct {
	node  *figureNode
	group *group
}

type shapeKind uint8

const (
	roundShape  shapeKind = iota // a process, an operator, a sub-workflow
	circleShape                  // operators
	endShape                     // an input or an output
)

type figureNode struct {
	id   string
	text string
	kind shapeKind

	of       dataflow.NodeKind
	scope    string
	hidden   bool // shown after all others, edges too
	in       []*figureNode
	out      []*figureNode
	labels   map[*figureNode]string // of edges to others
	origin   int
	factory  bool // text is that of a channel factory
	removed  bool
	edgeText string // label of its edge, for inputs and outputs
}

type figureEdge struct {
	from, to *figureNode
	label    string
}

// shape makes the figure of a picture.
func shape(p dataflow.Picture, o Options) *figure {
	nodes := figureNodes(p)
	if !o.Verbose {
		dropEmpty(nodes)
		nodes = collapseOperators(nodes)
	}
	if o.Depth >= 0 {
		nodes = collapseWorkflows(nodes, o.Depth, o.Verbose)
	}
	f := &figure{root: &group{}}
	f.place(nodes, o.Verbose)
	f.connect(nodes, o.Verbose)
	return f
}

func figureNodes(p dataflow.Picture) []*figureNode {
	nodes := make([]*figureNode, len(p.Nodes))
	for i, n := range p.Nodes {
		f := &figureNode{id: id(i), origin: i, of: n.Kind, scope: n.Scope, text: n.Label, labels: map[*figureNode]string{}}
		switch n.Kind {
		case dataflow.ProcessNode:
			f.text = dataflow.Simple(n.Label)
		case dataflow.SourceNode:
			f.kind, f.factory = endShape, n.Label != ""
		case dataflow.EndNode:
			f.kind = endShape
		}
		nodes[i] = f
	}
	for _, e := range p.Edges {
		link(nodes[e.From], nodes[e.To], e.Label)
	}
	return nodes
}

func link(from, to *figureNode, label string) {
	if from == to {
		return
	}
	if _, ok := from.labels[to]; !ok {
		from.out = append(from.out, to)
		to.in = append(to.in, from)
	}
	if from.labels[to] == "" {
		from.labels[to] = label
	}
	if from.of == dataflow.SourceNode && from.edgeText == "" {
		from.edgeText = label
	}
	if to.of == dataflow.EndNode && to.edgeText == "" {
		to.edgeText = label
	}
}

func unlink(from, to *figureNode) {
	delete(from.labels, to)
	from.out = without(from.out, to)
	to.in = without(to.in, from)
}

func without(list []*figureNode, n *figureNode) []*figureNode {
	kept := list[:0:0]
	for _, x := range list {
		if x != n {
			kept = append(kept, x)
		}
	}
	return kept
}

// merge makes one node, into, of several: it has all their edges.
func merge(into *figureNode, parts []*figureNode) {
	inside := map[*figureNode]bool{into: true}
	for _, n := range parts {
		inside[n] = true
	}
	for _, n := range parts {
		for _, from := range append([]*figureNode(nil), n.in...) {
			label := from.labels[n]
			unlink(from, n)
			if !inside[from] {
				link(from, into, label)
			}
		}
		for _, to := range append([]*figureNode(nil), n.out...) {
			label := n.labels[to]
			unlink(n, to)
			if !inside[to] {
				link(into, to, label)
			}
		}
		n.removed = true
	}
	into.removed = false
}

// collapseWorkflows makes one node of each sub-workflow below a depth. It
// stands where the first of its processes and operators stood.
func collapseWorkflows(nodes []*figureNode, depth int, verbose bool) []*figureNode {
	byScope := map[string]*figureNode{}
	parts := map[*figureNode][]*figureNode{}
	var all []*figureNode
	for _, n := range nodes {
		scope, deep := cutScope(n.scope, depth)
		if !deep || n.kind == endShape {
			all = append(all, n)
			continue
		}
		c := byScope[scope]
		if c == nil {
			above := ""
			if i := strings.LastIndexByte(scope, ':'); i >= 0 {
				above = scope[:i]
			}
			c = &figureNode{
				id: n.id, origin: n.origin, of: dataflow.ProcessNode, scope: above, text: dataflow.Simple(scope),
				hidden: !verbose, labels: map[*figureNode]string{},
			}
			byScope[scope] = c
			all = append(all, c)
		}
		parts[c] = append(parts[c], n)
	}
	for _, n := range all {
		if p := parts[n]; p != nil {
			merge(n, p)
			sort.SliceStable(n.out, func(i, j int) bool { return n.out[i].origin < n.out[j].origin })
		}
	}
	return all
}

// cutScope is the workflow at which a scope is cut off, if it is deeper than depth.
func cutScope(scope string, depth int) (string, bool) {
	if scope == "" {
		return "", false
	}
	names := strings.Split(scope, ":")
	if len(names) <= depth {
		return "", false
	}
	return strings.Join(names[:depth+1], ":"), true
}

// dropEmpty takes out channels made by `channel.empty()`, and operators and
// ends that have nothing else to read.
func dropEmpty(nodes []*figureNode) {
	var drop func(n *figureNode)
	drop = func(n *figureNode) {
		n.removed = true
		for _, to := range append([]*figureNode(nil), n.out...) {
			unlink(n, to)
			if len(to.in) == 0 && (to.of == dataflow.OperatorNode || to.of == dataflow.EndNode) {
				drop(to)
			}
		}
	}
	for _, n := range nodes {
		if n.of == dataflow.SourceNode && n.text == "Channel.empty" && !n.removed {
			drop(n)
		}
	}
}

// collapseOperators makes one circle of operators of a workflow that hang together.
func collapseOperators(nodes []*figureNode) []*figureNode {
	seen := map[*figureNode]bool{}
	var shown, circles []*figureNode
	for _, n := range nodes {
		switch {
		case n.removed || seen[n]:
			continue
		case n.of != dataflow.OperatorNode:
			shown = append(shown, n)
			continue
		}
		parts := connected(n, seen)
		c := &figureNode{id: n.id, origin: n.origin, of: dataflow.OperatorNode, kind: circleShape, scope: n.scope, hidden: true, labels: map[*figureNode]string{}}
		merge(c, parts)
		circles = append(circles, c)
	}
	return append(shown, circles...)
}

// connected are the operators of n's workflow that can be reached from n.
func connected(n *figureNode, seen map[*figureNode]bool) []*figureNode {
	seen[n] = true
	parts := []*figureNode{n}
	for i := 0; i < len(parts); i++ {
		for _, list := range [][]*figureNode{parts[i].in, parts[i].out} {
			for _, m := range list {
				if m.of == dataflow.OperatorNode && m.scope == n.scope && !m.hidden && !seen[m] {
					seen[m] = true
					parts = append(parts, m)
				}
			}
		}
	}
	return parts
}

// place puts nodes into their groups, in order.
func (f *figure) place(nodes []*figureNode, verbose bool) {
	groups := map[string]*group{"": f.root}
	var inputs, outputs *group
	end := func(g **group, n *figureNode) {
		if *g == nil {
			*g = &group{title: " "}
			f.root.members = append(f.root.members, member{group: *g})
		}
		if !n.factory && !verbose {
			n.text = n.edgeText
		}
		(*g).members = append((*g).members, member{node: n})
	}
	for _, n := range nodes {
		switch {
		case n.removed:
		case n.of == dataflow.SourceNode:
			end(&inputs, n)
		case n.of == dataflow.EndNode:
			end(&outputs, n)
		default:
			g := f.group(groups, n.scope)
			g.members = append(g.members, member{node: n})
		}
	}
}

func (f *figure) group(groups map[string]*group, scope string) *group {
	if g := groups[scope]; g != nil {
		return g
	}
	above := ""
	if i := strings.LastIndexByte(scope, ':'); i >= 0 {
		above = scope[:i]
	}
	g := &group{scope: scope, title: scope + " [" + dataflow.Simple(scope) + "]"}
	groups[scope] = g
	outer := f.group(groups, above)
	outer.members = append(outer.members, member{group: g})
	return g
}

// connect lists the edges: those of shown nodes by node, then those between
// hidden ones.
func (f *figure) connect(nodes []*figureNode, verbose bool) {
	type pair struct{ from, to *figureNode }
	seen := map[pair]bool{}
	add := func(from, to *figureNode) {
		if seen[pair{from, to}] {
			return
		}
		seen[pair{from, to}] = true
		e := &figureEdge{from: from, to: to}
		if verbose {
			e.label = from.labels[to]
		}
		f.edges = append(f.edges, e)
	}
	for _, turn := range []func(*figureNode) bool{
		func(n *figureNode) bool { return !n.hidden },
		func(n *figureNode) bool { return n.hidden && n.kind == circleShape },
		func(n *figureNode) bool { return n.hidden && n.kind != circleShape },
	} {
		for _, n := range nodes {
			if n.removed || !turn(n) {
				continue
			}
			if !n.hidden && !verbose {
				for _, from := range n.in {
					add(from, n)
				}
			}
			for _, to := range n.out {
				add(n, to)
			}
		}
	}
}
