package main

import (
	"strings"
	"testing"
	"time"
)

func TestMet(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name         string
		target       target
		ours, theirs usage
		floor, base  time.Duration
		want         string
	}{
		{"fast enough", target{faster: 8}, usage{time.Second, mib}, usage{8 * time.Second, mib}, 0, 0, "yes"},
		{"too slow", target{faster: 8}, usage{time.Second, mib}, usage{7 * time.Second, mib}, 0, 0, "no: speed"},
		{"nothing to compare with", target{faster: 8, rssPart: 0.25}, usage{time.Second, mib}, usage{}, 0, 0, "yes"},
		{"too large", target{rssMB: 40}, usage{time.Second, 41 * mib}, usage{}, 0, 0, "no: memory"},
		{"part of memory", target{rssPart: 0.25}, usage{1, 26 * mib}, usage{1, 100 * mib}, 0, 0, "no: memory"},
		{"70 % of the floor", target{ofFloor: 0.7}, usage{wall: 10 * time.Second}, usage{}, 7 * time.Second, 0, "yes"},
		{"below the floor", target{ofFloor: 0.7}, usage{wall: 10 * time.Second}, usage{}, 6 * time.Second, 0, "no: floor"},
		{"grows as its work", target{growth: 3.3}, usage{wall: 3 * time.Second}, usage{}, 0, time.Second, "yes"},
		{"grows faster", target{growth: 3.3}, usage{wall: 4 * time.Second}, usage{}, 0, time.Second, "no: growth"},
		{"time and speed", target{wall: time.Millisecond, faster: 2}, usage{wall: time.Second}, usage{wall: time.Second}, 0, 0, "no: speed, time"},
	}
	for _, tt := range tests {
		if got := tt.target.met(tt.ours, tt.theirs, tt.floor, tt.base); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMedian(t *testing.T) {
	got := median([]usage{{5, 10}, {1, 30}, {3, 20}})
	if (got != usage{3, 20}) {
		t.Errorf("median %v, want {3 20}", got)
	}
}

// TestFloor: the floor does the work it is compared by.
func TestFloor(t *testing.T) {
	wall, err := runFloor(t.TempDir()+"/floor", 7)
	if err != nil {
		t.Fatal(err)
	}
	if wall <= 0 {
		t.Errorf("took %s", wall)
	}
}

// TestRowsNamed: -only finds each row by one name without commas.
func TestRowsNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows {
		if r.name == "" || strings.Contains(r.name, ",") || seen[r.name] {
			t.Errorf("row name %q", r.name)
		}
		seen[r.name] = true
	}
}
