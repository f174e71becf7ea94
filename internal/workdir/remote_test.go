package workdir

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/task"

	"github.com/google/go-cmp/cmp"
	"mvdan.cc/sh/v3/syntax"
)

// remoteSamples are tasks that run elsewhere.
func remoteSamples() map[string]*task.Task {
	in := "hello"
	base := func(change func(*task.Task)) *task.Task {
		t := &task.Task{
			Name: "P (1)", WorkDir: "az://work/run/ab/cd", Script: "#!/bin/bash -ue\necho hi\n",
			Remote:    &task.Remote{Tool: "native", Endpoint: "https://acct.blob.core.windows.net", Parallel: 4, Attempts: 3, Delay: 10 * time.Second},
			Container: &task.Container{Engine: "docker", Image: "ubuntu:24.04"},
		}
		change(t)
		return t
	}
	everything := func(t *task.Task) {
		t.Name = "P (it's\n$(x))"
		t.WorkDir = "az://work/a b/it's/cd"
		t.Stdin = &in
		t.Env = []task.EnvVar{{Name: "A", Value: `x "$HOME" $(id) 'q'`}}
		t.BinDirs = []string{"az://work/run/bin", "az://work/run/mod bin"}
		t.BeforeScript, t.AfterScript = "echo before", "echo after"
		t.Module = []string{"foo/1.0"}
		t.Scratch = "true"
		t.OutputGlobs = []string{"**.txt", "a b*", "{x,y}.[ab]", "-z", "../no"}
		t.WantMetrics = true
		t.Secrets = task.NewSecrets("", "", []string{"TOKEN", "OTHER"}, nil)
		t.CaptureEnv = []string{"X"}
		t.Stage = []task.Staged{{Source: "az://data/dir", Name: "dir"}, {Source: "az://data/a #1%é.txt", Name: "in/a #1%é.txt"}, {Source: "https://example.org/f?x=1", Name: "f"}}
		t.Remote.BlockSizeMB, t.Remote.Tier, t.Remote.SAS = 8, "Cool", true
	}
	return map[string]*task.Task{
		"remote-plain":  base(func(*task.Task) {}),
		"remote-native": base(everything),
		"remote-azcopy": base(func(t *task.Task) { everything(t); t.Remote.Tool = "azcopy" }),
		"remote-fusion": base(func(t *task.Task) { everything(t); t.Remote.Tool, t.Stage = "fusion", t.Stage[:2] }),
		"remote-host": base(func(t *task.Task) {
			everything(t)
			t.Remote.Host = true
			t.Resources.Cpus = 2
		}),
	}
}

func TestControlFiles(t *testing.T) {
	t.Parallel()
	for name, tk := range remoteSamples() {
		files, err := ControlFiles(tk)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, ok := files[InFile]; ok != (tk.Stdin != nil) || !strings.HasPrefix(string(files[ScriptFile]), tk.Script) {
			t.Errorf("%s: %q", name, files[ScriptFile])
		}
		run := files[RunFile]
		if _, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(run), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		golden := filepath.Join("testdata", name+".command.run")
		if *update {
			if err := os.WriteFile(golden, run, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(run)); d != "" {
			t.Errorf("%s: -want +got\n%s", name, d)
		}
	}
}

func TestControlFilesErrors(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*task.Task){
		"work directory /w/ab is not an az:// one":             func(t *task.Task) { t.WorkDir = "/w/ab" },
		"work directory az://work/ab is on this machine":       func(t *task.Task) { t.Remote = nil },
		"copy tool `scp` is not one of native, azcopy, fusion": func(t *task.Task) { t.Remote.Tool = "scp" },
		"no endpoint of the storage account":                   func(t *task.Task) { t.Remote.Endpoint = "" },
		"stage /x: a node can fetch az:// and https:// only":   func(t *task.Task) { t.Stage = []task.Staged{{Source: "/x", Name: "x"}} },
		"name `../x` leaves the work directory":                func(t *task.Task) { t.Stage = []task.Staged{{Source: "az://c/x", Name: "../x"}} },
		"directory of programs /p/bin is not in the storage":   func(t *task.Task) { t.BinDirs = []string{"/p/bin"} },
		"container option `--network host` ends the isolation": func(t *task.Task) { t.Remote.Host = true; t.Container.Options = "--rm  --network   host" },
		"env and eval outputs need a bash script":              func(t *task.Task) { t.Script = "#!/usr/bin/python3\n"; t.CaptureEnv = []string{"X"} },
		"export `A.B` of P":                                    func(t *task.Task) { t.Env = []task.EnvVar{{Name: "A.B"}} },
	} {
		tk := &task.Task{
			Name: "P", WorkDir: "az://work/ab", Script: "#!/bin/bash\n", Container: &task.Container{Engine: "docker", Image: "i"},
			Remote: &task.Remote{Tool: "native", Endpoint: "https://a.blob.core.windows.net"},
		}
		change(tk)
		if _, err := ControlFiles(tk); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestBlobURL(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"az://c/a/b.txt":          "https://a/c/a/b.txt",
		"az://c/a b#%?+&'\"*\\\n": "https://a/c/a%20b%23%25%3F%2B%26%27%22%2A%5C%0A",
		"az://c/é😀":               "https://a/c/%C3%A9%F0%9F%98%80",
		"https://x.org/a?b=c":     "https://x.org/a?b=c",
	} {
		if got := BlobURL("https://a/", uri); got != want {
			t.Errorf("%q: %s", uri, got)
		}
	}
}
