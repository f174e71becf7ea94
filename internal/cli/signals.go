package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"sluice/internal/engine"
)

// An interrupter hands signals to the engine: the first asks it to stop, the
// second forces, a third ends the process on the spot.
type interrupter struct {
	names chan string
	raw   chan os.Signal
	done  chan struct{}
	wait  sync.WaitGroup

	mu    sync.Mutex
	first syscall.Signal
	early context.CancelFunc // of what comes before the run
}

var errForced = errors.New("interrupted twice")

func watchSignals(cancel context.CancelCauseFunc) *interrupter {
	s := &interrupter{names: make(chan string, 2), raw: make(chan os.Signal, 4), done: make(chan struct{})}
	signal.Notify(s.raw, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	s.wait.Add(1)
	go func() {
		defer s.wait.Done()
		for n := 1; ; n++ {
			select {
			case sig := <-s.raw:
				s.take(sig, n, cancel)
			case <-s.done:
				return
			}
		}
	}()
	return s
}

func (s *interrupter) take(sig os.Signal, n int, cancel context.CancelCauseFunc) {
	number, _ := sig.(syscall.Signal)
	s.mu.Lock()
	if n == 1 {
		s.first = number
		if s.early != nil {
			s.early()
		}
	}
	s.mu.Unlock()
	switch {
	case n <= 2:
		s.names <- signalName(number)
		if n == 2 {
			cancel(errForced)
		}
	default:
		os.Exit(128 + int(number))
	}
}

func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "SIGINT"
	case syscall.SIGHUP:
		return "SIGHUP"
	}
	return "SIGTERM"
}

func (s *interrupter) stop() {
	signal.Stop(s.raw)
	close(s.done)
	s.wait.Wait()
}

// exit gives a run that ended by a signal the exit code of the signal.
func (s *interrupter) exit(err error) error {
	s.mu.Lock()
	first := s.first
	s.mu.Unlock()
	var exit *engine.ExitError
	if first == 0 || err == nil || errors.As(err, &exit) && exit.Code != exitFailure {
		return err
	}
	printed := exit != nil && exit.Printed
	if exit != nil {
		err = exit.Err
	}
	return &engine.ExitError{Code: 128 + int(first), Err: err, Printed: printed}
}

// background starts the same command without -bg in a session of its own.
func (p *program) background() error {
	var args []string
	for _, a := range p.args {
		if a != "-bg" {
			args = append(args, a)
		}
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("start in the background: %w", err)
	}
	defer func() { _ = null.Close() }()
	cmd := exec.Command(p.self, args...)
	cmd.Args[0], cmd.Dir, cmd.Env, cmd.Stdin = p.brand, p.dir, p.environ, null
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start in the background: %w", err)
	}
	file := filepath.Join(p.dir, ".nextflow.pid")
	if name, ok := p.getenv("NXF_PID_FILE"); ok && name != "" {
		file = name
	}
	if err := os.WriteFile(file, []byte(strconv.Itoa(cmd.Process.Pid)+"\n"), 0o644); err != nil {
		return fmt.Errorf("note the process id: %w", err)
	}
	return cmd.Process.Release()
}

// until is a context that the first signal ends: for what comes before a run,
// when there is nothing to stop in order. The signal stays noted for exit.
func (s *interrupter) until(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.early = cancel
	return ctx
}
