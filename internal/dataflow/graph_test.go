package dataflow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/internal/lang/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newGraph() *Graph {
	lock := &sync.Mutex{}
	lock.Lock()
	return New(lock)
}

// record notes what a reader gets.
func record(c *Channel) *[]string {
	var got []string
	c.Read("record", func(v value.Value) error {
		got = append(got, fmt.Sprint(v))
		return nil
	}, func() error {
		got = append(got, "done")
		return nil
	})
	return &got
}

func run(t *testing.T, g *Graph) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := g.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, got *[]string, want string) {
	t.Helper()
	if s := strings.Join(*got, " "); s != want {
		t.Errorf("got %q, want %q", s, want)
	}
}

func counter(g *Graph, n int) *Channel {
	i := 0
	return g.Source("count", func(out *Channel) (bool, error) {
		if i == n {
			return false, nil
		}
		out.Emit(value.Int(i))
		i++
		return true, nil
	})
}

func TestQueueReachesEveryReader(t *testing.T) {
	g := newGraph()
	c := counter(g, 3)
	a, b := record(c), record(c)
	run(t, g)
	expect(t, a, "0 1 2 done")
	expect(t, b, "0 1 2 done")
}

func TestEmittedBeforeTheRun(t *testing.T) {
	g := newGraph()
	c := g.Queue("c")
	c.Emit(value.Int(1))
	early := record(c)
	c.Emit(value.Int(2))
	c.Close()
	late := record(c)
	c.Emit(value.Int(3)) // after Close: dropped
	run(t, g)
	expect(t, early, "1 2 done")
	expect(t, late, "1 2 done")
}

func TestValueChannel(t *testing.T) {
	g := newGraph()
	v := g.Variable("v")
	before := record(v)
	empty := g.Variable("empty")
	none := record(empty)
	empty.Close()
	v.Emit(value.Int(1))
	v.Emit(value.Int(2)) // bound already: dropped
	run(t, g)
	after := record(v)
	run(t, g)
	expect(t, before, "1 done")
	expect(t, after, "1 done")
	expect(t, none, "done")
	if got, ok := v.Value(); !ok || got != value.Int(1) {
		t.Error(got, ok)
	}
	if _, ok := empty.Value(); ok {
		t.Error("an empty value channel has a value")
	}
	if c := g.Bound("b", value.Int(5)); !c.IsValue() || !c.Closed() || g.Like(c, "x").Class() != ValueClass {
		t.Error("a bound channel is no value channel")
	}
}

func TestSourcesWaitForReaders(t *testing.T) {
	g := newGraph()
	most := 0
	c := counter(g, 1000)
	var r *Reader
	r = c.Read("slow", func(value.Value) error {
		most = max(most, r.Pending())
		return nil
	}, nil)
	run(t, g)
	if most > 1 {
		t.Errorf("%d items were waiting", most)
	}
}

func TestPauseResumeStop(t *testing.T) {
	g := newGraph()
	a, b := counter(g, 2), counter(g, 3)
	var got []string
	note := func(name string) func(value.Value) error {
		return func(v value.Value) error { got = append(got, fmt.Sprint(name, v)); return nil }
	}
	var rb *Reader
	a.Read("a", note("a"), func() error { rb.Resume(); return nil })
	rb = b.Read("b", func(v value.Value) error {
		if v == value.Int(1) {
			rb.Stop()
		}
		return note("b")(v)
	}, func() error { t.Error("a stopped reader is done"); return nil })
	rb.Pause()
	run(t, g)
	expect(t, &got, "a0 a1 b0 b1")
}

func TestErrorsEndTheRun(t *testing.T) {
	boo := errors.New("boo")
	cases := map[string]func(g *Graph){
		"item": func(g *Graph) { counter(g, 1).Read("r", func(value.Value) error { return boo }, nil) },
		"done": func(g *Graph) {
			counter(g, 1).Read("r", func(value.Value) error { return nil }, func() error { return boo })
		},
		"source": func(g *Graph) { g.Source("s", func(*Channel) (bool, error) { return false, boo }) },
		"posted": func(g *Graph) { g.Hold(); g.Post(func() error { return boo }) },
	}
	for name, build := range cases {
		g := newGraph()
		build(g)
		if err := g.Run(context.Background()); !errors.Is(err, boo) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWorkOutside(t *testing.T) {
	g := newGraph()
	c := g.Queue("c")
	got := record(c)
	g.Hold()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		g.lock.Lock() // the loop has given it up while it waits
		//lint:ignore SA2001 the loop must have let go
		g.lock.Unlock()
		g.Post(func() error {
			c.Emit(value.Int(1))
			c.Close()
			g.Release()
			return nil
		})
	}()
	run(t, g)
	<-finished
	expect(t, got, "1 done")
}

func TestCancel(t *testing.T) {
	g := newGraph()
	g.Hold()
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("interrupted")
	time.AfterFunc(10*time.Millisecond, func() { cancel(why) })
	if err := g.Run(ctx); !errors.Is(err, why) {
		t.Error(err)
	}
}

func TestTopicsCloseLast(t *testing.T) {
	g := newGraph()
	topic := g.Topic("versions")
	if g.Topic("versions") != topic {
		t.Error("a topic is made once")
	}
	got := record(topic)
	counter(g, 2).Read("send", func(v value.Value) error { topic.Emit(v); return nil }, nil)
	run(t, g)
	expect(t, got, "0 1 done")
}

func TestAwait(t *testing.T) {
	g := newGraph()
	v := g.Variable("v")
	counter(g, 5).Read("last", func(x value.Value) error {
		if x == value.Int(3) {
			v.Emit(x)
		}
		return nil
	}, nil)
	if got, err := g.Await(context.Background(), v); err != nil || got != value.Int(3) {
		t.Error(got, err)
	}
	if got, err := g.Await(context.Background(), counter(g, 2)); err != nil || got != value.Int(0) {
		t.Error(got, err)
	}
}

func TestStalled(t *testing.T) {
	g := newGraph()
	cause := g.Queue("never closed")
	effect := g.Queue("effect", cause)
	record(effect)
	cause.Read("process `P`", func(value.Value) error { return nil }, nil)
	unread := g.Queue("unread")
	run(t, g)
	stalled := g.Stalled()
	if len(stalled) != 1 || stalled[0] != cause || strings.Join(cause.Readers(), "") != "process `P`" {
		t.Errorf("stalled: %v", stalled)
	}
	if unread.HasReaders() || !cause.HasReaders() {
		t.Error("HasReaders")
	}
}

func TestFairTurns(t *testing.T) {
	g := newGraph()
	a, b := g.Queue("a"), g.Queue("b")
	for i := range 3 * turn {
		a.Emit(value.Int(i))
		b.Emit(value.Int(i))
	}
	lead, most := 0, 0
	a.Read("a", func(value.Value) error { lead++; most = max(most, lead); return nil }, nil)
	b.Read("b", func(value.Value) error { lead--; return nil }, nil)
	run(t, g)
	if lead != 0 || most > turn {
		t.Errorf("lead %d, at most %d", lead, most)
	}
}

func TestMultiChannel(t *testing.T) {
	g := newGraph()
	m := NewMulti("process `P`")
	a, b := g.Queue("a"), g.Queue("b")
	m.Add("bam", a)
	if c, ok := m.Only(); !ok || c != a {
		t.Error("one output stands for itself")
	}
	m.Add("", b)
	if _, ok := m.Only(); ok {
		t.Error("two outputs are not one")
	}
	if v, ok := m.Property("bam"); !ok || v != value.Value(a) {
		t.Error("by name")
	}
	if _, ok := m.Property(""); ok {
		t.Error("an output without name has no name")
	}
	for i, want := range map[int]*Channel{0: a, 1: b, -1: b} {
		if c, ok := m.At(i); !ok || c != want {
			t.Errorf("[%d]", i)
		}
	}
	if _, ok := m.At(2); ok {
		t.Error("[2]")
	}
	_, ok, err := m.InvokeMethod(nil, "getAt", []value.Value{value.Int(2)})
	if !ok || err == nil || err.Error() != "process `P` has no output [2]: it has 2" {
		t.Error(err)
	}
	if names, _, _ := m.InvokeMethod(nil, "getNames", nil); value.ToString(names) != "[bam]" {
		t.Error(names)
	}
	if got := strings.Join(m.Labels(), " "); got != "`bam` `[1]`" {
		t.Error(got)
	}
	spread, ok := value.Elements(m)
	if !ok || len(spread) != 2 {
		t.Error("spreads over arguments")
	}
	if m.ToString() != "[DataflowBroadcast around DataflowStream[?], DataflowBroadcast around DataflowStream[?]]" {
		t.Error(m.ToString())
	}
}
