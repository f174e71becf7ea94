package observe

import (
	"sync"
	"time"
)

// An Observer is told of events, one at a time and in order. It may take its
// time: only its own queue grows.
type Observer interface {
	Observe(Event)
}

// Func makes an observer of a function.
type Func func(Event)

// Observe calls f.
func (f Func) Observe(e Event) { f(e) }

// A Bus hands events to observers. Post never waits for one of them.
type Bus struct {
	now func() time.Time

	mu     sync.Mutex
	queues []*queue
	stats  Stats
	closed bool
}

// NewBus starts a goroutine for each observer; Close ends them.
func NewBus(observers ...Observer) *Bus {
	b := &Bus{now: time.Now}
	for _, o := range observers {
		b.Add(o)
	}
	return b
}

// Add feeds one more observer, from the next event on.
func (b *Bus) Add(o Observer) {
	q := &queue{done: make(chan struct{})}
	q.ready.L = &q.mu
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		panic("internal error: observer added to a closed bus")
	}
	b.queues = append(b.queues, q)
	go q.feed(o)
}

// Post queues an event for all observers. Events posted after Close are
// dropped: nobody is left to see them.
func (b *Bus) Post(body Body) {
	switch e := body.(type) {
	case TaskChanged:
		t := *e.Task
		e.Task = &t
		body = e
	case WorkflowError:
		if e.Task != nil {
			t := *e.Task
			e.Task = &t
			body = e
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	ev := Event{Time: b.now(), Body: body}
	b.stats.Observe(ev)
	if end, ok := body.(RunEnded); ok {
		end.Stats = b.stats
		ev.Body = end
	}
	for _, q := range b.queues {
		q.push(ev)
	}
}

// Stats are the run's numbers up to the last event posted.
func (b *Bus) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stats
}

// Flush waits until every observer has been fed what was posted before.
func (b *Bus) Flush() {
	b.mu.Lock()
	queues := b.queues
	b.mu.Unlock()
	for _, q := range queues {
		q.flush()
	}
}

// Close waits until every observer has been fed the last event.
func (b *Bus) Close() {
	b.mu.Lock()
	b.closed = true
	queues := b.queues
	for _, q := range queues {
		q.close()
	}
	b.mu.Unlock()
	for _, q := range queues {
		<-q.done
	}
}

// A queue holds what one observer has not seen yet. It has no bound: events
// are small, and a bound would make the engine wait.
type queue struct {
	mu      sync.Mutex
	ready   sync.Cond // something to do, or fed
	waiting []Event
	feeding bool
	closed  bool
	done    chan struct{}
}

func (q *queue) push(e Event) {
	q.mu.Lock()
	q.waiting = append(q.waiting, e)
	q.mu.Unlock()
	q.ready.Broadcast()
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.ready.Broadcast()
}

func (q *queue) flush() {
	q.mu.Lock()
	for len(q.waiting) > 0 || q.feeding {
		q.ready.Wait()
	}
	q.mu.Unlock()
}

func (q *queue) feed(o Observer) {
	defer close(q.done)
	var batch []Event
	for {
		q.mu.Lock()
		q.feeding = false
		q.ready.Broadcast()
		for len(q.waiting) == 0 && !q.closed {
			q.ready.Wait()
		}
		if len(q.waiting) == 0 {
			q.mu.Unlock()
			return
		}
		q.feeding = true
		batch, q.waiting = q.waiting, batch[:0]
		q.mu.Unlock()
		for i := range batch {
			o.Observe(batch[i])
			batch[i] = Event{} // let the task go
		}
	}
}
