package value

import "testing"

// What the original engine answered for the operators.
func TestCompareUnits(t *testing.T) {
	for _, c := range []struct {
		a, b  Value
		order int
		ok    bool
		fails bool
	}{
		{Long(5), Memory(70 << 10), -1, true, false},
		{Memory(70 << 10), Int(5), 1, true, false},
		{Long(80000), Memory(70 << 10), 1, true, false},
		{Int(3600000), Duration(3600000), 0, true, false},
		{Memory(100 << 20), Int(104857600), 0, true, false},
		{String("5 GB"), Memory(6 << 30), -1, true, false},
		{Memory(6 << 30), String("6 GB"), 0, true, false},
		{Duration(3600000), String("2h"), -1, true, false},
		{Memory(1), String("lots"), 1, true, true},
		{String("lots"), Duration(1), -1, true, true},
		{Memory(1), NewList(), 0, true, true},
		{Memory(1), Memory(2), 0, false, false},
		{Memory(1), nil, 0, false, false},
		{Int(1), Int(2), 0, false, false},
	} {
		order, ok, err := CompareUnits(c.a, c.b)
		if ok != c.ok || (err != nil) != c.fails || ok && err == nil && order != c.order {
			t.Errorf("%s with %s: %d %t, want %d %t", Inspect(c.a), Inspect(c.b), order, ok, c.order, c.ok)
		}
	}
}
