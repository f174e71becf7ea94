package engine

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/internal/lang/value"
)

// A pipeline is a directory with files in which runs are made.
type pipeline struct {
	t   testing.TB
	dir string
}

func newPipeline(t testing.TB, files map[string]string) *pipeline {
	t.Helper()
	p := &pipeline{t: t, dir: t.TempDir()}
	for name, text := range files {
		p.write(name, text)
	}
	return p
}

func (p *pipeline) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pipeline) read(name string) string {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.t.Fatal(err)
	}
	return string(b)
}

// run runs main.nf and gives what it printed and its exit code.
func (p *pipeline) run(change func(*Options)) (string, int) {
	p.t.Helper()
	var out, errs bytes.Buffer
	o := Options{
		Script: "main.nf", LaunchDir: p.dir, Params: value.NewMap(0), Quiet: true, Version: "25.04.4", OwnVersion: "test",
		Stdout: &out, Stderr: &errs, LogFile: filepath.Join(p.dir, ".log"),
		Getenv: func(name string) (string, bool) {
			switch name {
			case "PATH":
				return os.LookupEnv(name)
			case "HOME":
				return p.dir, true
			}
			return "", false
		},
		Environ: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir},
	}
	if change != nil {
		change(&o)
	}
	err := Run(context.Background(), o)
	var exit *ExitError
	switch {
	case err == nil:
		return out.String() + errs.String(), 0
	case errors.As(err, &exit):
		return out.String() + errs.String(), exit.Code
	}
	return out.String() + errs.String() + err.Error(), -1
}

// lines runs main.nf, which must succeed, and sorts what it printed.
func (p *pipeline) lines() string {
	p.t.Helper()
	out, code := p.run(nil)
	if code != 0 {
		p.t.Fatalf("exit %d: %s", code, out)
	}
	all := strings.Fields(out)
	sort.Strings(all)
	return strings.Join(all, " ")
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, want, script string }{
		{"each combines every element with every row", "1-a-x 1-a-y 1-b-x 1-b-y 2-a-x 2-a-y 2-b-x 2-b-y", `
process P {
    input:
    val n
    each letter
    each tail

    output:
    val r

    exec:
    r = "$n-$letter-$tail"
}
workflow { P(channel.of(1, 2), ['a', 'b'], channel.of('x', 'y')).view() }`},
		{"each of a single value", "1-z", `
process P {
    input:
    val n
    each letter

    output:
    val "$n-$letter"

    exec:
    x = 1
}
workflow { P(1, 'z').view() }`},
		{"stage names may use inputs declared later", "dd/a.txt ee.txt", `
process P {
    input:
    path "${d}/*"
    path "${e}.txt"
    val d
    val e

    output:
    stdout

    script:
    "find -L * -name '*.txt' | sort"
}
workflow { P(file('a.txt'), file('b.txt'), 'dd', 'ee').view() }`},
		{"conditions among directives", "3", `
process P {
    if (workflow.profile == 'none') {
        error 'no such profile'
    }
    if (params.slow) {
        tag 'slow'
    }
    else {
        ext n: 3
    }
    output:
    val x

    exec:
    x = task.ext.n
}
params.slow = false
workflow { P().view() }`},
		{"an unknown name is the name of the output file", "bwa", `
process P {
    output:
    path(bwa)

    script:
    'touch bwa'
}
workflow { P().map { it.name }.view() }`},
		{"older forms of directives and outputs", "0", `
process P {
    errorStrategy = 'ignore'
    output:
    path 'none', emit: none optional true

    script:
    'true'
}
workflow { P().count().view() }`},
		{"outputs under the name of the process", "4", `
process P {
    input:
    val x

    output:
    val y

    exec:
    y = x + 1
}
workflow {
    P = P(3)
    P.view()
}`},
		{"an input declared again", "a.txt", `
workflow W {
    take:
    input

    main:
    def input = file(input)
    println input.name
}
workflow { W('a.txt') }`},
		{"aliases and nested names", "P Q W:P W:Q", `
include { P; P as Q; W } from './lib'
workflow {
    W()
    P()
    Q()
    P.out.mix(Q.out, W.out).view()
}`},
		{"a file recursion limited to files", "a.txt b.txt lib.nf lib2.nf main.nf", `
workflow {
    file("${projectDir}/sub").mkdir()
    file(projectDir).toFile().eachFileRecurse(groovy.io.FileType.FILES) { f ->
        if (!f.name.startsWith('.') && f.parentFile.name == file(projectDir).name) {
            println f.name
        }
    }
    file(projectDir).eachFile(groovy.io.FileType.DIRECTORIES) { f -> assert f.isDirectory() }
}`},
		{"a variable of the workflow in a handler at the top", "done null", `
workflow {
    report = channel.of(1)
}
workflow.onComplete { println "done $report" }`},
		{"directives below the outputs", "P published", `
process P {
    output:
    path 'x'
    publishDir "${launchDir}/out", mode: 'copy'

    script:
    'touch x'
}
workflow {
    println 'P'
    P()
    workflow.onComplete { if (file("${launchDir}/out/x").exists()) println 'published' }
}`},
		{"imported classes", `{"a":1}`, `
import groovy.json.JsonOutput
workflow { println JsonOutput.toJson([a: 1]) }`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t, map[string]string{"main.nf": tc.script, "a.txt": "", "b.txt": "", "lib.nf": `
process P {
    output:
    val x

    exec:
    x = task.process
}
include { P as Q } from './lib2'
workflow W {
    main:
    P()
    Q()

    emit:
    P.out.mix(Q.out)
}`, "lib2.nf": `
process P {
    output:
    val x

    exec:
    x = task.process
}`})
			if got := p.lines(); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// The exit code of a run says how it ended.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		script string
		code   int
		says   string
	}{
		{"workflow { println 'fine' }", 0, "fine"},
		{"workflow { exit 3 }", 3, ""},
		{"workflow { exit 0, 'enough' }", 0, "enough"},
		{"workflow { System.exit(4) }", 4, ""},
		{"workflow { error 'stop here' }", 1, "stop here"},
		{"workflow { throw new IllegalStateException('odd') }", 1, "odd"},
		{"workflow { println nowhere }", 1, "`nowhere` is not defined"},
		{"workflow { println( }", 1, "main.nf:1:21"},
		{"process P { script: 'exit 7' }\nworkflow { P() }", 1, "terminated with an error exit status (7)"},
		{"process P { errorStrategy 'ignore'\nscript: 'exit 7' }\nworkflow { P() }", 0, ""},
		{"process P { errorStrategy 'retry'\nmaxRetries 2\nscript: \"exit ${3 - task.attempt}\" }\nworkflow { P() }", 0, ""},
		{"process P { errorStrategy 'retry'\nscript: \"exit ${3 - task.attempt}\" }\nworkflow { P() }", 1, "exit status (1)"},
		{"process P { output: path 'x'\nscript: 'true' }\nworkflow { P() }", 1, "Missing output file(s) `x`"},
		{"process P { script: 'true' }\nworkflow { P(); P() }", 1, "`P` has been already used"},
		{"process P { input: val x\nscript: 'true' }\nworkflow { c = P(1, 2) }", 1, "process `P` takes 1 input, 2 given"},
		{"process P { if (true) { error 'not with conda' }\nscript: 'true' }\nworkflow { P() }", 1, "not with conda"},
		{"workflow { workflow.onComplete { error 'too late' } }", 1, "too late"},
		{"include { X } from './none'", 1, "the module `./none` does not exist"},
	} {
		t.Run(tc.script, func(t *testing.T) {
			t.Parallel()
			out, code := newPipeline(t, map[string]string{"main.nf": tc.script}).run(nil)
			if code != tc.code || !strings.Contains(out, tc.says) {
				t.Errorf("exit %d, want %d; want %q in\n%s", code, tc.code, tc.says, out)
			}
		})
	}
}

func TestFailOnIgnore(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{
		"main.nf":         "process P { errorStrategy 'ignore'\nscript: 'exit 7' }\nworkflow { P() }",
		"nextflow.config": "workflow.failOnIgnore = true",
	})
	if out, code := p.run(nil); code != 1 {
		t.Errorf("exit %d: %s", code, out)
	}
}

// A signal ends the run with its code; the running task is gone by then.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": `
process P {
    script:
    "echo \$\$ > ${launchDir}/pid.part; mv ${launchDir}/pid.part ${launchDir}/pid; sleep 60"
}
workflow { P() }`})
	signals := make(chan string, 1)
	go func() {
		for range 2000 { // until the task runs
			if _, err := os.Stat(filepath.Join(p.dir, "pid")); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		signals <- "SIGTERM"
	}()
	out, code := p.run(func(o *Options) { o.Interrupts = signals })
	if code != 143 {
		t.Errorf("exit %d, want 143: %s", code, out)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(p.read("pid")))
	if err != nil {
		t.Fatalf("the task did not start: %v", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the task still runs: %v", err)
	}
}

// What can change a result makes a task run again; what cannot does not.
func TestResume(t *testing.T) {
	t.Parallel()
	const script = `
process P {
    tag 'a'
    container 'img:1'
    cpus 1
    input:
    path x
    val n
    env E
    output:
    eval 'echo 1'
    script:
    """
    tool.sh $x $n >> /dev/null
    echo ran >> ${projectDir}/ran.txt
    """
}
workflow {
    P(file('a.txt'), 1, 'e')
}`
	edit := func(old, new string) func(*pipeline) {
		return func(p *pipeline) {
			if !strings.Contains(script, old) {
				p.t.Fatalf("the script has no %q", old)
			}
			p.write("main.nf", strings.Replace(script, old, new, 1))
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*pipeline)
		again  bool
	}{
		{"nothing", func(*pipeline) {}, false},
		{"tag", edit("tag 'a'", "tag 'b'"), false},
		{"cpus", edit("cpus 1", "cpus 2"), false},
		{"memory", edit("cpus 1", "cpus 1\n    memory '10 MB'"), false},
		{"publishDir", edit("cpus 1", "publishDir 'out'"), false},
		{"label", edit("cpus 1", "label 'x'"), false},
		{"a comment outside of the script", edit("workflow {", "// new\nworkflow {"), false},
		{"resources in the configuration", func(p *pipeline) { p.write("nextflow.config", "process.time = '1h'") }, false},
		{"the script", edit("echo ran", "echo  ran"), true},
		{"the staged name", edit("path x", "path 'b.txt'\n"), true},
		{"a value", edit("1, 'e'", "2, 'e'"), true},
		{"an environment input", edit("'e')", "'f')"), true},
		{"the eval output", edit("echo 1", "echo 2"), true},
		{"a command in bin", func(p *pipeline) { p.write("bin/tool.sh", "#!/bin/bash\n# new\n") }, true},
		{"the input's content", func(p *pipeline) { p.write("a.txt", "longer than before") }, true},
		{"beforeScript", edit("cpus 1", "beforeScript 'true'"), true},
		{"conda that is not switched on", edit("cpus 1", "cpus 1\n    conda 'samtools'"), false},
		{"arch", edit("cpus 1", "cpus 1\n    arch 'linux/arm64'"), false},
		{"the name of the process", func(p *pipeline) {
			p.write("main.nf", strings.ReplaceAll(strings.ReplaceAll(script, "process P", "process R"), "P(file", "R(file"))
		}, true},
		{"cache false", func(p *pipeline) { p.write("nextflow.config", "process.cache = false") }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := script
			if tc.name == "the staged name" {
				text = strings.Replace(script, "$x ", "", 1)
			}
			p := newPipeline(t, map[string]string{"main.nf": text, "a.txt": "text", "bin/tool.sh": "#!/bin/bash\n"})
			if out, code := p.run(nil); code != 0 {
				t.Fatalf("exit %d: %s", code, out)
			}
			tc.change(p)
			if tc.name == "the staged name" {
				p.write("main.nf", strings.Replace(p.read("main.nf"), "$x ", "", 1))
			}
			if out, code := p.run(func(o *Options) { o.Resume = "last" }); code != 0 {
				t.Fatalf("exit %d: %s", code, out)
			}
			if again := strings.Count(p.read("ran.txt"), "ran") == 2; again != tc.again {
				t.Errorf("ran again: %v, want %v", again, tc.again)
			}
		})
	}
}
