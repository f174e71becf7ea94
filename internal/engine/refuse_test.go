package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

// withoutPrograms is a machine whose PATH has nothing on it.
func withoutPrograms(change func(*Options)) func(*Options) {
	return func(o *Options) {
		change(o)
		old := o.Getenv
		o.Getenv = func(name string) (string, bool) {
			if name == "PATH" {
				return "/nowhere", true
			}
			return old(name)
		}
	}
}

const hello = `
process P {
    output:
    stdout

    script:
    "echo ran"
}
workflow { P().view() }`

// What cannot be carried out ends the run before it starts, by name, with the
// place or the option that asks for it.
func TestRefused(t *testing.T) {
	t.Parallel()
	with := func(name, v string) func(*Options) { return func(o *Options) { o.With = map[string]string{name: v} } }
	for _, tc := range []struct {
		name, config string
		change       func(*Options)
		want         []string
	}{
		{"work directory", "", func(o *Options) { o.WorkDir = "s3://x/y" }, []string{"the work directory `s3://x/y` is remote"}},
		{"work directory of the configuration", "workDir = 's3://x/y'", nil, []string{"nextflow.config:1:1: error: the work directory `s3://x/y` is remote"}},
		{"output directory", "", func(o *Options) { o.OutputDir = "gs://x" }, []string{"the output directory `gs://x` is remote"}},
		{"output directory of the configuration", "outputDir = 's3://x'", nil, []string{"nextflow.config:1:1: error: the output directory `s3://x` is remote"}},
		{"publishDir", "process.publishDir = { 's3://b/out' }", nil, []string{"publishDir `s3://b/out` is remote"}},
		{"bucket directory", "", with("bucket-dir", "s3://x"), []string{"`bucketDir` is `s3://x`"}},
		{"bucket directory of the configuration", "bucketDir = 's3://x'", nil, []string{"nextflow.config:1:1: error: `bucketDir` is `s3://x`"}},
		{"cloud cache", "", with("cloudcache", "-"), []string{"`cloudcache.enabled` is set"}},
		{"a conda environment without conda", "process.conda = 'samtools'", withoutPrograms(with("conda", "-")), []string{"the command `conda` is not on PATH, and process `P` asks for an environment", "the option `-with-conda` asks for it"}},
		{"a boolean of another type", "\ndocker.enabled = 'yes'", nil, []string{"nextflow.config:2:1: error: `docker.enabled` cannot be `yes` (String), it is true or false"}},
		{"two container engines", "docker.enabled = true\npodman.enabled = true", nil, []string{"both `docker` and `podman` are enabled"}},
		{"DSL1 in the configuration", "nextflow.enable.dsl = 1", nil, []string{"nextflow.config:1:1: error: DSL1"}},
		{"executor", "process.executor = 'slurm'", nil, []string{"nextflow.config:1:1: error: the executor `slurm` is not available"}},
		{"executor of the command line", "process {\n  cpus = 1\n}", func(o *Options) { o.Process = value.MapOf("executor", value.String("slurm")) }, []string{"error: the executor `slurm` is not available"}},
		{"a missing library", "", with("lib", "nothere"), []string{"nothere` of `-lib` does not exist"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t, map[string]string{"main.nf": hello, "nextflow.config": tc.config})
			out, code := p.run(tc.change)
			if code == 0 || strings.Contains(out, "ran\n") && tc.name != "publishDir" {
				t.Errorf("it ran, exit %d: %s", code, out)
			}
			for _, want := range tc.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in:\n%s", want, out)
				}
			}
			if tc.name == "executor of the command line" && strings.Contains(out, "nextflow.config") {
				t.Errorf("the file is blamed:\n%s", out)
			}
		})
	}
}

// A remote publishDir is refused before the task runs.
func TestRemotePublishDirRunsNothing(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": `
process P {
    publishDir params.out
    output:
    path 'x'
    script:
    "touch x ${launchDir}/ran"
}
params.out = 's3://bucket/out'
workflow { P() }`})
	if out, code := p.run(nil); code == 0 || !strings.Contains(out, "publishDir `s3://bucket/out` is remote") {
		t.Errorf("exit %d: %s", code, out)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "ran")); err == nil {
		t.Error("the task ran")
	}
}

// Mistakes of scripts that are refused by name.
func TestRefusedScripts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, script string
		want, not    []string
	}{
		{
			"job arrays", "process P {\n    array 10\n    script:\n    'true'\n}\nworkflow { P() }",
			[]string{"--> main.nf:2:5", "Executor 'local' does not support job arrays", "remove the directive"},
			nil,
		},
		{"DSL1", "nextflow.enable.dsl = 1\nx = channel.of(1).into { a; b }\n", []string{"--> main.nf:1:1", "DSL1"}, []string{"into"}},
		{
			"an operator that made variables", "workflow {\n    channel.of(1).into { left; right }\n    left.view()\n    nothing.view()\n}",
			[]string{"--> main.nf:2:5", "channels have no operator `into`", "read any number of times", "`nothing` is not defined"},
			[]string{"`left` is not defined", "`right`"},
		},
		{"an unknown operator", "workflow {\n    channel.of(1).mapp { it }\n}", []string{"channels have no operator `mapp`", "`map` exists", "main.nf:2:5"}, []string{"groovyx", "closure"}},
		{
			"an unknown operator on the outputs of a process", "process P {\n    output:\n    val 1\n    exec:\n    x = 1\n}\nworkflow {\n    P().colect()\n}",
			[]string{"channels have no operator `colect`", "`collect` exists"},
			[]string{"No signature"},
		},
		{
			"files of a storage that is not there", "workflow {\n    channel.fromPath('s3://b/x.csv').splitCsv().view()\n}",
			[]string{"open s3://b/x.csv: files of `s3://` cannot be read here", "--> main.nf:2:5"},
			nil,
		},
		{"a variable is not near to functions", "workflow {\n    println frist\n}", []string{"`frist` is not defined"}, []string{"`print` is defined"}},
		{"a short name is near to few", "workflow {\n    println Foo\n}", []string{"`Foo` is not defined"}, []string{"`log` is defined"}},
		{"a called name is near to functions", "workflow {\n    def prinlm = 1\n    prinln('x')\n}", []string{"`println` is defined"}, []string{"`prinlm` is defined"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t, map[string]string{"main.nf": tc.script})
			out, code := p.run(nil)
			if code != 1 {
				t.Errorf("exit %d", code)
			}
			for _, want := range tc.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in:\n%s", want, out)
				}
			}
			for _, not := range tc.not {
				if strings.Contains(out, not) {
					t.Errorf("%q is in:\n%s", not, out)
				}
			}
		})
	}
}

// Plugins that are declared and have no effect are worth one warning.
func TestPluginsWarned(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": hello, "nextflow.config": "plugins {\n    id 'nf-quilt@1.0'\n    id 'nf-of-the-lab'\n}"})
	out, code := p.run(func(o *Options) { o.Quiet = false; o.With = map[string]string{"plugins": "nf-of-the-lab@2,nf-gpt"} })
	if code != 0 || strings.Count(out, "plugins without effect: nf-quilt (results are not stored as Quilt packages); nf-of-the-lab (not known here); nf-gpt (no language model is asked)\n") != 1 {
		t.Errorf("exit %d: %s", code, out)
	}
}

// A profile without any configuration is nobody's mistake: there is no list to
// compare it with.
func TestProfileWithoutConfiguration(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": hello})
	if out, code := p.run(func(o *Options) { o.Profile = "lab" }); code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
}

// More than the machine has is never there, however often one asks.
func TestTooMuchAskedFor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ directives, want string }{
		{"cpus 5000\n    errorStrategy 'ignore'", "Process requirement exceeds available CPUs -- req: 5000"},
		{"memory '900 TB'\n    errorStrategy 'retry'\n    maxRetries 3", "Process requirement exceeds available memory -- req: 900 TB"},
	} {
		p := newPipeline(t, map[string]string{"main.nf": "process P {\n    " + tc.directives + "\n    script:\n    'true'\n}\nworkflow { P() }"})
		out, code := p.run(func(o *Options) { o.Quiet = false })
		if code != 1 || !strings.Contains(out, tc.want) || strings.Contains(out, "Execution is retried") || strings.Contains(out, "Error is ignored") {
			t.Errorf("exit %d: %s", code, out)
		}
	}
}

// Classes of -lib stand instead of those of the project.
func TestLibraries(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{
		"main.nf": "workflow { println One.x() + Two.x() }", "one/One.groovy": "class One { static x() { 'one' } }",
		"two/Two.groovy": "class Two { static x() { 'two' } }", "other.nf": "workflow { println Own.x() }", "lib/Own.groovy": "class Own { static x() { 'own' } }",
	})
	lib := func(o *Options) { o.With = map[string]string{"lib": "one:two"} }
	if out, code := p.run(lib); code != 0 || out != "onetwo\n" {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code := p.run(func(o *Options) { o.Script = "other.nf" }); code != 0 || out != "own\n" {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code := p.run(func(o *Options) { lib(o); o.Script = "other.nf" }); code == 0 {
		t.Errorf("lib/ is used beside -lib: %s", out)
	}
}

// -dump-hashes json writes the entries as JSON.
func TestDumpHashesJSON(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": hello})
	out, code := p.run(func(o *Options) { o.Quiet, o.DumpHashes = false, "json" })
	_, list, ok := strings.Cut(out, "mode: STANDARD; entries: ")
	var entries []struct{ Hash, Type, Value string }
	if err := json.NewDecoder(strings.NewReader(list)).Decode(&entries); err != nil || !ok || code != 0 {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	if len(entries) < 3 || entries[0].Type != "java.util.UUID" || entries[1].Value != "P" || len(entries[1].Hash) != 32 {
		t.Errorf("got %+v", entries)
	}
}
