package operator

import "sluice/internal/lang/value"

// Nextflow docs: reference/operator#transpose
var transposeOp = &operator{
	name: "transpose", gives: givesQueue,
	doc:  "emits one tuple for each position of the lists in a tuple",
	opts: transposeOptions,
	run: func(c *call) (value.Value, error) {
		by, err := c.indices("by", nil)
		if err != nil {
			return nil, err
		}
		remainder := c.boolOpt("remainder")
		out := c.queueOut()
		return c.into(out, func(v value.Value) error {
			t, ok := v.(*value.List)
			if !ok {
				out.Emit(v)
				return nil
			}
			for _, row := range transpose(t.Elems, by, remainder) {
				out.Emit(value.NewList(row...))
			}
			return nil
		}), nil
	},
}

// transpose opens the lists at the positions by, all lists if by is nil. Short
// lists end it, or are filled with null if remainder.
func transpose(elems []value.Value, by []int, remainder bool) [][]value.Value {
	lists := map[int][]value.Value{}
	n := -1
	for i, e := range elems {
		l, ok := e.(*value.List)
		if !ok || by != nil && !contains(by, i) {
			continue
		}
		lists[i] = l.Elems
		switch {
		case n < 0, remainder && len(l.Elems) > n, !remainder && len(l.Elems) < n:
			n = len(l.Elems)
		}
	}
	if n < 0 {
		return [][]value.Value{elems}
	}
	rows := make([][]value.Value, n)
	for r := range rows {
		row := append([]value.Value(nil), elems...)
		for i, l := range lists {
			row[i] = nil
			if r < len(l) {
				row[i] = l[r]
			}
		}
		rows[r] = row
	}
	return rows
}
