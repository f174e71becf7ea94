package azurebatch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/executor"
	"sluice/internal/task"
)

// A pool is one that the run uses, as it is in the service.
type pool struct {
	id         string
	vm         machine // what is not known of it is zero
	slots      int
	who        identity   // that tasks use
	out        identity   // that they write with; none: the same
	all        []identity // on its nodes
	containers bool
	born       string // when it was made: a pool made anew is another one
	spot       bool
	ours       bool      // made by us, now or in an earlier run
	scales     bool      // by a formula
	template   bool      // automatic: another machine type may take its place
	share      float64   // in its formula, if that is ours; guarded by Executor.mu
	made       time.Time // by us, now; else zero
	settings   *config.AzurePool
}

// An identity is a user-assigned managed identity on a pool.
type identity = azure.Identity

func label(i identity) string {
	switch {
	case i.Name != "" && i.ClientID != "":
		return "`" + i.Name + "` (client id " + i.ClientID + ")"
	case i.ClientID != "":
		return "with the client id " + i.ClientID
	}
	return "`" + i.ResourceID + "`"
}

// places are the pools in use.
type places struct {
	lanes map[string]*lane // by pool
	asked map[string]*lane // by what tasks ask for
	busy  gate             // held while a pool is looked for or made

	scarce map[string]time.Time // machine types and families that are not to be had, until when
	hinted map[string]bool      // processes that were told that spot nodes do not suit them
}

// all are the lanes in order of their pools.
func (p *places) all() []*lane {
	var out []*lane
	for _, id := range slices.Sorted(maps.Keys(p.lanes)) {
		out = append(out, p.lanes[id])
	}
	return out
}

// A gate is a lock that gives up when the context ends.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

func (g gate) lock(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g gate) unlock() { <-g }

// laneOf is the lane for a task: its pool is found, or made. firm is a task
// that is to have no spot node.
func (e *Executor) laneOf(ctx context.Context, t *task.Task, firm bool) (*lane, error) {
	key := wish(t)
	if firm {
		key += "|firm"
	}
	e.mu.Lock()
	l := e.places.asked[key]
	e.mu.Unlock()
	if l == nil {
		if err := e.places.busy.lock(ctx); err != nil {
			return nil, err
		}
		defer e.places.busy.unlock()
		e.mu.Lock()
		l = e.places.asked[key]
		e.mu.Unlock()
	}
	if l == nil {
		p, err := e.choosePool(ctx, t, firm)
		if err != nil {
			return nil, err
		}
		l = e.enterLane(p)
		e.mu.Lock()
		e.places.asked[key] = l
		e.mu.Unlock()
	}
	if _, err := l.pool.require(t.Resources); err != nil {
		return nil, err
	}
	e.hintSpot(l.pool, t)
	return l, nil
}

// wish is all of a task that may decide on its pool.
func wish(t *task.Task) string {
	r := &t.Resources
	if r.Queue != "" && r.Queue != auto {
		return r.Queue
	}
	return fmt.Sprintf("%s|%d|%d|%d|%d|%s|%s|%q", r.Queue, r.Cpus, r.Memory, r.Disk, r.Accelerator, r.AcceleratorType, r.Machine, t.Tags)
}

const auto = "auto"

// enterLane is the lane of a pool; its tasks are added from now on.
func (e *Executor) enterLane(p *pool) *lane {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l := e.places.lanes[p.id]; l != nil {
		return l
	}
	l := &lane{e: e, pool: p, wake: make(chan struct{}, 1), more: make(chan struct{}, 1), scaled: p.made, making: newGate()}
	e.places.lanes[p.id] = l
	if !e.closed {
		e.bg.Go(func() { l.addLoop(e.ctx) })
		if p.ours && p.scales {
			e.bg.Go(func() { l.hastenLoop(e.ctx) })
		}
	}
	return l
}

// laneOfPool is the lane of a pool that an earlier head used.
func (e *Executor) laneOfPool(ctx context.Context, id string) (*lane, error) {
	if err := e.places.busy.lock(ctx); err != nil {
		return nil, err
	}
	defer e.places.busy.unlock()
	p, err := e.readPool(ctx, id, e.settingsOf(id))
	if err != nil {
		return nil, err
	}
	return e.enterLane(p), nil
}

// settingsOf are those of a pool: its own, or those of automatic pools.
func (e *Executor) settingsOf(id string) *config.AzurePool {
	if s := e.s.cfg.Pools[id]; s != nil {
		return s
	}
	if s := e.s.cfg.Pools[auto]; s != nil && strings.HasPrefix(id, poolPrefix) {
		return s
	}
	return nil
}

// choosePool finds or makes the pool for a task.
func (e *Executor) choosePool(ctx context.Context, t *task.Task, firm bool) (*pool, error) {
	name := t.Resources.Queue
	b := &e.s.cfg.Batch
	if name == "" && !b.AutoPoolMode {
		names := e.poolNames()
		if len(names) == 1 {
			name = names[0]
			e.o.Notice("tasks without the directive `queue` run in the only pool that is configured, `" + name + "`")
		} else if e.s.cfg.Pools[auto] == nil || !b.AllowPoolCreation {
			return nil, &azure.FindingError{Finding: azure.Finding{
				ID: findingPool, Check: 5, What: "process `" + t.Process + "` does not say which pool its tasks run in",
				Cause: "there is no directive `queue`, and azure.batch.autoPoolMode is not set",
				Fix:   []string{"process.queue = '<pool>'", "azure.batch.autoPoolMode = true"},
			}}
		}
	}
	if name == "" || name == auto {
		if name == auto && !b.AutoPoolMode && !b.AllowPoolCreation {
			return nil, e.mayNotMake(auto)
		}
		return e.autoPool(ctx, t, firm)
	}
	if several(name) {
		return nil, e.noPool(ctx, t, "the directive `queue` of process `"+t.Process+"` names several pools, `"+name+"`: a task runs in one")
	}
	p, err := e.readPool(ctx, name, e.s.cfg.Pools[name])
	if !errors.Is(err, errNoPool) {
		return p, err
	}
	settings := e.s.cfg.Pools[name]
	switch {
	case settings == nil:
		return nil, e.noPool(ctx, t, "the pool `"+name+"` of process `"+t.Process+"` does not exist")
	case !b.AllowPoolCreation && !b.AutoPoolMode:
		return nil, e.mayNotMake(name)
	}
	return e.makeNamed(ctx, name, settings, t)
}

func (e *Executor) mayNotMake(name string) error {
	return &azure.FindingError{Finding: azure.Finding{
		ID: findingPool, Check: 5, What: "the pool `" + name + "` does not exist, and it may not be made",
		Cause: "azure.batch.allowPoolCreation is not set", Fix: []string{"azure.batch.allowPoolCreation = true"},
	}}
}

// poolNames are the configured pools but the template.
func (e *Executor) poolNames() []string {
	var out []string
	for _, n := range slices.Sorted(maps.Keys(e.s.cfg.Pools)) {
		if n != auto {
			out = append(out, n)
		}
	}
	return out
}

var errNoPool = errors.New("there is no such pool")

// A poolStateError is a pool that is being deleted.
type poolStateError struct{ finding azure.FindingError }

func (e *poolStateError) Error() string { return e.finding.Error() }
func (e *poolStateError) Unwrap() error { return &e.finding }

// readPool reads a pool of the service. It is never changed.
func (e *Executor) readPool(ctx context.Context, id string, settings *config.AzurePool) (*pool, error) {
	got, err := e.s.batch.GetPool(ctx, id, nil)
	if isStatus(err, 404) {
		return nil, errNoPool
	}
	if err != nil {
		return nil, e.explain("read pool "+id, err)
	}
	if s := val(got.State); s == azbatch.PoolStateDeleting {
		return nil, &poolStateError{azure.FindingError{Finding: azure.Finding{
			ID: findingPoolState, Check: 5, What: "the pool `" + id + "` is being deleted",
			Fix: []string{"az batch pool show --pool-id " + id + " --query state"},
		}}}
	}
	p := &pool{id: id, slots: max(1, int(val(got.TaskSlotsPerNode))), settings: settings, scales: val(got.EnableAutoScale)}
	p.ours = metaOf(got.Metadata)[metaSpec] != ""
	p.born = val(got.CreationTime).UTC().Format(time.RFC3339)
	p.spot = val(got.TargetLowPriorityNodes) > 0 && val(got.TargetDedicatedNodes) == 0 || settings != nil && settings.LowPriority && p.ours
	if share, spot, ok := readFormula(val(got.AutoScaleFormula)); ok && p.ours {
		p.share, p.spot = share, spot
	}
	if c := got.VirtualMachineConfiguration; c != nil {
		p.containers = c.ContainerConfiguration != nil
	}
	if got.Identity != nil {
		for _, i := range got.Identity.UserAssignedIdentities {
			rid := val(i.ResourceID)
			p.all = append(p.all, identity{ResourceID: rid, ClientID: val(i.ClientID), PrincipalID: val(i.PrincipalID), Name: rid[strings.LastIndexByte(rid, '/')+1:], TenantID: e.s.cfg.TenantID})
		}
	}
	slices.SortFunc(p.all, func(a, b identity) int {
		return strings.Compare(strings.ToLower(a.ResourceID), strings.ToLower(b.ResourceID))
	})
	if p.vm, err = e.machineNamed(ctx, val(got.VMSize)); err != nil {
		return nil, err
	}
	choice := e.choice(settings)
	if p.who, err = e.attached(p, choice); err != nil {
		return p, err
	}
	p.out, err = e.writer(p, choice.Outputs)
	return p, err
}

// writer is the identity of a pool that was named for outputs, if any.
func (e *Executor) writer(p *pool, word string) (identity, error) {
	if word == "" {
		return identity{}, nil
	}
	if e.o.Fusion != nil {
		return identity{}, &azure.FindingError{Finding: azure.Finding{
			ID: findingAttached, Check: 5, What: fmt.Sprintf("managedIdentity.outputs of pool `%s` is `%s`, and Fusion reads and writes as one identity", p.id, word),
			Fix: []string{"# leave managedIdentity.outputs out, or set fusion.enabled = false"},
		}}
	}
	return e.attached(p, azure.ChoiceOf(word))
}

// choice is the identity that the configuration names for a pool.
func (e *Executor) choice(settings *config.AzurePool) config.IdentityChoice {
	c := &e.s.cfg
	switch {
	case settings != nil && !settings.Identity.None():
		return settings.Identity
	case !c.Nodes.None():
		return c.Nodes
	case c.Batch.PoolIdentityClientID == auto:
		return config.IdentityChoice{Auto: true}
	}
	return config.IdentityChoice{ClientID: c.Batch.PoolIdentityClientID}
}

// attached finds the identity that tasks of an existing pool use.
func (e *Executor) attached(p *pool, want config.IdentityChoice) (identity, error) {
	named := want.ClientID != "" || want.ResourceID != "" || want.Name != ""
	switch {
	case named:
		for _, i := range p.all {
			if want.ClientID != "" && strings.EqualFold(i.ClientID, want.ClientID) || want.ResourceID != "" && strings.EqualFold(i.ResourceID, want.ResourceID) || want.Name != "" && strings.EqualFold(i.Name, want.Name) {
				return i, nil
			}
		}
		return identity{}, &azure.FindingError{Finding: azure.Finding{
			ID: findingAttached, Check: 5, What: fmt.Sprintf("the pool `%s` does not have the identity `%s`", p.id, want.ClientID+want.ResourceID+want.Name),
			Cause: "it has " + labels(p.all) + "; identities of nodes are set when a pool is made",
			Fix:   []string{"az batch pool show --pool-id " + p.id + " --query identity", "# name one of these in azure.batch.pools." + p.id + ".managedIdentity, or have another pool made"},
		}}
	case len(p.all) == 1:
		if want.System {
			e.o.Notice("Batch pools have no system-assigned identity; pool `" + p.id + "` uses " + label(p.all[0]))
		}
		return p.all[0], nil
	case want.System:
		return identity{}, systemFinding("the pool `" + p.id + "` has " + labels(p.all))
	case len(p.all) == 0 && e.s.cfg.AllowSecrets && e.s.cfg.Storage.SAS != "":
		return identity{}, nil
	case len(p.all) == 0:
		return identity{}, &azure.FindingError{Finding: azure.Finding{
			ID: findingNoIdentity, Check: 5, What: "the nodes of pool `" + p.id + "` have no identity",
			Cause: "without one they reach no data, and identities are set when a pool is made",
			Fix:   []string{"# make the pool anew with a user-assigned identity, or leave it to us: azure.batch.autoPoolMode = true and azure.managedIdentity.nodes.clientId = '…'"},
		}}
	}
	return identity{}, &azure.FindingError{Finding: azure.Finding{
		ID: findingSeveral, Check: 5, What: "the pool `" + p.id + "` has " + labels(p.all) + ", and the configuration names none of them",
		Fix: []string{"azure.batch.pools." + p.id + ".managedIdentity.clientId = '" + p.all[0].ClientID + "'"},
	}}
}

func labels(all []identity) string {
	if len(all) == 0 {
		return "no identity"
	}
	var out []string
	for _, i := range all {
		out = append(out, label(i))
	}
	return strings.Join(out, ", ")
}

func systemFinding(cause string) error {
	return &azure.FindingError{Finding: azure.Finding{
		ID: findingSystem, Check: 4, What: "system = true is not possible here: Batch pools have user-assigned identities only",
		Cause: cause + "; see https://learn.microsoft.com/azure/batch/managed-identity-pools",
		Fix: []string{
			"az identity create --name sluice-nodes --resource-group <group> --query clientId --output tsv",
			"azure.batch.pools.<pool>.managedIdentity.clientId = '<what this prints>'",
			"sluice azure grant",
		},
	}}
}

// require is how many slots of a node a task takes.
func (p *pool) require(r task.Resources) (int, error) {
	share := 0.0
	part := func(what string, asked, has float64, text func(float64) string) error {
		if asked <= 0 || has <= 0 {
			return nil
		}
		if asked > has {
			return &executor.RequestError{What: what + " of a node of pool " + p.id, Req: text(asked), Avail: text(has)}
		}
		share = max(share, asked/has)
		return nil
	}
	cpus := float64(max(1, r.Cpus))
	has := float64(p.vm.CPUs)
	if has == 0 {
		has = float64(p.slots) // a machine that nobody knows: a slot for each CPU
	}
	number := func(f float64) string { return fmt.Sprintf("%g", f) }
	gigabytes := func(f float64) string { return fmt.Sprintf("%g GB", f) }
	for _, err := range []error{
		part("CPUs", cpus, has, number),
		part("memory", gb(int64(r.Memory)), p.vm.MemoryGB, gigabytes),
		part("disk", gb(int64(r.Disk)), p.vm.DiskGB, gigabytes),
		part("accelerators", float64(r.Accelerator), float64(p.vm.GPUs), number),
	} {
		if err != nil {
			return 0, err
		}
	}
	return slotsOf(share, p.slots), nil
}

// slotsOf is a share of a node in slots, at least one.
func slotsOf(share float64, slots int) int {
	n := int(share * float64(slots))
	if float64(n) < share*float64(slots)-1e-9 {
		n++
	}
	return min(max(1, n), slots)
}

func gb(bytes int64) float64 { return float64(bytes) / (1 << 30) }

// put makes a pool in the management plane; somebody else may do so at the
// same time. It returns once the data plane has the pool.
func (e *Executor) put(ctx context.Context, id string, spec armbatch.Pool) error {
	a := e.s.account
	none := "*"
	for n := 0; ; n++ {
		_, err := e.s.pools.Create(once(ctx), a.ResourceGroup, a.Name, id, spec, &armbatch.PoolClientCreateOptions{IfNoneMatch: &none})
		switch {
		case err == nil || isStatus(err, 412) || isStatus(err, 409) && !isCode(err, "PoolQuotaReached", "PoolBeingDeleted"):
			return e.appears(ctx, id)
		case isCode(err, "PoolQuotaReached"):
			e.o.Notice("the Batch account " + a.Name + " has as many pools as its quota allows; looking again in a minute (`sluice azure clean` deletes those that nobody uses)")
			if limit := e.maxWait(); limit > 0 && time.Duration(n)*time.Minute >= limit {
				return &azure.FindingError{Finding: azure.Finding{ID: findingPoolQuota, Check: 2, What: "no pool can be made: the quota of pools of Batch account `" + a.Name + "` is used up", Fix: []string{"sluice azure clean", "az batch pool list --query '[].id'"}}}
			}
			if err := rest(ctx, time.Minute); err != nil {
				return err
			}
		case passing(err) && n < callAttempts:
			if err := rest(ctx, max(retryAfter(err), backoff(n))); err != nil {
				return err
			}
		default:
			return e.refusedPool(id, err)
		}
	}
}

// maxWait is azure.batch.maxPoolWait; 0 is for ever.
func (e *Executor) maxWait() time.Duration {
	return time.Duration(e.s.cfg.Batch.MaxPoolWait) * time.Millisecond
}

// appears waits until the data plane has a pool.
func (e *Executor) appears(ctx context.Context, id string) error {
	for n := 0; ; n++ {
		_, err := e.s.batch.GetPool(ctx, id, nil)
		if err == nil {
			return nil
		}
		if !isStatus(err, 404) || n >= 40 {
			return e.explain("read pool "+id, err)
		}
		if err := rest(ctx, min(backoff(n), 5*time.Second)); err != nil {
			return err
		}
	}
}

// refusedPool says why a pool cannot be made.
func (e *Executor) refusedPool(id string, err error) error {
	status, code := refusal(err)
	f := azure.Finding{ID: findingCall, Check: 5, What: "the pool `" + id + "` cannot be made: " + fmt.Sprintf("%d %s", status, code), Cause: firstLine(err.Error())}
	switch {
	case code == "LinkedAuthorizationFailed":
		f.ID, f.Check = findingAssign, 4
		f.Cause = "the head may not attach the identity, or join the subnet"
		f.Fix = []string{"sluice azure grant", "az role assignment create --assignee <identity of the head> --role 'Managed Identity Operator' --scope <resource id of the identity>"}
	case status == 403 || status == 401:
		f.ID, f.Check = findingDenied, 6
		f.Cause = "the identity of the head lacks a role on the Batch account"
		f.Fix = []string{fmt.Sprintf("az role assignment create --assignee <identity of the head> --role 'Azure Batch Data Contributor' --scope \"%s\"", e.s.account.ID)}
	case status == 0:
		return fmt.Errorf("make pool %s: %w", id, err)
	}
	return &azure.FindingError{Finding: f}
}

// deletePool deletes a pool of ours that nobody else uses.
func (e *Executor) deletePool(ctx context.Context, p *pool) error {
	if !p.ours {
		return nil
	}
	others, err := e.s.usersOf(ctx, p.id, e.o.Session)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		e.o.Warn("the pool " + p.id + " stays: other runs use it (" + strings.Join(others, ", ") + ")")
		return nil
	}
	_, err = e.s.batch.DeletePool(ctx, p.id, nil)
	if err == nil || isStatus(err, 404) || isCode(err, "PoolBeingDeleted") {
		return nil
	}
	return fmt.Errorf("delete pool %s: %w", p.id, err)
}

// usersOf are the active jobs on a pool but those of a session.
func (s *services) usersOf(ctx context.Context, pool, session string) ([]string, error) {
	filter := "state eq 'active'"
	jobs, err := s.listJobs(ctx, &filter)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, j := range jobs {
		if val(j.State) == azbatch.JobStateActive && j.PoolInfo != nil && strings.EqualFold(val(j.PoolInfo.PoolID), pool) && metaOf(j.Metadata)[metaSession] != session {
			out = append(out, val(j.ID))
		}
	}
	return out, nil
}
