package workdir

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/task"

	"github.com/google/go-cmp/cmp"
	"mvdan.cc/sh/v3/syntax"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// samples are tasks whose wrappers differ in what they hold.
func samples() map[string]*task.Task {
	in := "hello"
	base := func(change func(*task.Task)) *task.Task {
		t := &task.Task{Name: "P (1)", WorkDir: "/w/ab/cd", Script: "#!/bin/bash -ue\necho hi\n"}
		change(t)
		return t
	}
	return map[string]*task.Task{
		"plain": base(func(*task.Task) {}),
		"inputs": base(func(t *task.Task) {
			t.Stage = []task.Staged{{Source: "/d/a b.txt", Name: "a b.txt"}, {Source: "/d/-rf", Name: "-rf"}, {Source: "/d/x", Name: "s/t/x"}}
			t.OutputGlobs = []string{"out*.txt", "it's"}
		}),
		"everything": base(func(t *task.Task) {
			t.Name = "P (it's\n$(x))"
			t.WorkDir = "/w x/a'b/cd"
			t.Stdin = &in
			t.Script = "#!/usr/bin/env python3\nprint(1)\n"
			t.Env = []task.EnvVar{{Name: "A", Value: `x "$HOME" $(id) 'q'`}}
			t.BinDirs = []string{"/p/bin"}
			t.BeforeScript, t.AfterScript = "echo before", "echo after"
			t.Module = []string{"foo/1.0:bar"}
			t.Scratch, t.StageOutMode = "true", "move"
			t.OutputGlobs = []string{"**.txt", "a b*", "{x,y}.[ab]", "-z", "../no"}
			t.WantMetrics = true
			t.StageInMode = "copy"
			t.Stage = []task.Staged{{Source: "/d/dir", Name: "dir"}}
		}),
		"docker": base(func(t *task.Task) {
			t.Container = &task.Container{Engine: "docker", Image: "ubuntu:20.04", Options: "--foo"}
			t.Env = []task.EnvVar{{Name: "A", Value: "it's $B"}}
			t.Resources.Cpus, t.Resources.Memory = 2, 2<<30
		}),
		"singularity": base(func(t *task.Task) {
			t.Container = &task.Container{Engine: "singularity", Image: "/i/u.img"}
			t.Stdin = &in
		}),
	}
}

func TestWrapper(t *testing.T) {
	t.Parallel()
	for name, tk := range samples() {
		var b bytes.Buffer
		if err := writeWrapper(&b, tk, ""); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(b.Bytes()), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cmd := exec.Command("/bin/bash", "-n")
		cmd.Stdin = bytes.NewReader(b.Bytes())
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: bash -n: %v\n%s", name, err, out)
		}
		golden := filepath.Join("testdata", name+".command.run")
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s: -want +got\n%s", name, d)
		}
	}
}

func TestPrepareErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*task.Task){
		"create work directory " + file + "/ab/cd: not a directory": func(t *task.Task) { t.WorkDir = file + "/ab/cd" },
		"name `../x` leaves the work directory":                     func(t *task.Task) { t.Stage = []task.Staged{{Source: file, Name: "../x"}} },
		"stage s3://b/x: not an absolute path of this machine":      func(t *task.Task) { t.Stage = []task.Staged{{Source: "s3://b/x", Name: "x"}} },
		"no such file or directory":                                 func(t *task.Task) { t.StageInMode = "copy"; t.Stage = []task.Staged{{Source: "/no/such", Name: "x"}} },
		"stageInMode `teleport` is not one of copy":                 func(t *task.Task) { t.StageInMode = "teleport"; t.Stage = []task.Staged{{Source: file, Name: "x"}} },
		"export `A.B`":                            func(t *task.Task) { t.Env = []task.EnvVar{{Name: "A.B"}} },
		"container engine `jail`":                 func(t *task.Task) { t.Container = &task.Container{Engine: "jail"} },
		"env and eval outputs need a bash script": func(t *task.Task) { t.Script = "#!/usr/bin/python3\n"; t.CaptureEnv = []string{"X"} },
	} {
		tk := &task.Task{Name: "P", WorkDir: filepath.Join(t.TempDir(), "ab", "cd"), Script: "#!/bin/bash\n"}
		change(tk)
		if err := Prepare(tk); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestPrepareAgain: a second time replaces what the first left.
func TestPrepareAgain(t *testing.T) {
	t.Parallel()
	src := t.TempDir()
	if err := os.MkdirAll(filepath.Join(src, "d", "e"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"symlink", "copy", "rellink"} {
		tk := &task.Task{Name: "P", WorkDir: filepath.Join(t.TempDir(), "ab", "cd"), Script: "long script", StageInMode: mode, Stage: []task.Staged{{Source: filepath.Join(src, "d"), Name: "q/d"}}}
		for range 2 {
			if err := Prepare(tk); err != nil {
				t.Fatal(err)
			}
			tk.Script = "short"
		}
		if data, err := os.ReadFile(filepath.Join(tk.WorkDir, ScriptFile)); err != nil || string(data) != "short" {
			t.Errorf("%q, %v", data, err)
		}
		if info, err := os.Stat(filepath.Join(tk.WorkDir, "q/d/e")); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	m := task.Metrics{
		Realtime: 1508 * time.Millisecond, CPUPercent: 2, CPUModel: "AMD EPYC", Rchar: 50133366, Wchar: 50011186, Syscr: 4839, Syscw: 8304,
		WriteBytes: 10002432, VMem: 7280 << 10, RSS: 5008 << 10, PeakVMem: 7280 << 10, PeakRSS: 5008 << 10, VolCtxt: 2, InvCtxt: 2,
	}
	// Written by Nextflow 25.04.4.
	const text = "nextflow.trace/v2\nrealtime=1508\n%cpu=20\ncpu_model=AMD EPYC\nrchar=50133366\nwchar=50011186\nsyscr=4839\nsyscw=8304\nread_bytes=0\nwrite_bytes=10002432\n" +
		"%mem=0\nvmem=7280\nrss=5008\npeak_vmem=7280\npeak_rss=5008\nvol_ctxt=2\ninv_ctxt=2\n"
	if d := cmp.Diff(text, string(FormatTrace(m))); d != "" {
		t.Error(d)
	}
	got, err := ParseTrace([]byte(text))
	if d := cmp.Diff(m, got); d != "" || err != nil {
		t.Error(d, err)
	}
	if got, err := ParseTrace(nil); err != nil || got != Unmeasured {
		t.Errorf("empty: %+v, %v", got, err)
	}
	if _, err := ParseTrace([]byte("nextflow.trace/v2\nrchar=x\n")); err == nil {
		t.Error("garbage was read")
	}
}

func TestReadCaptures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, EnvFile), []byte("\nX=a=b\n\nc\n/X/\nE=/E/x\n/E/=exit:3\nZ=\n/Z/\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCaptures(Disk(dir))
	if d := cmp.Diff(map[string]Capture{"X": {Value: "a=b\n\nc"}, "E": {Value: "/E/x", Exit: 3}, "Z": {}}, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestNeedsWrapper(t *testing.T) {
	t.Parallel()
	for name, tk := range samples() {
		if got, want := NeedsWrapper(tk), name != "plain" && name != "inputs"; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzEnv: what Go computes is what bash exports, and no command in it runs.
func FuzzEnv(f *testing.F) {
	for _, s := range []string{"", "$HOME/x", "${A}$$", `\$A \\ \"`, "`touch x`", "$(touch x)", "it's", "a\nb", "$", "${", "${A", "$1", `"`, "!x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			t.Skip()
		}
		tk := &task.Task{WorkDir: "/w", Env: []task.EnvVar{{Name: "A", Value: "a b"}, {Name: "V", Value: s}}}
		lines, err := exports(tk)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/bin/bash", "-c", "set -eu; "+lines+"printf %s \"$V\"")
		cmd.Env = []string{"HOME=/h"}
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, kv := range NewBaseEnv([]string{"HOME=/h"}).For(tk) {
			if v, ok := strings.CutPrefix(kv, "V="); ok {
				want = v
			}
		}
		// Names that bash sets by itself are not in the list.
		if string(out) != want && !strings.Contains(s, "$") {
			t.Errorf("%q: bash has %q, Go has %q", s, out, want)
		}
	})
}

// FuzzBashGlob: no pattern makes the wrapper run anything.
func FuzzBashGlob(f *testing.F) {
	for _, s := range []string{"*.txt", "a b", "$(touch pwned)", "`touch pwned`", "x;touch pwned", "**.x", "{a,b}", "-rf", "[", "\\*", "a\nb", "~", "!"} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			t.Skip()
		}
		cmd := exec.Command("/bin/bash", "-c", "shopt -s nullglob globstar; for f in "+bashGlob(s)+"; do :; done")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%q as %q: %v, %s", s, bashGlob(s), err, out)
		}
		if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
			t.Fatalf("%q made %v, %v", s, list, err)
		}
	})
}
