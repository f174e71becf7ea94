package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/internal/executor"
	"sluice/internal/storage"
	"sluice/internal/storage/storagetest"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// A batch runs tasks as a cloud would: each in a directory of its own that
// is filled from a storage and emptied into it, and gone afterwards.
type batch struct {
	t     *testing.T
	store *storagetest.Memory
	start error // of Start
	hold  bool  // tasks run for ever

	mu       sync.Mutex
	runs     map[string]int // by the name of the task
	ended    []executor.Update
	active   map[int]executor.Handle
	killed   int
	detached bool
	known    map[task.Hash]executor.Known
}

func (s *batch) Name() string { return "cloud" }

func (s *batch) Start(context.Context) error { return s.start }

func (s *batch) Remote(*task.Task) *task.Remote {
	return &task.Remote{Tool: "native", Endpoint: "https://acct.blob.core.windows.net", Parallel: 4, Attempts: 1}
}

func (s *batch) Lookup(h task.Hash) executor.Known { return s.known[h] }

func (s *batch) Close(_ context.Context, detach bool) error {
	s.detached = detach
	return nil
}

func (s *batch) Submit(_ context.Context, t *task.Task) (executor.Handle, error) {
	h := executor.Handle{TaskID: t.ID, Native: "job/" + t.Hash.String()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[t.Name]++
	s.active[t.ID] = h
	if s.hold {
		return h, nil
	}
	go func() {
		begin := time.Now()
		exit, err := s.node(t)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.active, t.ID)
		s.ended = append(s.ended, executor.Update{Handle: h, State: task.Completed, Result: task.Result{
			Exit: exit, Err: err, Submit: begin, Start: begin, Complete: time.Now(), NativeID: h.Native, Metrics: workdir.Unmeasured, Hostname: "node1", Cost: 0.25,
		}})
	}()
	return h, nil
}

func (s *batch) Poll(context.Context, []executor.Handle) ([]executor.Update, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.ended
	s.ended = nil
	return list, nil
}

func (s *batch) Kill(_ context.Context, handles []executor.Handle) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range handles {
		s.killed++
		delete(s.active, h.TaskID)
		s.ended = append(s.ended, executor.Update{Handle: h, State: task.Aborted, Result: task.Result{Exit: -1}})
	}
	return nil
}

// node runs a task from what is in the storage alone.
func (s *batch) node(t *task.Task) (int, error) {
	dir, err := os.MkdirTemp("", "node")
	if err != nil {
		return -1, err
	}
	defer os.RemoveAll(dir)
	work := filepath.Join(dir, "wd")
	for _, in := range t.Stage {
		if err := s.down(in.Source, filepath.Join(work, in.Name)); err != nil {
			return -1, err
		}
	}
	for i, b := range t.BinDirs {
		if err := s.down(b, filepath.Join(dir, fmt.Sprint("bin", i))); err != nil {
			return -1, err
		}
	}
	if err := s.down(t.WorkDir+"/"+workdir.ScriptFile, filepath.Join(work, workdir.ScriptFile)); err != nil {
		return -1, err
	}
	words := append(workdir.Interpreter(t), workdir.ScriptFile)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "NXF_TASK_WORKDIR="+work, "PATH="+filepath.Join(dir, "bin0")+":"+os.Getenv("PATH"))
	for _, v := range t.Env {
		cmd.Env = append(cmd.Env, v.Name+"="+v.Value)
	}
	if t.Stdin != nil {
		cmd.Stdin = strings.NewReader(*t.Stdin)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	exit := 0
	if err := cmd.Run(); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			return -1, err
		}
		exit = failed.ExitCode()
	}
	for name, data := range map[string][]byte{workdir.OutFile: out.Bytes(), workdir.ErrFile: errs.Bytes(), workdir.LogFile: append(out.Bytes(), errs.Bytes()...)} {
		if err := os.WriteFile(filepath.Join(work, name), data, 0o666); err != nil {
			return -1, err
		}
	}
	for _, g := range append(t.OutputGlobs, ".command.*") {
		found, err := workdir.Collect(work, g, workdir.CollectOptions{Hidden: true, Type: "any", IncludeInputs: true})
		if err != nil {
			return -1, err
		}
		for _, name := range found.Names {
			if err := s.up(filepath.Join(work, name), storage.Join(t.WorkDir, name)); err != nil {
				return -1, err
			}
		}
	}
	return exit, nil
}

func (s *batch) down(uri, target string) error {
	_, name := storage.Split(uri)
	ctx := context.Background()
	info, err := s.store.Stat(ctx, name)
	if err != nil {
		return err
	}
	files := []storage.Info{{}}
	if info.IsDir() {
		if files, err = s.store.Tree(ctx, name); err != nil {
			return err
		}
	}
	for _, f := range files {
		in, err := s.store.Open(ctx, strings.TrimSuffix(path.Join(name, f.Name), "/"))
		if err != nil {
			return err
		}
		data, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		to := filepath.Join(target, f.Name)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, data, 0o777); err != nil {
			return err
		}
	}
	return nil
}

func (s *batch) up(from, uri string) error {
	_, name := storage.Split(uri)
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return s.store.Put(context.Background(), name, data)
	}
	list, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return s.store.Mkdir(context.Background(), name, true)
	}
	for _, e := range list {
		if err := s.up(filepath.Join(from, e.Name()), uri+"/"+e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// away is a pipeline whose tasks run on a service.
type away struct {
	*pipeline
	*batch
}

func newAway(t *testing.T, files map[string]string) *away {
	t.Helper()
	if _, ok := files["nextflow.config"]; !ok {
		files["nextflow.config"] = "process.executor = 'cloud'\nworkDir = 'az://c/work'\nexecutor.pollInterval = '20ms'\n"
	}
	store := &storagetest.Memory{}
	return &away{newPipeline(t, files), &batch{t: t, store: store, runs: map[string]int{}, active: map[int]executor.Handle{}, known: map[task.Hash]executor.Known{}}}
}

func (a *away) put(name, text string) {
	if err := a.store.Put(context.Background(), name, []byte(text)); err != nil {
		a.batch.t.Fatal(err)
	}
}

func (a *away) text(name string) string {
	f, err := a.store.Open(context.Background(), name)
	if err != nil {
		return "none"
	}
	b, err := io.ReadAll(f)
	if err != nil {
		a.batch.t.Fatal(err)
	}
	return string(b)
}

// go_ runs the pipeline and sorts what it printed.
func (a *away) go_(change func(*Options)) (string, int) {
	out, code := a.pipeline.run(func(o *Options) {
		o.Platform = &Platform{Name: "cloud", Storage: func() (storage.Storage, error) { return a.store, nil }, New: func(string) (executor.Executor, error) { return a.batch, nil }}
		if change != nil {
			change(o)
		}
	})
	all := strings.Split(strings.TrimSpace(out), "\n")
	sort.Strings(all)
	return strings.Join(all, "\n"), code
}

func resume(o *Options) { o.Resume = "last" }

// TestAway: every kind of input and output, and a second run that finds all.
func TestAway(t *testing.T) {
	t.Parallel()
	a := newAway(t, map[string]string{"local.txt": "local", "bin/tool.sh": "#!/bin/sh\necho tool\n", "dir/sub/f": "deep", "main.nf": `
process ALL {
    input:
    tuple val(id), path(reads)
    path here
    path dir
    env 'VAR'
    stdin
    output:
    tuple val(id), path("*.out"), emit: files
    path 'sub', emit: sub
    path 'empty', emit: empty
    path 'none*', optional: true, emit: none
    path '**.deep', emit: deep
    stdout emit: std
    env 'FOO', emit: foo
    eval 'echo evaluated', emit: ev
    path "link.txt", emit: link
    script:
    """
    cat $reads $here $dir/sub/f > '${id}.out'
    cat - >> '${id}.out'
    echo \$VAR > 'a b#%?&+.out'
    mkdir -p sub/x empty a/b
    echo 1 > sub/x/1; echo d > a/b/c.deep
    ln -s sub/x/1 link.txt
    FOO=foo
    tool.sh
    """
}
process NEXT {
    publishDir 'results', mode: 'copy'
    publishDir 'az://out/pub'
    input:
    path x
    path d
    output:
    path 'n/*'
    script:
    'mkdir n; for f in *.out; do cat "$f" >> n/all.txt; done; cat */x/1 > "n/ü\'.txt"'
}
process NATIVE {
    input:
    val v
    output:
    path 'native.txt'
    exec:
    task.workDir.resolve('native.txt').text = 'n' + v
}
process KEEP {
    storeDir 'az://out/store'
    input:
    val v
    output:
    path 'kept.txt'
    script:
    "echo kept$v > kept.txt"
}
workflow {
    reads = channel.fromPath('az://in/*.fq').map { [it.baseName, it] }
    ALL(reads, file('local.txt'), file('dir'), channel.value('v1'), channel.value('in1'))
    ALL.out.std.view { 'std ' + it.trim() }
    ALL.out.foo.view { 'foo ' + it }
    ALL.out.ev.view { 'ev ' + it }
    ALL.out.empty.view { 'empty ' + it.name }
    ALL.out.deep.view { 'deep ' + it.name }
    ALL.out.link.view { 'link ' + it.text.trim() }
    NEXT(ALL.out.files.map { it[1] }, ALL.out.sub).flatten().view { it.name + '=' + it.text.replaceAll('\n', '|') }
    NATIVE(3).view { 'native ' + it.text }
    KEEP(4).view { 'kept ' + it.text.trim() }
    ALL.out.files.map { it[1] }.flatten().filter { it.name == 'r 1.out' }.splitText().view { 'split ' + it.trim() }
    NEXT.out.flatten().collectFile(name: 'joined.txt', sort: true).view { 'joined ' + it.text.size() }
}
`})
	a.put("in/r 1.fq", "reads1")
	want := `deep c.deep
empty empty
ev evaluated
foo foo
joined 23
kept kept4
link 1
native n3
split reads1localdeepin1
std tool
ü'.txt=1|
all.txt=v1|reads1localdeepin1`
	for i, change := range []func(*Options){nil, resume} {
		out, code := a.go_(change)
		lines := strings.Split(want, "\n")
		sort.Strings(lines)
		if code != 0 || out != strings.Join(lines, "\n") {
			t.Fatalf("run %d, exit %d:\n%s\nwant\n%s", i, code, out, strings.Join(lines, "\n"))
		}
		for name, n := range a.runs {
			if n != 1 {
				t.Errorf("run %d: %s ran %d times", i, name, n)
			}
		}
	}
	if got := a.read("results/n/all.txt"); got != "v1\nreads1localdeepin1" {
		t.Errorf("published here: %q", got)
	}
	if got := a.text("out/pub/n/ü'.txt"); got != "1\n" {
		t.Errorf("published there: %q", got)
	}
	if got := a.text("out/store/kept.txt"); got != "kept4\n" {
		t.Errorf("stored: %q", got)
	}
	if _, err := os.Stat(filepath.Join(a.dir, "work")); err == nil {
		t.Error("a work directory was made on this machine")
	}
}

// TestAwayFailures: what a failed task wrote is told, and attempts have
// directories of their own.
func TestAwayFailures(t *testing.T) {
	t.Parallel()
	a := newAway(t, map[string]string{"main.nf": `
process P {
    errorStrategy 'retry'
    maxRetries 1
    output:
    path 'x'
    script:
    "echo said${task.attempt}; [ ${task.attempt} = ${params.good} ] && echo $task.attempt > x"
}
params.good = 2
workflow { P().view { it.text.trim() } }
`})
	if out, code := a.go_(nil); code != 0 || !strings.Contains(out, "2") {
		t.Fatalf("exit %d: %s", code, out)
	}
	a = newAway(t, map[string]string{"main.nf": "process P {\n script:\n 'echo to-stdout; echo to-stderr >&2; exit 3'\n}\nworkflow { P() }\n"})
	out, code := a.go_(nil)
	for _, want := range []string{"to-stdout", "to-stderr", "exit status (3)", "az://c/work/"} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("exit %d, %q is not in:\n%s", code, want, out)
		}
	}
}

// TestAwayPlaces: executor and work directory must fit.
func TestAwayPlaces(t *testing.T) {
	t.Parallel()
	script := "process P {\n script:\n 'true'\n}\nworkflow { P() }\n"
	for config, want := range map[string]string{
		"process.executor = 'cloud'":                          "work directory",
		"workDir = 'az://c/work'":                             "run on this machine",
		"process.executor = 'cloud'\nworkDir = 's3://c/work'": "cannot be written",
		"process.executor = 'cloud'\nbucketDir = 'az://c/bucket'\nexecutor.pollInterval = '20ms'": "",
	} {
		a := newAway(t, map[string]string{"main.nf": script, "nextflow.config": config})
		out, code := a.go_(nil)
		if (code == 0) != (want == "") || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d: %s", config, code, out)
		}
		if want == "" && len(a.store.Names("c/bucket/")) == 0 {
			t.Errorf("%s: nothing below the directory", config)
		}
	}
}

type finding struct{}

func (finding) Error() string  { return "AZ999: not allowed" }
func (finding) Help() []string { return []string{"az role assignment create"} }

// TestAwayFinding: a fault of configuration is told with its remedy, and no
// error strategy hides it.
func TestAwayFinding(t *testing.T) {
	t.Parallel()
	a := newAway(t, map[string]string{"main.nf": "process P {\n errorStrategy 'ignore'\n script:\n 'true'\n}\nworkflow { P() }\n"})
	a.start = finding{}
	out, code := a.go_(nil)
	if code != 1 || !strings.Contains(out, "AZ999") || !strings.Contains(out, "az role assignment create") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestAwayInterrupt: tasks are ended, or left to themselves if that is wanted.
func TestAwayInterrupt(t *testing.T) {
	t.Parallel()
	for _, detach := range []bool{false, true} {
		a := newAway(t, map[string]string{"main.nf": "process P {\n script:\n 'true'\n}\nworkflow { P() }\n"})
		a.hold = true
		signals := make(chan string, 2)
		go func() {
			for {
				a.mu.Lock()
				n := len(a.active)
				a.mu.Unlock()
				if n > 0 {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			time.Sleep(100 * time.Millisecond)
			signals <- "SIGINT"
		}()
		out, code := a.go_(func(o *Options) {
			o.Interrupts, o.ChooseDetach = signals, func(int) bool { return detach }
		})
		if code != 130 || a.detached != detach || (a.killed == 0) != detach || strings.Contains(out, "-resume ") != detach {
			t.Errorf("detach %v: exit %d, detached %v, killed %d: %s", detach, code, a.detached, a.killed, out)
		}
	}
}

// TestAwayCaptures: what small outputs were is known without a call for each,
// unless the directory has another content by now.
func TestAwayCaptures(t *testing.T) {
	t.Parallel()
	a := newAway(t, map[string]string{"main.nf": `
process P {
    input:
    val x
    output:
    tuple stdout, env('FOO'), eval('echo e')
    script:
    "FOO=f$x; echo out$x"
}
workflow { P(channel.of(1, 2, 3)).map { it*.trim() }.view() }
`})
	want := "[out1, f1, e]\n[out2, f2, e]\n[out3, f3, e]"
	if out, code := a.go_(nil); code != 0 || out != want {
		t.Fatalf("exit %d: %s", code, out)
	}
	before := a.store.Calls["Open"]
	if out, code := a.go_(resume); code != 0 || out != want {
		t.Fatalf("resumed, exit %d: %s", code, out)
	}
	if n := a.store.Calls["Open"] - before; n != 0 {
		t.Errorf("%d files were read", n)
	}
	for _, name := range a.store.Names("c/work/") {
		if strings.HasSuffix(name, "/.command.out") && a.text(name) == "out1\n" {
			a.put(name, "changed\n")
		}
	}
	if out, code := a.go_(resume); code != 0 || !strings.Contains(out, "[changed, f1, e]") {
		t.Errorf("changed, exit %d: %s", code, out)
	}
}
