package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/azure"
	"sluice/internal/lang/value"
	"sluice/internal/node"
	"sluice/internal/task"
	"sluice/internal/workdir"
)

// A TimeoutError is the Result.Err of a task that ran out of time.
type TimeoutError struct{ Limit value.Duration }

func (e *TimeoutError) Error() string {
	return "Process exceeded running time limit (" + e.Limit.ToString() + ")"
}

// An InfraError is the Result.Err of a task that Azure lost more often than
// azure.batch.maxInfraRetries allows.
type InfraError struct {
	Times int
	Last  string
}

func (e *InfraError) Error() string {
	return fmt.Sprintf("Azure failed the task %d times (azure.batch.maxInfraRetries); the last time: %s", e.Times, e.Last)
}

// end looks into a task that the service calls completed, and tells the run.
func (e *Executor) end(ctx context.Context, en *entry, t *azbatch.Task) {
	x, err := e.ending(ctx, en, t)
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		// The storage does not answer: the next list brings the task again.
		e.trouble(fmt.Errorf("read how task %s ended: %w", en.t.Name, err))
		e.mu.Lock()
		en.ending = false
		e.mu.Unlock()
		return
	}
	r := task.Result{Exit: -1, NativeID: en.native(), Hostname: en.node, Metrics: workdir.Unmeasured}
	if i := t.ExecutionInfo; i != nil {
		r.Start, r.Complete = val(i.StartTime), val(i.EndTime)
	}
	if r.Complete.IsZero() {
		r.Complete = time.Now()
	}
	if r.Start.IsZero() {
		r.Start = r.Complete
	}
	if x.Exit != nil {
		r.Exit = *x.Exit
	}
	state := task.Failed
	switch classify(x) {
	case byItself:
		state = task.Completed
		if err := e.measure(ctx, en, &r); err != nil {
			e.o.Warn(err.Error())
		}
		if r.Exit == 137 && x.Fault != nil && x.Fault.Step == node.StepMemory {
			e.o.Notice(fmt.Sprintf("task %s was killed for want of memory (it asks for %s)", en.t.Name, sizeText(en.t.Resources.Memory)))
		}
	case killed:
		state, r.Err = task.Aborted, ErrKilled
	case overtime:
		r.TimedOut, r.Err = true, &TimeoutError{en.t.Resources.Time}
	case misset:
		r.Err = e.finding(en, x)
	case infra:
		e.again(ctx, en, x.why())
		return
	case broken:
		r.Err = errors.New(x.why())
	case stopped:
		r.Err = errors.New("the task was ended by somebody else: " + x.why())
	}
	e.price(en, &r)
	e.finish(en, state, r)
}

// finish has Poll report the end of en.
func (e *Executor) finish(en *entry, state task.State, r task.Result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if en.state > task.Running {
		return
	}
	en.state, en.result = state, &r
	e.unlist(en)
	e.tell(en)
}

// again adds a task that the service lost once more, under the next id.
func (e *Executor) again(ctx context.Context, en *entry, why string) {
	most := e.s.cfg.Batch.MaxInfraRetries
	e.mu.Lock()
	e.unlist(en)
	en.infra++
	times, dead := int(en.infra), en.killed
	e.mu.Unlock()
	switch {
	case dead:
		e.finish(en, task.Aborted, task.Result{Exit: -1, Err: ErrKilled, Complete: time.Now(), Metrics: workdir.Unmeasured})
		return
	case times > most:
		e.finish(en, task.Failed, task.Result{Exit: -1, Err: &InfraError{times, why}, Complete: time.Now(), Metrics: workdir.Unmeasured})
		return
	}
	e.o.Notice(fmt.Sprintf("task %s is added again (%d of %d): %s", en.t.Name, times, most, why))
	e.mu.Lock()
	e.next(en)
	e.mu.Unlock()
	e.enqueueAgain(ctx, en)
}

// next readies an entry for being added under the next id; e.mu is held.
func (e *Executor) next(en *entry) {
	en.k++
	en.id = taskID(en.t.Hash, int(en.k))
	en.ending, en.missed, en.node, en.losses = false, 0, "", 0
	en.submit = time.Now()
}

// enqueueAgain adds an entry that the service had before.
func (e *Executor) enqueueAgain(ctx context.Context, en *entry) {
	fail := func(err error) {
		if err != nil && e.ctx.Err() == nil {
			e.finish(en, task.Failed, task.Result{Exit: -1, Err: err, Complete: time.Now(), Metrics: workdir.Unmeasured})
		}
	}
	fail(e.laneFor(ctx, en, func(l *lane) error { return l.enqueue(e.ctx, en, fail) }))
}

// laneFor calls f with the lane of en; adopted tasks have none at first.
func (e *Executor) laneFor(ctx context.Context, en *entry, f func(*lane) error) error {
	if en.lane == nil {
		l, err := e.laneOf(ctx, en.t, en.firm)
		if err != nil {
			return err
		}
		en.lane = l
	}
	return f(en.lane)
}

// ending gathers what classify needs, with the files of the task where they
// are needed.
func (e *Executor) ending(ctx context.Context, en *entry, t *azbatch.Task) (ending, error) {
	x := ending{Limit: time.Duration(en.t.Resources.Time) * time.Millisecond}
	e.mu.Lock()
	x.Killed = en.killed
	e.mu.Unlock()
	i := t.ExecutionInfo
	if i == nil {
		i = &azbatch.TaskExecutionInfo{}
	}
	if i.ExitCode != nil {
		n := int(*i.ExitCode)
		x.Exit = &n
	}
	if i.StartTime != nil && i.EndTime != nil {
		x.Ran = i.EndTime.Sub(*i.StartTime)
	}
	if f := i.FailureInfo; f != nil {
		x.Category, x.Code, x.Message = string(val(f.Category)), val(f.Code), val(f.Message)
		for _, d := range f.Details {
			x.Message += "; " + val(d.Name) + ": " + val(d.Value)
		}
	}
	if c := i.ContainerInfo; c != nil {
		x.Container = val(c.Error)
	}
	if x.Killed || x.Exit != nil && *x.Exit == 0 {
		return x, nil
	}
	// A task that was ended from outside has the status of that: what it
	// wrote itself counts only if nothing else is known.
	if x.Exit == nil && x.Code == "" {
		data, err := e.readFile(ctx, en.t, workdir.ExitFile)
		if err != nil {
			return x, err
		}
		if n, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil {
			x.Exit = &n
		}
	}
	if x.Exit != nil {
		data, err := e.readFile(ctx, en.t, faultFile)
		if err != nil {
			return x, err
		}
		if f, err := node.ParseFault(data); err == nil { // a script may have written a file of this name
			x.Fault = f
		}
		if x.Fault == nil && (*x.Exit == node.ExitConfig || *x.Exit == node.ExitInfra) {
			if err := e.silentFault(ctx, en, &x); err != nil {
				return x, err
			}
		}
	}
	if x.Code == "TaskEnded" {
		return x, e.askJob(ctx, en.job, &x)
	}
	return x, e.listen(ctx, en, &x)
}

// listen finds out whether our program has started at all, where the exit
// status is that of a shell that finds no program.
func (e *Executor) listen(ctx context.Context, en *entry, x *ending) error {
	if x.Fault != nil || x.Exit == nil || *x.Exit != 126 && *x.Exit != 127 {
		return nil
	}
	data, err := e.readFile(ctx, en.t, workdir.ExitFile)
	if err != nil || len(data) > 0 {
		return err
	}
	x.Mute = true
	words, err := e.readFile(ctx, en.t, lastErr)
	x.LastWords = strings.TrimSpace(string(words))
	return err
}

// silentFault finds out what happened on a node that could write nothing into
// the work directory. A script may end with the same status: then the node
// wrote .exitcode, and no fault.
func (e *Executor) silentFault(ctx context.Context, en *entry, x *ending) error {
	data, err := e.readFile(ctx, en.t, workdir.ExitFile)
	if err != nil || len(data) > 0 {
		return err
	}
	if x.Fault = node.FaultOf(e.taskOutput(ctx, en.job.id, en.id, "stderr.txt")); x.Fault != nil {
		return nil
	}
	x.Fault = &node.Fault{Class: node.ClassInfra, Step: node.StepControl, Message: "the node wrote nothing into the work directory, and its standard error tells nothing"}
	if *x.Exit == node.ExitConfig {
		x.Fault.Class = node.ClassConfig
	}
	return nil
}

const faultFile = ".command.fault"

// taskOutput is what a task printed, as its node kept it; "" if that is gone.
func (e *Executor) taskOutput(ctx context.Context, job, id, name string) string {
	got, err := e.s.batch.GetTaskFile(ctx, job, id, name, nil)
	if err != nil {
		return ""
	}
	data, err := io.ReadAll(io.LimitReader(got.Body, 1<<20))
	if errors.Join(err, got.Body.Close()) != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// askJob finds out whether the job of a task was ended.
func (e *Executor) askJob(ctx context.Context, j *job, x *ending) error {
	got, err := e.s.batch.GetJob(ctx, j.id, nil)
	if gone(err) {
		x.JobEnded = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("read job %s: %w", j.id, err)
	}
	if s := val(got.State); s != azbatch.JobStateActive {
		x.JobEnded = got.ExecutionInfo == nil || val(got.ExecutionInfo.TerminationReason) != "AllTasksCompleted"
		j.lane.retire(j)
	}
	return nil
}

// measure reads the metrics of a task.
func (e *Executor) measure(ctx context.Context, en *entry, r *task.Result) error {
	if !en.t.WantMetrics {
		return nil
	}
	data, err := e.readFile(ctx, en.t, workdir.TraceFile)
	if err != nil {
		return fmt.Errorf("read metrics of task %s: %w", en.t.Name, err)
	}
	r.Metrics, err = workdir.ParseTrace(data)
	if err != nil {
		return fmt.Errorf("read metrics of task %s: %w", en.t.Name, err)
	}
	return nil
}

// why is how a task ended, in one line.
func (x *ending) why() string {
	switch {
	case x.Fault != nil:
		return x.Fault.Error()
	case x.Mute:
		text := fmt.Sprintf("the program for nodes did not start (exit status %d)", *x.Exit)
		if x.LastWords != "" {
			text += ": " + firstLine(x.LastWords)
		}
		return text
	case x.Code != "":
		text := x.Code
		if x.Message != "" {
			text += ": " + firstLine(x.Message)
		}
		if x.Container != "" {
			text += " (" + firstLine(x.Container) + ")"
		}
		return text
	case x.Exit != nil:
		return "exit status " + strconv.Itoa(*x.Exit)
	}
	return "the service calls it completed, without an exit status or a reason"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

func sizeText(m value.Memory) string {
	if m <= 0 {
		return "none in particular"
	}
	return m.ToString()
}

// finding is a fault of configuration with the commands that mend it.
func (e *Executor) finding(en *entry, x ending) error {
	var who identity
	if en.lane != nil && en.lane.pool != nil {
		who = en.lane.pool.who
		if out := en.lane.pool.out; x.Fault != nil && out.ClientID != "" && strings.EqualFold(x.Fault.Identity, out.ClientID) {
			who = out
		}
	}
	err := e.findingFor(who, poolName(en), registryOf(en), x)
	err.What = "task " + en.t.Name + " cannot run: " + x.why()
	return err
}

// findingFor is a fault of configuration of a pool whose tasks use who.
func (e *Executor) findingFor(who identity, pool, server string, x ending) *azure.FindingError {
	f := azure.Finding{ID: findingOther, Check: 6, What: x.why()}
	account := e.s.cfg.Storage.AccountName
	container, _, _ := strings.Cut(strings.TrimPrefix(e.o.WorkDir, scheme), "/")
	grant := func(role, scope string) string {
		return fmt.Sprintf("az role assignment create --assignee-object-id %s --assignee-principal-type ServicePrincipal --role '%s' --scope \"%s\"", orPlace(who.PrincipalID, "<principal id of "+orPlace(who.ClientID, "the identity")+">"), role, scope)
	}
	step, code, status := "", x.Code, 0
	if x.Fault != nil {
		step, code, status = x.Fault.Step, x.Fault.Code, x.Fault.Status
		if c := containerOf(x.Fault.URL); c != "" {
			container = c
		}
		if a := accountOf(x.Fault.URL); a != "" {
			account = a
		}
	}
	scope := fmt.Sprintf("$(az storage account show --name %s --query id --output tsv)/blobServices/default/containers/%s", account, container)
	switch {
	case step == node.StepIdentity || status == 400 && step != node.StepSecret || strings.HasSuffix(code, "ListMiscError"):
		f.ID, f.Check = findingIdentity, 5
		f.Cause = "the pool does not have the identity " + label(who)
		f.Fix = []string{
			"az batch pool show --pool-id " + pool + " --query identity",
			"# identities of a pool are set when it is made: make a new one with azure.batch.pools.<name>.managedIdentity, or use 'auto'",
		}
	case step == node.StepSecret:
		f.ID, f.Cause = findingVault, "the identity "+label(who)+" may not read secrets of the vault"
		f.Fix = []string{grant("Key Vault Secrets User", "$(az keyvault show --name "+vaultName(e.s.cfg.KeyVault)+" --query id --output tsv)")}
	case isPull(x.Code) || code == "ContainerRegistryAccessDenied":
		f.ID, f.Cause = findingImage, "the identity "+label(who)+" may not pull the image"
		name, _, _ := strings.Cut(server, ".")
		f.Fix = []string{grant("AcrPull", "$(az acr show --name "+name+" --query id --output tsv)")}
	case code == "AuthorizationFailure":
		f.ID, f.Cause = findingFirewall, "the network rules of storage account "+account+" do not let the nodes in"
		f.Fix = []string{
			"az storage account show --name " + account + " --query networkRuleSet",
			"az storage account network-rule add --account-name " + account + " --subnet <subnet of the pool> # and azure.batch.pools.<name>.virtualNetwork",
		}
	case status == 403 || strings.HasSuffix(code, "AccessDenied"):
		f.ID, f.Cause = findingStorageRole, "the identity "+label(who)+" lacks a role on container "+container+" of storage account "+account
		f.Fix = []string{grant("Storage Blob Data Contributor", scope)}
	}
	return &azure.FindingError{Finding: f}
}

func orPlace(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func poolName(en *entry) string {
	if en.lane == nil {
		return "<pool>"
	}
	return en.lane.pool.id
}

func accountOf(url string) string {
	host, ok := strings.CutPrefix(url, "https://")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(host, ".")
	return name
}

func containerOf(url string) string {
	rest, ok := strings.CutPrefix(url, "https://")
	if !ok {
		return ""
	}
	_, path, _ := strings.Cut(rest, "/")
	c, _, _ := strings.Cut(path, "/")
	return c
}

func vaultName(uri string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(uri, "https://"), ".")
	return orPlace(name, "<vault>")
}

func registryOf(en *entry) string {
	if en.t.Container == nil {
		return "<registry>"
	}
	server, _, ok := strings.Cut(en.t.Container.Image, "/")
	if !ok || !strings.ContainsAny(server, ".:") {
		return "docker.io"
	}
	return server
}

// explain is a call that the service refused, as an error that says what to do.
func (e *Executor) explain(what string, err error) error {
	status, code := refusal(err)
	switch {
	case !azure.Refused(err):
		return fmt.Errorf("%s: %w", what, err)
	case status == 0: // no token
		return &azure.FindingError{Finding: azure.Finding{
			ID: findingCredential, Check: 1, What: what + ": the head gets no token any more", Cause: firstLine(azure.Redact(err.Error())),
			Fix: []string{"sluice azure check"},
		}}
	}
	return &azure.FindingError{Finding: azure.Finding{
		ID: findingDenied, Check: 1, What: fmt.Sprintf("%s: the Batch account `%s` refuses the head: %d %s", what, e.s.account.Name, status, code),
		Cause: "the identity of the head lacks a role on the Batch account",
		Fix:   []string{"sluice azure check", fmt.Sprintf("az role assignment create --assignee <identity of the head> --role 'Azure Batch Data Contributor' --scope \"%s\"", e.s.account.ID)},
	}}
}
