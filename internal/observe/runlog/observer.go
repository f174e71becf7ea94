package runlog

import (
	"log/slog"
	"strconv"
	"time"

	"sluice/internal/observe"
	"sluice/internal/task"
)

// Loggers of the lines that other programs look for.
const (
	loggerRun     = "nextflow.cli.CmdRun"
	loggerLaunch  = "nextflow.cli.Launcher"
	loggerSession = "nextflow.Session"
	loggerScript  = "nextflow.Nextflow"
	loggerProcess = "nextflow.processor.TaskProcessor"
	loggerMonitor = "nextflow.processor.TaskPollingMonitor"
	loggerStats   = "nextflow.trace.WorkflowStatsObserver"
	loggerPublish = "nextflow.processor.PublishDir"
)

// Observe writes what an event has to say.
func (l *Log) Observe(ev observe.Event) {
	say := func(thread string, level slog.Level, logger, msg string) {
		l.Line(ev.Time, thread, level, logger, msg)
	}
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		l.launch(ev.Time, e.Launch)
	case observe.ProcessDefined:
		say("main", slog.LevelDebug, loggerProcess, "Creating process '"+e.Name+"'")
	case observe.ProcessEnded:
		say("main", slog.LevelDebug, loggerProcess, "Process '"+e.Name+"' has ended")
	case observe.TaskChanged:
		l.task(ev.Time, e)
	case observe.FilePublished:
		say("PublishDir-1", slog.LevelDebug, loggerPublish, "Published "+e.Source+" to "+e.Target)
	case observe.CacheHash:
		say("Actor Thread 1", slog.LevelInfo, loggerProcess, e.Text())
	case observe.Message:
		l.message(ev.Time, e)
	case observe.WorkflowError:
		say("main", slog.LevelError, loggerProcess, e.Report)
	case observe.RunEnded:
		say("main", slog.LevelDebug, loggerStats, "Workflow completed > "+e.Stats.String())
		say("main", slog.LevelDebug, "nextflow.script.ScriptRunner", "> Execution complete -- Goodbye")
	}
}

func (l *Log) launch(at time.Time, r observe.Launch) {
	l.Line(at, "main", slog.LevelDebug, loggerLaunch, "$> "+r.CommandLine)
	l.Line(at, "main", slog.LevelInfo, loggerRun, "N E X T F L O W  ~  version "+r.Version)
	l.Line(at, "main", slog.LevelInfo, loggerRun, "Launching `"+r.ScriptName+"` ["+r.RunName+"] DSL2 - revision: "+r.Revision)
	l.Line(at, "main", slog.LevelDebug, loggerSession, "Session UUID: "+r.SessionID)
	l.Line(at, "main", slog.LevelDebug, loggerSession, "Run name: "+r.RunName)
	l.Line(at, "main", slog.LevelDebug, loggerRun, "Version: "+r.Version+" build "+r.Build+"; pid "+strconv.Itoa(r.PID))
	l.Line(at, "main", slog.LevelDebug, loggerSession, "Work-dir: "+r.WorkDir)
	if r.Profile != "" {
		l.Line(at, "main", slog.LevelDebug, loggerSession, "Profile: "+r.Profile)
	}
}

func (l *Log) task(at time.Time, c observe.TaskChanged) {
	t, hash := c.Task, "["+c.Task.Hash.Short()+"] "
	switch c.Step {
	case observe.Submitted:
		word := "Submitted"
		if t.Attempt > 1 {
			word = "Re-submitted"
		}
		l.Line(at, "Task submitter", slog.LevelInfo, loggerSession, hash+word+" process > "+t.Name)
	case observe.Cached:
		l.Line(at, "Actor Thread 1", slog.LevelInfo, loggerProcess, hash+"Cached process > "+t.Name)
	case observe.Stored:
		l.Line(at, "Actor Thread 1", slog.LevelInfo, loggerProcess, "[skipping] Stored process > "+t.Name)
	case observe.Completed, observe.Failed, observe.Aborted:
		l.Line(at, "Task monitor", slog.LevelDebug, loggerMonitor, "Task completed > TaskHandler["+handler(t)+"]")
	case observe.Retried:
		l.Line(at, "TaskFinalizer-1", slog.LevelInfo, loggerProcess, hash+"NOTE: "+c.Cause+" -- Execution is retried ("+strconv.Itoa(max(t.Attempt, 1))+")")
	case observe.Ignored:
		l.Line(at, "TaskFinalizer-1", slog.LevelInfo, loggerProcess, hash+"NOTE: "+c.Cause+" -- Error is ignored")
	}
}

func handler(t *task.Task) string {
	exit, why := "-", "-"
	if t.Result.Exit >= 0 && t.Exec == nil {
		exit = strconv.Itoa(t.Result.Exit)
	}
	if t.Result.Err != nil {
		why = t.Result.Err.Error()
	}
	return "id: " + strconv.Itoa(t.ID) + "; name: " + t.Name + "; status: COMPLETED; exit: " + exit + "; error: " + why + "; workDir: " + t.WorkDir
}

func (l *Log) message(at time.Time, m observe.Message) {
	level, logger := slog.LevelInfo, m.Source
	if logger == "" {
		logger = loggerScript
	}
	switch m.Level {
	case observe.Print:
		return // Nextflow's log has no printed text either
	case observe.Warn:
		level = slog.LevelWarn
	case observe.Error:
		level = slog.LevelError
	case observe.Debug:
		level = slog.LevelDebug
	case observe.Trace:
		level = LevelTrace
	}
	l.Line(at, "main", level, logger, m.Text)
}
