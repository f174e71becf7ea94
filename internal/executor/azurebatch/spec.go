package azurebatch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/task"
)

// Names of metadata of pools that we made.
const (
	poolPrefix  = "slc-"
	metaSpec    = "sluice:spec"
	metaOwner   = "sluice:owner"
	metaCreated = "sluice:created"
)

// autoPool is the pool for tasks like t by the template `auto`: one of the
// same specification if there is one, whoever made it.
func (e *Executor) autoPool(ctx context.Context, t *task.Task, firm bool) (*pool, error) {
	settings := e.template(firm)
	spec, m, err := e.specify(ctx, settings, wantedType(t, settings), t)
	if err != nil {
		return nil, err
	}
	hash, err := specHash(spec)
	if err != nil {
		return nil, err
	}
	for n := range 26 {
		id := autoID(hash, m.Name, n)
		p, err := e.readPool(ctx, id, settings)
		var going *poolStateError
		switch {
		case errors.As(err, &going):
			continue // its name is free again only when it is gone
		case errors.Is(err, errNoPool):
			p, err = e.make(ctx, id, hash, spec, settings, shareOf(spec, m, t))
		}
		if p != nil {
			p.template = true
		}
		return p, err
	}
	return nil, fmt.Errorf("make pool %s: it and 25 others of its name are being deleted", autoID(hash, m.Name, 0))
}

// makeNamed makes a pool of the configuration.
func (e *Executor) makeNamed(ctx context.Context, name string, settings *config.AzurePool, t *task.Task) (*pool, error) {
	if !validID().MatchString(name) {
		return nil, fmt.Errorf("make pool `%s`: a name has at most 64 letters, digits, - and _", name)
	}
	wanted := settings.VMType
	if wanted == "" {
		wanted = t.Resources.Machine
	}
	spec, m, err := e.specify(ctx, settings, wanted, t)
	if err != nil {
		return nil, err
	}
	hash, err := specHash(spec)
	if err != nil {
		return nil, err
	}
	return e.make(ctx, name, hash, spec, settings, shareOf(spec, m, t))
}

// template is that of automatic pools; firm leaves spot nodes out.
func (e *Executor) template(firm bool) *config.AzurePool {
	s := config.AzurePool{Name: auto, AutoScale: true}
	if t := e.s.cfg.Pools[auto]; t != nil {
		s = *t
	}
	s.LowPriority = s.LowPriority && !firm
	return &s
}

// wantedType is the machine type that a task asks for, or its pool's.
func wantedType(t *task.Task, s *config.AzurePool) string {
	if t.Resources.Machine != "" {
		return t.Resources.Machine
	}
	return s.VMType
}

var validID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) })

// autoID is the name of the n-th pool of a specification.
func autoID(hash, vm string, n int) string {
	vm = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, strings.TrimPrefix(vm, "Standard_"))
	id := poolPrefix + hash[:16] + "-" + vm
	suffix := ""
	if n > 0 {
		suffix = "-" + string(rune('a'+n))
	}
	return id[:min(len(id), 64-len(suffix))] + suffix
}

// specHash is a hash of the whole specification: its identities, image,
// machine type, slots, network, start task, mounts and scaling.
func specHash(spec armbatch.Pool) (string, error) {
	text, err := json.Marshal(spec) // maps in order of their keys
	if err != nil {
		return "", fmt.Errorf("write the specification of a pool: %w", err)
	}
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:]), nil
}

// make makes a pool and reads it back: another head may have made it first.
func (e *Executor) make(ctx context.Context, id, hash string, spec armbatch.Pool, settings *config.AzurePool, share float64) (*pool, error) {
	e.o.Notice("making pool " + id + " of " + val(spec.Properties.VMSize))
	for name, value := range map[string]string{metaSpec: hash[:32], metaOwner: e.o.Session, metaCreated: time.Now().UTC().Format(time.RFC3339)} {
		spec.Properties.Metadata = append(spec.Properties.Metadata, &armbatch.MetadataItem{Name: &name, Value: &value})
	}
	slices.SortFunc(spec.Properties.Metadata, func(a, b *armbatch.MetadataItem) int { return strings.Compare(*a.Name, *b.Name) })
	if a := spec.Properties.ScaleSettings.AutoScale; a != nil {
		a.Formula = to.Ptr(strings.NewReplacer(bornMark, time.Now().UTC().Format(time.RFC3339), shareMark, fmt.Sprint(roundShare(share))).Replace(*a.Formula))
	}
	if err := e.put(ctx, id, spec); err != nil {
		return nil, err
	}
	p, err := e.readPool(ctx, id, settings)
	if err == nil {
		p.made = time.Now()
	}
	return p, err
}

// specify is the specification of a pool that is to be made for tasks like t.
func (e *Executor) specify(ctx context.Context, s *config.AzurePool, wanted string, t *task.Task) (armbatch.Pool, machine, error) {
	var none armbatch.Pool
	all, err := e.s.machines(ctx)
	if err != nil {
		return none, machine{}, e.explain("list machine types", err)
	}
	if err := e.maySpot(ctx, s); err != nil {
		return none, machine{}, err
	}
	m, err := chooseMachine(e.plentiful(all), wanted, t.Resources, s.LowPriority)
	if err != nil {
		m, err = chooseMachine(all, wanted, t.Resources, s.LowPriority)
	}
	if err != nil {
		return none, m, err
	}
	images, err := e.s.images(ctx)
	if err != nil {
		return none, m, e.explain("list images", err)
	}
	img, err := chooseImage(images, s.Publisher, s.Offer, s.SKU, m)
	if err != nil {
		return none, m, err
	}
	who, err := e.identities(ctx, s)
	if err != nil {
		return none, m, err
	}
	boxes := e.s.cfg.Batch.Isolation != "host"
	if boxes && !img.Docker {
		boxes = false
		e.o.Warn(fmt.Sprintf("the image %s %s has no container runtime: tasks with containers cannot run on it", img.Offer, img.SKU))
	}
	slots := s.TaskSlots
	if slots <= 0 {
		slots = min(256, 4*m.CPUs)
	}
	fill := armbatch.ComputeNodeFillTypeSpread
	if strings.EqualFold(s.SchedulePolicy, "pack") {
		fill = armbatch.ComputeNodeFillTypePack
	}
	vm := &armbatch.VirtualMachineConfiguration{
		ImageReference: &armbatch.ImageReference{Publisher: &img.Publisher, Offer: &img.Offer, SKU: &img.SKU, Version: to.Ptr("latest")},
		NodeAgentSKUID: &img.Agent,
	}
	if boxes {
		vm.ContainerConfiguration = e.containerConfig(s, who)
	}
	spec := armbatch.Pool{Identity: poolIdentity(who), Properties: &armbatch.PoolProperties{
		VMSize:                      &m.Name,
		DeploymentConfiguration:     &armbatch.DeploymentConfiguration{VirtualMachineConfiguration: vm},
		TaskSlotsPerNode:            to.Ptr(int32(slots)),
		TaskSchedulingPolicy:        &armbatch.TaskSchedulingPolicy{NodeFillType: &fill},
		TargetNodeCommunicationMode: to.Ptr(armbatch.NodeCommunicationModeSimplified),
		ScaleSettings:               scaling(s),
		StartTask:                   startTask(s),
		Metadata:                    labelsOf(t),
	}}
	if s.VirtualNetwork != "" {
		spec.Properties.NetworkConfiguration = &armbatch.NetworkConfiguration{SubnetID: &s.VirtualNetwork}
	}
	if spec.Properties.MountConfiguration, err = e.mounts(s, who); err != nil {
		return none, m, err
	}
	return spec, m, nil
}

// identities are those that a new pool gets; the first is the one tasks use.
func (e *Executor) identities(ctx context.Context, s *config.AzurePool) ([]identity, error) {
	want := e.choice(s)
	if want.System {
		return nil, systemFinding("the pool `" + s.Name + "` is to be made, and has no identity yet")
	}
	if want.ClientID == "" && want.ResourceID == "" && want.Name == "" {
		if e.s.cfg.AllowSecrets && e.s.cfg.Storage.SAS != "" {
			return nil, nil
		}
		return nil, &azure.FindingError{Finding: azure.Finding{
			ID: findingNoIdentity, Check: 4, What: "nothing says which identity the nodes of pool `" + s.Name + "` are to have",
			Cause: "without an identity they reach no data",
			Fix:   []string{"azure.managedIdentity.nodes.clientId = '…'", "az identity list --query '[].{name:name,clientId:clientId}' --output table"},
		}}
	}
	first, err := e.s.identity(ctx, want)
	if err != nil {
		return nil, err
	}
	out := []identity{*first}
	for _, word := range want.Further() {
		also, err := e.s.identity(ctx, azure.ChoiceOf(word))
		if err != nil {
			return nil, err
		}
		out = append(out, *also)
	}
	for _, r := range e.s.cfg.Registry {
		if i := r.Identity; i.ClientID != "" || i.ResourceID != "" || i.Name != "" {
			also, err := e.s.identity(ctx, i)
			if err != nil {
				return nil, err
			}
			out = append(out, *also)
		}
	}
	return out, nil
}

func poolIdentity(who []identity) *armbatch.PoolIdentity {
	if len(who) == 0 {
		return nil
	}
	out := &armbatch.PoolIdentity{Type: to.Ptr(armbatch.PoolIdentityTypeUserAssigned), UserAssignedIdentities: map[string]*armbatch.UserAssignedIdentities{}}
	for _, i := range who {
		out.UserAssignedIdentities[i.ResourceID] = &armbatch.UserAssignedIdentities{}
	}
	return out
}

// containerConfig lets a pool run containers, with registries by identity.
func (e *Executor) containerConfig(s *config.AzurePool, who []identity) *armbatch.ContainerConfiguration {
	out := &armbatch.ContainerConfiguration{Type: to.Ptr(armbatch.ContainerTypeDockerCompatible)}
	for _, r := range e.s.cfg.Registry {
		reg := &armbatch.ContainerRegistry{RegistryServer: to.Ptr(r.Server)}
		switch id := registryIdentity(&r, who); {
		case id != "":
			reg.IdentityReference = &armbatch.ComputeNodeIdentityReference{ResourceID: &id}
		case e.s.cfg.AllowSecrets && r.Password != "":
			reg.UserName, reg.Password = to.Ptr(r.UserName), to.Ptr(string(r.Password))
		default:
			continue
		}
		out.ContainerRegistries = append(out.ContainerRegistries, reg)
	}
	return out
}

// registryIdentity is the resource id of the identity that pulls from a
// registry; "" is none.
func registryIdentity(r *config.AzureRegistry, who []identity) string {
	i := r.Identity
	if i.None() || len(who) == 0 {
		return ""
	}
	for _, w := range who {
		if i.ClientID != "" && strings.EqualFold(w.ClientID, i.ClientID) || i.ResourceID != "" && strings.EqualFold(w.ResourceID, i.ResourceID) || i.Name != "" && strings.EqualFold(w.Name, i.Name) {
			return w.ResourceID
		}
	}
	if i.Auto || i.System {
		return who[0].ResourceID
	}
	return ""
}

// startTask is the user's own; ours travels with jobs.
func startTask(s *config.AzurePool) *armbatch.StartTask {
	if s.StartScript == "" {
		return nil
	}
	level := armbatch.ElevationLevelNonAdmin
	if s.StartPrivileged {
		level = armbatch.ElevationLevelAdmin
	}
	return &armbatch.StartTask{
		CommandLine:    to.Ptr("bash -c '" + strings.ReplaceAll(s.StartScript, "'", `'\''`) + "'"),
		WaitForSuccess: to.Ptr(true), MaxTaskRetryCount: to.Ptr[int32](1),
		UserIdentity: &armbatch.UserIdentity{AutoUser: &armbatch.AutoUserSpecification{ElevationLevel: &level, Scope: to.Ptr(armbatch.AutoUserScopePool)}},
	}
}

// mounts are containers that nodes mount by identity, and, with the key of the
// account, file shares.
func (e *Executor) mounts(s *config.AzurePool, who []identity) ([]*armbatch.MountConfiguration, error) {
	var out []*armbatch.MountConfiguration
	account := e.s.cfg.Storage.AccountName
	for _, m := range s.Mounts {
		if len(who) == 0 {
			return nil, fmt.Errorf("mount container %s on pool %s: the pool has no identity", m.Container, s.Name)
		}
		options := strings.TrimSpace("-o ro " + m.Options)
		out = append(out, &armbatch.MountConfiguration{AzureBlobFileSystemConfiguration: &armbatch.AzureBlobFileSystemConfiguration{
			AccountName: &account, ContainerName: to.Ptr(m.Container), RelativeMountPath: to.Ptr(strings.Trim(m.Path, "/")),
			BlobfuseOptions: &options, IdentityReference: &armbatch.ComputeNodeIdentityReference{ResourceID: to.Ptr(who[0].ResourceID)},
		}})
	}
	if len(e.s.cfg.Storage.FileShares) > 0 && e.s.cfg.AllowSecrets && e.s.cfg.Storage.AccountKey != "" {
		for _, name := range sortedKeys(e.s.cfg.Storage.FileShares) {
			f := e.s.cfg.Storage.FileShares[name]
			out = append(out, &armbatch.MountConfiguration{AzureFileShareConfiguration: &armbatch.AzureFileShareConfiguration{
				AccountName: &account, AccountKey: to.Ptr(string(e.s.cfg.Storage.AccountKey)), AzureFileURL: to.Ptr("https://" + account + ".file.core.windows.net/" + name),
				RelativeMountPath: to.Ptr(strings.Trim(f.MountPath, "/")), MountOptions: to.Ptr(f.MountOptions),
			}})
		}
	}
	return out, nil
}

// scaling is how a pool grows and shrinks: by a formula, or not at all.
func scaling(s *config.AzurePool) *armbatch.ScaleSettings {
	first := s.VMCount
	if first <= 0 {
		first = 1
	}
	if !s.AutoScale && s.Name != auto && s.ScaleFormula == "" {
		fixed := &armbatch.FixedScaleSettings{TargetDedicatedNodes: to.Ptr(int32(first)), TargetLowPriorityNodes: to.Ptr[int32](0)}
		if s.LowPriority {
			fixed.TargetDedicatedNodes, fixed.TargetLowPriorityNodes = fixed.TargetLowPriorityNodes, fixed.TargetDedicatedNodes
		}
		return &armbatch.ScaleSettings{FixedScale: fixed}
	}
	most := s.MaxVMCount
	if most <= 0 {
		most = 3 * first
	}
	text := s.ScaleFormula
	if text == "" {
		text = formula(first, most, s.LowPriority)
	}
	every := time.Duration(s.ScaleInterval) * time.Millisecond
	if every < 5*time.Minute {
		every = 5 * time.Minute
	}
	return &armbatch.ScaleSettings{AutoScale: &armbatch.AutoScaleSettings{Formula: &text, EvaluationInterval: to.Ptr(isoDuration(every))}}
}

// formula asks for as many nodes as the tasks that wait or run fill, counting
// share, the part of a node that one takes, not the tasks. Without tasks the
// pool shrinks to nothing: tasks are only there while the lease of a job runs,
// so a head that died keeps no node. A spot node that was taken away still
// counts as one of the target, so as many more are asked for. When it is
// evaluated first there are no samples yet: then it asks for the first nodes
// (hasten.go).
func formula(first, most int, spot bool) string {
	target, other, credit := "$TargetDedicatedNodes", "$TargetLowPriorityNodes", ""
	if spot {
		target, other = other, target
		credit = " + ($PreemptedNodeCount.GetSamplePercent(window) > 0 ? max(0, $PreemptedNodeCount.GetSample(1)) : 0)"
	}
	return fmt.Sprintf(`share = `+shareMark+`;
most = %d;
first = %d;
young = time() < `+youngUntil(bornMark)+`;
window = TimeInterval_Minute * 5;
known = $PendingTasks.GetSamplePercent(window);
tasks = known < 30 ? (known > 0 ? max($PendingTasks.GetSample(1)) : 0) : max(max($PendingTasks.GetSample(1)), avg($PendingTasks.GetSample(window)));
need = ceil(tasks * share - 0.001);
need = young && need < first ? first : need;
want = need > 0 ? need%s : 0;
%s = max(0, min(most, want));
%s = 0;
$NodeDeallocationOption = taskcompletion;
`, most, first, credit, target, other)
}

// bornMark stands in a formula for the time when its pool is made, which is no
// part of the specification.
const bornMark = "{born}"

// shareMark stands in a formula for the part of a node that a task takes. It
// changes with the tasks, and is no part of the specification either.
const shareMark = "{share}"

// shareOf is the part of a node that a task takes.
func shareOf(spec armbatch.Pool, m machine, t *task.Task) float64 {
	p := &pool{vm: m, slots: int(val(spec.Properties.TaskSlotsPerNode))}
	n, err := p.require(t.Resources)
	if err != nil {
		return 1
	}
	return float64(n) / float64(p.slots)
}

// labelsOf are the labels of a task as metadata of its pool, where the portal
// and the bills of the account show them.
func labelsOf(t *task.Task) []*armbatch.MetadataItem {
	var out []*armbatch.MetadataItem
	for _, tag := range t.Tags {
		out = append(out, &armbatch.MetadataItem{Name: to.Ptr(tag.Name), Value: to.Ptr(tag.Value)})
	}
	slices.SortFunc(out, func(a, b *armbatch.MetadataItem) int { return strings.Compare(*a.Name, *b.Name) })
	return out
}

// roundShare has three digits: no task takes exactly its part.
func roundShare(f float64) float64 {
	return max(0.001, float64(int(f*1000+0.5))/1000)
}
