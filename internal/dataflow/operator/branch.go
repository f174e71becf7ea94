package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#branch
var branchOp = &operator{
	name: "branch", gives: givesOutputs, min: 1, max: 1,
	doc: "sends each item to the first output whose condition it meets; an item that meets none is dropped",
	args: []param{
		{"criteria", "Closure", "labels, each with a condition; after the condition may stand what is emitted instead of the item. The label `true` takes what is left"},
	},
	forms: []string{"branch { v -> label: condition }", "branch(criteria)"},
	run: func(c *call) (value.Value, error) {
		return c.fork(func(outs *dataflow.MultiChannel, r value.Value) error {
			if r == nil {
				return nil
			}
			b, ok := r.(*value.Branch)
			if !ok {
				return c.fail("takes a closure with labels, `{ v -> small: v < 10; large: true }`, which did not give %s", describe(r))
			}
			out, ok := outs.Get(b.Label)
			if !ok {
				return c.fail("has no output `%s`%s", b.Label, near(b.Label, outs.Names()))
			}
			out.Emit(b.Value)
			return nil
		})
	},
}

// Nextflow docs: reference/operator#multimap
var multiMapOp = &operator{
	name: "multiMap", gives: givesOutputs, min: 1, max: 1,
	doc: "sends a value made from each item to every output",
	args: []param{
		{"criteria", "Closure", "labels, each with the value that its output emits"},
	},
	forms: []string{"multiMap { v -> label: value }", "multiMap(criteria)"},
	run: func(c *call) (value.Value, error) {
		return c.fork(func(outs *dataflow.MultiChannel, r value.Value) error {
			m, ok := r.(*value.Map)
			if !ok {
				return c.fail("takes a closure with labels, `{ v -> a: v; b: v + 1 }`, which did not give %s", describe(r))
			}
			for i, name := range outs.Names() {
				if v, given := m.Get(value.String(name)); given {
					outs.Channels()[i].Emit(v)
				}
			}
			return nil
		})
	},
}

// fork makes an output for each label and hands deliver what the criteria
// give for each item.
func (c *call) fork(deliver func(outs *dataflow.MultiChannel, r value.Value) error) (value.Value, error) {
	criteria, ok := c.arg(0).(*value.Closure)
	if !ok || len(criteria.Labels) == 0 {
		what := describe(c.arg(0))
		if ok {
			what = "one without"
		}
		return nil, c.fail("takes a closure with labels, `{ v -> name: … }`, not %s", what)
	}
	outs := dataflow.NewMulti("operator `" + c.op.name + "`")
	for _, label := range criteria.Labels {
		outs.Add(label, c.graph.Like(c.in, c.op.name+" "+label))
	}
	c.read(func(v value.Value) error {
		r, err := c.invoke(criteria, v)
		if err != nil {
			return err
		}
		return deliver(outs, r)
	}, func() error {
		for _, out := range outs.Channels() {
			out.Close()
		}
		return nil
	})
	return outs, nil
}
