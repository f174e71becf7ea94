package process

import "testing"

// Where an executor takes more tasks at once, a process may have as many.
func TestMaxActive(t *testing.T) {
	t.Parallel()
	for active, want := range map[int]int{0: maxActive, 100: maxActive, 101024: 101024} {
		if got := (&Run{Active: active}).maxActive(); got != want {
			t.Errorf("%d: %d, want %d", active, got, want)
		}
	}
}
