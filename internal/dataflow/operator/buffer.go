package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#buffer
var bufferOp = &operator{
	name: "buffer", gives: givesQueue, max: 2,
	doc: "gathers items into lists, by conditions or by size",
	args: []param{
		{"openingCondition?", "Closure | Pattern | Class | value", "the item that begins a list; without it every item does"},
		{"closingCondition?", "Closure | Pattern | Class | value", "the item that ends a list, which it is the last of"},
	},
	opts:  bufferOptions,
	forms: []string{"buffer(closingCondition)", "buffer(openingCondition, closingCondition)", "buffer(size: n, remainder: true | false)", "buffer(size: n, skip: m, remainder: true | false)"},
	run: func(c *call) (value.Value, error) {
		if len(c.args) > 0 {
			return c.bufferByCondition(), nil
		}
		size, skip := c.intOpt("size", 0), c.intOpt("skip", 0)
		if size <= 0 {
			return nil, c.fail("takes a closing condition, or an integer above 0 as `size`, not %s", describe(c.opt("size")))
		}
		if skip < 0 {
			return nil, c.fail("takes an integer from 0 as `skip`, not %d", skip)
		}
		return c.bufferBySize(size, skip), nil
	},
}

func (c *call) bufferBySize(size, skip int) value.Value {
	out := c.queueOut()
	var buf []value.Value
	skipped := 0
	c.read(func(v value.Value) error {
		if skipped < skip {
			skipped++
			return nil
		}
		if buf = append(buf, v); len(buf) == size {
			out.Emit(value.NewList(buf...))
			buf, skipped = nil, 0
		}
		return nil
	}, func() error {
		if len(buf) > 0 && c.boolOpt("remainder") {
			out.Emit(value.NewList(buf...))
		}
		out.Close()
		return nil
	})
	return out
}

func (c *call) bufferByCondition() value.Value {
	closes := c.matcher(c.arg(len(c.args) - 1))
	opens := func(value.Value) (bool, error) { return true, nil }
	if len(c.args) == 2 {
		opens = c.matcher(c.arg(0))
	}
	out := c.queueOut()
	var buf []value.Value
	open := false
	c.read(func(v value.Value) error {
		if !open {
			var err error
			if open, err = opens(v); err != nil {
				return err
			}
		}
		if open {
			buf = append(buf, v)
		}
		ok, err := closes(v)
		if ok && err == nil {
			out.Emit(value.NewList(buf...))
			buf, open = nil, false
		}
		return err
	}, func() error {
		if len(buf) > 0 && c.boolOpt("remainder") {
			out.Emit(value.NewList(buf...))
		}
		out.Close()
		return nil
	})
	return out
}

// Nextflow docs: reference/operator#collate
var collateOp = &operator{
	name: "collate", gives: givesQueue, min: 1, max: 3,
	doc: "gathers items into lists of a size, a new one beginning every `step` items",
	args: []param{
		{"size", "Integer", "how many items a list has, 1 or more"},
		{"step?", "Integer", "how many items after the beginning of a list the next one begins; the size unless given"},
		{"remainder?", "Boolean", "whether the lists that are not full at the end are emitted; true unless given"},
	},
	forms: []string{"collate(size, remainder = true)", "collate(size, step, remainder = true)"},
	run: func(c *call) (value.Value, error) {
		remainder := true
		if n := len(c.args); n > 1 && isBool(c.arg(n-1)) {
			remainder = value.Truth(c.arg(n - 1))
			c.args = c.args[:n-1]
		}
		size, err := c.intArg(0, "size")
		if err != nil {
			return nil, err
		}
		step := size
		if len(c.args) > 1 {
			if step, err = c.intArg(1, "step"); err != nil {
				return nil, err
			}
		}
		if size <= 0 || step <= 0 {
			return nil, c.fail("takes a size and a step above 0, not %d and %d", size, step)
		}
		return c.collate(size, step, remainder), nil
	},
}

func (c *call) collate(size, step int, remainder bool) value.Value {
	out := c.queueOut()
	var windows []*value.List // open ones, oldest first
	n := 0
	c.read(func(v value.Value) error {
		if n%step == 0 {
			windows = append(windows, value.NewList())
		}
		n++
		for _, w := range windows {
			w.Elems = append(w.Elems, v)
		}
		if len(windows) > 0 && windows[0].Len() == size {
			out.Emit(windows[0])
			windows = windows[1:]
		}
		return nil
	}, func() error {
		for _, w := range windows {
			if remainder {
				out.Emit(w)
			}
		}
		out.Close()
		return nil
	})
	return out
}
