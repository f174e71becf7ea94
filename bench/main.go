package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	b := bench{out: os.Stdout}
	flag.StringVar(&b.sluice, "sluice", "bin/sluice", "our binary")
	flag.StringVar(&b.oracle, "oracle", "", "the original engine (default $ORACLE, ../shared/oracle/nextflow, nextflow on PATH)")
	flag.IntVar(&b.repeat, "repeat", 5, "runs of a short row; the median counts")
	flag.StringVar(&b.where, "dir", memoryDir(), "directory to work in; memory keeps the disk out of the figures")
	only := flag.String("only", "", "names of rows, separated by commas")
	flag.Parse()
	if err := b.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	sluice, oracle string
	repeat         int
	done           map[string]time.Duration // our times by row
	where, dir     string                   // where to make it, and the directory of this run
	out            io.Writer
}

func (b *bench) run(only string) error {
	if err := b.find(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.where, "sluice-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	fmt.Fprintf(b.out, "%s/%s, %d CPUs, %s, in %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), dir)
	if b.oracle == "" {
		fmt.Fprintln(b.out, "note: the original engine or Java is missing, its columns are empty")
	} else {
		fmt.Fprintln(b.out, "original:", b.oracle)
	}
	chosen := func(name string) bool { return only == "" || strings.Contains(","+only+",", ","+name+",") }
	var lines, failed []string
	for _, r := range rows {
		if !chosen(r.name) {
			continue
		}
		if r.given != nil {
			args, err := r.given()
			if err != nil {
				failed = append(failed, fmt.Sprintf("%s: %v", r.name, err))
				continue
			}
			if r.args = args; args == nil {
				fmt.Fprintf(b.out, "note: %s is left out, %s names no checkout\n", r.name, rnaseqVariable)
				continue
			}
		}
		line, err := b.measure(r)
		if err != nil {
			failed = append(failed, fmt.Sprintf("%s: %v", r.name, err))
			continue
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		if err := b.table("row\tours\toriginal\ttimes faster\tours MB\toriginal MB\tfloor\ttarget\tmet\t", lines); err != nil {
			return err
		}
	}
	if err := b.azureTable(chosen); err != nil {
		failed = append(failed, err.Error())
	}
	if len(failed) > 0 {
		return errors.New(strings.Join(failed, "\n"))
	}
	return nil
}

// table prints lines in columns.
func (b *bench) table(head string, lines []string) error {
	w := tabwriter.NewWriter(b.out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, head)
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// find makes both paths absolute; b.oracle is empty when it cannot run.
func (b *bench) find() error {
	var err error
	if b.sluice, err = lookup(b.sluice); err != nil {
		return fmt.Errorf("find our binary (make build): %w", err)
	}
	if b.oracle == "" {
		b.oracle = os.Getenv("ORACLE")
	}
	if b.oracle == "" {
		b.oracle = filepath.Join("..", "shared", "oracle", "nextflow")
		if _, err := os.Stat(b.oracle); err != nil {
			b.oracle = "nextflow"
		}
	}
	if _, err := exec.LookPath("java"); err != nil {
		b.oracle = ""
		return nil
	}
	if b.oracle, err = lookup(b.oracle); err != nil {
		b.oracle = ""
	}
	return nil
}

func lookup(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// measure runs one row with both engines in turns and renders its line. The
// floor is run before and after, as what else the machine does changes meanwhile.
func (b *bench) measure(r row) (string, error) {
	n := max(r.runs, 1)
	if r.short {
		n = b.repeat
	}
	var ours, theirs []usage
	before, err := b.floor(r)
	if err != nil {
		return "", err
	}
	for i := range n {
		u, err := b.once(r, b.sluice, fmt.Sprintf("%s-ours-%d", r.name, i))
		if err != nil {
			return "", fmt.Errorf("ours: %w", err)
		}
		ours = append(ours, u)
		if b.oracle == "" || r.alone {
			continue
		}
		if u, err = b.once(r, b.oracle, fmt.Sprintf("%s-original-%d", r.name, i)); err != nil {
			return "", fmt.Errorf("original: %w", err)
		}
		theirs = append(theirs, u)
	}
	after, err := b.floor(r)
	if err != nil {
		return "", err
	}
	if b.done == nil {
		b.done = map[string]time.Duration{}
	}
	b.done[r.name] = median(ours).wall
	r.base = b.done[r.of]
	return r.line(median(ours), median(theirs), (before+after)/2), nil
}

func (b *bench) floor(r row) (time.Duration, error) {
	if r.floor == 0 {
		return 0, nil
	}
	wall, err := runFloor(filepath.Join(b.dir, r.name+"-floor"), r.floor)
	if err != nil {
		return 0, fmt.Errorf("floor: %w", err)
	}
	return wall, nil
}

func (b *bench) once(r row, engine, name string) (usage, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return usage{}, err
	}
	// Thousands of work directories are not kept for the rows to come.
	defer os.RemoveAll(dir)
	if r.script != "" {
		if err := os.WriteFile(filepath.Join(dir, "main.nf"), []byte(r.script), 0o644); err != nil {
			return usage{}, err
		}
	}
	if r.files != nil {
		// The original's strict grammar refuses the inputs of processes in the
		// closures of a configuration, which all published pipelines name there.
		defer os.Unsetenv("NXF_SYNTAX_PARSER")
		if err := os.Setenv("NXF_SYNTAX_PARSER", "v1"); err != nil {
			return usage{}, err
		}
		files := r.files()
		if _, ok := files["bash.sh"]; ok {
			defer os.Unsetenv("BASH_ENV")
			if err := os.Setenv("BASH_ENV", filepath.Join(dir, "bash.sh")); err != nil {
				return usage{}, err
			}
		}
		for path, text := range files {
			file := filepath.Join(dir, path)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return usage{}, err
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				return usage{}, err
			}
		}
	}
	for _, args := range r.before {
		if _, err := measureCommand(dir, engine, args); err != nil {
			return usage{}, err
		}
	}
	return measureCommand(dir, engine, r.args)
}

// memoryDir is a file system in memory if there is one. Making the files of a
// thousand work directories costs a slow disk more than either engine, and
// then the figures say nothing of the engines.
func memoryDir() string {
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		return "/dev/shm"
	}
	return ""
}
