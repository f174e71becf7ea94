package operator

import (
	"context"
	"fmt"
	"testing"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// BenchmarkPipeline sends 200,000 items through map, filter, groupTuple, join
// and toSortedList.
func BenchmarkPipeline(b *testing.B) {
	const n = 200_000
	b.ReportAllocs()
	for b.Loop() {
		k := newKit(b)
		keys := make([]value.Value, n)
		for i := range keys {
			keys[i] = value.String(fmt.Sprintf("sample%d", i))
		}
		pairs := func(group int) value.Value {
			return k.op(k.of(rangeOf(0, n-1)), "map", &value.Closure{Implicit: true, Code: func(_ *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
				return value.NewList(keys[num(args[0])/group], args[0]), nil
			}})
		}
		grouped := k.op(k.op(pairs(2), "filter", fn(func(value.Value) any { return true })), "groupTuple")
		joined := k.op(grouped, "join", pairs(1))
		sorted := k.op(k.op(joined, "map", fn(func(v value.Value) any { return v.(*value.List).Elems[0] })), "toSortedList")
		if err := k.env.Graph.Run(context.Background()); err != nil {
			b.Fatal(err)
		}
		v, _ := sorted.(*dataflow.Channel).Value()
		if got := v.(*value.List).Len(); got != n/2 {
			b.Fatalf("%d items", got)
		}
	}
}
