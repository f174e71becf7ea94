package config

import (
	"strings"

	"sluice/internal/lang/value"
)

// A Selector is a group of process settings for the processes that its
// pattern matches.
type Selector struct {
	Kind     string // "withName", "withLabel"
	Pattern  string
	Settings *value.Map
	match    matcher
}

// SelectorKey is the key of a selector in the process scope.
func SelectorKey(kind, pattern string) string { return kind + ":" + pattern }

// IsSelector splits the key of a selector.
func IsSelector(key string) (kind, pattern string, ok bool) {
	kind, pattern, ok = strings.Cut(key, ":")
	if !ok || kind != "withName" && kind != "withLabel" {
		return "", "", false
	}
	return kind, strings.TrimSpace(pattern), true
}

// Selectors lists the selectors of one kind in the order of the configuration.
func (c *Config) Selectors(kind string) []*Selector {
	var all []*Selector
	c.Scope("process").Entries(func(k, v value.Value) bool {
		key, isText := value.Str(k)
		settings, isMap := v.(*value.Map)
		of, pattern, ok := IsSelector(key)
		if isText && isMap && ok && of == kind {
			all = append(all, &Selector{Kind: kind, Pattern: pattern, Settings: settings, match: newMatcher(pattern)})
		}
		return true
	})
	return all
}

// MatchesName says whether the selector applies to a process name.
func (s *Selector) MatchesName(name string) bool { return s.match.matches(name) != s.match.negate }

// MatchesLabels says whether the selector applies to a process with labels:
// a negated one applies where no label matches.
func (s *Selector) MatchesLabels(labels []string) bool {
	for _, l := range labels {
		if s.match.matches(l) {
			return !s.match.negate
		}
	}
	return s.match.negate
}

// A matcher is an anchored regular expression; `!` in front negates.
type matcher struct {
	negate bool
	text   string
	re     *value.Pattern // nil: compare text
}

func newMatcher(pattern string) matcher {
	m := matcher{text: pattern}
	if rest, ok := strings.CutPrefix(pattern, "!"); ok {
		m.negate, m.text = true, strings.TrimSpace(rest)
	}
	if strings.ContainsAny(m.text, `.*+?()[]{}|\^$`) {
		if re, err := value.NewPattern(m.text, 0); err == nil {
			m.re = re
		}
	}
	return m
}

func (m *matcher) matches(name string) bool {
	if m.re == nil {
		return m.text == name
	}
	ok, err := m.re.Matches(name)
	return ok && err == nil
}

// CheckPattern reports a pattern that is no regular expression.
func CheckPattern(pattern string) error {
	_, err := value.NewPattern(strings.TrimPrefix(pattern, "!"), 0)
	return err
}

// UnusedSelectors lists the withName patterns that match none of the
// processes; each process is given by its base, alias and full names.
func (c *Config) UnusedSelectors(names []string) []string {
	var unused []string
	for _, s := range c.Selectors("withName") {
		used := false
		for _, n := range names {
			if used = s.MatchesName(n); used {
				break
			}
		}
		if !used {
			unused = append(unused, s.Pattern)
		}
	}
	return unused
}
