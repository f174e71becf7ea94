package local

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"sluice/internal/container"
	"sluice/internal/task"
	"sluice/internal/workdir"

	"golang.org/x/sys/unix"
)

// runProcess starts a task's process, waits for its group to end and writes
// what the wrapper would have written.
func (e *Executor) runProcess(j *job) ending {
	end := ending{exit: -1, metrics: workdir.Unmeasured}
	dir, err := unix.Open(j.t.WorkDir, unix.O_DIRECTORY|unix.O_CLOEXEC|unix.O_PATH, 0)
	if err != nil {
		end.err = fmt.Errorf("open work directory %s: %w", j.t.WorkDir, err)
		return end
	}
	defer unix.Close(dir)
	wrapped := e.o.Wrap || workdir.NeedsWrapper(j.t) || os.Getenv("NXF_DEBUG") != ""
	p := &process{e: e, j: j, dir: dir, wrapped: wrapped}
	end.err = p.start()
	if end.err != nil && !wrapped && (errors.Is(end.err, fs.ErrNotExist) || errors.Is(end.err, fs.ErrPermission)) {
		// The wrapper's shell tells in .command.err what is wrong with the
		// interpreter, and gives the exit status for it.
		p.wrapped = true
		end.err = p.start()
	}
	if end.err != nil {
		return end
	}
	if !e.started(j, p.pid, nil) {
		e.mu.Lock()
		e.stop(j)
		e.mu.Unlock()
	}
	p.wait()
	return p.ending()
}

type process struct {
	e       *Executor
	j       *job
	dir     int // the work directory
	wrapped bool

	box    string // line that ends the container, if the wrapper cannot
	pid    int
	begin  time.Time
	wall   time.Duration
	status syscall.WaitStatus
	rusage syscall.Rusage
	io     [6]int64
	boxErr error
}

// start makes the process. Its group has its id.
func (p *process) start() error {
	t := p.j.t
	var argv, env []string
	out := workdir.LogFile
	stdin := "/dev/null"
	if p.wrapped {
		argv = []string{"/bin/bash", workdir.RunFile}
		env = append(os.Environ(), "NXF_STAGED=1")
		if t.Secrets != nil {
			env = append(append(env, t.Secrets.Environ()...), "NXF_SECRETS_SET=1")
		}
		name := "nxf-" + rand.Text()
		if p.box = container.End(t.Container, name); p.box != "" {
			env = append(env, "NXF_BOX="+name)
		}
	} else {
		argv = append(append(argv, workdir.Interpreter(t)...), filepath.Join(t.WorkDir, workdir.ScriptFile))
		env = p.e.base.For(t)
		out = workdir.OutFile
		if t.Stdin != nil {
			stdin = filepath.Join(t.WorkDir, workdir.InFile)
		}
	}
	name, err := lookup(argv[0], env)
	if err != nil {
		return fmt.Errorf("start %s: %w", argv[0], err)
	}
	in, err := unix.Open(stdin, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", stdin, err)
	}
	defer unix.Close(in)
	stdout, err := p.create(out)
	if err != nil {
		return err
	}
	defer unix.Close(stdout)
	stderr := stdout
	if !p.wrapped {
		if stderr, err = p.create(workdir.ErrFile); err != nil {
			return err
		}
		defer unix.Close(stderr)
		if err := p.mark(workdir.BeginFile); err != nil {
			return err
		}
	}
	if !p.e.o.Unguarded {
		if err := p.e.guard.Ready(); err != nil {
			return err
		}
	}
	p.begin = time.Now()
	p.pid, err = syscall.ForkExec(name, argv, &syscall.ProcAttr{
		Dir: t.WorkDir, Env: env, Files: []uintptr{uintptr(in), uintptr(stdout), uintptr(stderr)},
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	if !p.e.o.Unguarded {
		return p.e.guard.Add(p.pid, p.box)
	}
	return nil
}

// create opens a file for output. Appending keeps what several writers of one
// file write in order.
func (p *process) create(name string) (int, error) {
	fd, err := unix.Openat(p.dir, name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_APPEND|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return -1, fmt.Errorf("create %s: %w", filepath.Join(p.j.t.WorkDir, name), err)
	}
	return fd, nil
}

// mark makes an empty file.
func (p *process) mark(name string) error {
	err := unix.Mknodat(p.dir, name, unix.S_IFREG|0o644, 0)
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("create %s: %w", filepath.Join(p.j.t.WorkDir, name), err)
	}
	return nil
}

func (p *process) write(name string, data []byte) error {
	fd, err := p.create(name)
	if err != nil {
		return err
	}
	_, err = unix.Write(fd, data)
	if cerr := unix.Close(fd); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(p.j.t.WorkDir, name), err)
	}
	return nil
}

// wait returns when the process and its group are gone.
func (p *process) wait() {
	t := p.j.t
	if limit := t.Resources.Time; limit > 0 {
		timer := time.AfterFunc(time.Duration(limit)*time.Millisecond, func() {
			p.e.mu.Lock()
			defer p.e.mu.Unlock()
			if p.j.state == task.Running && !p.j.killed {
				p.j.result.TimedOut = true
				p.e.stop(p.j)
			}
		})
		defer timer.Stop()
	}
	sampled := t.WantMetrics && !p.wrapped
	if sampled {
		p.e.sampler.add(p.j)
		p.settle()
	}
	for {
		_, err := syscall.Wait4(p.pid, &p.status, 0, &p.rusage)
		if err == nil {
			break
		}
		if err != syscall.EINTR {
			panic(fmt.Sprintf("internal error: wait for process %d: %v", p.pid, err))
		}
	}
	p.wall = time.Since(p.begin)
	if sampled {
		p.e.sampler.remove(p.j)
	}
	p.leftovers()
	p.unbox()
	if !p.e.o.Unguarded {
		p.e.guard.Remove(p.pid)
	}
}

// unbox ends the container of a wrapper that was killed: the engine runs it
// outside of our process group.
func (p *process) unbox() {
	if p.box == "" || !p.status.Signaled() {
		return
	}
	// The line says itself that a container which is gone is no error.
	if err := exec.Command("/bin/bash", "-c", p.box).Run(); err != nil {
		p.boxErr = fmt.Errorf("end the container of %s: %w", p.j.t.Name, err)
	}
}

// settle waits for the end without reaping, while /proc still knows the
// process, and reads its I/O counters with those of its children.
func (p *process) settle() {
	for {
		err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			break
		}
	}
	if data, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/io"); err == nil {
		p.io = parseIO(data)
	}
}

// leftovers waits for what the script left in its group, as long as it does
// something, and then kills it.
func (p *process) leftovers() {
	var used int64 = -1
	idle := time.Now()
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		if unix.Kill(-p.pid, 0) != nil {
			return
		}
		now, alive := groupUsage(p.pid)
		if !alive {
			return
		}
		p.e.mu.Lock()
		stopped := p.j.killed || p.j.result.TimedOut
		p.e.mu.Unlock()
		if now != used {
			used, idle = now, time.Now()
		} else if !stopped && time.Since(idle) > p.e.o.Idle {
			// SIGKILL: they had their chance and wait for nothing.
			signalGroup(p.pid, unix.SIGKILL)
		}
		time.Sleep(pause)
	}
}

// ending reads or writes the control files.
func (p *process) ending() ending {
	p.e.mu.Lock()
	end := ending{timedOut: p.j.result.TimedOut, metrics: workdir.Unmeasured, exit: exitCode(p.status)}
	killed := p.j.killed
	p.e.mu.Unlock()
	note := func(err error) {
		if end.err == nil && err != nil {
			end.err = err
		}
	}
	t := p.j.t
	if end.timedOut {
		note(&TimeoutError{t.Resources.Time})
	}
	note(p.boxErr)
	if p.wrapped {
		if p.status.Signaled() && !killed && !end.timedOut {
			note(p.writeExit(end.exit))
		}
		if t.WantMetrics {
			m, err := workdir.ReadTrace(t.WorkDir)
			note(err)
			end.metrics = m
		}
	} else {
		note(p.writeLog())
		if t.WantMetrics {
			end.metrics = p.metrics()
			note(p.write(workdir.TraceFile, workdir.FormatTrace(end.metrics)))
		}
		note(p.writeExit(end.exit))
	}
	if end.metrics.Realtime < 0 {
		end.metrics.Realtime = p.wall
	}
	if end.timedOut {
		end.exit = -1
	}
	return end
}

func (p *process) writeExit(code int) error {
	return p.write(workdir.ExitFile, strconv.AppendInt(nil, int64(code), 10))
}

func exitCode(s syscall.WaitStatus) int {
	if s.Signaled() {
		return 128 + int(s.Signal())
	}
	return s.ExitStatus()
}

// writeLog makes .command.log of the two outputs: a second name for one of
// them when the other is empty, as it mostly is.
func (p *process) writeLog() error {
	fail := func(err error) error {
		return fmt.Errorf("write %s: %w", filepath.Join(p.j.t.WorkDir, workdir.LogFile), err)
	}
	var out, errs unix.Stat_t
	if err := unix.Fstatat(p.dir, workdir.OutFile, &out, 0); err != nil {
		return fail(err)
	}
	if err := unix.Fstatat(p.dir, workdir.ErrFile, &errs, 0); err != nil {
		return fail(err)
	}
	link := ""
	switch {
	case errs.Size == 0:
		link = workdir.OutFile
	case out.Size == 0:
		link = workdir.ErrFile
	}
	if link != "" {
		err := unix.Linkat(p.dir, link, p.dir, workdir.LogFile, 0)
		if errors.Is(err, unix.EEXIST) {
			if err = unix.Unlinkat(p.dir, workdir.LogFile, 0); err == nil {
				err = unix.Linkat(p.dir, link, p.dir, workdir.LogFile, 0)
			}
		}
		if err == nil {
			return nil
		} // a file system without hard links: copy
	}
	if err := unix.Unlinkat(p.dir, workdir.LogFile, 0); err != nil && !errors.Is(err, unix.ENOENT) {
		return fail(err)
	}
	to, err := os.OpenFile(filepath.Join(p.j.t.WorkDir, workdir.LogFile), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return fail(err)
	}
	defer to.Close()
	for _, name := range []string{workdir.OutFile, workdir.ErrFile} {
		from, err := os.Open(filepath.Join(p.j.t.WorkDir, name))
		if err != nil {
			return fail(err)
		}
		_, err = to.ReadFrom(from)
		from.Close()
		if err != nil {
			return fail(err)
		}
	}
	return nil
}

// lookup finds a program by the PATH of the task's environment.
func lookup(name string, env []string) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	if filepath.Base(name) != name {
		return filepath.Abs(name)
	}
	for _, kv := range env {
		if len(kv) < 5 || kv[:5] != "PATH=" {
			continue
		}
		for _, dir := range filepath.SplitList(kv[5:]) {
			file := filepath.Join(dir, name)
			if unix.Access(file, unix.X_OK) == nil {
				return file, nil
			}
		}
	}
	return "", fs.ErrNotExist
}

// signalGroup may find nobody; that is fine.
func signalGroup(pgid int, sig syscall.Signal) { _ = unix.Kill(-pgid, sig) }
