package value

import "testing"

// What the original engine answered for the operators.
func TestCompareUnits(t *testing.T) {
	for _, c := range []struct {
		a, b  Value
		order int
		ok    bool
	}{
		{Long(5), Memory(70 << 10), -1, true},
		{Memory(70 << 10), Int(5), 1, true},
		{Long(80000), Memory(70 << 10), 1, true},
		{Int(3600000), Duration(3600000), 0, true},
		{Memory(100 << 20), Int(104857600), 0, true},
		{String("5 GB"), Memory(6 << 30), -1, true},
		{Memory(6 << 30), String("6 GB"), 0, true},
		{Duration(3600000), String("2h"), -1, true},
		{Memory(1), String("lots"), -1, false},
		{Memory(1), Memory(2), 0, false},
		{Memory(1), nil, 0, false},
		{Int(1), Int(2), 0, false},
	} {
		order, ok := CompareUnits(c.a, c.b)
		if ok != c.ok || ok && order != c.order {
			t.Errorf("%s with %s: %d %t, want %d %t", Inspect(c.a), Inspect(c.b), order, ok, c.order, c.ok)
		}
	}
}
