package stdlib

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sluice/internal/lang/value"
)

var processClass = javaClass("java.lang.ProcessImpl")

// A Process is a child process that execute() started. Its output is kept in
// memory until someone reads it.
type Process struct {
	cmd      *exec.Cmd
	in       io.WriteCloser
	out, err *pipeBuffer
	done     chan struct{}
	exit     error
}

// Class is java.lang.Process.
func (*Process) Class() *value.Class { return processClass }

// A pipeBuffer is the output of a process: reading waits for more.
type pipeBuffer struct {
	mu     sync.Mutex
	wake   *sync.Cond
	data   bytes.Buffer
	closed bool
}

func newPipeBuffer() *pipeBuffer {
	p := &pipeBuffer{}
	p.wake = sync.NewCond(&p.mu)
	return p
}

func (p *pipeBuffer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.wake.Broadcast()
	return p.data.Write(b)
}

func (p *pipeBuffer) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.data.Len() == 0 && !p.closed {
		p.wake.Wait()
	}
	return p.data.Read(b)
}

func (p *pipeBuffer) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.wake.Broadcast()
}

// executeMethod starts the words of a string, or the elements of a list. A
// string is cut at white space; quotes mean nothing, as in Java.
func executeMethod(c call) (value.Value, error) {
	var argv []string
	if s, ok := value.Str(c.recv); ok {
		argv = strings.Fields(s)
	} else {
		for _, e := range elems(c.recv) {
			argv = append(argv, value.ToString(e))
		}
	}
	if len(argv) == 0 {
		return nil, value.Throw("java.lang.IndexOutOfBoundsException", "Index 0 out of bounds for length 0")
	}
	cmd := exec.CommandContext(threadContext(c.th), argv[0], argv[1:]...)
	cmd.Dir = workingDir(c.th)
	if c.arg(1) != nil {
		if cmd.Dir = pathText(c.arg(1)); !filepath.IsAbs(cmd.Dir) {
			cmd.Dir = filepath.Join(workingDir(c.th), cmd.Dir)
		}
	}
	if c.arg(0) != nil {
		cmd.Env = []string{}
		for _, e := range elems(c.arg(0)) {
			cmd.Env = append(cmd.Env, value.ToString(e))
		}
	}
	return startProcess(c, cmd, false)
}

// startProcess starts cmd; merged sends its errors where its output goes.
func startProcess(c call, cmd *exec.Cmd, merged bool) (value.Value, error) {
	p := &Process{cmd: cmd, out: newPipeBuffer(), err: newPipeBuffer(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.out, p.err
	if merged {
		cmd.Stderr = p.out
	}
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err == nil {
		p.in = in
		c.th.Block(func() { err = cmd.Start() })
	}
	if err != nil {
		reason := "error=2, No such file or directory"
		if !errors.Is(err, exec.ErrNotFound) && !strings.Contains(err.Error(), "no such file") {
			reason = err.Error()
		}
		ex := value.Throw("java.io.IOException", "Cannot run program \"%s\": %s", cmd.Args[0], reason)
		ex.Cause = err
		return nil, ex
	}
	go func() {
		p.exit = cmd.Wait()
		p.out.close()
		p.err.close()
		close(p.done)
	}()
	return p, nil
}

func (p *Process) wait(c call) {
	c.th.Block(func() { <-p.done })
}

func (p *Process) status() int {
	if s := p.cmd.ProcessState; s != nil {
		if code := s.ExitCode(); code >= 0 {
			return code
		}
		return 143
	}
	return -1
}

// drain reads all of an output.
func drain(c call, b *pipeBuffer) (string, error) {
	var data []byte
	var err error
	c.th.Block(func() { data, err = io.ReadAll(b) })
	return string(data), ioError(err)
}

// writer writes to the input of the process.
func (p *Process) writer() *Writer { return &Writer{of: writerClass, w: p.in, closer: p.in} }

func processMethods() []def {
	get := func(c call) *Process { return c.recv.(*Process) }
	stdout := func(c call) (value.Value, error) { return newReader(inputStreamClass, get(c).out, nil), nil }
	stderr := func(c call) (value.Value, error) { return newReader(inputStreamClass, get(c).err, nil), nil }
	stdin := func(c call) (value.Value, error) { return get(c).writer(), nil }
	collect := func(wait bool) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			if wait {
				get(c).wait(c)
			}
			for i, b := range []*pipeBuffer{get(c).out, get(c).err} {
				s, err := drain(c, b)
				if err != nil {
					return nil, err
				}
				if c.arg(i) != nil {
					if _, err := c.t.Call(c.th, c.arg(i), "append", value.String(s)); err != nil {
						return nil, err
					}
				}
			}
			return nil, nil
		}
	}
	return []def{
		{"getText", "charset = 'UTF-8'", "is what the process prints until it ends", func(c call) (value.Value, error) {
			s, err := drain(c, get(c).out)
			return value.String(s), err
		}},
		{"leftShift", "text", "writes to the input of the process", func(c call) (value.Value, error) {
			var err error
			c.th.Block(func() { _, err = io.WriteString(get(c).in, value.ToString(c.arg(0))) })
			return get(c).writer(), ioError(err)
		}},
		{"waitFor", "timeout: Number, unit", "waits for the end of the process for some time, and says whether it came", func(c call) (value.Value, error) {
			unit, ok := c.arg(1).(*Enum)
			if !ok {
				return nil, c.missing()
			}
			ended := false
			c.th.Block(func() {
				select {
				case <-get(c).done:
					ended = true
				case <-time.After(time.Duration(toInt64(c.arg(0))) * unitLengths[unit.name]):
				}
			})
			return value.MakeBool(ended), nil
		}},
		{"waitFor", "", "waits for the end of the process and is its exit status", func(c call) (value.Value, error) {
			get(c).wait(c)
			return value.Int(get(c).status()), nil
		}},
		{"waitForOrKill", "milliseconds: Number", "waits for the end of the process, and kills it when that takes too long", func(c call) (value.Value, error) {
			var err error
			c.th.Block(func() {
				timer := time.NewTimer(time.Duration(toInt64(c.arg(0))) * time.Millisecond)
				defer timer.Stop()
				select {
				case <-get(c).done:
				case <-timer.C:
					err = get(c).cmd.Process.Kill()
					<-get(c).done
				}
			})
			return nil, ioError(err)
		}},
		{"exitValue", "", "is the exit status of a process that has ended", func(c call) (value.Value, error) {
			select {
			case <-get(c).done:
				return value.Int(get(c).status()), nil
			default:
				return nil, value.Throw("java.lang.IllegalThreadStateException", "process hasn't exited")
			}
		}},
		{"isAlive", "", "says whether the process runs", func(c call) (value.Value, error) {
			select {
			case <-get(c).done:
				return value.False, nil
			default:
				return value.True, nil
			}
		}},
		{"getIn", "", "reads what the process prints", stdout},
		{"getInputStream", "", "reads what the process prints", stdout},
		{"inputReader", "", "reads what the process prints", stdout},
		{"getErr", "", "reads what the process prints as errors", stderr},
		{"getErrorStream", "", "reads what the process prints as errors", stderr},
		{"getOut", "", "writes to the process", stdin},
		{"getOutputStream", "", "writes to the process", stdin},
		{"withWriter", "action: Closure", "calls action with a writer to the process", func(c call) (value.Value, error) {
			w := &Writer{of: writerClass, w: get(c).in, closer: get(c).in}
			v, err := c.run(c.arg(0), w)
			return v, errors.Join(err, w.close())
		}},
		{"consumeProcessOutput", "output = null, errors = null", "takes what the process prints", collect(false)},
		{"waitForProcessOutput", "output = null, errors = null", "takes what the process prints and waits for its end", collect(true)},
		{"pid", "", "is the number of the process", func(c call) (value.Value, error) { return value.Long(get(c).cmd.Process.Pid), nil }},
		{"pipeTo", "next", "gives another process what this one prints", processPipe},
		{"or", "next", "gives another process what this one prints", processPipe},
		{"destroy", "", "kills the process", kill},
		{"destroyForcibly", "", "kills the process", kill},
		{"closeStreams", "", "closes the input of the process", func(c call) (value.Value, error) { return nil, ioError(get(c).in.Close()) }},
	}
}

func kill(c call) (value.Value, error) {
	p := c.recv.(*Process)
	select {
	case <-p.done:
		return p, nil
	default:
		return p, ioError(p.cmd.Process.Kill())
	}
}

// processPipe is a pipe between processes: `a.execute().pipeTo(b.execute())`.
func processPipe(c call) (value.Value, error) {
	next, ok := c.arg(0).(*Process)
	if !ok {
		return nil, c.missing()
	}
	from := c.recv.(*Process)
	go func() {
		// The reader decides when it has had enough: a broken pipe is its right.
		_, _ = io.Copy(next.in, from.out)
		_ = next.in.Close()
	}()
	return next, nil
}
