package main

import (
	"fmt"
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

// TestTranslated: every file that a task reads is made by a task before it.
func TestTranslated(t *testing.T) {
	made := map[string]bool{}
	for i := range 20 {
		for _, p := range parentsOf(i) {
			if !made[p] {
				t.Errorf("task %d reads %s, which nobody made yet", i, p)
			}
		}
		made[fmt.Sprintf("task_%05d_out", i)] = true
	}
	files := translated(210)
	if got := strings.Count(files["deps/task_00209.txt"], "\n"); got != 20 {
		t.Errorf("the last task reads %d files, want 20", got)
	}
	if len(files) != 3+3 {
		t.Errorf("%d files, want three modules, the script, the input and the list", len(files))
	}
}
