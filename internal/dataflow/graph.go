package dataflow

import (
	"context"
	"sort"
	"sync"

	"sluice/internal/lang/value"
)

// A Graph is the channels of a run and the loop that drives their readers.
type Graph struct {
	Sketch *Sketch // of the connections; nil unless a picture is wanted

	lock    *sync.Mutex // the interpreter lock, held while readers run
	running bool
	ready   []*Reader
	head    int
	sources []*sourceNode
	next    int // source whose turn it is
	chans   []*Channel
	topics  map[string]*Channel
	held    int

	mu     sync.Mutex
	posted []func() error
	bell   chan struct{}
}

type sourceNode struct {
	out  *Channel
	more func() (bool, error)
}

// New makes a graph whose readers run under lock.
func New(lock *sync.Mutex) *Graph {
	return &Graph{lock: lock, topics: map[string]*Channel{}, bell: make(chan struct{}, 1)}
}

// Queue makes a queue channel whose producer reads from.
func (g *Graph) Queue(name string, from ...*Channel) *Channel {
	c := &Channel{Name: name, From: from, graph: g}
	g.chans = append(g.chans, c)
	return c
}

// Variable makes a value channel, unbound.
func (g *Graph) Variable(name string, from ...*Channel) *Channel {
	c := &Channel{Name: name, From: from, graph: g, single: true}
	g.chans = append(g.chans, c)
	return c
}

// Bound makes a value channel that holds v.
func (g *Graph) Bound(name string, v value.Value) *Channel {
	return &Channel{Name: name, graph: g, single: true, val: v, bound: true, closed: true}
}

// Like makes a channel of the same kind as c, produced from it.
func (g *Graph) Like(c *Channel, name string) *Channel {
	if c.single {
		return g.Variable(name, c)
	}
	return g.Queue(name, c)
}

// Source makes a queue channel that more fills: it is called when readers have
// nothing to do, emits some items on the channel, and returns false after the last.
func (g *Graph) Source(name string, more func(out *Channel) (bool, error)) *Channel {
	out := g.Queue(name)
	g.sources = append(g.sources, &sourceNode{out: out, more: func() (bool, error) { return more(out) }})
	return out
}

// Topic finds or makes the channel of a topic. It closes when nothing else is
// left to run.
func (g *Graph) Topic(name string) *Channel {
	if c := g.topics[name]; c != nil {
		return c
	}
	c := g.Queue("topic " + name)
	c.topic = true
	g.topics[name] = c
	return c
}

// Hold announces work outside the loop that will Post; Release ends it. Both
// are called from the loop (inside a posted function, for Release).
func (g *Graph) Hold()    { g.held++ }
func (g *Graph) Release() { g.held-- }

// Post hands f to the loop; it may be called from any goroutine.
func (g *Graph) Post(f func() error) {
	g.mu.Lock()
	g.posted = append(g.posted, f)
	g.mu.Unlock()
	select {
	case g.bell <- struct{}{}:
	default:
	}
}

// Run drives the graph until nothing is left to do, an error, or the end of
// ctx. The caller holds the interpreter lock.
func (g *Graph) Run(ctx context.Context) error {
	return g.run(ctx, func() bool { return false })
}

// Await drives the graph until c is bound or closed: what `channel.val` does.
func (g *Graph) Await(ctx context.Context, c *Channel) (value.Value, error) {
	if !c.single {
		return g.next1(ctx, c)
	}
	if err := g.run(ctx, func() bool { return c.closed }); err != nil {
		return nil, err
	}
	return c.val, nil
}

func (g *Graph) next1(ctx context.Context, c *Channel) (value.Value, error) {
	var got value.Value
	stop := false
	var r *Reader
	r = c.Read("getVal", func(v value.Value) error {
		got, stop = v, true
		r.Stop()
		return nil
	}, func() error { stop = true; return nil })
	return got, g.run(ctx, func() bool { return stop })
}

func (g *Graph) run(ctx context.Context, until func() bool) error {
	g.running = true
	for _, c := range g.chans {
		c.backlog = nil
	}
	for !until() {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		progress, err := g.step()
		if err != nil {
			return err
		}
		if progress {
			continue
		}
		if g.held > 0 {
			if err := g.wait(ctx); err != nil {
				return err
			}
			continue
		}
		if !g.settle() {
			return nil
		}
	}
	return nil
}

// step runs one thing: a report from outside, a ready reader, or a source.
func (g *Graph) step() (bool, error) {
	if done, err := g.deliver(); done || err != nil {
		return true, err
	}
	if g.head < len(g.ready) {
		r := g.ready[g.head]
		g.ready[g.head] = nil
		g.head++
		if g.head == len(g.ready) {
			g.ready, g.head = g.ready[:0], 0
		}
		return true, r.run()
	}
	if len(g.sources) == 0 {
		return false, nil
	}
	g.next %= len(g.sources)
	s := g.sources[g.next]
	more, err := s.more()
	if err != nil {
		return false, err
	}
	if !more {
		g.sources = append(g.sources[:g.next:g.next], g.sources[g.next+1:]...)
		s.out.Close()
	} else {
		g.next++
	}
	return true, nil
}

func (g *Graph) deliver() (bool, error) {
	g.mu.Lock()
	posted := g.posted
	g.posted = nil
	g.mu.Unlock()
	for _, f := range posted {
		if err := f(); err != nil {
			return true, err
		}
	}
	return len(posted) > 0, nil
}

// Drain runs what was posted and not yet delivered, after the loop has ended.
func (g *Graph) Drain() error {
	for {
		if more, err := g.deliver(); err != nil || !more {
			return err
		}
	}
}

// wait gives the interpreter lock up until something is posted.
func (g *Graph) wait(ctx context.Context) error {
	g.lock.Unlock()
	defer g.lock.Lock()
	select {
	case <-g.bell:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// settle closes the topics, once nothing else can send to them.
func (g *Graph) settle() bool {
	var open []string
	for name, c := range g.topics {
		if !c.closed {
			open = append(open, name)
		}
	}
	sort.Strings(open)
	for _, name := range open {
		g.topics[name].Close()
	}
	return len(open) > 0
}

// Stalled lists the channels that are still open though nothing can run, and
// that someone reads: first causes only, those whose own inputs are all closed.
func (g *Graph) Stalled() []*Channel {
	var stalled []*Channel
	for _, c := range g.chans {
		if c.closed || !c.waitedFor() {
			continue
		}
		cause := true
		for _, f := range c.From {
			if !f.closed {
				cause = false
			}
		}
		if cause {
			stalled = append(stalled, c)
		}
	}
	return stalled
}

func (c *Channel) waitedFor() bool {
	for _, r := range c.readers {
		if !r.ended {
			return true
		}
	}
	return false
}

// Readers names who reads c.
func (c *Channel) Readers() []string {
	var names []string
	for _, r := range c.readers {
		names = append(names, r.Name)
	}
	return names
}
