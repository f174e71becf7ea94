package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/plugin"
	"sluice/internal/process"
	"sluice/internal/publish"
	"sluice/internal/storage"
	"sluice/internal/workflow"
)

// interrupted ends the run because of a signal.
type interrupted struct{ signal string }

func (i *interrupted) Error() string { return i.signal }

// exitCodes of signals.
var signalCodes = map[string]int{"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}

func (r *run) watchInterrupts() {
	if r.o.Interrupts == nil {
		return
	}
	ended := make(chan struct{})
	r.closers = append(r.closers, func() error { close(ended); return nil })
	go func() {
		for first := true; ; first = false {
			select {
			case sig := <-r.o.Interrupts:
				if first {
					r.interrupt(sig)
				} else {
					r.tasks.force()
				}
			case <-ended:
				return
			}
		}
	}()
}

// interrupt ends the run. What becomes of tasks that run elsewhere is asked, or
// said by the configuration.
func (r *run) interrupt(sig string) {
	live := int(r.tasks.live.Load())
	if live == 0 {
		r.stop(&interrupted{sig})
		return
	}
	if r.o.ChooseDetach == nil {
		r.tasks.detached.Store(r.detachesByItself())
		r.stop(&interrupted{sig})
		return
	}
	chosen := make(chan bool, 1)
	go func() { chosen <- r.o.ChooseDetach(live) }()
	select {
	case detach := <-chosen:
		r.tasks.detached.Store(detach)
	case <-r.o.Interrupts: // a second one ends them
	case <-r.ctx.Done():
	}
	r.stop(&interrupted{sig})
}

// detachesByItself is azure.batch.onInterrupt.
func (r *run) detachesByItself() bool {
	v := r.config.Get("azure", "batch", "onInterrupt")
	return v != nil && value.ToString(v) == "detach"
}

// end reports how the run went, calls the handlers and closes everything.
func (r *run) end(err error) error {
	if r.vault != nil && r.vault.err != nil {
		err, r.failure = r.vault.err, nil
	}
	code, report := r.verdict(err)
	if report != nil {
		r.post(*report)
	}
	complete := time.Now()
	success := code == 0 && report == nil
	herr := r.handlers(success, code, report, complete)
	if herr != nil && code == 0 {
		code = 1
		success = false
	}
	r.notify(success, code, report, complete)
	message := ""
	if report != nil {
		message = report.Cause
	}
	if r.cache != nil {
		if err := errors.Join(r.cache.EndRun(complete, success), r.cache.Close()); err != nil {
			r.warn("the cache could not be completed: " + err.Error())
		}
	}
	r.cleanup(success)
	r.post(observe.RunEnded{Success: success, ExitCode: code, Error: message, Start: r.start, Complete: complete, Facts: r.facts()})
	r.stop(errStopped)
	r.bus.Close()
	r.lock.Unlock()
	for i := len(r.closers) - 1; i >= 0; i-- {
		if cerr := r.closers[i](); cerr != nil {
			fmt.Fprintln(r.o.Stderr, "WARN: "+cerr.Error())
		}
	}
	if code == 0 {
		return nil
	}
	return &ExitError{Code: code, Err: err, Printed: true}
}

// verdict turns the end of the run into an exit code and what to tell.
func (r *run) verdict(err error) (int, *observe.WorkflowError) {
	var exit *stdlib.ExitError
	var intr *interrupted
	var list diag.List
	var ex *value.Exception
	var unpublished *publish.Error
	var stalled *stall
	switch {
	case r.failure != nil:
		return 1, r.failureReport()
	case err == nil:
		if r.ignored > 0 && r.processes != nil && r.processes.FailOnIgnore {
			return 1, &observe.WorkflowError{Report: "the run ignored errors and `workflow.failOnIgnore` is set", Cause: "errors were ignored"}
		}
		return 0, nil
	case errors.As(err, &exit):
		if exit.Message != "" {
			r.post(observe.Message{Level: observe.Print, Text: exit.Message + "\n"})
		}
		return exit.Code, nil
	case errors.As(err, &intr), errors.As(context.Cause(r.ctx), &intr):
		return signalCodes[intr.signal], &observe.WorkflowError{Report: intr.signal + ": " + r.afterInterrupt(), Cause: intr.signal}
	case errors.As(err, &stalled):
		return 1, &observe.WorkflowError{Report: strings.TrimPrefix(render(stalled.list), "error: "), Cause: stalled.list[0].Message}
	case errors.As(err, &unpublished):
		return 1, &observe.WorkflowError{Report: unpublished.Error() + "\n\nCaused by:\n  " + unpublished.Detail(), Cause: unpublished.Error()}
	case errors.As(err, &list):
		report := strings.TrimPrefix(render(list), "error: ")
		if !r.compiled {
			report = "Script compilation failed\n\n" + render(list)
		}
		return 1, &observe.WorkflowError{Report: report, Cause: list[0].Message}
	case errors.As(err, &ex):
		return 1, r.exceptionReport(ex)
	}
	return 1, &observe.WorkflowError{Report: err.Error(), Cause: err.Error()}
}

// afterInterrupt says what is left of an interrupted run.
func (r *run) afterInterrupt() string {
	if r.tasks == nil || !r.tasks.detached.Load() {
		return "the run was interrupted; finished tasks are kept for -resume"
	}
	return "the run was interrupted and its tasks go on running; this adopts them:\n\n  " + r.o.CommandLine + " -resume " + r.session
}

func render(list diag.List) string {
	var b strings.Builder
	list.Render(&b, diag.Options{})
	return strings.TrimRight(b.String(), "\n")
}

// exceptionReport shows an exception of the script with its place and calls.
func (r *run) exceptionReport(e *value.Exception) *observe.WorkflowError {
	message := e.Error()
	if e.Where.IsZero() {
		return &observe.WorkflowError{Report: message, Cause: message}
	}
	if e.Of.Name == plugin.Violation {
		return &observe.WorkflowError{Report: fmt.Sprintf("%s\n\n -- Check script '%s' at line: %d", strings.TrimRight(message, "\n"), e.Where.File.Name, e.Where.Position().Line), Cause: message}
	}
	var list diag.List
	first, rest, _ := strings.Cut(message, "\n")
	if rest != "" && strings.HasSuffix(e.Of.Name, "PowerAssertionError") {
		first, rest = "Assertion failed", message // its lines are aligned
	}
	d := list.Add(e.Where, first)
	if rest != "" {
		d.Notes = append(d.Notes, rest)
	}
	for i, c := range e.Calls {
		if i == 5 {
			break
		}
		p := c.Span.Position()
		if p.Line > 0 {
			d.Notes = append(d.Notes, fmt.Sprintf("called from %s at %s:%d", c.Name, c.Span.File.Name, p.Line))
		}
	}
	at := e.Where.Position()
	report := fmt.Sprintf("%s\n\n -- Check script '%s' at line: %d", strings.TrimPrefix(render(list), "error: "), e.Where.File.Name, at.Line)
	return &observe.WorkflowError{Report: report, Cause: message}
}

// failureReport is the block of a failed task.
func (r *run) failureReport() *observe.WorkflowError {
	f := r.failure
	cause, place := f.Cause, ""
	if f.Finding != nil {
		return &observe.WorkflowError{Report: findingReport(f), Cause: cause, Task: f.Task}
	}
	if f.Err != nil {
		var e *value.Exception
		native := f.Task != nil && f.Task.Exec != nil
		if errors.As(f.Err, &e) && !e.Where.IsZero() && e.Of.Simple() != "WorkflowScriptErrorException" {
			p := e.Where.Position()
			place = fmt.Sprintf("%s:%d:%d", e.Where.File.Name, p.Line, p.Column)
			if !native {
				cause += fmt.Sprintf(" -- Check script '%s' at line: %d", e.Where.File.Name, p.Line)
			}
		}
	}
	if f.Task == nil && f.Source != "" {
		return &observe.WorkflowError{Report: observe.SourceReport(f.Process, cause, f.Source), Cause: cause}
	}
	if f.Task == nil {
		return &observe.WorkflowError{Report: fmt.Sprintf("Error executing process > '%s'\n\nCaused by:\n  %s\n", f.Process, strings.ReplaceAll(cause, "\n", "\n  ")), Cause: cause}
	}
	failure := observe.Failure{Task: f.Task, Cause: cause, Stdout: r.tail(f.Task.WorkDir, ".command.out"), Stderr: r.tail(f.Task.WorkDir, ".command.log"), Command: f.Command}
	failure.Stderr = strings.ReplaceAll(failure.Stderr, f.Task.WorkDir+"/", "")
	for _, s := range f.Task.Stage {
		if storage.IsRemote(s.Source) {
			continue
		}
		if _, err := os.Stat(s.Source); errors.Is(err, os.ErrNotExist) {
			failure.Missing = append(failure.Missing, s.Source)
		}
	}
	if f.Task.Exec != nil {
		failure.Source, failure.Place = f.Source, place
	}
	return &observe.WorkflowError{Report: observe.ErrorReport(failure), Cause: cause, Task: f.Task}
}

// findingReport is a fault of configuration, with what mends it.
func findingReport(f *process.Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Error executing process > '%s'\n\nCaused by:\n  %s\n", f.Process, strings.ReplaceAll(f.Finding.Error(), "\n", "\n  "))
	if help := f.Finding.Help(); len(help) > 0 {
		b.WriteString("\nThis mends it:\n")
		for _, command := range help {
			b.WriteString("  " + strings.ReplaceAll(command, "\n", "\n  ") + "\n")
		}
	}
	return b.String()
}

// tailBytes is how much of a task's output is read for a report.
const tailBytes = 64 << 10

// tail is the end of a file of a task, wherever its directory is.
func (r *run) tail(dir, name string) string {
	if storage.IsRemote(dir) {
		// The run may have been stopped because of this very task.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), time.Minute)
		defer cancel()
		data, err := r.trees.tail(ctx, storage.Join(dir, name), tailBytes)
		if err != nil {
			r.post(observe.Message{Level: observe.Debug, Text: err.Error()})
		}
		return string(data)
	}
	return tail(dir, name)
}

func tail(dir, name string) string {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.Size() > tailBytes {
		if _, err := f.Seek(-tailBytes, io.SeekEnd); err != nil {
			return ""
		}
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return ""
	}
	return string(b)
}

// handlers calls onError and onComplete.
func (r *run) handlers(success bool, code int, report *observe.WorkflowError, complete time.Time) error {
	r.meta.Set("success", value.Bool(success))
	r.meta.Set("complete", r.time(complete))
	r.meta.Set("duration", value.Duration(complete.Sub(r.start).Milliseconds()))
	r.meta.Set("exitStatus", value.MakeInt(int64(code)))
	if report != nil {
		r.meta.Set("errorMessage", value.String(r.errorMessage(report)))
		r.meta.Set("errorReport", value.String(report.Report))
		if report.Task != nil {
			r.meta.Set("exitStatus", value.MakeInt(int64(report.Task.Result.Exit)))
		}
	}
	r.meta.Set("stats", r.stats())
	var failed error
	th := *r.thread
	th.Context = context.WithoutCancel(r.ctx)
	all := append(r.configHandlers(report != nil), r.meta.Handlers(report != nil)...)
	if len(all) > 0 {
		r.unlocked(r.bus.Flush) // handlers read traces
	}
	for _, h := range all {
		if _, err := h.WithDelegate(&handlerScope{r}).CallWith(&th, nil); err != nil {
			failed = err
			var ex *value.Exception
			if errors.As(err, &ex) {
				rep := r.exceptionReport(ex)
				r.post(observe.Message{Level: observe.Error, Text: "a completion handler failed: " + rep.Report})
				continue
			}
			r.post(observe.Message{Level: observe.Error, Text: "a completion handler failed: " + err.Error()})
		}
	}
	return failed
}

// errorMessage is what a failed task wrote to its error output, or the cause.
func (r *run) errorMessage(report *observe.WorkflowError) string {
	if report.Task != nil {
		if text := strings.TrimSpace(r.tail(report.Task.WorkDir, ".command.err")); text != "" {
			return text
		}
	}
	return report.Cause
}

// cleanup deletes the work directories of a run that succeeded, if asked to.
func (r *run) cleanup(success bool) {
	settings, _ := r.config.Run()
	if !success || !settings.Cleanup || r.tasks == nil {
		return
	}
	for _, dir := range r.tasks.dirs {
		if err := r.removeAll(dir); err != nil {
			r.warn("cleanup: " + err.Error())
		}
	}
}

// removeAll deletes a directory, wherever it is.
func (r *run) removeAll(dir string) error {
	scheme, name := storage.Split(dir)
	if scheme == "" {
		return os.RemoveAll(dir)
	}
	s, err := r.storages.of(scheme)
	if err != nil {
		return err
	}
	return s.Remove(context.WithoutCancel(r.ctx), name, true)
}

// configHandlers are workflow.onError and workflow.onComplete of the
// configuration.
func (r *run) configHandlers(failed bool) []*value.Closure {
	settings, _ := r.config.Workflow()
	var all []*value.Closure
	if c, ok := settings.OnError.(*value.Closure); ok && failed {
		all = append(all, c)
	}
	if c, ok := settings.OnComplete.(*value.Closure); ok {
		all = append(all, c)
	}
	return all
}

// handlerScope is what handlers see beyond their own script: `workflow` and
// its facts.
type handlerScope struct{ r *run }

func (*handlerScope) Class() *value.Class { return workflow.MetadataClass }

// Property finds a builtin, or a fact of the run.
func (h *handlerScope) Property(name string) (value.Value, bool) {
	if name == "params" {
		return h.r.params, true
	}
	if v, ok := h.r.builtins[name]; ok {
		return v, true
	}
	return h.r.meta.Property(name)
}
