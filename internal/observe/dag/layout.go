package dag

import (
	"math"
	"sort"
	"strings"
)

// Distances of the drawing, in pixels.
const (
	rankGap  = 46.0 // between layers
	nodeGap  = 22.0 // between neighbours of a layer
	boxPad   = 16.0 // around the members of a sub-workflow
	boxTitle = 18.0
)

// A plan is a figure with a place for everything. Layers lie below each other;
// an edge over several layers passes through bends in those between.
type plan struct {
	nodes  []*spot
	edges  []*route
	boxes  []*box
	across bool // drawn from left to right
	back   bool // drawn from the end: to the top, or to the left
	width  float64
	height float64
}

// A spot is a node or a bend. x is its middle within the layer, y the middle
// of its layer.
type spot struct {
	node       *figureNode // nil for a bend
	scope      string
	rank       int
	x, y       float64
	wide, high float64
	up, down   []*spot
	order      float64
}

type route struct {
	edge   *figureEdge
	spots  []*spot // from its source over the bends to its target
	turned bool    // drawn against the direction, as it closes a circle
}

// A box is the frame of a sub-workflow.
type box struct {
	title                    string
	depth                    int
	left, top, right, bottom float64
}

func layout(f *figure, direction string) *plan {
	p := &plan{across: direction == "LR" || direction == "RL", back: direction == "BT" || direction == "RL"}
	spots := map[*figureNode]*spot{}
	p.collect(f.root, spots)
	p.rank(f.edges, spots)
	layers := p.bend(f.edges, spots)
	p.arrange(layers)
	p.settle(layers)
	p.frame()
	return p
}

// collect makes a spot of every node, in the order of the figure.
func (p *plan) collect(g *group, spots map[*figureNode]*spot) {
	for _, m := range g.members {
		if m.group != nil {
			p.collect(m.group, spots)
			continue
		}
		s := &spot{node: m.node, scope: m.node.scope}
		w, h := size(m.node)
		s.wide, s.high = w, h
		if p.across {
			s.wide, s.high = h, w
		}
		spots[m.node] = s
		p.nodes = append(p.nodes, s)
	}
}

// size is how much room a node takes on the page.
func size(n *figureNode) (wide, high float64) {
	text := float64(len([]rune(n.text)))
	switch {
	case n.kind == circleShape:
		return 16, 16
	case n.kind == endShape && strings.TrimSpace(n.text) == "":
		return 10, 10
	case n.kind == endShape:
		return text*6.6 + 16, 22
	}
	return text*7.4 + 34, 34
}

// rank puts every node one layer below the deepest that leads to it. Edges
// that close a circle do not count.
func (p *plan) rank(edges []*figureEdge, spots map[*figureNode]*spot) {
	out := map[*spot][]*spot{}
	for _, e := range edges {
		out[spots[e.from]] = append(out[spots[e.from]], spots[e.to])
	}
	state := map[*spot]int{}
	var order []*spot
	turned := map[[2]*spot]bool{}
	var visit func(s *spot)
	visit = func(s *spot) {
		state[s] = 1
		for _, t := range out[s] {
			switch state[t] {
			case 0:
				visit(t)
			case 1:
				turned[[2]*spot{s, t}] = true
			}
		}
		state[s] = 2
		order = append(order, s)
	}
	for _, s := range p.nodes {
		if state[s] == 0 {
			visit(s)
		}
	}
	for i := len(order) - 1; i >= 0; i-- {
		s := order[i]
		for _, t := range out[s] {
			if !turned[[2]*spot{s, t}] {
				t.rank = max(t.rank, s.rank+1)
			}
		}
	}
	in := map[*spot]bool{}
	for _, list := range out {
		for _, t := range list {
			in[t] = true
		}
	}
	for _, s := range order { // inputs stand right above what reads them
		if in[s] || len(out[s]) == 0 {
			continue
		}
		low := math.MaxInt
		for _, t := range out[s] {
			low = min(low, t.rank)
		}
		s.rank = max(s.rank, low-1)
	}
}

// bend makes the layers, with bends where edges pass through.
func (p *plan) bend(edges []*figureEdge, spots map[*figureNode]*spot) [][]*spot {
	deepest := 0
	for _, s := range p.nodes {
		deepest = max(deepest, s.rank)
	}
	layers := make([][]*spot, deepest+1)
	for _, s := range p.nodes {
		layers[s.rank] = append(layers[s.rank], s)
	}
	for _, e := range edges {
		from, to := spots[e.from], spots[e.to]
		r := &route{edge: e, spots: []*spot{from}}
		if from.rank >= to.rank {
			r.turned = true
			r.spots = append(r.spots, to)
			p.edges = append(p.edges, r)
			continue
		}
		last := from
		for rank := from.rank + 1; rank < to.rank; rank++ {
			s := &spot{rank: rank, wide: 6, scope: common(from.scope, to.scope)}
			join(last, s)
			layers[rank] = append(layers[rank], s)
			r.spots = append(r.spots, s)
			last = s
		}
		join(last, to)
		r.spots = append(r.spots, to)
		p.edges = append(p.edges, r)
	}
	return layers
}

func join(a, b *spot) {
	a.down = append(a.down, b)
	b.up = append(b.up, a)
}

// common is the innermost workflow that holds both.
func common(a, b string) string {
	x, y := strings.Split(a, ":"), strings.Split(b, ":")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return strings.Join(x[:n], ":")
}

// arrange orders each layer so that few edges cross and the members of a
// sub-workflow stand together.
func (p *plan) arrange(layers [][]*spot) {
	for _, layer := range layers {
		for i, s := range layer {
			s.order = float64(i)
		}
	}
	for round := range 12 {
		for i := range layers {
			layer, next := layers[i], func(s *spot) []*spot { return s.up }
			if round%2 == 1 {
				layer, next = layers[len(layers)-1-i], func(s *spot) []*spot { return s.down }
			}
			sortLayer(layer, next)
		}
	}
}

func sortLayer(layer []*spot, next func(*spot) []*spot) {
	want := map[*spot]float64{}
	sum, count := map[string]float64{}, map[string]float64{}
	for _, s := range layer {
		want[s] = s.order
		if list := next(s); len(list) > 0 {
			total := 0.0
			for _, t := range list {
				total += t.order
			}
			want[s] = total / float64(len(list))
		}
		for _, scope := range scopes(s.scope) {
			sum[scope] += want[s]
			count[scope]++
		}
	}
	key := func(s *spot) []float64 {
		var k []float64
		for _, scope := range scopes(s.scope) {
			k = append(k, sum[scope]/count[scope])
		}
		return append(k, want[s])
	}
	sort.SliceStable(layer, func(i, j int) bool {
		a, b := key(layer[i]), key(layer[j])
		for n := 0; n < len(a) && n < len(b); n++ {
			if a[n] != b[n] {
				return a[n] < b[n]
			}
		}
		return false
	})
	for i, s := range layer {
		s.order = float64(i)
	}
}

// scopes are a workflow and those around it, outermost first.
func scopes(scope string) []string {
	if scope == "" {
		return nil
	}
	var all []string
	for i := range len(scope) {
		if scope[i] == ':' {
			all = append(all, scope[:i])
		}
	}
	return append(all, scope)
}

// settle finds places: each spot as near to the middle of its neighbours as
// those beside it allow.
func (p *plan) settle(layers [][]*spot) {
	y := 0.0
	for i, layer := range layers {
		high := 0.0
		for _, s := range layer {
			high = math.Max(high, s.high)
		}
		if i > 0 {
			y += rankGap
		}
		y += high / 2
		x := 0.0
		for _, s := range layer {
			s.y = y
			s.x = x + s.wide/2
			x += s.wide + nodeGap
		}
		y += high / 2
	}
	for range 24 {
		for _, layer := range layers {
			relax(layer)
		}
	}
	left := math.Inf(1)
	for _, layer := range layers {
		for _, s := range layer {
			left = math.Min(left, s.x-s.wide/2)
		}
	}
	for _, layer := range layers {
		for _, s := range layer {
			s.x -= left
		}
	}
}

// relax moves the spots of a layer towards their neighbours and apart again.
func relax(layer []*spot) {
	n := len(layer)
	want := make([]float64, n)
	for i, s := range layer {
		want[i] = s.x
		if near := len(s.up) + len(s.down); near > 0 {
			total := 0.0
			for _, t := range append(append([]*spot(nil), s.up...), s.down...) {
				total += t.x
			}
			want[i] = (s.x + total/float64(near)) / 2
		}
	}
	gap := func(i int) float64 {
		g := (layer[i-1].wide+layer[i].wide)/2 + nodeGap
		if layer[i-1].scope != layer[i].scope {
			g += boxPad
		}
		return g
	}
	low, high := append([]float64(nil), want...), append([]float64(nil), want...)
	for i := 1; i < n; i++ {
		low[i] = math.Max(low[i], low[i-1]+gap(i))
	}
	for i := n - 2; i >= 0; i-- {
		high[i] = math.Min(high[i], high[i+1]-gap(i+1))
	}
	for i, s := range layer {
		s.x = (low[i] + high[i]) / 2
	}
}

// frame draws the boxes of sub-workflows around their members, turns the plan
// to its direction and moves everything into view.
func (p *plan) frame() {
	all := map[*spot]bool{}
	for _, s := range p.nodes {
		all[s] = true
	}
	for _, r := range p.edges {
		for _, s := range r.spots {
			all[s] = true
		}
	}
	bottom := 0.0
	for s := range all {
		bottom = math.Max(bottom, s.y+s.high/2)
	}
	for s := range all {
		if p.back {
			s.y = bottom - s.y
		}
		if p.across {
			s.x, s.y, s.wide, s.high = s.y, s.x, s.high, s.wide
		}
	}
	boxes := map[string]*box{}
	deepest := 0
	for _, s := range p.nodes {
		names := scopes(s.scope)
		deepest = max(deepest, len(names))
		if s.node.kind == endShape {
			continue
		}
		for i, scope := range names {
			b := boxes[scope]
			if b == nil {
				b = &box{title: scope[strings.LastIndexByte(scope, ':')+1:], depth: i, left: math.Inf(1), top: math.Inf(1), right: math.Inf(-1), bottom: math.Inf(-1)}
				boxes[scope] = b
				p.boxes = append(p.boxes, b)
			}
			inner := float64(len(names) - i)
			b.left, b.right = math.Min(b.left, s.x-s.wide/2-boxPad*inner), math.Max(b.right, s.x+s.wide/2+boxPad*inner)
			b.top, b.bottom = math.Min(b.top, s.y-s.high/2-boxTitle*inner), math.Max(b.bottom, s.y+s.high/2+boxPad*inner*0.7)
		}
	}
	sort.SliceStable(p.boxes, func(i, j int) bool { return p.boxes[i].depth < p.boxes[j].depth })
	left, top, right, low := 0.0, 0.0, 0.0, 0.0
	for s := range all {
		left, right = math.Min(left, s.x-s.wide/2), math.Max(right, s.x+s.wide/2)
		top, low = math.Min(top, s.y-s.high/2), math.Max(low, s.y+s.high/2)
	}
	for _, b := range p.boxes {
		left, right, top, low = math.Min(left, b.left), math.Max(right, b.right), math.Min(top, b.top), math.Max(low, b.bottom)
	}
	const margin = 12
	for s := range all {
		s.x, s.y = s.x-left+margin, s.y-top+margin
	}
	for _, b := range p.boxes {
		b.left, b.right, b.top, b.bottom = b.left-left+margin, b.right-left+margin, b.top-top+margin, b.bottom-top+margin
	}
	p.width, p.height = right-left+2*margin, low-top+2*margin
}
