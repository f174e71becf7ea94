package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"

	"sluice/internal/observe"
)

// timeFormat is the first column.
const timeFormat = "2006-01-02 15:04:05"

// A Record is one run. Duration below zero and an empty Status mean unknown.
type Record struct {
	Start    time.Time
	Duration time.Duration
	RunName  string
	Status   string // OK, ERR
	ScriptID string // of a project kept in git the commit, 40 hexadecimal digits; otherwise 32
	Session  string
	Command  string

	durationText string // as read, so that rewriting a line changes nothing
}

// StateDir is where history and caches are kept: NXF_CACHE_DIR, else .nextflow
// of the launch directory.
func StateDir(launchDir string, getenv func(string) (string, bool)) string {
	dir, ok := getenv("NXF_CACHE_DIR")
	switch {
	case !ok || dir == "":
		return filepath.Join(launchDir, ".nextflow")
	case !filepath.IsAbs(dir):
		return filepath.Join(launchDir, dir)
	}
	return dir
}

// A File is the history of one state directory; it need not exist yet.
type File struct{ Path string }

// Open is the history of a state directory.
func Open(stateDir string) *File {
	return &File{Path: filepath.Join(stateDir, "history")}
}

// All reads every run, oldest first. Lines that are not runs are skipped.
func (f *File) All() ([]Record, error) {
	data, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	var all []Record
	for line := range strings.SplitSeq(string(data), "\n") {
		if r, ok := parse(line); ok {
			all = append(all, r)
		}
	}
	return all, nil
}

// Add appends the line of a run that starts.
func (f *File) Add(r Record) error {
	return f.change(func(data string) (string, error) {
		if data != "" && !strings.HasSuffix(data, "\n") {
			data += "\n"
		}
		return data + r.line() + "\n", nil
	})
}

// End fills in duration and status of the latest run of that name and session.
func (f *File) End(runName, session string, d time.Duration, ok bool) error {
	return f.change(func(data string) (string, error) {
		lines := strings.Split(data, "\n")
		for i := len(lines) - 1; i >= 0; i-- {
			r, isRun := parse(lines[i])
			if !isRun || r.RunName != runName || r.Session != session {
				continue
			}
			r.durationText, r.Duration, r.Status = "", d, "ERR"
			if ok {
				r.Status = "OK"
			}
			lines[i] = r.line()
			return strings.Join(lines, "\n"), nil
		}
		return "", fmt.Errorf("run `%s` is not in it", runName)
	})
}

// Remove takes out the runs that drop says yes to.
func (f *File) Remove(drop func(Record) bool) error {
	return f.change(func(data string) (string, error) {
		var kept []string
		for line := range strings.SplitSeq(data, "\n") {
			if r, ok := parse(line); ok && drop(r) {
				continue
			}
			kept = append(kept, line)
		}
		return strings.Join(kept, "\n"), nil
	})
}

// Last is the latest run, whether it ended well or not; what a bare -resume
// goes on with. ok is false when there is none.
func (f *File) Last() (r Record, ok bool, err error) {
	all, err := f.All()
	if err != nil || len(all) == 0 {
		return Record{}, false, err
	}
	return all[len(all)-1], true, nil
}

var hexID = regexp.MustCompile(`^[0-9a-f-]{4,36}$`)

// ErrNotFound says that no run matches.
type ErrNotFound struct{ What string }

func (e *ErrNotFound) Error() string {
	return "no run with the name or session id `" + e.What + "`"
}

// ErrAmbiguous says that the start of a session id fits several.
type ErrAmbiguous struct {
	What     string
	Sessions []string
}

func (e *ErrAmbiguous) Error() string {
	return fmt.Sprintf("session id `%s` fits several: %s", e.What, strings.Join(e.Sessions, ", "))
}

// Find looks runs up by "last", by run name, by session id or the start of
// one. All runs of a session are given, oldest first.
func (f *File) Find(what string) ([]Record, error) {
	all, err := f.All()
	if err != nil {
		return nil, err
	}
	if what == "last" && len(all) > 0 {
		return all[len(all)-1:], nil
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].RunName == what {
			return all[i : i+1], nil
		}
	}
	if !hexID.MatchString(what) {
		return nil, &ErrNotFound{what}
	}
	var found []Record
	var sessions []string
	for _, r := range all {
		if !strings.HasPrefix(r.Session, what) {
			continue
		}
		found = append(found, r)
		if !contains(sessions, r.Session) {
			sessions = append(sessions, r.Session)
		}
	}
	switch len(sessions) {
	case 0:
		return nil, &ErrNotFound{what}
	case 1:
		return found, nil
	}
	return nil, &ErrAmbiguous{what, sessions}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// change rewrites the file under its lock. The lock is on a file beside it,
// since the history itself is replaced.
func (f *File) change(edit func(string) (string, error)) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("update history %s: %w", f.Path, err)
		}
	}()
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o777); err != nil {
		return err
	}
	lock, err := os.OpenFile(f.Path+".lock", os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	for {
		err := unix.Flock(int(lock.Fd()), unix.LOCK_EX)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return fmt.Errorf("lock: %w", err)
		}
	}
	data, err := os.ReadFile(f.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := edit(string(data))
	if err != nil {
		return err
	}
	return renameio.WriteFile(f.Path, []byte(text), 0o644)
}

func (r Record) line() string {
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return strings.NewReplacer("\t", " ", "\n", " ").Replace(s)
	}
	d := r.durationText
	if d == "" && r.Status != "" && r.Duration >= 0 {
		d = observe.FormatDuration(r.Duration)
	}
	return strings.Join([]string{
		r.Start.Format(timeFormat), dash(d), dash(r.RunName), dash(r.Status),
		dash(r.ScriptID), dash(r.Session), dash(r.Command),
	}, "\t")
}

func parse(line string) (Record, bool) {
	col := strings.Split(line, "\t")
	if len(col) != 7 {
		return Record{}, false
	}
	for i := range col {
		if col[i] == "-" {
			col[i] = ""
		}
	}
	start, err := time.ParseInLocation(timeFormat, col[0], time.Local)
	if err != nil {
		return Record{}, false
	}
	return Record{
		Start: start, Duration: -1, durationText: col[1], RunName: col[2], Status: col[3],
		ScriptID: col[4], Session: col[5], Command: col[6],
	}, true
}

// DurationText is the second column as `log` shows it.
func (r Record) DurationText() string {
	if r.durationText != "" {
		return r.durationText
	}
	if r.Duration < 0 {
		return "-"
	}
	return observe.FormatDuration(r.Duration)
}

// Observer adds the run to the history when it starts and fills in its line
// when it ends. Close reports what went wrong.
type Observer struct {
	File *File

	launch observe.Launch
	err    error
}

// Observe takes in an event.
func (o *Observer) Observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.RunStarted:
		o.launch = e.Launch
		if o.launch.CommitID != "" {
			o.launch.ScriptID = o.launch.CommitID
		}
		o.note(o.File.Add(Record{
			Start: e.Launch.Start, RunName: e.Launch.RunName, ScriptID: o.launch.ScriptID,
			Session: e.Launch.SessionID, Command: e.Launch.CommandLine,
		}))
	case observe.RunEnded:
		o.note(o.File.End(o.launch.RunName, o.launch.SessionID, e.Complete.Sub(e.Start), e.Success))
	}
}

func (o *Observer) note(err error) { o.err = errors.Join(o.err, err) }

// Close reports what went wrong.
func (o *Observer) Close() error { return o.err }
