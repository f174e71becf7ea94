package observe

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"sluice/internal/dataflow"
	"sluice/internal/task"
)

// An Event is something that happened, and when.
type Event struct {
	Time time.Time
	Body Body
}

// A Body is one of the types of this file.
type Body interface{ body() }

// RunStarted opens the stream.
type RunStarted struct {
	Launch Launch
	Facts  *Facts
}

// Facts are the parameters and `workflow` of a run as JSON has them. They are
// there only when an observer wants them.
type Facts struct {
	Params   map[string]any
	Workflow map[string]any // without stats
	Config   string         // the configuration as text, without what is secret
}

// Launch is what is known of a run before its script is evaluated.
type Launch struct {
	ScriptName  string // as the launch line shows it: main.nf, or the project's name
	ScriptFile  string
	ScriptID    string // digest of the script, 32 hexadecimal digits
	RunName     string
	SessionID   string
	Revision    string // as the launch line shows it: 10 digits, or "<commit> [<branch>]"
	CommandLine string
	Profile     string
	ConfigFiles []string
	WorkDir     string
	LaunchDir   string
	ProjectDir  string
	HomeDir     string
	UserName    string
	Version     string // the Nextflow version we stand for
	Build       string // our own version
	Resume      bool
	Stub        bool
	Preview     bool
	CommitID    string // of a project kept in git; "" otherwise
	Announced   bool   // the banner was printed before, above what a download said
	Start       time.Time
	PID         int
}

// ProcessDefined says that the workflow will run a process; they come in the
// order in which the progress shows them.
type ProcessDefined struct{ Name string }

// ProcessEnded says that no further task of a process will come.
type ProcessEnded struct{ Name string }

// TaskStep is what happened to a task.
//
//	Pending ─→ Submitted ─→ Started ─┬─→ Completed
//	   │                             ├─→ Failed ─┬─→ Retried (a new task follows)
//	   ├─→ Cached                    │           ├─→ Ignored
//	   └─→ Stored                    └─→ Aborted └─→ (the run ends)
type TaskStep uint8

const (
	Pending TaskStep = iota
	Submitted
	Started
	Completed
	Failed // Task.ErrorAction says what will be done
	Retried
	Ignored
	Aborted
	Cached
	Stored
)

// String is the step's name, for logs and tests.
func (s TaskStep) String() string {
	return [...]string{"pending", "submitted", "started", "completed", "failed", "retried", "ignored", "aborted", "cached", "stored"}[s]
}

// TaskChanged is one step of one task. The Bus copies the task when the event
// is posted, so observers see it as it was. Cause is why it failed, for
// Failed, Retried and Ignored: the text of `Caused by`.
type TaskChanged struct {
	Step  TaskStep
	Task  *task.Task
	Cause string
}

// FilePublished says that a file got to its place.
type FilePublished struct {
	Source string
	Target string
	Task   string // name of the task; "" for workflow outputs
	Labels []string
}

// WorkflowDrawn tells how processes and operators are connected, before any
// of them has worked. It comes only when a picture is wanted.
type WorkflowDrawn struct{ Picture dataflow.Picture }

// Level is how loud a message is.
type Level uint8

const (
	Print  Level = iota // println, view, a task's debug output: shown as it is
	Info                // log.info
	Warn                // log.warn
	Error               // log.error
	Debug               // log file only
	Trace               // log file only
	Notice              // news from the engine itself, as "Submitted process" is
)

// Message is text for the user. Print text carries its own line ends. Source
// names who said it, as the log's logger column; it may be empty.
type Message struct {
	Level  Level
	Text   string
	Source string
}

// CacheHash is what -dump-hashes asks for: what a task's hash was made of.
type CacheHash struct {
	TaskName string
	Hash     task.Hash
	Mode     string // STANDARD, DEEP, LENIENT
	JSON     bool   // write the entries as JSON
	Entries  []HashEntry
}

// HashEntry is one part of a task's hash.
type HashEntry struct {
	Digest string `json:"hash"`  // 32 hexadecimal digits
	Type   string `json:"type"`  // Java's name of the type
	Value  string `json:"value"` // as text
}

// WorkflowError is what ends a run. Report is the text shown after "ERROR ~ ".
type WorkflowError struct {
	Report string
	Cause  string // one line of it, for summaries
	Task   *task.Task
}

// RunEnded closes the stream. The Bus fills in Stats when it is posted.
type RunEnded struct {
	Success  bool
	ExitCode int
	Error    string
	Start    time.Time
	Complete time.Time
	Stats    Stats
	Facts    *Facts
}

// Text is how -dump-hashes writes it. People cut the tenth field of the first
// line out of the log.
func (c CacheHash) Text() string {
	var b strings.Builder
	b.WriteString("[" + c.TaskName + "] cache hash: " + c.Hash.String() + "; mode: " + c.Mode + "; entries: ")
	if c.JSON {
		b.WriteString(c.json())
		return b.String()
	}
	b.WriteByte('\n')
	for _, e := range c.Entries {
		b.WriteString("  " + e.Digest + " [" + e.Type + "] " + e.Value + " \n")
	}
	return b.String()
}

// json is a list of the entries, laid out as Groovy's printer does.
func (c CacheHash) json() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	list := make([]HashEntry, 0, len(c.Entries))
	if err := e.Encode(append(list, c.Entries...)); err != nil {
		panic("internal error: encode the entries of a hash: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (RunStarted) body()     {}
func (ProcessDefined) body() {}
func (ProcessEnded) body()   {}
func (TaskChanged) body()    {}
func (FilePublished) body()  {}
func (WorkflowDrawn) body()  {}
func (Message) body()        {}
func (CacheHash) body()      {}
func (WorkflowError) body()  {}
func (RunEnded) body()       {}
