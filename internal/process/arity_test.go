package process

import "testing"

func TestArity(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text   string
		shown  string
		single bool
		holds  []int
		not    []int
	}{
		{"1", "1", true, []int{1}, []int{0, 2}},
		{"3", "3", false, []int{3}, []int{1, 2, 4}},
		{"1..*", "1..*", false, []int{1, 2, 1000}, []int{0}},
		{"2..4", "2..4", false, []int{2, 3, 4}, []int{1, 5}},
		{"0..*", "0..*", false, []int{0, 7}, nil},
	} {
		a, err := parseArity(tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		if a.String() != tc.shown || a.single() != tc.single {
			t.Errorf("%s: shown as %s, single %v", tc.text, a, a.single())
		}
		for _, n := range tc.holds {
			if !a.holds(n) {
				t.Errorf("%s does not hold %d", tc.text, n)
			}
		}
		for _, n := range tc.not {
			if a.holds(n) {
				t.Errorf("%s holds %d", tc.text, n)
			}
		}
	}
	for _, text := range []string{"", "x", "1..", "..2", "4..2", "*", "-1", "1..-2", "0..1"} {
		if a, err := parseArity(text); err == nil {
			t.Errorf("%q is taken as %s", text, a)
		}
	}
}
