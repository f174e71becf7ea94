package stdlib

import (
	"sluice/internal/lang/value"
)

// Script code runs one piece at a time, so what java.util.concurrent guards
// is safe by itself: atomics are plain variables, locks are always free, and
// what is given to a thread or a pool runs at once.

var (
	atomicIntegerClass   = javaClass("java.util.concurrent.atomic.AtomicInteger", value.NumberClass)
	atomicLongClass      = javaClass("java.util.concurrent.atomic.AtomicLong", value.NumberClass)
	atomicBooleanClass   = javaClass("java.util.concurrent.atomic.AtomicBoolean")
	atomicReferenceClass = javaClass("java.util.concurrent.atomic.AtomicReference")
	lockClass            = javaClass("java.util.concurrent.locks.ReentrantLock")
	latchClass           = javaClass("java.util.concurrent.CountDownLatch")
	executorsClass       = javaClass("java.util.concurrent.Executors")
	poolClass            = javaClass("java.util.concurrent.ThreadPoolExecutor")
	futureClass          = javaClass("java.util.concurrent.FutureTask")
)

// An Atomic is one of java.util.concurrent.atomic, or a CountDownLatch.
type Atomic struct {
	of *value.Class
	v  value.Value
}

// Class is that of the variable.
func (a *Atomic) Class() *value.Class { return a.of }

// ToString is the text of what it holds.
func (a *Atomic) ToString() string { return value.ToString(a.v) }

func atomicConstructors(class *value.Class, initial value.Value) func() []def {
	return func() []def {
		return []def{{"<init>", "initial = null", "holds a value", func(c call) (value.Value, error) {
			a := &Atomic{class, initial}
			if c.n() > 0 {
				return a, a.set(c, c.arg(0))
			}
			return a, nil
		}}}
	}
}

// set stores v as the type of the variable.
func (a *Atomic) set(c call, v value.Value) error {
	switch a.v.(type) {
	case value.Int:
		v = value.MakeInt(int64(int32(toInt64(v))))
	case value.Long:
		v = value.Long(toInt64(v))
	case value.Bool:
		v = value.MakeBool(value.Truth(v))
	}
	a.v = v
	return nil
}

// atomicMethods are those of all atomics.
func atomicMethods() []def {
	get := func(c call) *Atomic { return c.recv.(*Atomic) }
	read := func(c call) (value.Value, error) { return get(c).v, nil }
	write := func(c call) (value.Value, error) { return nil, get(c).set(c, c.arg(0)) }
	return []def{
		{"get", "", "is the value", read},
		{"getPlain", "", "is the value", read},
		{"getAcquire", "", "is the value", read},
		{"set", "value", "sets the value", write},
		{"lazySet", "value", "sets the value", write},
		{"getAndSet", "value", "sets the value and is the one before", func(c call) (value.Value, error) {
			old := get(c).v
			return old, get(c).set(c, c.arg(0))
		}},
		{"compareAndSet", "expected, value", "sets the value if it is the expected one, and says so", func(c call) (value.Value, error) {
			if !value.Equal(get(c).v, c.arg(0)) {
				return value.False, nil
			}
			return value.True, get(c).set(c, c.arg(1))
		}},
		{"updateAndGet", "change: Closure", "sets what change makes of the value, and returns it", func(c call) (value.Value, error) {
			v, err := c.run(c.arg(0), get(c).v)
			if err == nil {
				err = get(c).set(c, v)
			}
			return get(c).v, err
		}},
		{"getAndUpdate", "change: Closure", "sets what change makes of the value, and returns the one before", func(c call) (value.Value, error) {
			old := get(c).v
			v, err := c.run(c.arg(0), old)
			if err == nil {
				err = get(c).set(c, v)
			}
			return old, err
		}},
	}
}

// atomicNumberMethods are those of AtomicInteger and AtomicLong besides.
func atomicNumberMethods() []def {
	step := func(name, params, doc string, by int64, after bool) def {
		return def{name, params, doc, func(c call) (value.Value, error) {
			a := c.recv.(*Atomic)
			old := a.v
			if c.n() > 0 {
				by = toInt64(c.arg(0))
			}
			err := a.set(c, value.Long(toInt64(old)+by))
			if after {
				return a.v, err
			}
			return old, err
		}}
	}
	as := func(name string, class *value.Class) def {
		return def{name, "", "is the value as a number of that type", func(c call) (value.Value, error) {
			v, _ := value.Coerce(c.recv.(*Atomic).v, class)
			return v, nil
		}}
	}
	return append(atomicMethods(),
		step("incrementAndGet", "", "adds one and is the sum", 1, true), step("getAndIncrement", "", "adds one and is the value before", 1, false),
		step("decrementAndGet", "", "takes one away and is the difference", -1, true), step("getAndDecrement", "", "takes one away and is the value before", -1, false),
		step("addAndGet", "n: Number", "adds n and is the sum", 0, true), step("getAndAdd", "n: Number", "adds n and is the value before", 0, false),
		as("intValue", value.IntegerClass), as("longValue", value.LongClass), as("doubleValue", value.DoubleClass), as("toInteger", value.IntegerClass),
	)
}

func latchMethods() []def {
	get := func(c call) *Atomic { return c.recv.(*Atomic) }
	return []def{
		{"countDown", "", "counts down", func(c call) (value.Value, error) {
			get(c).v = value.Long(max(toInt64(get(c).v)-1, 0))
			return nil, nil
		}},
		{"getCount", "", "is what is left to count", func(c call) (value.Value, error) { return get(c).v, nil }},
		{"await", "timeout: Number = 0, unit = null", "waits for nothing: what was started has ended", func(c call) (value.Value, error) {
			if toInt64(get(c).v) > 0 {
				return nil, value.Throw("java.lang.IllegalMonitorStateException", "the latch stands at %s, and nothing else runs that could count it down", value.ToString(get(c).v))
			}
			return value.True, nil
		}},
	}
}

// A Lock is java.util.concurrent.locks.ReentrantLock.
type Lock struct{ held int }

// Class is that of the lock.
func (*Lock) Class() *value.Class { return lockClass }

func lockConstructors() []def {
	return []def{{"<init>", "fair: Boolean = false", "is a lock", func(call) (value.Value, error) { return &Lock{}, nil }}}
}

func lockMethods() []def {
	take := func(c call) (value.Value, error) { c.recv.(*Lock).held++; return value.True, nil }
	return []def{
		{"lock", "", "takes the lock", func(c call) (value.Value, error) { _, err := take(c); return nil, err }},
		{"tryLock", "timeout: Number = 0, unit = null", "takes the lock", take},
		{"isLocked", "", "says whether the lock is taken", func(c call) (value.Value, error) { return value.MakeBool(c.recv.(*Lock).held > 0), nil }},
		{"withLock", "action: Closure", "calls action", func(c call) (value.Value, error) { return c.run(c.arg(0)) }},
		{"unlock", "", "frees the lock", func(c call) (value.Value, error) {
			l := c.recv.(*Lock)
			if l.held == 0 {
				return nil, value.Throw("java.lang.IllegalMonitorStateException", "the lock is not taken")
			}
			l.held--
			return nil, nil
		}},
	}
}

// blockingQueueMethods are those that a queue between threads has besides.
func blockingQueueMethods() []def {
	return []def{
		{"put", "element", "adds an element", func(c call) (value.Value, error) { return nil, c.enqueue(c.arg(0)) }},
		{"take", "", "removes the first element and returns it", func(c call) (value.Value, error) {
			if len(elems(c.recv)) == 0 {
				return nil, value.Throw("java.lang.IllegalMonitorStateException", "the queue is empty, and nothing else runs that could fill it")
			}
			return c.takeEnd(false, true)
		}},
		{"poll", "timeout: Number, unit", "removes the first element and returns it, null if there is none", func(c call) (value.Value, error) { return c.takeEnd(false, false) }},
	}
}

// A Future is what a task gave that was run by a pool or a thread.
type Future struct {
	of  *value.Class
	v   value.Value
	err error
}

// Class is that of the future or thread.
func (f *Future) Class() *value.Class { return f.of }

func futureMethods() []def {
	done := func(call) (value.Value, error) { return value.True, nil }
	return []def{
		{"get", "timeout: Number = 0, unit = null", "is the result", func(c call) (value.Value, error) {
			f := c.recv.(*Future)
			if f.err != nil {
				e := value.Throw("java.util.concurrent.ExecutionException", "%s", f.err.Error())
				e.Cause = f.err
				return nil, e
			}
			return f.v, nil
		}},
		{"isDone", "", "says whether the task has ended", done},
		{"isCancelled", "", "says whether the task was cancelled", func(call) (value.Value, error) { return value.False, nil }},
		{"cancel", "interrupt: Boolean", "says that the task has ended already", func(call) (value.Value, error) { return value.False, nil }},
	}
}

// A Pool is what Executors makes.
type Pool struct{ closed bool }

// Class is that of the pool.
func (*Pool) Class() *value.Class { return poolClass }

func executorsStatics() []def {
	var defs []def
	for _, name := range []string{"newFixedThreadPool", "newCachedThreadPool", "newSingleThreadExecutor", "newWorkStealingPool", "newVirtualThreadPerTaskExecutor"} {
		defs = append(defs, def{name, "threads: Integer = 1, factory = null", "is a pool whose tasks run when they are given to it", func(call) (value.Value, error) { return &Pool{}, nil }})
	}
	return defs
}

func poolMethods() []def {
	get := func(c call) *Pool { return c.recv.(*Pool) }
	submit := func(c call) (value.Value, error) {
		if get(c).closed {
			return nil, value.Throw("java.util.concurrent.RejectedExecutionException", "the pool is closed")
		}
		v, err := c.run(c.arg(0))
		return &Future{futureClass, v, err}, nil
	}
	closing := func(c call) (value.Value, error) { get(c).closed = true; return nil, nil }
	return []def{
		{"submit", "task: Closure", "runs a task", submit},
		{"execute", "task: Closure", "runs a task", func(c call) (value.Value, error) { _, err := submit(c); return nil, err }},
		{"invokeAll", "tasks", "runs tasks", func(c call) (value.Value, error) {
			all := value.NewList()
			for _, task := range elems(c.arg(0)) {
				v, err := c.run(task)
				all.Elems = append(all.Elems, &Future{futureClass, v, err})
			}
			return all, nil
		}},
		{"shutdown", "", "closes the pool", closing},
		{"close", "", "closes the pool", closing},
		{"shutdownNow", "", "closes the pool", func(c call) (value.Value, error) { get(c).closed = true; return value.NewList(), nil }},
		{"awaitTermination", "timeout: Number, unit", "says that all tasks have ended", func(call) (value.Value, error) { return value.True, nil }},
		{"isShutdown", "", "says whether the pool is closed", func(c call) (value.Value, error) { return value.MakeBool(get(c).closed), nil }},
		{"isTerminated", "", "says whether the pool is closed", func(c call) (value.Value, error) { return value.MakeBool(get(c).closed), nil }},
	}
}

// threadConstructors make a thread that runs when it is started.
func threadConstructors() []def {
	return []def{{"<init>", "task: Closure, name = null", "is a thread", func(c call) (value.Value, error) { return &Future{of: value.ThreadClass, v: c.arg(0)}, nil }}}
}

func threadMethods() []def {
	none := func(call) (value.Value, error) { return nil, nil }
	start := func(c call) (value.Value, error) { _, err := c.run(c.recv.(*Future).v); return nil, err }
	return []def{
		{"start", "", "runs the thread", start},
		{"run", "", "runs the thread", start},
		{"join", "milliseconds: Number = 0", "waits for nothing: the thread has ended", none},
		{"interrupt", "", "has no effect", none},
		{"setDaemon", "on: Boolean", "has no effect", none},
		{"setName", "name: String", "has no effect", none},
		{"isAlive", "", "says whether the thread runs", func(call) (value.Value, error) { return value.False, nil }},
		{"isInterrupted", "", "says whether the thread is to end", func(call) (value.Value, error) { return value.False, nil }},
		{"getName", "", "is a name", func(call) (value.Value, error) { return value.String("main"), nil }},
		{"getId", "", "is a number", func(call) (value.Value, error) { return value.Long(1), nil }},
	}
}

func threadStartStatics() []def {
	start := func(c call) (value.Value, error) {
		task := c.arg(c.n() - 1)
		_, err := c.run(task)
		return &Future{of: value.ThreadClass, v: task}, err
	}
	return []def{
		{"currentThread", "", "is the thread", func(call) (value.Value, error) { return &Future{of: value.ThreadClass}, nil }},
		{"start", "task: Closure", "runs a task", start},
		{"startDaemon", "task: Closure", "runs a task", start},
		{"start", "name: String, task: Closure", "runs a task", start},
		{"yield", "", "has no effect", func(call) (value.Value, error) { return nil, nil }},
	}
}
