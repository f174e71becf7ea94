package cli

import (
	"fmt"

	"sluice/internal/observe/history"
)

// A runChoice is how `log` and `clean` are told of which runs: names and
// session ids, or all before, after or but one.
type runChoice struct{ after, before, but string }

func (c *runChoice) options(verb string) []option {
	return []option{
		text("<run>", "Choose the runs made after this one to "+verb, &c.after, "after"),
		text("<run>", "Choose the runs made before this one to "+verb, &c.before, "before"),
		text("<run>", "Choose all runs but this one to "+verb, &c.but, "but"),
	}
}

// check refuses what contradicts itself.
func (c *runChoice) check() error {
	for _, pair := range [][2]struct{ name, v string }{
		{{"after", c.after}, {"before", c.before}},
		{{"after", c.after}, {"but", c.but}},
		{{"before", c.before}, {"but", c.but}},
	} {
		if pair[0].v != "" && pair[1].v != "" {
			return &usageError{
				message: fmt.Sprintf("Options `%s` and `%s` cannot be used in the same command", pair[0].name, pair[1].name),
				help:    "name the runs instead; `log` lists them",
			}
		}
	}
	return nil
}

// pick is the runs asked for, oldest first; chosen is false when nothing was asked.
func (c *runChoice) pick(h *history.File, all []history.Record, names []string) (runs []history.Record, chosen bool, err error) {
	if err := c.check(); err != nil {
		return nil, false, err
	}
	switch {
	case c.after != "":
		runs, err = relative(h, all, c.after, func(i, first, last int) bool { return i > last })
		return runs, true, err
	case c.before != "":
		runs, err = relative(h, all, c.before, func(i, first, last int) bool { return i < first })
		return runs, true, err
	case c.but != "":
		runs, err = relative(h, all, c.but, func(i, first, last int) bool { return i < first || i > last })
		return runs, true, err
	}
	for _, name := range names {
		found, err := h.Find(name)
		if err != nil {
			return nil, true, notFound(err, all)
		}
		runs = append(runs, found...)
	}
	return runs, len(names) > 0, nil
}

// relative keeps the runs that stand in the right place to the named one.
func relative(h *history.File, all []history.Record, name string, keep func(i, first, last int) bool) ([]history.Record, error) {
	found, err := h.Find(name)
	if err != nil {
		return nil, notFound(err, all)
	}
	first, last := len(all), 0
	for i, run := range all {
		for _, f := range found {
			if run == f {
				first, last = min(first, i), max(last, i)
			}
		}
	}
	var runs []history.Record
	for i, run := range all {
		if keep(i, first, last) {
			runs = append(runs, run)
		}
	}
	return runs, nil
}

// notFound adds what there is to a name that fits nothing.
func notFound(err error, all []history.Record) error {
	e := &usageError{message: err.Error(), help: "`log` lists the runs of this directory"}
	if n := len(all); n > 0 {
		e.note = fmt.Sprintf("the latest run is `%s`", all[n-1].RunName)
	}
	return e
}

// history is every run made in this directory; there must be one.
func (p *program) history() ([]history.Record, error) {
	all, err := history.Open(p.state()).All()
	if err == nil && len(all) == 0 {
		err = &plainError{"It looks like no pipeline was executed in this folder (or execution history is empty)"}
	}
	return all, err
}

// state is where history and caches are kept.
func (p *program) state() string { return history.StateDir(p.dir, p.getenv) }
