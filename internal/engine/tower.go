package engine

import (
	"context"
	"os"

	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/observe/tower"
	"sluice/internal/observe/trace"
)

// openTower prepares reports to Seqera Platform. A run that it launched itself
// has the name of the workflow in the environment, and its token comes first.
func (r *run) openTower() (keeper, error) {
	launched := r.variable("TOWER_WORKFLOW_ID")
	if !value.Truth(r.config.Get("tower", "enabled")) && launched == "" {
		return nil, nil
	}
	set := func(option, variable string) string {
		v := ""
		if x := r.config.Get("tower", option); value.Truth(x) {
			v = value.ToString(x)
		}
		if launched != "" {
			return firstOf(r.variable(variable), v)
		}
		return firstOf(v, r.variable(variable))
	}
	endpoint := set("endpoint", "TOWER_API_ENDPOINT")
	if endpoint == "-" {
		endpoint = ""
	}
	r.measures, r.tells = true, true
	c, err := tower.New(tower.Options{
		Endpoint: firstOf(endpoint, tower.DefaultEndpoint), Token: set("accessToken", "TOWER_ACCESS_TOKEN"),
		WorkspaceID: set("workspaceId", "TOWER_WORKSPACE_ID"), WorkflowID: launched, Version: r.o.Version,
		LogFile: r.variable("NXF_LOG_FILE"), OutFile: r.variable("NXF_OUT_FILE"), PID: os.Getpid(), Trace: trace.Record, Warn: r.warnLate,
	})
	if err != nil {
		return nil, err
	}
	r.tower = c
	return c, nil
}

// createTower tells the service that a run is there.
func (r *run) createTower() error {
	if r.tower == nil {
		return nil
	}
	facts := r.facts()
	return r.asking(func(ctx context.Context) error { return r.tower.Create(ctx, facts) })
}

// beginTower tells it what will run, and the user where to watch it.
func (r *run) beginTower() error {
	if r.tower == nil {
		return nil
	}
	facts := r.facts()
	return r.asking(func(ctx context.Context) error {
		r.bus.Flush() // it knows all processes
		watch, err := r.tower.Begin(ctx, facts)
		if err == nil && watch != "" {
			r.post(observe.Message{Level: observe.Info, Text: "Monitor the execution with Seqera Platform using this URL: " + watch})
		}
		return err
	})
}

// asking calls f without the lock.
func (r *run) asking(f func(ctx context.Context) error) (err error) {
	r.unlocked(func() { err = f(r.ctx) })
	return err
}
