package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/engine"
	"sluice/internal/lang/value"
)

func newProgram(t *testing.T, args ...string) (p *program, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	dir := t.TempDir()
	for _, name := range []string{"main.nf", "a_b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &program{
		brand: "sluice", args: args, dir: dir, stdout: stdout, stderr: stderr,
		getenv: func(string) (string, bool) { return "", false },
	}, stdout, stderr
}

// runOf is what the engine is asked for by a command line.
func runOf(t *testing.T, args ...string) (engine.Options, int, string) {
	t.Helper()
	p, _, stderr := newProgram(t, args...)
	var got engine.Options
	p.run = func(_ context.Context, o engine.Options) error { got = o; return nil }
	code := p.main()
	return got, code, stderr.String()
}

func TestRunOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		got  func(engine.Options) any
		want any
	}{
		{"run main.nf", func(o engine.Options) any { return o.Script }, "main.nf"},
		{"run main.nf a b --x 1 c", func(o engine.Options) any { return strings.Join(o.Args, " ") }, "a b c"},
		{
			"run main.nf --x 1 --y=2 --f --neg -5 --a.b 3 --k-c z --s -", func(o engine.Options) any { return value.ToString(o.Params) },
			"[x:1, y:2, f:true, neg:-5, a:[b:3], kC:z, s:-]",
		},
		{"run main.nf --flag -resume", func(o engine.Options) any { return value.ToString(o.Params) + o.Resume }, "[flag:true]last"},
		{"run -resume main.nf", func(o engine.Options) any { return o.Resume + " " + o.Script }, "last main.nf"},
		{"run main.nf -resume boring_euler", func(o engine.Options) any { return o.Resume }, "boring_euler"},
		{"run main.nf -resume a_b", func(o engine.Options) any { return o.Resume + " " + strings.Join(o.Args, ",") }, "last a_b"},
		{"run main.nf -resume 9e0f900a-f4a0-4ddf-9c64-e36021aea8c4", func(o engine.Options) any { return o.Resume }, "9e0f900a-f4a0-4ddf-9c64-e36021aea8c4"},
		{"run -with-trace main.nf", func(o engine.Options) any { return o.With["trace"] + " " + o.Script }, "- main.nf"},
		{"run main.nf -with-trace t.txt -with-docker ubuntu -with-dag", func(o engine.Options) any {
			return o.With["trace"] + " " + o.With["docker"] + " " + o.With["dag"]
		}, "t.txt ubuntu -"},
		{"-c a.config run main.nf -c b.config", func(o engine.Options) any { return strings.Join(o.ConfigFiles, " ") }, "a.config b.config"},
		{"-C a.config -q run main.nf", func(o engine.Options) any { return strings.Join(o.OnlyConfig, " ") }, "a.config"},
		{"run main.nf -process.cpus=3 -process.ext.args 4 -executor.queueSize=2 -e.FOO=bar", func(o engine.Options) any {
			return value.ToString(o.Process) + value.ToString(o.Executor) + value.ToString(o.Env)
		}, "[cpus:3, ext:[args:4]][queueSize:2][FOO:bar]"},
		{"run main.nf -dump-channels -dump-hashes json", func(o engine.Options) any { return o.DumpChannels + " " + o.DumpHashes }, "* json"},
		{"run main.nf -ansi-log false", func(o engine.Options) any { return *o.AnsiLog }, false},
		{"run main.nf -qs 7", func(o engine.Options) any { return o.QueueSize }, 7},
		{"run main.nf -without-docker -stub", func(o engine.Options) any { return strings.Join(o.Without, "") + value.ToString(value.Bool(o.Stub)) }, "dockertrue"},
		{"run main.nf --x 'a b'", func(o engine.Options) any { return o.CommandLine }, `sluice run main.nf --x 'a b'`},
		{"run main.nf -params-file=p.yml -profile a,b -w /tmp/w -name n -entry E", func(o engine.Options) any {
			return o.ParamsFile + o.Profile + o.WorkDir + o.Name + o.Entry
		}, "p.ymla,b/tmp/wnE"},
		{"run main.nf -- --not -an -option", func(o engine.Options) any { return strings.Join(o.Args, " ") }, "--not -an -option"},
	} {
		o, code, stderr := runOf(t, split(c.args)...)
		if code != 0 {
			t.Errorf("%s: exit %d, %s", c.args, code, stderr)
			continue
		}
		if got := c.got(o); got != c.want {
			t.Errorf("%s:\n got %v\nwant %v", c.args, got, c.want)
		}
	}
}

// Options that change nothing here say so.
func TestNotices(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"run main.nf -disable-jobs-cancellation": "warning: option `-disable-jobs-cancellation` has no effect",
		"run main.nf --resume":                   "warning: `--resume` is a parameter of the pipeline; the option is `-resume`",
	} {
		if _, code, stderr := runOf(t, split(args)...); code != 0 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %q", args, code, stderr)
		}
	}
	o, code, stderr := runOf(t, split("run main.nf -lib a:b -plugins x,y -bucket-dir d -with-cloudcache -cache false")...)
	if code != 0 || o.With["lib"] != "a:b" || o.With["plugins"] != "x,y" || o.With["bucket-dir"] != "d" || o.With["cloudcache"] != "-" || *o.Cache {
		t.Errorf("exit %d, %q: %v %v", code, stderr, o.With, o.Cache)
	}
}

// split is as a shell does it, single quotes only.
func split(s string) []string {
	var words []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"run main.nf -profil x":        "error: unknown option `-profil`\n  = note: an option `-profile` exists\n  = help: a parameter of the pipeline has two dashes: `--profil`\n",
		"runn main.nf":                 "error: unknown command `runn`\n  = note: a command `run` exists\n  = help: `help` lists the commands\n",
		"run":                          "error: no script given\n  = help: `sluice run main.nf`\n",
		"run main.nf -name":            "error: option `-name` needs a value: `-name <name>`\n",
		"run main.nf -preview=1":       "error: option `-preview` takes no value\n",
		"run main.nf -ansi-log x":      "error: option `-ansi-log` is true or false, not `x`\n",
		"run main.nf -qs 0":            "error: option `-queue-size` is a number from 1, not `0`\n",
		"run mainn.nf":                 "error: script `mainn.nf` does not exist\n   = help: a file `main.nf` exists there: `sluice run main.nf`\n",
		"run ./nope/x.nf":              "error: script `./nope/x.nf` does not exist\n",
		"run hello -offline":           "error: unknown project `nextflow-io/hello`, and downloading it is switched off\n  = help: leave out `-offline`, and NXF_OFFLINE of the environment, or `pull` it before\n",
		"run main.nf -r main":          "error: `main.nf` is a local path, and a revision can be chosen only of projects kept in git\n",
		"run hello -latest -offline":   "error: options `-latest` and `-offline` contradict each other\n  = help: leave one of them out\n",
		"run a/b -hub foo":             "error: unknown repository provider `foo`\n  = note: providers are `github`, `gitlab`, `gitea`, `bitbucket`, `azurerepos`\n",
		"run ftp://x.org/a/b":          "error: repositories cannot be fetched by `ftp://`\n  = help: use https, http, ssh, git or file\n",
		"pull file:x/y":                "error: the path of the repository `file:x/y` is not absolute\n",
		"pull a/..":                    "error: `a/..` is not the name of a project\n",
		"info x/y":                     "error: unknown project `x/y`\n",
		"info -o xml x/y":              "error: output format `xml` is none of text, json, yaml\n",
		"view":                         "error: no project given\n  = help: `sluice view org/name`\n",
		"clone":                        "error: `clone` takes a project and, if wanted, a directory\n",
		"drop":                         "error: no project given\n",
		"list x":                       "error: `list` takes no `x`\n",
		"run x/y -deep 0":              "error: option `-deep` is a number from 1, not `0`\n",
		"pull":                         "error: no project given\n  = help: `sluice pull org/name`, or `-all` for those that were downloaded\n",
		"log":                          "It looks like no pipeline was executed in this folder (or execution history is empty)\n",
		"run https://x.org/a/b.nf":     "error: `https://x.org/a/b.nf` is the address of a file, and projects are repositories\n",
		"run main.nf -resume -foo-bar": "error: unknown option `-foo-bar`\n  = help: a parameter of the pipeline has two dashes: `--foo-bar`\n",
	} {
		_, code, stderr := runOf(t, split(args)...)
		if code != 1 {
			t.Errorf("%s: exit %d", args, code)
		}
		if !strings.HasPrefix(stderr, strings.SplitAfterN(want, "\n", 2)[0]) || !strings.Contains(squeeze(stderr), squeeze(want)) {
			t.Errorf("%s:\n got %q\nwant %q", args, stderr, want)
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ brand, args, want string }{
		{"nextflow", "-v", "nextflow version 25.04.4.5950\n"},
		{"nextflow", "-version", "\n      N E X T F L O W\n      version 25.04.4 build 5950\n      created 16-06-2025 14:23 UTC \n      cite doi:10.1038/nbt.3820\n      http://nextflow.io\n\n"},
		{"sluice", "-v", "sluice version devel\n"},
		{"sluice", "version", "sluice version devel\n"},
	} {
		p, stdout, _ := newProgram(t, split(c.args)...)
		p.brand = c.brand
		if code := p.main(); code != 0 || stdout.String() != c.want {
			t.Errorf("%s %s: exit %d, %q, want %q", c.brand, c.args, code, stdout, c.want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	p, _, stderr := newProgram(t, "run", "main.nf")
	p.run = func(context.Context, engine.Options) error { return &engine.ExitError{Code: 7} }
	if code := p.main(); code != 7 || stderr.Len() != 0 {
		t.Errorf("exit %d, %q", code, stderr)
	}
	p.run = func(context.Context, engine.Options) error { return os.ErrPermission }
	if code := p.main(); code != 1 || stderr.String() != "error: permission denied\n" {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

// Every option stands in the help of its command.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"config", "run", "log", "info", "help", "version"} {
		p, stdout, _ := newProgram(t, "help", name)
		if code := p.main(); code != 0 {
			t.Fatalf("help %s: exit %d", name, code)
		}
		c, err := findCommand(name)
		if err != nil {
			t.Fatal(err)
		}
		r := &request{}
		p.defaults(r)
		if c.options == nil {
			continue
		}
		for _, o := range c.options(p, r) {
			if !strings.Contains(stdout.String(), o.usage()) || o.doc == "" {
				t.Errorf("help %s lacks %s", name, o.usage())
			}
		}
	}
}
