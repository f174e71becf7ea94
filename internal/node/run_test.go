package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/azuretest"
	"sluice/internal/task"
	"sluice/internal/workdir"

	"github.com/google/go-cmp/cmp"
)

// awkward are names that copies have trouble with.
var awkward = []string{"x#y ?", "a b", "50%", "q?", "star*", "p+q&r", "it's", `say "hi"`, "é", "e\u0301", "😀", "b[r]", "new\nline", "-dash", "%20", ".hidden", "z"}

// TestRun: every kind of input and output, by every tool.
func TestRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inputs := map[string]string{"data/one.txt": "one", "data/empty": "", "data/dir/a": "A", "data/dir/sub/b": "B", "work/run/bin/tool": "#!/bin/sh\necho tool $1\n"}
	stage := []task.Staged{{Source: "az://data/one.txt", Name: "one.txt"}, {Source: "az://data/empty", Name: "deep/er/empty"}, {Source: "az://data/dir", Name: "dir"}}
	for i, name := range awkward {
		inputs["data/odd/"+name] = "odd " + name
		if i%4 != 0 {
			continue // azcopy takes two seconds for each
		}
		stage = append(stage, task.Staged{Source: "az://data/odd/" + name, Name: "in/" + name})
	}
	stage = append(stage, task.Staged{Source: "az://data/odd", Name: "odd dir"})
	w.put(t, inputs)
	if err := w.store.Mkdir(t.Context(), "data/dir/void", true); err != nil {
		t.Fatal(err)
	}
	azcopy, env := azuretest.Azcopy(t)
	w.env = append(w.env, env...)
	if err := os.Symlink(azcopy, filepath.Join(w.bin, "azcopy")); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"native", "azcopy"} {
		t.Run(tool, func(t *testing.T) {
			stdin := "from stdin"
			tk := &task.Task{
				Name: "P (1)", WorkDir: "az://work/run/" + tool + "/cd e#", Stdin: &stdin, Stage: stage, BinDirs: []string{"az://work/run/bin"}, WantMetrics: true,
				Script: `#!/bin/bash -ue
tool it > said
cat > read
mkdir -p out/none out/deep
test -d dir/void
cp -r in out/in; cp -r "odd dir" out/odd
ln -s ../one.txt out/link
ln -s ../one.txt out/again
ln -s deep out/dirlink
echo deep > out/deep/f
ln -s one.txt sole
: > nothing
cat deep/er/empty dir/a dir/sub/b > joined
V=captured
`,
				OutputGlobs: []string{"said", "read", "out", "sole", "nothing", "jo*", "none*"}, CaptureEnv: []string{"V"},
				Remote: &task.Remote{Tool: tool, Endpoint: strings.TrimSuffix(w.azurite.URL(), "/"), Parallel: 4, Attempts: 2},
			}
			status, out, got := w.run(t, tk)
			if status != 0 {
				t.Fatalf("exit %d\n%s\n%s\n%s", status, out, got[".command.err"], got[".command.fault"])
			}
			want := map[string]string{
				"said": "tool it\n", "read": stdin, "out/none/": "", "out/deep/f": "deep\n", "out/dirlink/f": "deep\n", "out/link": "one", "out/again": "one",
				"sole": "one", "nothing": "", "joined": "AB", ".exitcode": "0", ".command.begin": "", ".command.out": "", ".command.err": "",
			}
			for i, name := range awkward {
				want["out/odd/"+name] = "odd " + name
				if i%4 == 0 {
					want["out/in/"+name] = "odd " + name
				}
			}
			for _, name := range []string{".command.run", ".command.sh", ".command.in", ".command.log", ".command.trace", ".command.env"} {
				if got[name] == "" && name != ".command.log" {
					t.Errorf("no %s", name)
				}
				delete(got, name)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if tool == "azcopy" {
				return
			}
			// By hand, in an empty directory.
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, ".command.run"), []byte(w.read(t, "work/run/"+tool+"/cd e#/.command.run")), 0o666); err != nil {
				t.Fatal(err)
			}
			if status, out := w.bash(t, dir, ".command.run"); status != 0 {
				t.Errorf("by hand: %d\n%s", status, out)
			}
			if data, err := os.ReadFile(filepath.Join(dir, "joined")); err != nil || string(data) != "AB" {
				t.Errorf("by hand: %q, %v", data, err)
			}
		})
	}
}

// run puts a task's control files into the storage and runs it as a node does.
func (w *world) run(t *testing.T, tk *task.Task) (int, string, map[string]string) {
	t.Helper()
	w.prepare(t, tk)
	status, out := w.node(t, t.TempDir(), "", "run", plainURI(tk.WorkDir))
	return status, out, w.files(t, strings.TrimPrefix(tk.WorkDir, "az://"))
}

func (w *world) prepare(t *testing.T, tk *task.Task) {
	t.Helper()
	files, err := workdir.ControlFiles(tk)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		w.put(t, map[string]string{strings.TrimPrefix(tk.WorkDir, "az://") + "/" + name: string(data)})
	}
}
