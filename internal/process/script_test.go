package process

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/task"
)

func TestNormalize(t *testing.T) {
	t.Parallel()
	in := &instance{task: &task.Task{Shell: []string{"/bin/bash", "-ue"}}}
	for _, tc := range []struct{ text, want string }{
		{"\n    a\n    b\n    ", "#!/bin/bash -ue\na\nb\n"},
		{"a", "#!/bin/bash -ue\na\n"},
		{"\n    #!/usr/bin/env python3\n    print(1)\n", "#!/usr/bin/env python3\nprint(1)\n"},
		{"  echo '\n    x'", "#!/bin/bash -ue\necho '\n  x'\n"},
	} {
		if got := in.normalize(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	upper := func(expr string) (string, error) {
		if expr == "bad" {
			return "", errors.New("`bad` is not defined")
		}
		return "<" + expr + ">", nil
	}
	for _, tc := range []struct {
		marker     byte
		text, want string
	}{
		{'$', "a ${x} b", "a <x> b"},
		{'$', "$x $y.z $w.", "<x> <y.z> <w>."},
		{'$', "${x.collect { it + 1 }} end", "<x.collect { it + 1 }> end"},
		{'$', `\$x \${y} $z`, "$x ${y} <z>"},
		{'$', `a\\b`, `a\b`},
		{'$', "cost: 5$", "cost: 5$"},
		{'$', "$1 $$ $(ls)", "$1 $$ $(ls)"},
		{'$', "!{x}", "!{x}"},
		{'!', "!{x} $y ${z}", "<x> $y ${z}"},
		{'!', "!x !! !", "!x !! !"},
		{'!', "!{m.collect { k, v -> k }}", "<m.collect { k, v -> k }>"},
		{'!', `\!{x}`, `\<x>`},
	} {
		got, err := fill(tc.text, tc.marker, upper)
		if err != nil || got != tc.want {
			t.Errorf("%q: got %q, %v, want %q", tc.text, got, err, tc.want)
		}
	}
	if _, err := fill("a ${x\nb", '$', upper); err == nil || !strings.Contains(err.Error(), "closing brace") {
		t.Errorf("open brace: %v", err)
	}
	if _, err := fill("${bad}", '$', upper); err == nil || err.Error() != "`bad` is not defined" {
		t.Errorf("error of the expression: %v", err)
	}
}

func TestTemplatePath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"templates/both.sh", "templates/project.sh", "modules/a/templates/both.sh"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := &Run{ProjectDir: dir}
	module := filepath.Join(dir, "modules/a/main.nf")
	for name, want := range map[string]string{
		"both.sh": "modules/a/templates/both.sh", "project.sh": "templates/project.sh",
		filepath.Join(dir, "templates/both.sh"): "templates/both.sh",
	} {
		p, err := r.TemplatePath(module, name)
		if err != nil || p.Name != filepath.Join(dir, want) {
			t.Errorf("%s: got %v, %v, want %s", name, p, err, want)
		}
	}
	if _, err := r.TemplatePath(module, "none.sh"); err == nil {
		t.Error("a template that is nowhere was found")
	}
}
