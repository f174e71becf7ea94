package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sluice/internal/azure"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/state"
)

// rehearseRequest is what stands before the options of the run.
type rehearseRequest struct {
	state string // file; "" for the default state
	init  string // file to write; "-" is stdout
	serve bool
	check bool   // run `azure check`
	deep  bool   // with its probes
	keep  string // directory that stays; "" for one that goes
	calls bool   // tell every kind of call at the end
	port  int
	help  bool
	run   []string // what `run` gets
}

const rehearseUse = `Run a pipeline on an Azure of this machine: no account, nothing leaves the machine
Usage: %[1]s azure rehearse [options] [options of run] <script, directory or project> [--param value ...]

Options, before those of run:
  --state <file>
      What Azure is like: identities, grants, pools, quotas, faults
  --init [file]
      Write the default state with comments (default: rehearsal.yaml; - is the standard output)
  --check
      Run ` + "`azure check`" + ` there, and not the pipeline
  --deep
      The same, with a probe on a node of each pool
  --serve
      Only serve, and print the environment for heads that are started by hand
  --keep <dir>
      Keep blobs, nodes, the list of calls and what they sent in this directory
  --calls
      Tell every kind of call at the end, not only each service
  --port <n>
      Port of the proxy (default: any)

The exit code is that of the run. docs/azure-rehearsal.md tells more.
`

var rehearseOptions = []string{"state", "init", "serve", "check", "deep", "keep", "calls", "port", "help"}

// rehearse is `azure rehearse`.
func (p *program) rehearse(r *request) error {
	q, err := p.parseRehearse(r.args)
	if err != nil {
		return err
	}
	switch {
	case q.help:
		fmt.Fprintf(p.stdout, rehearseUse, p.brand)
		return nil
	case q.init != "":
		return p.initialState(q)
	case q.serve && q.check:
		return &usageError{message: "`--serve` runs nothing, and `--check` or `--deep` is given", help: "leave one of them out"}
	case q.serve && len(q.run) > 0:
		return &usageError{message: fmt.Sprintf("`--serve` runs nothing, and `%s` is given", q.run[0]), help: fmt.Sprintf("`%s azure rehearse --serve`, and then `%s run` with the environment that it prints", p.brand, p.brand)}
	case !q.serve:
		if err := p.checkRun(q.run); err != nil {
			return err
		}
	}
	st := state.Default()
	if q.state != "" {
		path := q.state
		if !filepath.IsAbs(path) {
			path = filepath.Join(p.dir, path)
		}
		if st, err = rehearsal.ReadState(path); err != nil {
			return err
		}
	}
	if st.Batch.ScaleEvery == 0 {
		st.Batch.ScaleEvery = scaleEvery
	}
	return p.inWorld(q, st)
}

// scaleEvery is how often pools look what they need: Azure's five minutes
// would be most of a rehearsal.
const scaleEvery = 2 * time.Second

// parseRehearse takes the options off the front; the rest is for `run`.
func (p *program) parseRehearse(args []string) (q rehearseRequest, err error) {
	for len(args) > 0 {
		arg := args[0]
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if arg == "-h" {
			name = "help"
		}
		if !strings.HasPrefix(arg, "-") || !slices.Contains(rehearseOptions, name) {
			if strings.HasPrefix(arg, "--") && len(arg) > 2 {
				return q, unknownRehearse(name)
			}
			break
		}
		args = args[1:]
		takesNext := name == "state" || name == "keep" || name == "port" || name == "init" && len(args) > 0 && (args[0] == "-" || !strings.HasPrefix(args[0], "-"))
		if !given && takesNext {
			if len(args) == 0 {
				return q, &usageError{message: fmt.Sprintf("option `--%s` needs a value", name)}
			}
			value, args = args[0], args[1:]
		}
		if err := q.set(name, value); err != nil {
			return q, err
		}
	}
	q.run = args
	return q, nil
}

func unknownRehearse(name string) error {
	e := &usageError{message: fmt.Sprintf("unknown option `--%s`", name), help: "parameters of the pipeline stand behind the script"}
	if near, ok := diag.Near(name, rehearseOptions); ok {
		e.note = fmt.Sprintf("an option `--%s` exists", near)
	}
	return e
}

func (q *rehearseRequest) set(name, value string) error {
	switch name {
	case "help":
		q.help = true
	case "serve":
		q.serve = true
	case "calls":
		q.calls = true
	case "check":
		q.check = true
	case "deep":
		q.check, q.deep = true, true
	case "init":
		if q.init = value; value == "" {
			q.init = "rehearsal.yaml"
		}
	case "state":
		q.state = value
	case "keep":
		q.keep = value
	case "port":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 65535 {
			return &usageError{message: fmt.Sprintf("option `--port` is a number from 1 to 65535, not `%s`", value)}
		}
		q.port = n
	}
	return nil
}

// checkRun finds what `run` would refuse, before anything is started.
func (p *program) checkRun(args []string) error {
	r, err := p.parse(append([]string{"run"}, args...))
	var usage *usageError
	if errors.As(err, &usage) && usage.note == "" && len(args) > 0 {
		if near, ok := diag.Near(strings.TrimLeft(args[0], "-"), rehearseOptions); ok && strings.HasPrefix(args[0], "-") {
			usage.note = fmt.Sprintf("an option `--%s` of `azure rehearse` exists", near)
		}
	}
	switch {
	case err != nil:
		return err
	case len(r.args) == 0:
		return &usageError{message: "no script given", help: fmt.Sprintf("`%s azure rehearse main.nf`", p.brand)}
	case r.bg:
		return &usageError{message: "a rehearsal does not run in the background", help: "leave `-bg` out"}
	}
	return nil
}

// initialState writes the file of --init. It overwrites nothing.
func (p *program) initialState(q rehearseRequest) error {
	if q.init == "-" {
		_, err := io.WriteString(p.stdout, rehearsal.InitialState())
		return err
	}
	path := q.init
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return &usageError{message: fmt.Sprintf("`%s` is there already", q.init), help: "`--init <another file>`, or `--init -` to print it"}
	}
	if err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	_, err = io.WriteString(file, rehearsal.InitialState())
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	fmt.Fprintf(p.stdout, "%s: edit it, then `%s azure rehearse --state %s main.nf`\n", q.init, p.brand, q.init)
	return nil
}

// inWorld makes the rehearsal's Azure and runs or serves in it.
func (p *program) inWorld(q rehearseRequest, st *state.State) (err error) {
	dir, done, err := p.rehearsalDir(q.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	calls, err := os.OpenFile(filepath.Join(dir, "calls.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open the list of calls: %w", err)
	}
	defer func() { err = errors.Join(err, calls.Close()) }()
	sent, err := os.OpenFile(filepath.Join(dir, "sent.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the list of what was sent: %w", err)
	}
	defer func() { err = errors.Join(err, sent.Close()) }()
	w, err := rehearsal.New(rehearsal.Options{State: st, Dir: dir, Log: calls, Sent: sent})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.Listen(q.port); err != nil {
		return err
	}
	env, err := w.Env()
	if err != nil {
		return err
	}
	defaults := filepath.Join(dir, "defaults.config")
	if err := os.WriteFile(defaults, []byte(w.Defaults()), 0o644); err != nil {
		return fmt.Errorf("write the defaults of the configuration: %w", err)
	}
	env = append(env, engine.DefaultsVariable+"="+defaults, azure.CacheVariable+"="+filepath.Join(dir, "cache"))
	if q.keep != "" {
		defer func() { err = errors.Join(err, p.keepBlobs(w)) }()
	}
	if q.serve {
		return p.serveWorld(q, w, dir, env)
	}
	fmt.Fprintf(p.stderr, "rehearsal: %s; all of it on this machine\n", w.Title())
	args := []string{"run"}
	if q.check {
		args = []string{"azure", "check"}
	}
	if q.deep {
		args = append(args, "--deep")
	}
	err = p.runInWorld(append(args, q.run...), env)
	p.printBudget(q, w)
	return err
}

// rehearsalDir is where blobs and nodes are.
func (p *program) rehearsalDir(keep string) (dir string, done func() error, err error) {
	if keep == "" {
		if dir, err = os.MkdirTemp("", "sluice-rehearsal-"); err != nil {
			return "", nil, fmt.Errorf("make the directory of the rehearsal: %w", err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if !filepath.IsAbs(keep) {
		keep = filepath.Join(p.dir, keep)
	}
	if err := os.MkdirAll(keep, 0o755); err != nil {
		return "", nil, fmt.Errorf("make the directory of the rehearsal: %w", err)
	}
	return keep, func() error { return nil }, nil
}

// runInWorld runs a command of ours in a process of its own, as a head on Azure would.
// Signals reach it through us, once each: it is in a process group of its own.
func (p *program) runInWorld(args, env []string) error {
	cmd := exec.Command(p.self, args...)
	cmd.Args[0], cmd.Dir, cmd.Env, cmd.Stdin = p.brand, p.dir, rehearsal.Over(p.environ, env), p.stdin
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the run: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if err := cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
				fmt.Fprintln(p.stderr, "warning: pass the signal on:", err)
			}
		case err := <-ended:
			return childExit(err)
		}
	}
}

// childExit makes of the end of a child an end of ours with the same code.
func childExit(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	code := exit.ExitCode()
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	return &engine.ExitError{Code: code, Printed: true}
}

// serveWorld prints the environment and waits for a signal.
func (p *program) serveWorld(q rehearseRequest, w *rehearsal.World, dir string, env []string) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "unset %s\n", strings.Join(rehearsal.Cleared(), " "))
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if value == "" {
			continue // is among those that are cleared
		}
		fmt.Fprintf(&text, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	if err := os.WriteFile(filepath.Join(dir, "env"), text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the environment: %w", err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	fmt.Fprintf(p.stderr, "a rehearsal of Azure is at http://%s: Ctrl-C ends it\n", w.Addr())
	if _, err := p.stdout.Write(text.Bytes()); err != nil {
		return err
	}
	<-signals
	p.printBudget(q, w)
	return nil
}

// keepBlobs writes what the storage holds where it can be looked at.
func (p *program) keepBlobs(w *rehearsal.World) error {
	dir, left, err := w.Export()
	if err != nil {
		return fmt.Errorf("keep the blobs: %w", err)
	}
	if dir != "" {
		fmt.Fprintf(p.stderr, "blobs are in %s\n", dir)
	}
	for _, l := range left {
		fmt.Fprintln(p.stderr, "warning: left out:", l)
	}
	return nil
}

func (p *program) printBudget(q rehearseRequest, w *rehearsal.World) {
	b := w.Budget()
	title := "\nCalls to Azure, by service (`--calls` tells more)\n"
	if q.calls {
		title = "\nCalls to Azure\n"
	} else {
		b = b.ByService()
	}
	fmt.Fprint(p.stderr, title)
	// A terminal that is gone is no reason to fail.
	_, _ = b.WriteTo(p.stderr)
	_, _ = w.Forecast().WriteTo(p.stderr)
}
