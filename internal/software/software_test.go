package software

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/internal/task"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func hostOf(t *testing.T, path string, notices *atomic.Int32) *Host {
	return &Host{
		Ctx: t.Context(), Path: path + ":" + os.Getenv("PATH"), Environ: append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH")),
		Notice: func(string) { notices.Add(1) }, Warn: func(string) {},
	}
}

// The sums are those the original engine, 25.04.4, has in its cache.
func TestDigests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"samtools=1.9 bwa":                 "dd179f9fb3a97cfd53cf0659f4d5a039",
		"http://127.0.0.1:1/x.yml":         "054bd847e11d6364637168bcd3eed4c4",
		"fastqc":                           "23037893fdd4cef8d4acc5fe82ba1899",
		"é samtools":                       "1e40f949e91dbde5ae46461d225a8a60",
		"@EXPLICIT\nhttps://x/y.tar.bz2\n": "d226d483fa15f02028b0cdc7d33449aa",
	} {
		if got := digest(text); got != want {
			t.Errorf("digest of %q is %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"rel/e.yml":                     "f93fca4ccb21ad8a",
		"/tmp/oracle1436145929/env.yml": "0831d340603fd878",
	} {
		if got := shortDigest(text); got != want {
			t.Errorf("short digest of %q is %s, want %s", text, got, want)
		}
	}
}

// The command lines are the original engine's.
func TestCondaLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "e.yml"), "x", 0o644)
	write(t, filepath.Join(dir, "lock.txt"), "y", 0o644)
	for _, tc := range []struct {
		e          *Environments
		spec, want string
	}{
		{&Environments{Tool: "conda"}, "samtools=1.9 bwa", "conda create --yes --quiet --prefix PREFIX samtools=1.9 bwa"},
		{&Environments{Tool: "mamba", CreateOptions: "--opt x", Channels: []string{"a", "b"}}, "bwa", "mamba create --opt x --yes --quiet --prefix PREFIX -c a -c b bwa"},
		{&Environments{Tool: "mamba", CreateOptions: "--opt x", Channels: []string{"a"}}, "e.yml", "mamba env create --prefix PREFIX --file DIR/e.yml"},
		{&Environments{Tool: "conda", CreateOptions: "--opt x"}, "lock.txt", "conda create --opt x --yes --quiet --prefix PREFIX --file DIR/lock.txt"},
		{&Environments{Tool: "micromamba"}, "e.yml", "micromamba env create --yes --prefix PREFIX --file DIR/e.yml"},
		{&Environments{Tool: "conda"}, "https://h/x.yml", "conda env create --prefix PREFIX --file https://h/x.yml"},
	} {
		e := tc.e
		e.CacheDir, e.LaunchDir = "/cache", dir
		s, err := e.Find(tc.spec, "")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(strings.ReplaceAll(e.condaLine(s), s.Prefix, "PREFIX"), dir, "DIR")
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestSpackLine(t *testing.T) {
	t.Parallel()
	e := Environments{Tool: "spack", CacheDir: "/c", NoChecksum: true, Builds: 4}
	s, err := e.Find("samtools@1.9", "haswell")
	if err != nil {
		t.Fatal(err)
	}
	want := "spack env create -d P && spack -e P add samtools@1.9 && spack -e P config add 'packages:all:target:[haswell]' && spack -e P env view enable && " +
		"spack -e P config add concretizer:unify:true && spack -e P config add concretizer:reuse:false && spack -e P concretize -f && spack -e P install -n -j 4 -y"
	if diff := cmp.Diff(want, strings.ReplaceAll(e.spackLine(s), s.Prefix, "P")); diff != "" {
		t.Error(diff)
	}
}

func TestFindRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tc := range []struct{ tool, spec, want string }{
		{"conda", "missing.yml", "Conda environment file does not exist: missing.yml"},
		{"conda", "x.txt", "Conda environment file does not exist: x.txt"},
		{"conda", "/no/such/dir", "Conda prefix path does not exist or is not a directory: /no/such/dir"},
		{"conda", "a\nb", "Invalid Conda environment definition: a\nb"},
		{"spack", "missing.yaml", "Spack environment file does not exist: missing.yaml"},
		{"spack", "a/b", "Spack prefix path does not exist or is not a directory: a/b"},
	} {
		e := Environments{Tool: tc.tool, CacheDir: dir, LaunchDir: dir}
		if _, err := e.Find(tc.spec, ""); err == nil || err.Error() != tc.want {
			t.Errorf("%s %q: %v, want %s", tc.tool, tc.spec, err, tc.want)
		}
	}
}

// Makers that want the same thing at the same time wait for one of them.
func TestOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := "#!/bin/bash\nsleep 0.1\necho x >> " + dir + "/calls\n"
	write(t, filepath.Join(dir, "singularity"), script+"echo image > \"${@: -2:1}\"\n", 0o700)
	write(t, filepath.Join(dir, "conda"), script+"mkdir \"${@: -2:1}\"\n", 0o700)
	for name, task := range map[string]*task.Task{
		"singularity": {Container: &task.Container{Image: filepath.Join(dir, "cache", "x.img"), Source: "docker://x"}},
		"conda":       {Software: []*task.Software{{Tool: "conda", Spec: "x", Prefix: filepath.Join(dir, "envs", "env-x")}}},
	} {
		var notices atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			host := hostOf(t, dir, &notices)
			images := NewImages(host)
			images.Engine, images.Timeout = "singularity", time.Minute
			conda := NewEnvironments(host)
			conda.Tool, conda.Timeout = "conda", time.Minute
			wg.Go(func() {
				if err := images.Prepare(task); err != nil {
					t.Error(err)
				}
				if err := conda.Prepare(task); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if notices.Load() != 1 {
			t.Errorf("%s: %d notices", name, notices.Load())
		}
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil || string(calls) != "x\nx\n" {
		t.Errorf("called %q, %v", calls, err)
	}
	for _, cache := range []string{"cache", "envs"} {
		if entries, err := os.ReadDir(filepath.Join(dir, cache)); err != nil || len(entries) != 1 {
			t.Errorf("%s holds %v, %v", cache, entries, err)
		}
	}
}

// What fails or takes too long leaves nothing behind.
func TestEnvironmentFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "conda"), "#!/bin/bash\nmkdir -p \"$5\"\n[[ $* == *slow* ]] && sleep 30\necho out; echo 'no such package' >&2; exit 3\n", 0o700)
	var notices atomic.Int32
	e := NewEnvironments(hostOf(t, dir, &notices))
	e.Tool, e.CacheDir, e.Timeout, e.LaunchDir = "conda", filepath.Join(dir, "envs"), 300*time.Millisecond, dir
	for spec, want := range map[string]string{
		"bad":  "Failed to create Conda environment\n  command: conda create --yes --quiet --prefix PREFIX bad\n  status : 3\n  message:\n    out\n    no such package",
		"slow": "Failed to create Conda environment\n  command: conda create --yes --quiet --prefix PREFIX slow\n  reason : it took longer than conda.createTimeout (300ms)",
	} {
		s, err := e.Find(spec, "")
		if err != nil {
			t.Fatal(err)
		}
		if spec == "bad" {
			e.Timeout = time.Minute
		} else {
			e.Timeout = 300 * time.Millisecond
		}
		err = e.Prepare(&task.Task{Software: []*task.Software{s}})
		if err == nil || strings.ReplaceAll(err.Error(), s.Prefix, "PREFIX") != want {
			t.Errorf("%v\nwant %s", err, want)
		}
		if exists(s.Prefix) {
			t.Errorf("%s is left", s.Prefix)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.Canceled)
	e.Ctx = ctx
	if err := e.Prepare(&task.Task{Software: []*task.Software{{Tool: "conda", Spec: "x", Prefix: filepath.Join(dir, "envs", "y")}}}); err == nil {
		t.Error("an ended run makes environments")
	}
}
