package process

import (
	"fmt"

	"sluice/internal/cache"
	"sluice/internal/directive"
	"sluice/internal/task"
)

// laterAttempt finds what an earlier run made of the task in a later attempt,
// after this one failed: attempts that are known to fail are not made again.
// Without a later success nothing is known of today's failures, and the task
// starts with this attempt.
func (n *node) laterAttempt(p *pending, in *instance, base task.Hash, mode directive.CacheMode) (found bool, err error) {
	first, errs, id := *in.task, p.errors, n.run.lastID
	defer func() {
		n.run.lastID = id
		if !found {
			*in.task, p.errors, p.in = first, errs, in
		}
	}()
	for at := in; ; {
		failed := n.retried(base, p.errors+1)
		if failed == nil {
			return false, nil
		}
		p.errors++
		next := n.nextAttempt(at, p.errors)
		next.after(failed)
		if skip, err := n.make(p, next); skip || err != nil || next.err != nil {
			return false, nil // told when the attempt is really made
		}
		if base, err = next.hash(mode); err != nil {
			return false, nil
		}
		next.task.ID = first.ID
		for try := p.errors + 1; n.run.Cached(rehash(base, try)) != nil; try++ {
			next.task.Hash = rehash(base, try)
			next.task.WorkDir = next.workDir(next.task.Hash)
			*in.task = *next.task // observers know the task by this one
			next.task, next.announced, p.in = in.task, true, next
			if found, err = n.cached(p, next); found || err != nil {
				return found, err
			}
		}
		at = next
	}
}

// retried is the record of a failed attempt after which another was made.
func (n *node) retried(base task.Hash, try int) *cache.Record {
	for ; ; try++ {
		r := n.run.Cached(rehash(base, try))
		if r == nil || r.State == task.Failed && r.ErrorAction == string(directive.Retry) {
			return r
		}
	}
}

// nextAttempt is the task anew, after so many failures.
func (n *node) nextAttempt(old *instance, failures int) *instance {
	in := n.newInstance(old.task.Index)
	in.task.Attempt = old.task.Attempt + 1
	in.task.Retries = failures
	return in
}

// after tells an attempt of the one before, as an earlier run recorded it.
func (in *instance) after(r *cache.Record) {
	exit := r.Exit
	if exit < 0 {
		exit = unknownExit
	}
	in.exit = &exit
	old := &task.Task{ID: r.TaskID, Process: r.Process, Name: r.Name, Tag: r.Tag, Resources: r.Resources}
	r.Restore(old)
	in.previous["previousTrace"] = traceOf(old)
	in.previous["previousException"] = exceptionOf(fmt.Errorf("Process `%s` terminated with an error exit status (%d)", r.Name, r.Exit))
}
