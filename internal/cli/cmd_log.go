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
	"sluice/internal/lang/diag"
	"sluice/internal/observe/history"
	"sluice/internal/observe/trace"
	"sluice/internal/task"
)

type logRequest struct {
	after, before, but string
	fields             string
	listFields         bool
	separator          string
	template           string
}

func logOptions(_ *program, r *request) []option {
	l := &r.log
	l.separator = "\t"
	return []option{
		text("<run>", "Runs after this one", &l.after, "after"),
		text("<run>", "Runs before this one", &l.before, "before"),
		text("<run>", "All runs but this one", &l.but, "but"),
		text("<names>", "Fields of tasks to print, separated by commas", &l.fields, "f", "fields"),
		flag("Print the names of all fields", func() { l.listFields = true }, "l", "list-fields"),
		text("<text>", "What stands between fields (default: tab)", &l.separator, "s"),
		text("<template>", "Text, or file, printed for each task with its $fields filled in", &l.template, "t", "template"),
	}
}

func (p *program) log(r *request) error {
	if r.log.listFields {
		for _, name := range logFields() {
			fmt.Fprintf(p.stdout, "  %s\n", name)
		}
		return nil
	}
	h := history.Open(p.dir)
	all, err := h.All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return &usageError{message: "no run was made in this directory: its history is empty"}
	}
	selected, chosen, err := p.selectRuns(r, h, all)
	if err != nil {
		return err
	}
	if r.engine.Quiet {
		for _, run := range selected {
			fmt.Fprintln(p.stdout, run.RunName)
		}
		return nil
	}
	if !chosen {
		p.runTable(selected)
		return nil
	}
	return p.logTasks(r, selected)
}

// selectRuns applies run names and -before, -after, -but. chosen is false
// when nothing was asked for.
func (p *program) selectRuns(r *request, h *history.File, all []history.Record) (runs []history.Record, chosen bool, err error) {
	l := &r.log
	limit := func(name string, keep func(i, at int) bool) error {
		found, err := h.Find(name)
		if err != nil {
			return err
		}
		at := 0
		for i, run := range all {
			if run.RunName == found[len(found)-1].RunName {
				at = i
			}
		}
		for i, run := range all {
			if keep(i, at) {
				runs = append(runs, run)
			}
		}
		return nil
	}
	switch {
	case l.after != "":
		err = limit(l.after, func(i, at int) bool { return i > at })
		return runs, true, err
	case l.before != "":
		err = limit(l.before, func(i, at int) bool { return i < at })
		return runs, true, err
	case l.but != "":
		err = limit(l.but, func(i, at int) bool { return i != at })
		return runs, true, err
	case len(r.args) > 0:
		for _, name := range r.args {
			found, err := h.Find(name)
			if err != nil {
				return nil, true, err
			}
			runs = append(runs, found...)
		}
		return runs, true, nil
	case l.fields != "" || l.template != "":
		return all[len(all)-1:], true, nil
	}
	return all, false, nil
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
var taskFiles = map[string]string{
	"stdout": ".command.out", "stderr": ".command.err", "log": ".command.log", "script": ".command.sh", "env": ".command.env",
}

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

func (p *program) logTasks(r *request, runs []history.Record) error {
	fields := []string{"workdir"}
	if r.log.fields != "" {
		fields = strings.Split(r.log.fields, ",")
	}
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
		if err := checkField(fields[i]); err != nil {
			return err
		}
	}
	template, err := p.template(r.log.template)
	if err != nil {
		return err
	}
	for _, run := range runs {
		c, err := cache.OpenReader(p.dir, run.Session)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for rec, err := range c.Tasks(run.RunName) {
			if err != nil {
				fmt.Fprintln(p.stderr, "warning:", err)
				continue
			}
			p.logTask(rec, fields, template, r.log.separator)
		}
		if err := c.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) template(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	path := text
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, text)
	}
	if data, err := os.ReadFile(path); err == nil {
		return string(data), nil
	} else if !errors.Is(err, os.ErrNotExist) && len(text) < 200 && !strings.Contains(text, "$") {
		return "", fmt.Errorf("read template: %w", err)
	}
	return text, nil
}

func checkField(name string) error {
	if _, isFile := taskFiles[name]; isFile {
		return nil
	}
	if _, ok := trace.Lookup(traceName(name)); ok {
		return nil
	}
	e := &usageError{message: fmt.Sprintf("`%s` is no field of a task", name), help: "`log -l` lists the fields"}
	if near, ok := diag.Near(name, logFields()); ok {
		e.note = fmt.Sprintf("a field `%s` exists", near)
	}
	return e
}

func (p *program) logTask(rec *cache.Record, fields []string, template, separator string) {
	get := fieldsOf(rec)
	if template == "" {
		cells := make([]string, len(fields))
		for i, f := range fields {
			cells[i] = get(f)
		}
		fmt.Fprintln(p.stdout, strings.Join(cells, separator))
		return
	}
	fmt.Fprintln(p.stdout, strings.TrimRight(os.Expand(template, get), "\n"))
}

func fieldsOf(rec *cache.Record) func(name string) string {
	t := &task.Task{
		ID: rec.TaskID, Index: rec.Index, Process: rec.Process, Name: rec.Name, Tag: rec.Tag, Labels: rec.Labels,
		Module: rec.Module, Resources: rec.Resources, Executor: rec.Executor, Scratch: rec.Scratch, ErrorAction: rec.ErrorAction,
	}
	rec.Restore(t)
	t.State = rec.State
	if rec.Container != "" {
		t.Container = &task.Container{Image: rec.Container}
	}
	return func(name string) string {
		if file, ok := taskFiles[name]; ok {
			data, err := os.ReadFile(filepath.Join(rec.WorkDir, file))
			if err != nil {
				return "-"
			}
			text := string(data)
			if name == "script" {
				if _, rest, hasShebang := strings.Cut(text, "\n"); hasShebang && strings.HasPrefix(text, "#!") {
					text = rest
				}
				text = strings.TrimRight(text, "\n")
			}
			return text
		}
		f, ok := trace.Lookup(traceName(name))
		if !ok {
			return "$" + name
		}
		return f.Get(t).Text
	}
}
