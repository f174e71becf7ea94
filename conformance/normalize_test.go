package conformance

import "testing"

func TestNormalStdout(t *testing.T) {
	const out = "N E X T F L O W  ~  version 25.04.4\nLaunching `main.nf` [x_y] DSL2 - revision: 0\n" +
		"b\n[ab/123456] Submitted process > P (1)\nWARN: careful\na /tmp/run/work/ab/00000000000000000000000000000f/o.txt\n" +
		"ERROR ~ bad\n\nCaused by:\n  it\n -- Check '.nextflow.log' file for details\nafter /tmp/run/x\n\n"
	tests := []struct {
		name   string
		sorted bool
		want   string
	}{
		{"in order", false, "b\na [work]/o.txt\nafter [launchDir]/x\n"},
		{"sorted", true, "a [work]/o.txt\nafter [launchDir]/x\nb\n"},
	}
	for _, tt := range tests {
		if got := normalStdout(out, "/tmp/run", tt.sorted); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := normalStdout("\n", "/tmp/run", false); got != "" {
		t.Errorf("nothing printed: %q", got)
	}
}

func TestErrorBlock(t *testing.T) {
	const out = "x\nCaused by:\n  Process `P` terminated\n\n\nCommand error:\n  z\n  a\n\nWork dir:\n  /tmp/run/work/ab/00000000000000000000000000000f\n\nTip: look\nmore\n"
	const want = "Caused by:\n  Process `P` terminated\nCommand error:\n  a\n  z\nWork dir:\n  [work]\n"
	if got := errorBlock(out, "/tmp/run", true); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := errorBlock("nothing here", "/tmp/run", true); got != "" {
		t.Errorf("no block: %q", got)
	}
}

func TestDropMatching(t *testing.T) {
	got, err := dropMatching("keep\nbad thing 7\nend\n", []string{`bad \w+`})
	if err != nil || got != "keep\nend\n" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := dropMatching("", []string{"("}); err == nil {
		t.Error("a broken pattern is accepted")
	}
}

// TestCompare: every part of an outcome counts.
func TestCompare(t *testing.T) {
	base := Outcome{Stdout: "a\n", Exit: "0\n", Tree: "file r\n", Files: map[string]string{"r": "x\n"}}
	c := &Case{Want: base}
	if diff := c.Compare(base); diff != "" {
		t.Errorf("equal outcomes differ: %s", diff)
	}
	changes := map[string]func(*Outcome){
		"stdout": func(o *Outcome) { o.Stdout = "b\n" },
		"exit":   func(o *Outcome) { o.Exit = "1\n" },
		"tree":   func(o *Outcome) { o.Tree = "link r\n" },
		"error":  func(o *Outcome) { o.Error = "Caused by:\n" },
		"file":   func(o *Outcome) { o.Files = map[string]string{"r": "y\n"} },
	}
	for name, change := range changes {
		got := base
		change(&got)
		if c.Compare(got) == "" {
			t.Errorf("a change of %s is not seen", name)
		}
	}
	c.ErrMatch = []string{"no such"}
	if c.Compare(base) == "" {
		t.Error("a missing message is not seen")
	}
}
