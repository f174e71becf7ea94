package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/sys/unix"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/task"
)

// puller makes files of images for the engines that run files. Each is pulled
// once, whatever number of tasks and runs wants it: runs on this machine or a
// shared disk wait for each other. A file is whole under its name or not there.
// Nextflow docs: container#singularity
type puller struct {
	ctx     context.Context
	engine  string // singularity, apptainer
	noHTTPS bool
	timeout time.Duration
	path    string // of the environment
	environ []string
	notice  func(string)
	one     singleflight.Group
	// advice is given once, before the first pull into a default directory
	advice string
	warn   func(string)
	advise sync.Once
}

func (r *run) newPuller() *puller {
	path, _ := r.o.Getenv("PATH")
	p := &puller{
		ctx: r.ctx, engine: r.box.Engine, noHTTPS: r.box.NoHTTPS, timeout: time.Duration(r.box.PullTimeout) * time.Millisecond,
		path: path, environ: r.o.Environ, notice: r.notice, warn: r.warn,
	}
	if r.box.Engine != "" && r.box.CacheDir == filepath.Join(r.workDir, r.box.Engine) {
		p.advice = fmt.Sprintf("%s cache directory has not been defined -- Remote image will be stored in the path: %s -- Use the environment variable NXF_%s_CACHEDIR to specify a different location",
			p.title(), r.box.CacheDir, strings.ToUpper(r.box.Engine))
	}
	return p
}

func (p *puller) title() string { return strings.ToUpper(p.engine[:1]) + p.engine[1:] }

// prepare pulls the image of a task, if it comes from afar.
func (p *puller) prepare(t *task.Task) error {
	if t.Container == nil || t.Container.Source == "" || t.Exec != nil {
		return nil
	}
	_, err, _ := p.one.Do(t.Container.Image, func() (any, error) { return nil, p.pull(t.Container.Source, t.Container.Image) })
	return err
}

func (p *puller) pull(url, target string) error {
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	dir, name := filepath.Split(target)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make a directory for images: %w", err)
	}
	unlock, err := p.lock(filepath.Join(dir, "."+name+".lock"))
	if err != nil {
		return fmt.Errorf("lock the image %s: %w", target, err)
	}
	defer unlock()
	if _, err := os.Stat(target); err == nil { // another run was first
		return nil
	}
	p.advise.Do(func() {
		if p.advice != "" {
			p.warn(p.advice)
		}
	})
	p.notice(fmt.Sprintf("Pulling %s image %s [cache %s]", p.title(), url, target))
	part := fmt.Sprintf("%s.pulling.%d", name, time.Now().UnixMilli())
	err = p.run(dir, part, url)
	if err == nil {
		err = os.Rename(filepath.Join(dir, part), target)
	}
	if err != nil {
		return errors.Join(err, removed(filepath.Join(dir, part)))
	}
	return nil
}

func removed(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove what was pulled: %w", err)
	}
	return nil
}

// run calls the engine, which writes the file part in dir.
func (p *puller) run(dir, part, url string) error {
	ctx, cancel := context.WithTimeout(p.ctx, p.timeout)
	defer cancel()
	args := []string{"pull"}
	if p.noHTTPS {
		args = append(args, "--nohttps")
	}
	args = append(args, "--name", part, url)
	program, err := lookPath(p.engine, p.path)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, p.environ, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if err = cmd.Run(); err == nil {
		return nil
	}
	status := "status : " + fmt.Sprint(cmd.ProcessState.ExitCode())
	switch {
	case p.ctx.Err() != nil:
		return context.Cause(p.ctx)
	case ctx.Err() != nil:
		status = fmt.Sprintf("reason : it took longer than %s.pullTimeout (%s)", p.engine, value.Duration(p.timeout.Milliseconds()).ToString())
	case cmd.ProcessState == nil:
		status = "reason : " + err.Error()
	}
	if message := strings.TrimSpace(said.String()); message != "" {
		status += "\n  message:\n    " + strings.ReplaceAll(message, "\n", "\n    ")
	}
	return fmt.Errorf("Failed to pull %s image\n  command: %s %s\n  %s", p.engine, p.engine, strings.Join(args, " "), status)
}

// lock waits for the only right to make a file. The lock file goes with it, so
// whoever gets a lock looks whether the file still is the one of that name.
func (p *puller) lock(path string) (unlock func(), err error) {
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
			case <-p.ctx.Done():
				return nil, errors.Join(context.Cause(p.ctx), f.Close())
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

// lookPath finds a command on the PATH of the environment handed in.
func lookPath(name, path string) (string, error) {
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

// boxes reads the container engine that is switched on, and where it keeps its
// images.
func (r *run) boxes() error {
	box, problems := r.config.EnabledContainer()
	if err := problems.Err(); err != nil {
		return err
	}
	r.box = box
	if box.Engine != "singularity" && box.Engine != "apptainer" {
		return nil
	}
	env := func(name string) string {
		v, _ := r.o.Getenv("NXF_" + strings.ToUpper(box.Engine) + "_" + name)
		return v
	}
	r.box.LibraryDir = r.abs(firstOf(box.LibraryDir, env("LIBRARYDIR")))
	r.box.CacheDir = r.abs(firstOf(box.CacheDir, env("CACHEDIR")))
	if r.box.CacheDir == "" {
		r.box.CacheDir = filepath.Join(r.workDir, box.Engine)
	}
	return nil
}

// checkBox says early that containers cannot be run, if a process needs one.
func (r *run) checkBox() error {
	if r.box.Engine == "" || r.box.Sudo {
		return nil
	}
	name := r.processes.Contained()
	if name == "" {
		return nil
	}
	path, _ := r.o.Getenv("PATH")
	if _, err := lookPath(r.box.Engine, path); err == nil {
		return nil
	}
	var list diag.List
	d := list.Add(r.config.Span(r.box.Engine, "enabled"), fmt.Sprintf("the command `%s` is not on PATH, and process `%s` runs in a container", r.box.Engine, name))
	if option := r.config.Given(r.box.Engine, "enabled"); option != "" {
		d.Notes = append(d.Notes, "the option `"+option+"` asks for it")
	}
	d.Help = fmt.Sprintf("install %s, or run without containers: `%s.enabled = false`", r.box.Engine, r.box.Engine)
	return list
}
