package software

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/sys/unix"

	"sluice/internal/lang/value"
)

// A Host is the machine as makers see it.
type Host struct {
	Ctx     context.Context
	Environ []string
	Path    string       // PATH of the environment
	Notice  func(string) // told to the user
	Warn    func(string)
}

// once makes a thing that has a path, if it is not there.
type once struct {
	*Host
	one singleflight.Group
}

// do calls build under the lock of path unless there is something at path.
func (o *once) do(path string, build func() error) error {
	_, err, _ := o.one.Do(path, func() (any, error) { return nil, o.locked(path, build) })
	return err
}

func (o *once) locked(path string, build func() error) error {
	if exists(path) {
		return nil
	}
	dir, name := filepath.Split(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the cache directory: %w", err)
	}
	unlock, err := o.lock(filepath.Join(dir, "."+name+".lock"))
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	defer unlock()
	if exists(path) { // another run was first
		return nil
	}
	return build()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// lock waits for the only right to make a file. The lock file goes with it, so
// whoever gets a lock looks whether the file still is the one of that name.
func (o *once) lock(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
		if err != nil {
			return nil, err
		}
		for {
			err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
			if err == nil || !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
				break
			}
			select {
			case <-o.Ctx.Done():
				return nil, errors.Join(context.Cause(o.Ctx), f.Close())
			case <-time.After(100 * time.Millisecond):
			}
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		mine, err1 := f.Stat()
		named, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(mine, named) {
			return func() {
				os.Remove(path)
				f.Close()
			}, nil
		}
		if err := errors.Join(err1, f.Close()); err != nil {
			return nil, err
		}
	}
}

// An order is a program to call, and how it is spoken of when it fails.
type order struct {
	what    string // "pull singularity image"
	shown   string // the command line as the user would type it
	args    []string
	dir     string
	timeout time.Duration
	option  string // that sets the timeout
}

// call runs an order. Its error has the command, its status and what it said.
func (h *Host) call(o order) error {
	ctx, cancel := context.WithTimeout(h.Ctx, o.timeout)
	defer cancel()
	program, err := LookPath(o.args[0], h.Path)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, o.args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = o.dir, h.Environ, &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if err = cmd.Run(); err == nil {
		return nil
	}
	status := "status : " + fmt.Sprint(cmd.ProcessState.ExitCode())
	switch {
	case h.Ctx.Err() != nil:
		return context.Cause(h.Ctx)
	case ctx.Err() != nil:
		status = fmt.Sprintf("reason : it took longer than %s (%s)", o.option, value.Duration(o.timeout.Milliseconds()).ToString())
	case cmd.ProcessState == nil:
		status = "reason : " + err.Error()
	}
	if message := strings.TrimSpace(said.String()); message != "" {
		status += "\n  message:\n    " + strings.ReplaceAll(message, "\n", "\n    ")
	}
	return fmt.Errorf("Failed to %s\n  command: %s\n  %s", o.what, o.shown, status)
}

// removed reports err after taking back what was made half.
func removed(path string, err error) error {
	if gone := os.RemoveAll(path); gone != nil {
		return errors.Join(err, fmt.Errorf("remove what was made: %w", gone))
	}
	return err
}

// LookPath finds a command on a PATH.
func LookPath(name, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if dir == "" {
			dir = "."
		}
		file := filepath.Join(dir, name)
		if st, err := os.Stat(file); err == nil && !st.IsDir() && st.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", fmt.Errorf("the command `%s` is not on PATH", name)
}
