package config

import (
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/config#executor
var executor = scope("executor", "How tasks are handed to executors.", `
	account | string | | [24.04] Project or account that is charged. [lost: it is for grid executors, which are not available]
	cpus | integer | | Most CPUs the local executor uses; all by default.
	dumpInterval | duration | 5m | How often the state of running tasks is logged. [lost: it is for grid executors, which are not available]
	exitReadTimeout | duration | 270s | How long to wait for the exit status after a task ended. [lost: it is for grid executors, which are not available]
	jobName | closure | | Closure that names jobs. [lost: it is for grid executors, which are not available]
	killBatchSize | integer | 100 | How many jobs are killed by one command. [lost: it is for grid executors, which are not available]
	memory | memory | | Most memory the local executor uses; all by default.
	name | string | local | Executor of all processes.
	perCpuMemAllocation | boolean | false | [23.10] Ask Slurm for memory per CPU. [lost: it is for grid executors, which are not available]
	onlyJobState | boolean | false | [26.04] Ask only for the state of jobs. [lost: it is for grid executors, which are not available]
	perJobMemLimit | boolean | false | LSF limits memory by job. [lost: it is for grid executors, which are not available]
	perTaskReserve | boolean | false | LSF reserves memory by task. [lost: it is for grid executors, which are not available]
	pollInterval | duration | 100ms (local), 2s (azurebatch), 5s | How often finished tasks are looked for.
	queueGlobalStatus | boolean | false | [23.04] Ask for the state of all queues at once. [lost: it is for grid executors, which are not available]
	queueSize | integer | 100 | How many tasks are handed over at once; the local executor has no limit but its CPUs.
	queueStatInterval | duration | 1m | How often the queue is asked for its state. [lost: it is for grid executors, which are not available]
	submitRateLimit | string | | Most submissions in a time, such as 10/1min.
	retry.delay | duration | 500ms | First delay before a failed submission is repeated. [lost: it is for grid executors, which are not available]
	retry.jitter | number | 0.25 | Random part of the delay. [lost: it is for grid executors, which are not available]
	retry.maxAttempts | integer | 3 | How often a submission is tried. [lost: it is for grid executors, which are not available]
	retry.maxDelay | duration | 30s | Longest delay. [lost: it is for grid executors, which are not available]
	retry.reason | string | | Expression of the errors worth a retry. [lost: it is for grid executors, which are not available]
`)

// An Executor is what the scope executor says for one executor.
type Executor struct {
	Name            string
	Cpus            int
	Memory          value.Memory
	QueueSize       int // 0: not set
	PollInterval    value.Duration
	DumpInterval    value.Duration
	ExitReadTimeout value.Duration
	SubmitRateLimit string
	JobName         value.Value // closure or nil
	Account         string
	MaxAttempts     int
	RetryDelay      value.Duration
	RetryMaxDelay   value.Duration
}

// ExecutorName is the executor of processes that do not name one, in small
// letters; "" if none is set.
func (c *Config) ExecutorName() string {
	if v, isMap := c.Get("executor").(*value.Map); !isMap && v == nil && c.Get("executor") != nil {
		return strings.ToLower(value.ToString(c.Get("executor")))
	}
	return strings.ToLower(c.reader("executor").text("", "name"))
}

// Executor reads the scope for one executor: `executor.$name.x` wins over
// `executor.x`.
func (c *Config) Executor(name string) (Executor, diag.List) {
	merged := value.NewMap(8)
	all := c.Scope("executor")
	all.Entries(func(k, v value.Value) bool {
		if !strings.HasPrefix(value.ToString(k), "$") {
			merged.Set(k, v)
		}
		return true
	})
	if own, ok := all.GetString("$" + name).(*value.Map); ok {
		MergeTree(merged, own)
	}
	view := &Config{Root: value.MapOf("executor", merged), Spans: c.Spans}
	r := view.reader("executor")
	poll := value.Duration(5000)
	switch name {
	case "local":
		poll = 100
	case "azurebatch":
		poll = 2000
	}
	e := Executor{
		Name: name, Cpus: r.number(0, "cpus"), Memory: r.memory("memory"), QueueSize: r.number(0, "queueSize"),
		PollInterval: r.duration(poll, "pollInterval"), DumpInterval: r.duration(5*60*1000, "dumpInterval"),
		ExitReadTimeout: r.duration(270*1000, "exitReadTimeout"), SubmitRateLimit: r.text("", "submitRateLimit"),
		JobName: r.get("jobName"), Account: r.text("", "account"), MaxAttempts: r.number(3, "retry", "maxAttempts"),
		RetryDelay: r.duration(500, "retry", "delay"), RetryMaxDelay: r.duration(30*1000, "retry", "maxDelay"),
	}
	return e, r.problems
}
