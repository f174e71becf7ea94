package dataflow

import "sluice/internal/lang/value"

// A scan calls a process or workflow for one item of its channels after the
// other, with the item and all that it returned before:
//
//	P.scan(channel.of(1, 2, 3))    // P([1]), P([2, out1]), P([3, out1, out2])
//
// An input that is no queue is a list of its value alone, in every round.
type scan struct {
	inputs []*scanned
	rows   [][]value.Value // outputs not yet matched with the others of their round
	busy   bool            // a round is under way
}

// scanned is one input.
type scanned struct {
	to     *Channel
	queue  bool
	items  []value.Value // waiting for their round
	before []value.Value // outputs of the rounds so far
	closed bool
}

// Scan starts a scan and returns the outputs of all rounds.
func (g *Graph) Scan(th *value.Thread, name string, called value.Callable, given []value.Value) (value.Value, error) {
	s := &scan{}
	args := make([]value.Value, len(given))
	for i := range given {
		in := &scanned{to: g.Queue(name + " scan")}
		s.inputs = append(s.inputs, in)
		args[i] = in.to
	}
	v, err := called.CallWith(th, args)
	if err != nil {
		return nil, err
	}
	outs, err := feedback(name, v, len(given))
	if err != nil {
		return nil, err
	}
	s.rows = make([][]value.Value, outs.Len())
	for i, c := range outs.Channels() {
		c.Read(name+" scan", func(v value.Value) error {
			s.rows[i] = append(s.rows[i], v)
			s.returned()
			return nil
		}, nil)
	}
	for i, v := range given {
		s.read(s.inputs[i], name, v)
	}
	s.next()
	return outs, nil
}

func (s *scan) read(in *scanned, name string, v value.Value) {
	c, isChannel := Single(v)
	if !isChannel {
		in.items = []value.Value{v}
		return
	}
	in.queue = !c.IsValue()
	c.Read(name+" scan", func(v value.Value) error {
		in.items = append(in.items, v)
		s.next()
		return nil
	}, func() error {
		in.closed = true
		s.next()
		return nil
	})
}

// next begins a round if none is under way and every input has an item, and
// ends the scan if one can have none any more.
func (s *scan) next() {
	if s.busy {
		return
	}
	ready, queues := true, 0
	for _, in := range s.inputs {
		if in.queue {
			queues++
		}
		if len(in.items) > 0 {
			continue
		}
		ready = false
		if in.closed {
			s.end()
			return
		}
	}
	if !ready {
		return
	}
	s.busy = true
	for _, in := range s.inputs {
		row := value.NewList(in.items[0])
		if in.queue {
			row.Elems = append(row.Elems, in.before...)
			in.items = in.items[1:]
		} else if queues == 0 { // values alone are one round
			in.items, in.closed = nil, true
		}
		in.to.Emit(row)
	}
}

// returned takes a complete row of outputs and lets the next round begin.
func (s *scan) returned() {
	for _, q := range s.rows {
		if len(q) == 0 {
			return
		}
	}
	for i, in := range s.inputs {
		in.before = append(in.before, s.rows[i][0])
		s.rows[i] = s.rows[i][1:]
	}
	s.busy = false
	s.next()
}

func (s *scan) end() {
	for _, in := range s.inputs {
		in.to.Close()
	}
}
