package local

import (
	"testing"
	"time"
)

// Looks come soon at first and then ever later, so that long tasks cost little.
func TestPause(t *testing.T) {
	total, last := time.Duration(0), time.Duration(0)
	for n := range 200 {
		p := pause(n)
		if p < last {
			t.Errorf("look %d comes after %s, the one before after %s", n, p, last)
		}
		last = p
		total += p
		if n == 4 && total > time.Second {
			t.Errorf("the first five looks take %s", total)
		}
	}
	if last != 30*time.Second {
		t.Errorf("the last pause is %s", last)
	}
}

// A task that ends before the first look has no virtual size, rather than none.
func TestUnseen(t *testing.T) {
	p := &process{e: &Executor{memTotal: 1 << 30}, j: &job{}}
	p.rusage.Maxrss = 100
	m := p.metrics()
	if m.PeakVMem != -1 || m.VMem != -1 || m.PeakRSS != 100<<10 || m.RSS != 100<<10 {
		t.Errorf("%+v", m)
	}
}
