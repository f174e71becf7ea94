package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/process"
)

// An Image is the container of a process.
type Image struct{ Process, Container string }

// Inspect lists the containers of all processes that a script and what it
// includes define. Nothing runs, not even the workflow. With ignore a process
// whose container cannot be told is left out.
func Inspect(ctx context.Context, o Options, ignore bool) ([]Image, error) {
	r := &run{o: o, start: time.Now(), looks: true}
	if o.Getenv == nil {
		r.o.Getenv = os.LookupEnv
	}
	if err := r.locate(); err != nil {
		return nil, err
	}
	r.prepare(ctx)
	defer r.stop(nil)
	if err := r.configure(); err != nil {
		return nil, err
	}
	if err := r.identify(); err != nil {
		return nil, err
	}
	if err := r.beginPlugins(); err != nil {
		return nil, r.placed(err)
	}
	main, err := r.resolve()
	if err != nil {
		return nil, err
	}
	r.describeRun()
	if _, err := r.loadScript(main); err != nil {
		return nil, r.placed(err)
	}
	return r.containers(ignore)
}

// containers lists every name once; of two processes of one name the one that
// was loaded last counts.
func (r *run) containers(ignore bool) ([]Image, error) {
	var all []Image
	at := map[string]int{}
	for _, p := range r.defined {
		image, err := p.Container()
		switch {
		case err != nil && ignore:
			continue
		case err != nil:
			return nil, r.unknownContainer(p, err)
		case image == "":
			continue
		}
		i, again := at[p.Name]
		if !again {
			i = len(all)
			at[p.Name], all = i, append(all, Image{Process: p.Name})
		}
		all[i].Container = image
	}
	return all, nil
}

func (r *run) unknownContainer(p *process.Process, err error) error {
	help := "inputs are null here; `-ignore-errors` leaves out the processes whose container depends on them"
	var list diag.List
	if !errors.As(r.placed(err), &list) {
		return fmt.Errorf("the container of process `%s` cannot be told: %w -- %s", p.Name, err, help)
	}
	d := list[0]
	d.Message = fmt.Sprintf("the container of process `%s` cannot be told: %s", p.Name, d.Message)
	d.Help = help
	return list
}

// placed shows an exception with its place in the script.
func (r *run) placed(err error) error {
	var e *value.Exception
	if !errors.As(err, &e) || e.Where.IsZero() {
		return err
	}
	var list diag.List
	list.Add(e.Where, e.Error())
	return list
}
