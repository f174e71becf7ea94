package directive

import (
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range All() {
		if seen[d.Name] || d.Doc == "" || d.Types == 0 {
			t.Errorf("entry %q is double or incomplete", d.Name)
		}
		seen[d.Name] = true
		if d.First != "" && d.Option(d.First) == nil {
			t.Errorf("%s: first option %q is not in its options", d.Name, d.First)
		}
	}
}

func s(text string) value.Value { return value.String(text) }

func TestSetting(t *testing.T) {
	t.Parallel()
	closure := &value.Closure{}
	for _, c := range []struct {
		name  string
		args  []value.Value
		named *value.Map
		want  string // starts with "error: " where one is expected
	}{
		{"cpus", []value.Value{value.Int(4)}, nil, "4"},
		{"cpus", []value.Value{s("4")}, nil, "4"},
		{"cpus", []value.Value{s("four")}, nil, "error: directive `cpus` cannot be `four` (String)"},
		{"cpus", []value.Value{value.Int(1), value.Int(2)}, nil, "error: directive `cpus` takes one value, 2 given"},
		{"cpus", nil, value.MapOf("x", value.Int(1)), "error: directive `cpus` has no option `x`"},
		{"cpus", nil, nil, "error: directive `cpus` has no value"},
		{"memory", []value.Value{s("8 GB")}, nil, "8 GB"},
		{"memory", []value.Value{value.Memory(1 << 30)}, nil, "1 GB"},
		{"memory", []value.Value{s("8 XB")}, nil, "error: directive `memory` cannot be `8 XB` (String)"},
		{"time", []value.Value{s("1h 30m")}, nil, "1h 30m"},
		{"time", []value.Value{value.Bool(true)}, nil, "error: directive `time` cannot be `true` (Boolean)"},
		{"publishDir", []value.Value{s("out")}, value.MapOf("mode", s("copy")), "[path:out, mode:copy]"},
		{"publishDir", []value.Value{s("out")}, value.MapOf("mod", s("copy")), "error: directive `publishDir` has no option `mod` (an option `mode` exists)"},
		{"publishDir", []value.Value{s("out")}, value.MapOf("mode", s("cpy")), "error: `cpy` is no value of `publishDir mode` (a value `copy` exists)"},
		{"accelerator", []value.Value{value.Int(4)}, value.MapOf("type", s("k80")), "[request:4, type:k80]"},
		{"ext", nil, value.MapOf("args", s("x")), "[args:x]"},
		{"label", []value.Value{s("big")}, nil, "big"},
		{"errorStrategy", []value.Value{s("retri")}, nil, "error: `retri` is no value of `errorStrategy` (a value `retry` exists)"},
		{"stageInMode", []value.Value{s("copy")}, nil, "copy"},
		{"clusterOptions", []value.Value{s("-a"), s("-b")}, nil, "[-a, -b]"},
		{"pod", nil, value.MapOf("env", s("A"), "value", s("B")), "[env:A, value:B]"},
		{"maxForks", []value.Value{closure}, nil, "error: directive `maxForks` cannot be a closure"},
		{"errorStrateg", []value.Value{s("x")}, nil, "error: `errorStrateg` is no process directive (a directive `errorStrategy` exists)"},
		{"resourceLimits", nil, value.MapOf("cpus", value.Int(2), "memory", s("4 GB")), "[cpus:2, memory:4 GB]"},
	} {
		v, err := Setting(c.name, c.args, c.named)
		if wantErr, ok := strings.CutPrefix(c.want, "error: "); ok {
			if err == nil || !strings.HasPrefix(err.Error(), wantErr) {
				t.Errorf("%s: error %v, want %s", c.name, err, wantErr)
			}
			continue
		}
		if err != nil || value.ToString(v) != c.want {
			t.Errorf("%s: %v, %v, want %s", c.name, value.ToString(v), err, c.want)
		}
	}
	if v, err := Setting("cpus", []value.Value{closure}, nil); err != nil || v != value.Value(closure) {
		t.Errorf("a closure for cpus: %v, %v", v, err)
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	m := value.NewMap(0)
	for _, e := range []struct {
		name string
		v    value.Value
	}{
		{"label", s("a")},
		{"label", s("b")},
		{"cpus", value.Int(1)},
		{"cpus", value.Int(2)},
		{"ext", value.MapOf("a", value.Int(1), "b", value.Int(1))},
		{"ext", value.MapOf("b", value.Int(2))},
		{"publishDir", s("x")},
		{"publishDir", value.MapOf("path", s("y"))},
	} {
		Add(m, e.name, e.v)
	}
	if got, want := value.ToString(m), "[label:[a, b], cpus:2, ext:[a:1, b:2], publishDir:[x, [path:y]]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPublishDirs(t *testing.T) {
	t.Parallel()
	dirs, err := PublishDirs(value.NewList(
		s("a"), value.MapOf("path", s("b"), "mode", s("copy"), "overwrite", value.Bool(false)),
		value.MapOf("path", s("c"), "enabled", value.Bool(false)), nil, value.MapOf("mode", s("copy")),
	))
	if err != nil || len(dirs) != 2 {
		t.Fatalf("%v, %v", dirs, err)
	}
	if dirs[0].Path != s("a") || dirs[1].Mode != "copy" || dirs[1].Overwrite == nil || *dirs[1].Overwrite {
		t.Errorf("%+v", dirs)
	}
	if dirs, err := PublishDirs(value.NewList()); err != nil || len(dirs) != 0 {
		t.Errorf("an empty list: %v, %v", dirs, err)
	}
	for _, bad := range []value.Value{value.Int(1), value.MapOf("path", s("x"), "mode", s("hardlink")), value.MapOf("path", s("x"), "enabled", s("maybe"))} {
		if _, err := PublishDirs(bad); err == nil {
			t.Errorf("%s gave no error", value.ToString(bad))
		}
	}
}

func TestConversions(t *testing.T) {
	t.Parallel()
	if n, err := Cpus(nil); n != 1 || err != nil {
		t.Error(n, err)
	}
	if _, err := Cpus(value.Int(0)); err == nil {
		t.Error("cpus 0 passed")
	}
	if m, err := Size("memory", s("1.5 GB")); m != 1610612736 || err != nil {
		t.Error(m, err)
	}
	if m, err := Size("memory", s("1024")); m != 1024 || err != nil {
		t.Error(m, err)
	}
	if d, err := Time("time", s("2h")); d != 7200000 || err != nil {
		t.Error(d, err)
	}
	if c, err := Cache(value.Bool(false)); c != CacheOff || err != nil {
		t.Error(c, err)
	}
	if c, err := Cache(s("lenient")); c != CacheLenient || err != nil {
		t.Error(c, err)
	}
	if _, err := Cache(s("depp")); err == nil {
		t.Error("cache 'depp' passed")
	}
	if sh, err := Shell(s("/bin/bash -eu")); err != nil || len(sh) != 2 {
		t.Error(sh, err)
	}
	if got := Modules(value.NewList(s("a/1:b/2"), s("c"))); strings.Join(got, ",") != "a/1,b/2,c" {
		t.Error(got)
	}
	l, err := LimitsOf(value.MapOf("cpus", value.Int(2), "memory", value.Memory(100), "time", value.Duration(5)))
	if err != nil || Cap(4, l.Cpus) != 2 || Cap(value.Memory(50), l.Memory) != 50 || Cap(value.Duration(9), l.Time) != 5 {
		t.Error(l, err)
	}
	if _, err := LimitsOf(value.MapOf("cpu", value.Int(2))); err == nil {
		t.Error("limit cpu passed")
	}
	if a, err := AcceleratorOf(value.Int(2)); err != nil || a.Request != 2 || a.Limit != 2 {
		t.Error(a, err)
	}
	if got := ContainerOptions(value.NewList(s("--a"), s("--b"))); got != "--a --b" {
		t.Error(got)
	}
}
