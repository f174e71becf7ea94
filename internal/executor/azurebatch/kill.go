package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"golang.org/x/sync/errgroup"

	"sluice/internal/executor"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// killOneByOne is up to how many tasks of a job are ended one by one. More of
// them, if they are all it has, end with the job.
const killOneByOne = 50

// Kill asks the service to end tasks. They are reported once they have ended.
func (e *Executor) Kill(ctx context.Context, handles []executor.Handle) error {
	doomed := map[*job][]*entry{}
	var order []*job
	e.mu.Lock()
	for _, h := range handles {
		en := e.tasks[h.TaskID]
		if en == nil || en.state > task.Running || en.killed {
			continue
		}
		en.killed = true
		if en.job == nil {
			continue
		}
		if doomed[en.job] == nil {
			order = append(order, en.job)
		}
		doomed[en.job] = append(doomed[en.job], en)
	}
	whole := map[*job]bool{}
	for _, j := range order {
		whole[j] = len(doomed[j]) > killOneByOne && len(doomed[j]) >= len(j.live)
	}
	e.mu.Unlock()
	var errs []error
	for _, j := range order {
		if whole[j] {
			err := e.endJob(ctx, j)
			if err == nil {
				e.finishWaiting(doomed[j])
			}
			errs = append(errs, err)
			continue
		}
		errs = append(errs, e.endTasks(ctx, j, doomed[j]))
	}
	e.awake()
	return errors.Join(errs...)
}

// finishWaiting reports tasks that did not run when their job was ended: the
// service leaves them as they are for ever.
func (e *Executor) finishWaiting(list []*entry) {
	for _, en := range list {
		e.mu.Lock()
		waits := en.state < task.Running && !en.ending
		e.mu.Unlock()
		if waits {
			e.finish(en, task.Aborted, task.Result{Exit: -1, Err: ErrKilled, Complete: time.Now(), Metrics: workdir.Unmeasured})
		}
	}
}

// endJob ends a job with all that is in it.
func (e *Executor) endJob(ctx context.Context, j *job) error {
	j.lane.retire(j)
	_, err := e.s.batch.TerminateJob(ctx, j.id, nil)
	if err == nil || jobEnded(err) || gone(err) {
		return nil
	}
	return fmt.Errorf("end job %s: %w", j.id, err)
}

// endTasks ends some tasks of a job.
func (e *Executor) endTasks(ctx context.Context, j *job, list []*entry) error {
	var g errgroup.Group
	g.SetLimit(postsAtOnce)
	for _, en := range list {
		g.Go(func() error {
			_, err := e.s.batch.TerminateTask(ctx, j.id, en.id, nil)
			switch {
			case err == nil, isCode(err, "TaskCompleted"), jobEnded(err):
				return nil
			case isStatus(err, 404): // it never got there, or is gone
				e.finish(en, task.Aborted, task.Result{Exit: -1, Err: ErrKilled, Complete: time.Now(), Metrics: workdir.Unmeasured})
				return nil
			}
			e.mu.Lock()
			en.killed = false // the next Kill tries again
			e.mu.Unlock()
			return fmt.Errorf("end task %s: %w", en.t.Name, err)
		})
	}
	return g.Wait()
}

// Close ends the executor. Unless detach is set, jobs end and are deleted as
// the configuration says; with it they go on, and end with their tasks.
func (e *Executor) Close(ctx context.Context, detach bool) error {
	e.mu.Lock()
	done := e.closed
	e.closed = true
	started := e.s != nil
	e.mu.Unlock()
	if done {
		return nil
	}
	e.cancel(errClosed)
	e.bg.Wait()
	_ = e.files.Wait() // its functions return none
	if !started {
		return nil
	}
	if detach {
		return e.detach(ctx)
	}
	return e.sweep(ctx)
}

// detach gives all live jobs a whole lease and leaves them.
func (e *Executor) detach(ctx context.Context) error {
	var errs []error
	for _, j := range e.liveJobs() {
		e.mu.Lock()
		some := len(j.live) > 0
		e.mu.Unlock()
		if some {
			errs = append(errs, j.lane.arm(ctx, j), e.leave(ctx, j))
		}
	}
	return errors.Join(errs...)
}

// sweep ends what the run has made.
func (e *Executor) sweep(ctx context.Context) error {
	b := &e.s.cfg.Batch
	var g errgroup.Group
	g.SetLimit(postsAtOnce)
	e.mu.Lock()
	lanes := e.places.all()
	for _, l := range lanes {
		jobs := append([]*job(nil), l.past...)
		if l.job != nil {
			jobs = append(jobs, l.job)
		}
		for _, j := range jobs {
			left, ended := len(j.live), j.ended
			switch {
			case b.DeleteJobs:
				g.Go(func() error { return e.deleteJob(ctx, j.id) })
			case b.TerminateJobs && j.armed && left == 0 && !j.loose:
				// It has ended with the last of its tasks.
			case b.TerminateJobs && (!ended || left > 0):
				g.Go(func() error { return e.endJob(ctx, j) })
			}
		}
	}
	e.mu.Unlock()
	err := g.Wait()
	if b.DeleteTasks != nil && *b.DeleteTasks && !b.DeleteJobs {
		err = errors.Join(err, e.deleteTasks(ctx, lanes))
	}
	if b.DeletePools {
		for _, l := range lanes {
			err = errors.Join(err, e.deletePool(ctx, l.pool))
		}
	}
	return err
}

// deleteTasks deletes the tasks of the run that have ended, where the user
// wishes it: it is a call for each.
func (e *Executor) deleteTasks(ctx context.Context, lanes []*lane) error {
	var g errgroup.Group
	g.SetLimit(postsAtOnce)
	ended := "state eq 'completed'"
	for _, l := range lanes {
		for gen := 1; gen <= l.gen; gen++ {
			job := jobID(e.o.Session, l.pool.id, gen)
			pager := e.s.batch.NewListTasksPager(job, &azbatch.ListTasksOptions{Filter: &ended, SelectParam: []string{"id"}, MaxResults: to.Ptr[int32](1000)})
			for pager.More() {
				page, err := pager.NextPage(ctx)
				if gone(err) {
					break
				}
				if err != nil {
					return errors.Join(fmt.Errorf("list tasks of job %s: %w", job, err), g.Wait())
				}
				for _, t := range page.Value {
					g.Go(func() error {
						_, err := e.s.batch.DeleteTask(ctx, job, val(t.ID), nil)
						if err == nil || isStatus(err, 404) || jobEnded(err) {
							return nil
						}
						return fmt.Errorf("delete task %s of job %s: %w", val(t.ID), job, err)
					})
				}
			}
		}
	}
	return g.Wait()
}

func (e *Executor) deleteJob(ctx context.Context, id string) error {
	_, err := e.s.batch.DeleteJob(ctx, id, nil)
	if err == nil || gone(err) || isCode(err, "JobBeingDeleted") {
		return nil
	}
	return fmt.Errorf("delete job %s: %w", id, err)
}
