package dataflow

import (
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// The classes scripts see. Operators are registered as methods of Class.
var (
	Class      = &value.Class{Name: "nextflow.extension.ChannelOp", Parents: []*value.Class{value.ObjectClass}}
	QueueClass = &value.Class{Name: "groovyx.gpars.dataflow.DataflowBroadcast", Parents: []*value.Class{Class}}
	ValueClass = &value.Class{Name: "groovyx.gpars.dataflow.DataflowVariable", Parents: []*value.Class{Class}}
)

// A Channel carries values from its producer to every reader. A queue channel
// delivers each item once per reader; a value channel holds one value, or is
// closed without one, and can be read any number of times.
type Channel struct {
	Name  string      // for messages: the variable or the operator that made it
	Where source.Span // where the script made it
	From  []*Channel  // what its producer reads; empty for sources and processes' roots

	graph   *Graph
	single  bool // value channel
	closed  bool
	bound   bool
	val     value.Value
	readers []*Reader
	backlog []value.Value // emitted before the run by script code, for readers still to come
	topic   bool
}

// Class tells queue and value channels apart.
func (c *Channel) Class() *value.Class {
	if c.single {
		return ValueClass
	}
	return QueueClass
}

// ToString is what printing a channel shows.
func (c *Channel) ToString() string {
	if c.single {
		if c.bound {
			return "DataflowVariable(value=" + value.ToString(c.val) + ")"
		}
		return "DataflowVariable(value=null)"
	}
	return "DataflowBroadcast around DataflowStream[?]"
}

// IsValue says whether c is a value channel.
func (c *Channel) IsValue() bool { return c.single }

// Graph is the graph c belongs to.
func (c *Channel) Graph() *Graph { return c.graph }

// Closed says whether the producer has finished.
func (c *Channel) Closed() bool { return c.closed }

// Value is what a value channel holds; ok is false while it is unbound or if
// it was closed empty.
func (c *Channel) Value() (v value.Value, ok bool) { return c.val, c.single && c.bound }

// Emit sends v to every reader. On a value channel it binds, the first time.
func (c *Channel) Emit(v value.Value) {
	if c.closed {
		return
	}
	if c.single {
		c.val, c.bound = v, true
		for _, r := range c.readers {
			r.push(v)
		}
		c.Close()
		return
	}
	if !c.graph.running && !c.topic {
		c.backlog = append(c.backlog, v)
	}
	for _, r := range c.readers {
		r.push(v)
	}
}

// Close tells every reader that nothing more will come.
func (c *Channel) Close() {
	if c.closed {
		return
	}
	c.closed = true
	for _, r := range c.readers {
		r.wake()
	}
}

// A Reader receives the items of one channel, in order.
type Reader struct {
	Name string // who reads, for messages

	channel *Channel
	item    func(value.Value) error
	done    func() error
	buf     []value.Value
	head    int
	queued  bool
	paused  bool
	ended   bool
}

// Read attaches a reader: item is called for each value and done once after
// the last. Both run in the graph's loop, under the interpreter lock.
func (c *Channel) Read(name string, item func(value.Value) error, done func() error) *Reader {
	r := &Reader{Name: name, channel: c, item: item, done: done}
	c.readers = append(c.readers, r)
	switch {
	case c.single && c.bound:
		r.buf = append(r.buf, c.val)
	case len(c.backlog) > 0:
		r.buf = append(r.buf, c.backlog...)
	}
	if len(r.buf) > 0 || c.closed {
		r.wake()
	}
	return r
}

// Pause keeps items in the buffer until Resume.
func (r *Reader) Pause() { r.paused = true }

// Resume lets a paused reader go on.
func (r *Reader) Resume() {
	if r.paused {
		r.paused = false
		r.wake()
	}
}

// Stop ends the reader: buffered and later items are dropped, done is not called.
func (r *Reader) Stop() { r.ended, r.buf, r.head = true, nil, 0 }

// Pending is the number of items buffered.
func (r *Reader) Pending() int { return len(r.buf) - r.head }

func (r *Reader) push(v value.Value) {
	if r.ended {
		return
	}
	r.buf = append(r.buf, v)
	r.wake()
}

func (r *Reader) wake() {
	if !r.queued && !r.paused && !r.ended {
		r.queued = true
		r.channel.graph.ready = append(r.channel.graph.ready, r)
	}
}

// turn is how many items one reader may take before others get theirs.
const turn = 64

func (r *Reader) run() error {
	r.queued = false
	for n := 0; n < turn && !r.paused && !r.ended; n++ {
		if r.head == len(r.buf) {
			r.buf, r.head = r.buf[:0], 0
			if !r.channel.closed {
				return nil
			}
			r.ended = true
			r.buf = nil
			if r.done == nil {
				return nil
			}
			return r.done()
		}
		v := r.buf[r.head]
		r.buf[r.head] = nil
		r.head++
		if err := r.item(v); err != nil {
			return err
		}
	}
	r.wake()
	return nil
}

// HasReaders says whether anyone still reads c.
func (c *Channel) HasReaders() bool { return c.waitedFor() }
