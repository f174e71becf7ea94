package batch

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"sluice/internal/rehearsal/iam"
)

// A node is a machine of a pool.
//
// Its states:
//
//	creating -> starting -> waitingforstarttask -> idle <-> running -> leavingpool -> gone
//	                |               |                 '-> unusable, unknown, preempted, rebooting, reimaging
//	                '-> unusable    '-> starttaskfailed
type node struct {
	pool       *pool
	id         string
	index      int
	dedicated  bool
	dir        string
	identities []iam.Principal

	state       string
	stateTime   time.Time
	allocated   time.Time
	booted      time.Time
	schedulable bool
	leaving     bool // goes when its tasks have ended

	life   int // counts boots: what belongs to an earlier one comes to nothing
	ctx    context.Context
	stop   context.CancelCauseFunc
	env    []string
	unplug func() // closes what NodeEnv opened

	tasks     map[*task]struct{} // that it holds slots for
	used      int                // slots
	prep      map[*job]*prepRun
	start     *taskRun // of the start task
	errors    []wrong
	total     int
	succeeded int
	recent    []*task

	billed time.Time // since when it costs; zero if it does not
	wiped  bool      // its disk is new at the next boot
}

// Why a command ends before its time.
var (
	errClosed     = errors.New("the rehearsal ends")
	errNodeGone   = errors.New("the node is gone")
	errTerminated = errors.New("terminated by the user")
	errWallTime   = errors.New("the maximum wall-clock time is over")
)

// taskRun is how a start, preparation or release task went.
type taskRun struct {
	state      string // running, completed
	start, end time.Time
	retries    int
	lastRetry  time.Time
	outcome    outcome
	dir        string
	container  bool
}

func (n *node) public() Node {
	return Node{Pool: n.pool.spec.ID, ID: n.id, Identities: slices.Clone(n.identities), Dir: n.dir}
}

func (n *node) cancel(why error) {
	if n.stop != nil {
		n.stop(why)
	}
}

// keep orders nodes by how much is lost with them.
func (n *node) keep() int {
	switch n.state {
	case "unusable", "starttaskfailed", "unknown", "preempted", "offline":
		return 0
	case "creating", "starting", "waitingforstarttask":
		return 1
	case "idle":
		return 2
	}
	return 3 + len(n.tasks)
}

func (n *node) set(state string, now time.Time) {
	if n.state != state {
		n.state, n.stateTime = state, now
	}
}

// usable says whether tasks may be given to the node.
func (n *node) usable() bool {
	return (n.state == "idle" || n.state == "running") && n.schedulable && !n.leaving
}

// boot takes a node from nothing to idle.
func (s *Service) boot(n *node) {
	now := s.now()
	n.life++
	life := n.life
	n.ctx, n.stop = context.WithCancelCause(context.Background())
	n.start, n.errors = nil, nil
	clear(n.prep)
	n.set("creating", now)
	half := s.state.Batch.NodeStart / 2
	s.after(half, func() {
		if n.life != life || n.state != "creating" {
			return
		}
		n.booted = s.now()
		if n.billed.IsZero() { // a node that restarts has cost all the time
			n.billed = n.booted
		}
		n.set("starting", n.booted)
		s.after(half, func() { s.started(n, life) })
	})
}

// started gives a node its environment, mounts, images and start task.
func (s *Service) started(n *node, life int) {
	if n.life != life || n.state != "starting" {
		return
	}
	spec := n.pool.spec
	public, ctx, wiped := n.public(), n.ctx, n.wiped
	n.wiped = false
	s.spawn(func() {
		if wiped && public.Dir != "" {
			_ = os.RemoveAll(public.Dir) // MkdirAll says what is wrong
		}
		env, unplug, broken := s.prepareNode(ctx, public, spec)
		s.mu.Lock()
		defer s.mu.Unlock()
		if n.life != life || s.closed {
			if unplug != nil {
				unplug()
			}
			return
		}
		n.env, n.unplug = env, unplug
		if broken != nil {
			s.breakNode(n, *broken)
			return
		}
		s.startTask(n, life, 0)
	})
}

// prepareNode does what needs no state.
func (s *Service) prepareNode(ctx context.Context, n Node, spec poolSpec) (env []string, unplug func(), broken *wrong) {
	if n.Dir != "" {
		for _, d := range []string{"shared", "startup/wd", "fsmounts", "workitems", "home"} {
			if err := os.MkdirAll(n.Dir+"/"+d, 0o755); err != nil {
				return nil, nil, &wrong{Code: "DiskFull", Message: err.Error()}
			}
		}
	}
	if s.opts.NodeEnv != nil {
		var err error
		if env, unplug, err = s.opts.NodeEnv(n); err != nil {
			return nil, nil, &wrong{Code: "NodeAgentError", Message: "the node's environment: " + err.Error()}
		}
	}
	if w := s.mount(ctx, n, spec.Mounts); w != nil {
		return env, unplug, w
	}
	return env, unplug, s.prefetch(ctx, n, spec)
}

// prefetch pulls the images of the pool's container configuration.
func (s *Service) prefetch(ctx context.Context, n Node, spec poolSpec) *wrong {
	if spec.VM == nil || spec.VM.Container == nil || s.opts.Registry == nil {
		return nil
	}
	for _, image := range spec.VM.Container.Images {
		if err := s.opts.Registry(ctx, n, image, registryIdentity(image, nil, spec.VM.Container.Registries)); err != nil {
			code := codePullInvalid
			if pull := (*PullError)(nil); errors.As(err, &pull) && pull.Denied {
				code = codePullDenied
			}
			return &wrong{code, "the image " + image + " could not be pulled: " + err.Error(), []nameValue{{"ContainerImage", image}}}
		}
	}
	return nil
}

// startTask runs the pool's start task, as often as it may be retried.
func (s *Service) startTask(n *node, life, retry int) {
	p := n.pool
	now := s.now()
	refused := s.faultNode("starttask", n)
	if p.spec.StartTask == nil && refused == nil {
		s.ready(n)
		return
	}
	spec := deref(p.spec.StartTask)
	wait := spec.Wait == nil || *spec.Wait
	n.set("waitingforstarttask", now)
	run := &taskRun{state: "running", start: now, retries: retry, container: spec.Container != nil, dir: "startup"}
	if retry > 0 {
		run.lastRetry = now
	}
	n.start = run
	if !wait {
		s.ready(n)
	}
	job := s.launch("start", n, nil, nil, spec, "startup", retry)
	ctx := n.ctx
	s.spawn(func() {
		out := outcome{exit: ptr(1), failure: exitFailure()}
		if refused == nil {
			out = s.execute(ctx, job)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if n.life != life || s.closed {
			return
		}
		run.state, run.end, run.outcome = "completed", s.now(), out
		switch {
		case out.failure == nil && wait:
			s.ready(n)
		case out.failure == nil:
		case retry < deref(spec.Retries):
			s.startTask(n, life, retry+1)
		case wait:
			n.set("starttaskfailed", s.now())
			n.errors = append(n.errors, wrong{Code: "StartTaskFailed", Message: "The start task failed on the node"})
			s.touchNode(n)
		}
	})
}

func (s *Service) ready(n *node) {
	n.set("idle", s.now())
	s.faultsDue(n.pool)
	if n.state == "idle" {
		s.schedule(n.pool)
	}
}

func (s *Service) touchNode(n *node) { s.settle(n.pool) }

// breakNode makes a node unusable; its tasks go elsewhere.
func (s *Service) breakNode(n *node, why wrong) {
	n.errors = append(n.errors, why)
	s.vacate(n, "unusable")
}

// vacate puts a node out of action: its tasks become active again.
func (s *Service) vacate(n *node, state string) {
	n.set(state, s.now())
	s.dropTasks(n, func(t *task) { s.requeue(t, false) })
	n.life++
	n.cancel(errNodeGone)
	s.unplug(n)
	s.schedule(n.pool)
}

// dropTasks takes every task from the node and does f to it.
func (s *Service) dropTasks(n *node, f func(*task)) {
	var tasks []*task
	for t := range n.tasks {
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b *task) int { return a.seq - b.seq })
	for _, t := range tasks {
		f(t)
	}
	clear(n.prep)
}

func (s *Service) unplug(n *node) {
	if u := n.unplug; u != nil {
		n.unplug = nil
		s.spawn(u)
	}
}

// release takes a node out of its pool.
func (s *Service) release(n *node, dealloc string) {
	if n.state == "leavingpool" {
		return
	}
	if (dealloc == "taskcompletion" || dealloc == "retaineddata") && len(n.tasks) > 0 {
		n.leaving = true
		return
	}
	n.leaving = true
	n.set("leavingpool", s.now())
	s.dropTasks(n, func(t *task) {
		if dealloc == "terminate" {
			s.endTask(t, outcome{exit: ptr(exitKilled), failure: ended("Task Was Ended by User Request")})
		} else {
			s.requeue(t, true)
		}
	})
	n.life++
	n.cancel(errNodeGone)
	s.after(s.state.Batch.NodeStart/4, func() { s.dropNode(n) })
	s.schedule(n.pool)
}

// dropNode removes a node that has left.
func (s *Service) dropNode(n *node) {
	p := n.pool
	s.bill(n)
	p.nodes = slices.DeleteFunc(p.nodes, func(x *node) bool { return x == n })
	unplug := n.unplug
	n.unplug = nil
	dir := n.dir
	s.spawn(func() {
		if unplug != nil {
			unplug()
		}
		if dir != "" {
			_ = os.RemoveAll(dir) // what is left is below the rehearsal's directory, which goes as a whole
		}
	})
	s.touch(p)
	if p.state == "active" {
		s.settle(p)
	}
}

// preempt takes a spot node away; it comes back later under the same id.
func (s *Service) preempt(n *node) {
	s.bill(n)
	s.vacate(n, "preempted")
	life := n.life
	s.after(2*s.state.Batch.NodeStart+time.Second, func() {
		if n.life == life && n.state == "preempted" {
			n.allocated, n.wiped = s.now(), true
			s.boot(n)
		}
	})
}

// restart reboots or reimages a node.
func (s *Service) restart(n *node, state, option string) {
	again := func(t *task) { s.requeue(t, true) }
	if option == "terminate" {
		again = func(t *task) {
			s.endTask(t, outcome{exit: ptr(exitKilled), failure: ended("Task Was Ended by User Request")})
		}
	}
	s.dropTasks(n, again)
	n.life++
	n.cancel(errNodeGone)
	s.unplug(n)
	n.set(state, s.now())
	n.wiped = state == "reimaging"
	life := n.life
	s.after(s.state.Batch.NodeStart/2, func() {
		if n.life == life {
			s.boot(n)
		}
	})
	s.schedule(n.pool)
}
