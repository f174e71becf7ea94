package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// maxRecorded is the largest file whose content is recorded; of larger and of
// binary files only the name is.
const maxRecorded = 16 << 10

// Run runs the case with an engine (ours or the original; both take the same
// command line) in dir, an empty directory, and gathers what it left there.
// Env is the environment of the engine; the case's own settings are added.
func (c *Case) Run(ctx context.Context, engine, dir string, env []string) (Outcome, error) {
	var got Outcome
	if err := c.unpack(dir); err != nil {
		return got, err
	}
	var stdout strings.Builder
	for _, args := range c.Cmds {
		out, errout, code, err := c.runOnce(ctx, engine, dir, args, env)
		if err != nil {
			return got, err
		}
		if len(c.Cmds) > 1 {
			fmt.Fprintf(&stdout, "$ %s\n", strings.Join(args, " "))
		}
		stdout.WriteString(c.shown(args, out, dir, code))
		got.Output += out + errout
		got.Exit += fmt.Sprintln(code)
		if block := errorBlock(out+"\n"+errout, dir, c.Unordered); block != "" {
			got.Error += block
		}
	}
	var err error
	if got.Stdout, err = dropMatching(stdout.String(), c.ErrMatch); err != nil {
		return got, fmt.Errorf("errmatch: %w", err)
	}
	return got, c.collect(dir, &got)
}

// shown is what a command printed, as it is compared: of a run and of a
// failure what is left without the engine's own chatter, of other commands
// every line with its empty ones.
func (c *Case) shown(args []string, out, dir string, code int) string {
	if isRun(args) || code != 0 {
		return normalStdout(out, dir, c.Unordered)
	}
	var kept []string
	for line := range strings.Lines(out) {
		if !chatter.MatchString(strings.TrimRight(line, "\r\n")) {
			kept = append(kept, line)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	if c.Unordered {
		slices.Sort(kept)
	}
	return normalText(strings.Join(kept, ""), dir)
}

// Build makes our binary in dir; SLUICE names one that is built already.
func Build(ctx context.Context, dir string) (string, error) {
	if path := os.Getenv("SLUICE"); path != "" {
		return path, nil
	}
	path := filepath.Join(dir, "sluice")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "sluice/cmd/sluice")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build sluice: %w\n%s", err, out)
	}
	return path, nil
}

// unpack writes the pipeline; scripts in bin/ and those with a #! are made executable.
func (c *Case) unpack(dir string) error {
	for _, f := range c.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if bytes.HasPrefix(f.Data, []byte("#!")) {
			mode = 0o755
		}
		if err := os.WriteFile(path, f.Data, mode); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) runOnce(ctx context.Context, engine, dir string, args, env []string) (string, string, int, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	full := args
	if isRun(args) {
		full = slices.Insert(slices.Clone(args), min(2, len(args)), "-ansi-log", "false")
	}
	cmd := exec.CommandContext(ctx, engine, full...)
	cmd.Dir = dir
	cmd.Env = append(append([]string(nil), env...), c.Env...)
	cmd.Env = append(cmd.Env, "PWD="+dir)
	if c.Tools != "" {
		cmd.Env = append(cmd.Env, "PATH="+filepath.Join(dir, c.Tools)+":"+os.Getenv("PATH"))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// A group of its own: on a timeout the tasks go with the engine.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", "", 0, fmt.Errorf("%v: still running after %s; output:\n%s%s", args, c.Timeout, &stdout, &stderr)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return "", "", 0, err
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode(), nil
}

// collect lists what the run left in dir besides its input, work/ and the
// engine's own files.
func (c *Case) collect(dir string, got *Outcome) error {
	input := map[string]bool{}
	for _, f := range c.Files {
		input[filepath.FromSlash(f.Name)] = true
	}
	got.Files = map[string]string{}
	var tree strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() && (rel == "work" || taskDir.MatchString(rel) || isEngineFile(rel)) {
			return filepath.SkipDir
		}
		if d.IsDir() || input[rel] || isEngineFile(rel) {
			return nil
		}
		kind, text, err := describe(path, d)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		fmt.Fprintf(&tree, "%s %s\n", kind, name)
		if text != "" {
			got.Files[name] = normalText(text, dir)
		}
		return nil
	})
	got.Tree = tree.String()
	return err
}

// isEngineFile: Nextflow keeps .nextflow*, we keep .sluice* and .nextflow*.
func isEngineFile(rel string) bool {
	return strings.HasPrefix(rel, ".nextflow") || strings.HasPrefix(rel, ".sluice")
}

func describe(path string, d fs.DirEntry) (kind, text string, err error) {
	kind = "file"
	if d.Type()&fs.ModeSymlink != 0 {
		kind = "link"
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", "", err
	}
	if info.IsDir() {
		return kind + "-dir", "", nil
	}
	if info.Size() > maxRecorded {
		return kind, "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	if !utf8.Valid(data) || bytes.Contains(data, []byte("\x00")) || bytes.HasPrefix(data, []byte("-- ")) || bytes.Contains(data, []byte("\n-- ")) {
		return kind, "", nil
	}
	return kind, string(data), nil
}
