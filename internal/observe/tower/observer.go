package tower

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"sluice/internal/observe"
)

// Create tells the service of a run; it answers with the run's name there.
func (c *Client) Create(ctx context.Context, f *observe.Facts) error {
	a, err := c.call(ctx, http.MethodPost, "create", map[string]any{
		"sessionId": f.Workflow["sessionId"], "runName": f.Workflow["runName"], "projectName": f.Workflow["projectName"],
		"repository": f.Workflow["repository"], "workflowId": orNil(c.o.WorkflowID),
	}, false)
	if err != nil {
		return err
	}
	if a.WorkflowID == "" {
		return errors.New("Invalid Seqera Platform API response - Missing workflow Id") //nolint:staticcheck // Nextflow's words
	}
	c.created, c.launched = true, c.o.WorkflowID != ""
	c.o.WorkflowID = a.WorkflowID
	if a.Message != "" {
		c.o.Warn(a.Message)
	}
	return nil
}

// Begin tells what the run is, once its processes are known, and is the
// address where it can be watched.
func (c *Client) Begin(ctx context.Context, f *observe.Facts) (string, error) {
	c.mu.Lock()
	processes := make([]string, 0, len(c.counts.Processes))
	for _, p := range c.counts.Processes {
		processes = append(processes, p.Name)
	}
	c.mu.Unlock()
	a, err := c.call(ctx, http.MethodPut, c.o.WorkflowID+"/begin", map[string]any{
		"workflow": c.workflow(f), "processNames": processes, "towerLaunch": c.launched,
	}, true)
	if err != nil {
		return "", err
	}
	c.begun = true
	go c.send()
	return a.WatchURL, nil
}

// workflow is `workflow` as the service takes it.
func (c *Client) workflow(f *observe.Facts) map[string]any {
	w := make(map[string]any, len(f.Workflow)+8)
	for k, v := range f.Workflow {
		w[k] = v
	}
	if m, ok := w["container"].(map[string]any); ok {
		w["container"] = pairs(m)
	}
	w["params"], w["id"], w["configText"] = f.Params, c.o.WorkflowID, f.Config
	w["operationId"] = fmt.Sprintf("local-platform::%d", c.o.PID)
	w["logFile"], w["outFile"] = orNil(c.o.LogFile), orNil(c.o.OutFile)
	return w
}

// Observe takes an event in.
func (c *Client) Observe(ev observe.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Observe(ev)
	switch e := ev.Body.(type) {
	case observe.TaskChanged:
		switch e.Step {
		case observe.Submitted, observe.Started, observe.Completed, observe.Failed, observe.Cached, observe.Aborted:
			c.add(c.o.Trace(e.Task, ev.Time), e)
		}
	case observe.RunEnded:
		c.end = &e
		c.signal()
	}
}

func (c *Client) add(record map[string]any, e observe.TaskChanged) {
	id := e.Task.ID
	if _, ok := c.waiting[id]; !ok {
		c.order = append(c.order, id)
	}
	c.waiting[id] = taskBody(record, e.Task)
	if e.Step == observe.Completed || e.Step == observe.Cached {
		c.series.add(e.Task)
	}
	if len(c.order) >= bulk {
		c.signal()
	}
}

func (c *Client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// send tells the service what is new until the run has ended.
func (c *Client) send() {
	defer close(c.done)
	tick := time.NewTicker(c.o.Period)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
		case <-c.wake:
		}
		for {
			tasks, more, end := c.take()
			switch {
			case len(tasks) > 0:
				c.tell("progress", map[string]any{"tasks": tasks})
			case end == nil && time.Since(last) < c.o.Alive:
			case end == nil:
				c.tell("heartbeat", map[string]any{})
			}
			if len(tasks) > 0 || end == nil && time.Since(last) >= c.o.Alive {
				last = time.Now()
			}
			if more {
				continue
			}
			if end != nil {
				c.tell("complete", c.completion(end))
				return
			}
			break
		}
	}
}

// take is what waits, at most as many as go into a request.
func (c *Client) take() (tasks []map[string]any, more bool, end *observe.RunEnded) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.order), bulk)
	for _, id := range c.order[:n] {
		tasks = append(tasks, c.waiting[id])
		delete(c.waiting, id)
	}
	c.order = append(c.order[:0], c.order[n:]...)
	return tasks, len(c.order) > 0, c.end
}

// tell sends a request about which the run does not care.
func (c *Client) tell(what string, body map[string]any) {
	if what != "complete" {
		c.mu.Lock()
		body["progress"] = progress(&c.counts)
		c.mu.Unlock()
	}
	if _, err := c.call(c.ctx, http.MethodPut, c.o.WorkflowID+"/"+what, body, true); err != nil {
		c.warn(err)
	}
}

// completion is the last request.
func (c *Client) completion(e *observe.RunEnded) map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.workflow(e.Facts)
	w["stats"] = c.counts.Stats()
	return map[string]any{"workflow": w, "metrics": c.series.summaries(), "progress": progress(&c.counts)}
}

// warn tells of the first failure only.
func (c *Client) warn(err error) {
	c.warned.Do(func() {
		c.o.Warn(fmt.Sprintf("Seqera Platform is not told of everything: %v", err))
	})
}

// Close waits until the service knows how the run ended, for a while.
func (c *Client) Close() error {
	c.closed.Do(func() {
		if c.begun {
			select {
			case <-c.done:
			case <-time.After(farewell):
				c.warn(errors.New("the service is too slow"))
				c.stop()
				<-c.done
			}
		} else if c.created && c.end != nil { // the run ended before it began
			ctx, cancel := context.WithTimeout(c.ctx, farewell)
			if _, err := c.call(ctx, http.MethodPut, c.o.WorkflowID+"/complete", c.completion(c.end), false); err != nil {
				c.warn(err)
			}
			cancel()
		}
		c.stop()
		c.http.CloseIdleConnections()
	})
	return nil
}
