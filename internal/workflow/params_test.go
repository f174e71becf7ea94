package workflow

import (
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

func newParams(given ...any) (*Params, *[]string) {
	var warnings []string
	p := NewParams(value.MapOf(given...), func(s string) { warnings = append(warnings, s) })
	return p, &warnings
}

func text(t *testing.T, p *Params, name string) string {
	t.Helper()
	v, err := value.GetAt(nil, p.Map(), value.String(name))
	if err != nil {
		t.Fatalf("params.%s: %v", name, err)
	}
	return value.ToString(v)
}

// A default never overwrites what was given; the first default of a script wins.
func TestDefaults(t *testing.T) {
	t.Parallel()
	p, warnings := newParams("given", value.String("by hand"), "nothing", nil)
	for _, name := range []string{"given", "nothing", "own"} {
		p.Default(name, value.String("default"))
	}
	for name, want := range map[string]string{"given": "by hand", "nothing": "null", "own": "default"} {
		if got := text(t, p, name); got != want {
			t.Errorf("params.%s is %s, want %s", name, got, want)
		}
	}
	if len(*warnings) != 0 {
		t.Errorf("warned of %v", *warnings)
	}
	p.Default("own", value.String("second"))
	if got := text(t, p, "own"); got != "default" {
		t.Errorf("a second default gives %s", got)
	}
	if len(*warnings) != 1 || !strings.Contains((*warnings)[0], "params.own") {
		t.Errorf("a second default warns %v", *warnings)
	}
}

func TestUnknownIsNullAndWarnedOnce(t *testing.T) {
	t.Parallel()
	p, warnings := newParams()
	for range 3 {
		if got := text(t, p, "nope"); got != "null" {
			t.Errorf("got %s", got)
		}
	}
	if len(*warnings) != 1 || !strings.Contains((*warnings)[0], "`nope`") {
		t.Errorf("warned %v", *warnings)
	}
	if p.Has("nope") || p.Map().Len() != 0 {
		t.Error("reading made a parameter")
	}
}

// A module starts with a copy, which its own defaults cannot change.
func TestCopy(t *testing.T) {
	t.Parallel()
	p, _ := newParams("a", value.MakeInt(1))
	p.Default("b", value.MakeInt(2))
	m := p.Copy()
	m.Default("a", value.MakeInt(10))
	m.Default("b", value.MakeInt(20))
	m.Default("c", value.MakeInt(30))
	if got := value.ToString(m.Map()); got != "[a:1, b:2, c:30]" {
		t.Errorf("the module sees %s", got)
	}
	if got := value.ToString(p.Map()); got != "[a:1, b:2]" {
		t.Errorf("the script sees %s", got)
	}
}

// addParams wins over everything, and over the module's defaults.
func TestOverride(t *testing.T) {
	t.Parallel()
	p, _ := newParams("a", value.MakeInt(1))
	m := p.Copy()
	m.Override(value.MapOf("a", value.MakeInt(5), "b", value.MakeInt(6)))
	m.Default("b", value.MakeInt(7))
	if got := value.ToString(m.Map()); got != "[a:5, b:6]" {
		t.Errorf("got %s", got)
	}
	if got := value.ToString(p.Map()); got != "[a:1]" {
		t.Errorf("the including script sees %s", got)
	}
}
