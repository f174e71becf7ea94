package batch

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"sluice/internal/guard"
)

// processes runs commands as processes of this machine, each with a process
// group of its own. They do not outlive the rehearsal, even if it is killed.
type processes struct {
	engine string
	guard  guard.Guard
}

var errNoProgram = exec.ErrNotFound

// Run implements Runner.
func (p *processes) Run(ctx context.Context, c Command) (int, error) {
	args := c.Args
	if c.Image != "" && p.engine == "podman" {
		args = podman(c)
	}
	root := filepath.Dir(c.Dir)
	stdout, err := os.Create(filepath.Join(root, "stdout.txt"))
	if err != nil {
		return 0, err
	}
	defer stdout.Close()
	stderr, err := os.Create(filepath.Join(root, "stderr.txt"))
	if err != nil {
		return 0, err
	}
	defer stderr.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = c.Dir, append(inherited(), c.Env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.guard.Ready(); err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	guarded := p.guard.Add(cmd.Process.Pid, "")
	defer p.guard.Remove(cmd.Process.Pid)
	exited := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
		case <-exited:
		}
		// Also what the command left behind ends with it.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // no such group: it has ended already
		endAll("AZ_BATCH_TASK_DIR=" + root)
	}()
	err = cmd.Wait()
	close(exited)
	<-watched
	if guarded != nil {
		return 0, guarded
	}
	return exitCode(cmd, err)
}

func exitCode(cmd *exec.Cmd, err error) (int, error) {
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return 0, err
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// inherited is what a node takes from this machine: where the tools are, and
// the language. Nothing else of the head's environment reaches a node.
func inherited() []string {
	var env []string
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "TZ"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// podman is the command in a container, with the node's directory in it, as
// Batch mounts it.
func podman(c Command) []string {
	args := []string{"podman", "run", "--rm", "--network=host", "--volume", c.Node.Dir + ":" + c.Node.Dir, "--workdir", c.Dir}
	args = append(args, splitLine(c.Options)...)
	for _, e := range c.Env {
		if !strings.HasPrefix(e, "PATH=") {
			args = append(args, "--env", e)
		}
	}
	return append(append(args, c.Image), c.Args...)
}

// splitLine splits a command line into words as Batch does: quotes group,
// backslashes escape, nothing is expanded.
func splitLine(line string) []string {
	var words []string
	var word strings.Builder
	var quote byte
	started := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == '\'' && c != '\'':
			word.WriteByte(c)
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && i+1 < len(line) && (quote == 0 || strings.IndexByte("\"\\$`", line[i+1]) >= 0):
			i++
			word.WriteByte(line[i])
			started = true
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, started = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if started {
				words = append(words, word.String())
				word.Reset()
				started = false
			}
		default:
			word.WriteByte(c)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}

func removeAll(dirs []string) {
	for _, d := range dirs {
		_ = os.RemoveAll(d) // what is left is below the rehearsal's directory, which goes as a whole
	}
}
