package progress

import (
	"strconv"

	"sluice/internal/observe"
)

// noHash stands where no task has been seen yet.
const noHash = "-        "

// model is what the ANSI block shows: a row per process.
type model struct {
	rows      []*row
	byName    map[string]*row
	executors []executorCount
}

type executorCount struct {
	name string
	n    int
}

// row counts the tasks of a process. failed holds those whose fate is open:
// a retry or an ignore takes one out again.
type row struct {
	process, label, hash                                      string
	left, succeeded, cached, stored, ignored, retries, failed int
	ended                                                     bool
}

func (r *row) done() int  { return r.succeeded + r.cached + r.stored + r.ignored }
func (r *row) total() int { return r.done() + r.left + r.failed }

func (m *model) row(process string) *row {
	if r := m.byName[process]; r != nil {
		return r
	}
	if m.byName == nil {
		m.byName = map[string]*row{}
	}
	r := &row{process: process, label: process, hash: noHash}
	m.byName[process] = r
	m.rows = append(m.rows, r)
	return r
}

func (m *model) observe(ev observe.Event) {
	switch e := ev.Body.(type) {
	case observe.ProcessDefined:
		m.row(e.Name)
	case observe.ProcessEnded:
		m.row(e.Name).ended = true
	case observe.TaskChanged:
		m.task(e)
	}
}

func (m *model) task(c observe.TaskChanged) {
	r, t := m.row(c.Task.Process), c.Task
	show := func() { r.label, r.hash = t.Name, t.Hash.Short() }
	switch c.Step {
	case observe.Pending:
		r.left++
	case observe.Submitted:
		show()
		m.submitted(t.Executor)
	case observe.Completed:
		show()
		r.leave()
		r.succeeded++
	case observe.Failed:
		show()
		r.leave()
		r.failed++
	case observe.Aborted:
		r.leave()
		r.failed++
	case observe.Retried:
		r.failed = max(r.failed-1, 0)
		r.retries++
	case observe.Ignored:
		r.failed = max(r.failed-1, 0)
		r.ignored++
	case observe.Cached:
		show()
		r.leave()
		r.cached++
	case observe.Stored:
		r.label, r.hash = t.Name, "skipped  "
		r.leave()
		r.stored++
	}
}

func (r *row) leave() { r.left = max(r.left-1, 0) }

func (m *model) submitted(executor string) {
	if executor == "" {
		executor = "local"
	}
	for i := range m.executors {
		if m.executors[i].name == executor {
			m.executors[i].n++
			return
		}
	}
	m.executors = append(m.executors, executorCount{executor, 1})
}

// counts is "1 of 3, cached: 1, retries: 1", in parts of different colour.
func (r *row) counts() (main, dim, rest string) {
	main = strconv.Itoa(r.done()) + " of " + strconv.Itoa(r.total())
	for _, p := range []struct {
		word string
		n    int
		to   *string
	}{{"cached", r.cached, &dim}, {"stored", r.stored, &rest}, {"ignored", r.ignored, &rest}, {"retries", r.retries, &rest}} {
		if p.n > 0 {
			*p.to += ", " + p.word + ": " + strconv.Itoa(p.n)
		}
	}
	return main, dim, rest
}

// choose picks at most limit rows: first those with work left, then those with
// tasks, then the rest, all in their order. hidden is how many are left out;
// waiting says that none of them has had a task.
func (m *model) choose(limit int) (rows []*row, hidden int, waiting bool) {
	if len(m.rows) <= limit {
		return m.rows, 0, false
	}
	limit = max(limit, 1)
	rank := func(r *row) int {
		switch {
		case r.left > 0 || r.failed > 0:
			return 0
		case r.total() > 0:
			return 1
		}
		return 2
	}
	keep := make(map[*row]bool, limit)
	for want := range 3 {
		for _, r := range m.rows {
			if len(keep) < limit && rank(r) == want {
				keep[r] = true
			}
		}
	}
	waiting = true
	for _, r := range m.rows {
		if keep[r] {
			rows = append(rows, r)
		} else if rank(r) != 2 {
			waiting = false
		}
	}
	return rows, len(m.rows) - len(rows), waiting
}
