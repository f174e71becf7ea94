package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"

	"sluice/internal/cache"
	"sluice/internal/engine"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/observe/history"
	"sluice/internal/observe/trace"
	"sluice/internal/task"
)

type logRequest struct {
	runs       runChoice
	fields     string
	filter     string
	listFields bool
	separator  string
	template   string
}

func logOptions(_ *program, r *request) []option {
	l := &r.log
	l.separator = "\t"
	return append(l.runs.options("print"),
		text("<names>", "Fields of tasks to print, separated by commas", &l.fields, "f", "fields"),
		text("<expression>", "Print only tasks for which this holds, such as `process =~ /ALIGN.*/ && exit != 0`; numbers are bytes and milliseconds", &l.filter, "F", "filter"),
		flag("Print the names of all fields", func() { l.listFields = true }, "l", "list-fields"),
		text("<text>", "What stands between fields (default: tab)", &l.separator, "s"),
		text("<template>", "Text, or file, printed for each task with its $fields filled in", &l.template, "t", "template"),
	)
}

func (p *program) log(r *request) error {
	if r.log.listFields {
		for _, name := range logFields() {
			fmt.Fprintf(p.stdout, "  %s\n", name)
		}
		return nil
	}
	all, err := p.history()
	if err != nil {
		return err
	}
	selected, chosen, err := r.log.runs.pick(history.Open(p.state()), all, r.args)
	if err != nil {
		return err
	}
	switch {
	case chosen:
		return p.logTasks(r, selected)
	case r.engine.Quiet:
		for _, run := range all {
			fmt.Fprintln(p.stdout, run.RunName)
		}
	default:
		p.runTable(all)
	}
	return nil
}

// runTable prints the history, columns padded as Nextflow pads them.
func (p *program) runTable(runs []history.Record) {
	rows := [][]string{{"TIMESTAMP", "DURATION", "RUN NAME", "STATUS", "REVISION ID", "SESSION ID", "COMMAND"}}
	for _, r := range runs {
		status := r.Status
		if status == "" {
			status = "-"
		}
		rows = append(rows, []string{
			r.Start.Format("2006-01-02 15:04:05"), r.DurationText(), r.RunName, status,
			r.ScriptID[:min(len(r.ScriptID), 10)], r.Session, r.Command,
		})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		}
		fmt.Fprintln(p.stdout, strings.Join(row, "\t"))
	}
}

// taskFiles are fields that are files of the work directory.
var taskFiles = map[string]string{"stdout": ".command.out", "stderr": ".command.err", "log": ".command.log"}

func logFields() []string {
	names := []string{"stdout", "stderr", "log"}
	for _, f := range trace.Fields {
		names = append(names, logName(f.Name))
	}
	sort.Strings(names)
	return names
}

// logName is the name of a trace field in templates, where % cannot stand.
func logName(field string) string {
	if rest, ok := strings.CutPrefix(field, "%"); ok {
		return "p" + rest
	}
	return field
}

func traceName(field string) string {
	switch field {
	case "pcpu":
		return "%cpu"
	case "pmem":
		return "%mem"
	}
	return field
}

// logTasks prints the tasks of runs, each in the form that options ask for. A
// task that several of them have is printed once.
func (p *program) logTasks(r *request, runs []history.Record) error {
	form, err := p.taskForm(&r.log)
	if err != nil {
		return err
	}
	wanted, err := p.taskFilter(r.log.filter)
	if err != nil {
		return err
	}
	seen := map[task.Hash]bool{}
	for _, run := range runs {
		err = p.eachTask(run, func(rec *cache.Record) error {
			if seen[rec.Hash] {
				return nil
			}
			seen[rec.Hash] = true
			t := taskOf(rec)
			if ok, err := wanted(t); err != nil || !ok {
				return err
			}
			line, err := form(t)
			if err == nil {
				_, err = fmt.Fprintln(p.stdout, line)
			}
			return err
		})
		var unknown *engine.UnknownField
		if errors.As(err, &unknown) {
			return noField(unknown.Error(), unknown.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eachTask walks the tasks of a run in the order in which they were made. A
// record that cannot be read is passed over with a warning.
func (p *program) eachTask(run history.Record, do func(*cache.Record) error) error {
	c, err := cache.OpenReader(p.state(), run.Session)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for rec, err := range c.Made(run.RunName) {
		if err != nil {
			fmt.Fprintln(p.stderr, "warning:", err)
			continue
		}
		if err := do(rec); err != nil {
			return errors.Join(err, c.Close())
		}
	}
	return c.Close()
}

// taskForm is how a task is printed: by fields, or by a template.
func (p *program) taskForm(l *logRequest) (func(*task.Task) (string, error), error) {
	if l.template == "" {
		fields := []string{"workdir"}
		if strings.TrimSpace(l.fields) != "" {
			fields = nil
			for f := range strings.SplitSeq(l.fields, ",") {
				if f = strings.TrimSpace(f); f == "" {
					continue
				}
				if err := checkField(f); err != nil {
					return nil, err
				}
				fields = append(fields, f)
			}
		}
		return func(t *task.Task) (string, error) {
			cells := make([]string, len(fields))
			for i, f := range fields {
				cells[i] = p.logField(t, f)
			}
			return strings.Join(cells, l.separator), nil
		}, nil
	}
	text, err := p.template(l.template)
	if err != nil {
		return nil, err
	}
	fill, err := engine.TaskTemplate(text)
	if err != nil {
		return nil, fmt.Errorf("template of option `-t`: %w", err)
	}
	return func(t *task.Task) (string, error) {
		return fill(func(name string) (value.Value, bool) {
			if err := checkField(name); err != nil {
				return nil, false
			}
			return value.String(p.logField(t, name)), true
		})
	}, nil
}

func (p *program) template(text string) (string, error) {
	path := text
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, text)
	}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		return string(data), nil
	case errors.Is(err, os.ErrNotExist), len(text) >= 200, strings.Contains(text, "$"):
		return text, nil
	}
	return "", fmt.Errorf("read template: %w", err)
}

// taskFilter is option -F: an expression over the fields as they are stored.
func (p *program) taskFilter(expression string) (func(*task.Task) (bool, error), error) {
	if expression == "" {
		return func(*task.Task) (bool, error) { return true, nil }, nil
	}
	holds, err := engine.TaskFilter(expression)
	if err != nil {
		return nil, err
	}
	return func(t *task.Task) (bool, error) {
		return holds(func(name string) (value.Value, bool) {
			f, ok := trace.Lookup(traceName(name))
			if !ok || name == "%cpu" || name == "%mem" {
				return nil, false
			}
			return f.Value(t), true
		})
	}, nil
}

func checkField(name string) error {
	if _, isFile := taskFiles[name]; isFile {
		return nil
	}
	if _, ok := trace.Lookup(traceName(name)); ok {
		return nil
	}
	return noField(fmt.Sprintf("`%s` is no field of a task", name), name)
}

func noField(message, name string) error {
	e := &usageError{message: message, help: "`log -l` lists the fields"}
	if near, ok := diag.Near(name, logFields()); ok {
		e.note = fmt.Sprintf("a field `%s` exists", near)
	}
	return e
}

// taskOf is the task that a record tells of. What it ran is in its work directory.
func taskOf(rec *cache.Record) *task.Task {
	t := &task.Task{
		ID: rec.TaskID, Index: rec.Index, Process: rec.Process, Name: rec.Name, Tag: rec.Tag, Labels: rec.Labels,
		Module: rec.Module, Resources: rec.Resources, Executor: rec.Executor, Scratch: rec.Scratch, ErrorAction: rec.ErrorAction,
	}
	rec.Restore(t)
	t.State = rec.State
	if rec.Container != "" {
		t.Container = &task.Container{Image: rec.Container}
	}
	return t
}

// logField is one field of a task as text.
func (p *program) logField(t *task.Task, name string) string {
	if file, ok := taskFiles[name]; ok {
		data, err := p.taskFile(t.WorkDir, file)
		if err != nil || len(data) == 0 {
			return "-"
		}
		return string(data)
	}
	if name == "script" {
		return p.scriptOf(t)
	}
	f, ok := trace.Lookup(traceName(name))
	if !ok {
		return "-"
	}
	return f.Get(t).Text
}

// scriptOf is the script as it was run, without its first line.
func (p *program) scriptOf(t *task.Task) string {
	data, err := p.taskFile(t.WorkDir, ".command.sh")
	if err != nil {
		return "-"
	}
	text := string(data)
	if _, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(text, "#!") {
		text = rest
	}
	return strings.TrimRight(text, "\n")
}
