package compat

import (
	"testing"

	"sluice/internal/config"
	"sluice/internal/directive"
)

// TestReasons: what the tables say is lost or refused is a phrase that can stand
// behind the name.
func TestReasons(t *testing.T) {
	t.Parallel()
	check := func(name, reason string) {
		if reason != "" && (reason[len(reason)-1] == '.' || reason[0] >= 'A' && reason[0] <= 'Z' && reason[:4] != "CPUs") {
			t.Errorf("%s: %q is a sentence, not a phrase", name, reason)
		}
	}
	found := 0
	for _, s := range config.Scopes() {
		check(s.Name, s.Lost)
		for _, o := range s.Options {
			check(s.Name+"."+o.Name, o.Lost)
			lost, known := config.Lost(append(nonEmpty(s.Name), o.Name)...)
			if !known || o.Lost != "" && lost != o.Lost || o.Lost == "" && lost != s.Lost {
				t.Errorf("Lost(%s.%s) = %q, %v; the table has %q and %q", s.Name, o.Name, lost, known, o.Lost, s.Lost)
			}
			if lost != "" {
				found++
			}
		}
	}
	for _, d := range directive.All() {
		check(d.Name, d.Lost)
		check(d.Name, d.Refused)
	}
	if found == 0 {
		t.Error("no option is without effect")
	}
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
