package azurebatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/batch/azbatch"

	"sluice/internal/node"
	"sluice/internal/task"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// jobContent is the job of this run on a pool, without its id.
func (e *Executor) jobContent(ctx context.Context, p *pool) (azbatch.CreateJobContent, error) {
	tools, err := e.uploadTools(ctx)
	if err != nil {
		return azbatch.CreateJobContent{}, err
	}
	c := &e.s.cfg
	host := c.Batch.Isolation == "host"
	prep := node.Prep{SluiceSHA: tools.sluice.sha, AzCopy: c.CopyTool == "azcopy", Isolate: host}
	files := []azbatch.ResourceFile{e.resource(tools.sluice, node.ProgramFile, p)}
	if tools.azcopy.sha != "" {
		prep.AzCopySHA = tools.azcopy.sha
		files = append(files, e.resource(tools.azcopy, node.AzCopyFile, p))
	}
	level := azbatch.ElevationLevelNonAdmin
	if host {
		level = azbatch.ElevationLevelAdmin
	}
	return azbatch.CreateJobContent{
		DisplayName: to.Ptr(e.o.RunName),
		PoolInfo:    &azbatch.PoolInfo{PoolID: &p.id},
		Constraints: &azbatch.JobConstraints{MaxWallClockTime: to.Ptr(isoDuration(e.lease())), MaxTaskRetryCount: to.Ptr[int32](0)},
		// A job without tasks would end at once: see arm.
		OnAllTasksComplete: to.Ptr(azbatch.OnAllTasksCompleteNoAction),
		JobPreparationTask: &azbatch.JobPreparationTask{
			CommandLine: to.Ptr(node.PrepCommand(prep)), ResourceFiles: files, WaitForSuccess: to.Ptr(true),
			Constraints:  &azbatch.TaskConstraints{MaxTaskRetryCount: to.Ptr[int32](2)},
			UserIdentity: user(level, azbatch.AutoUserScopePool),
		},
		CommonEnvironmentSettings: e.environment(p, tools.sluice.sha),
		Metadata:                  e.metadata(time.Now()),
	}, nil
}

// environment is that of all tasks of a job; none of it is secret.
func (e *Executor) environment(p *pool, sha string) []azbatch.EnvironmentSetting {
	c := &e.s.cfg
	set := node.Settings{
		Endpoint: endpoint(c.Storage.AccountName, e.s.cloud), ClientID: p.who.ClientID, WriteClientID: p.out.ClientID, TenantID: p.who.TenantID,
		KeyVault: c.KeyVault, CopyTool: e.Remote(nil).Tool,
		Cloud: node.Audiences{Storage: audience(e.s.cloud.StorageScope), Vault: audience(e.s.cloud.VaultScope), Registry: audience(e.s.cloud.RegistryScope)},
	}
	if set.TenantID == "" {
		set.TenantID = c.TenantID
	}
	vars := node.Environment(set)
	if f := e.o.Fusion; f != nil {
		vars = append(vars, node.FusionEnvironment(node.Fusion{WorkDir: e.o.WorkDir, Account: c.Storage.AccountName, ClientID: p.who.ClientID, SluiceSHA: sha})...)
		vars = append(vars, f.Env...)
	}
	out := make([]azbatch.EnvironmentSetting, 0, len(vars)+1)
	for _, v := range vars {
		out = append(out, azbatch.EnvironmentSetting{Name: &v.Name, Value: &v.Value})
	}
	if c.AllowSecrets && c.Storage.SAS != "" {
		out = append(out, azbatch.EnvironmentSetting{Name: to.Ptr("AZ_SAS"), Value: to.Ptr(strings.TrimPrefix(string(c.Storage.SAS), "?"))})
	}
	return out
}

func audience(scope string) string { return strings.TrimSuffix(scope, "/.default") }

// resource is a program that nodes fetch by their identity.
func (e *Executor) resource(t tool, name string, p *pool) azbatch.ResourceFile {
	f := azbatch.ResourceFile{HTTPURL: to.Ptr(e.blobURL(t.blob)), FilePath: &name, FileMode: to.Ptr("0755")}
	if p.who.ResourceID != "" {
		f.IdentityReference = &azbatch.NodeIdentityReference{ResourceID: to.Ptr(p.who.ResourceID)}
	} else if sas := e.s.cfg.Storage.SAS; e.s.cfg.AllowSecrets && sas != "" {
		*f.HTTPURL += "?" + strings.TrimPrefix(string(sas), "?")
	}
	return f
}

func user(level azbatch.ElevationLevel, scope azbatch.AutoUserScope) *azbatch.UserIdentity {
	return &azbatch.UserIdentity{AutoUser: &azbatch.AutoUserSpecification{ElevationLevel: &level, Scope: &scope}}
}

// retention is how long the directory of an ended task stays on its node: all
// that matters is in the storage by then.
const retention = time.Hour

// taskContent is a task as the service takes it.
func (e *Executor) taskContent(_ context.Context, en *entry, p *pool) (azbatch.CreateTaskContent, error) {
	t := en.t
	var none azbatch.CreateTaskContent
	slots, err := p.require(t.Resources)
	if err != nil {
		return none, err
	}
	tools, err := e.uploadTools(e.ctx)
	if err != nil {
		return none, err
	}
	c := azbatch.CreateTaskContent{
		ID: &en.id, DisplayName: to.Ptr(cut(t.Name, 100)),
		CommandLine:   to.Ptr(node.TaskCommand(tools.sluice.sha, node.TaskRef{WorkDir: t.WorkDir, Fusion: e.o.Fusion != nil})),
		RequiredSlots: to.Ptr(int32(slots)),
		Constraints:   &azbatch.TaskConstraints{MaxTaskRetryCount: to.Ptr[int32](0), RetentionTime: to.Ptr(isoDuration(retention))},
		OutputFiles:   e.lastWords(t, p),
	}
	if d := time.Duration(t.Resources.Time) * time.Millisecond; d > 0 {
		c.Constraints.MaxWallClockTime = to.Ptr(isoDuration(max(d, time.Second)))
	}
	for _, tag := range t.Tags { // tasks have no labels of their own in the service
		c.EnvironmentSettings = append(c.EnvironmentSettings, azbatch.EnvironmentSetting{Name: to.Ptr("SLUICE_LABEL_" + envName(tag.Name)), Value: to.Ptr(tag.Value)})
	}
	c.UserIdentity, err = userOf(p, e.s.cfg.Batch.Isolation == "host")
	if err != nil {
		return none, err
	}
	c.ContainerSettings, err = e.container(t, p)
	return c, err
}

// userOf is who a task runs as.
func userOf(p *pool, host bool) (*azbatch.UserIdentity, error) {
	s := p.settings
	switch {
	case s != nil && s.RunAs != "":
		return &azbatch.UserIdentity{Username: to.Ptr(s.RunAs)}, nil
	case host || s != nil && s.Privileged:
		return user(azbatch.ElevationLevelAdmin, azbatch.AutoUserScopePool), nil
	}
	// One user for all tasks of a node, so that they share the cache of tokens.
	return user(azbatch.ElevationLevelNonAdmin, azbatch.AutoUserScopePool), nil
}

// container is what the service starts the task in; none in host mode, where
// the wrapper starts it.
func (e *Executor) container(t *task.Task, p *pool) (*azbatch.TaskContainerSettings, error) {
	host := e.s.cfg.Batch.Isolation == "host"
	switch {
	case t.Container == nil && p.containers:
		return nil, fmt.Errorf("pool `%s` runs containers, and process `%s` has none: give it the directive `container`, or run it in a pool without a container configuration", p.id, t.Process)
	case t.Container != nil && host && p.containers:
		return nil, fmt.Errorf("pool `%s` has a container configuration, and with azure.batch.isolation = 'host' the task starts the container of process `%s` itself: name a pool without one", p.id, t.Process)
	case t.Container == nil || host:
		return nil, nil
	case !p.containers:
		return nil, newFinding(findingNoContainers, "pool `"+p.id+"` has no container configuration, and process `"+t.Process+"` has the container `"+t.Container.Image+"`")
	}
	options := e.runOptions(t)
	c := &azbatch.TaskContainerSettings{
		ImageName: to.Ptr(strings.TrimPrefix(t.Container.Image, "docker://")), ContainerRunOptions: &options,
		WorkingDirectory: to.Ptr(azbatch.ContainerWorkingDirectoryTaskWorkingDirectory), ContainerHostBatchBindMounts: bindMounts(),
	}
	server, _, _ := strings.Cut(*c.ImageName, "/")
	// Registries of Azure take the identity of the nodes, unless they are
	// configured otherwise: few of them are open to all.
	own := strings.Contains(server, ".azurecr.") && p.who.ResourceID != ""
	for _, r := range e.s.cfg.Registry {
		if !strings.EqualFold(server, r.Server) {
			continue
		}
		own = own && r.UserName == "" && r.Password == ""
		if id := registryIdentity(&r, append([]identity{p.who}, p.all...)); id != "" {
			c.Registry = &azbatch.ContainerRegistryReference{RegistryServer: to.Ptr(r.Server), IdentityReference: &azbatch.NodeIdentityReference{ResourceID: &id}}
		}
	}
	if own && c.Registry == nil {
		c.Registry = &azbatch.ContainerRegistryReference{RegistryServer: &server, IdentityReference: &azbatch.NodeIdentityReference{ResourceID: to.Ptr(p.who.ResourceID)}}
	}
	return c, nil
}

// bindMounts are the directories of the node that a container sees: its own,
// that of the programs and tokens, and what the pool mounts. Without them it
// sees those of all tasks on the node. That the service takes them with our
// version of its interface is believed.
func bindMounts() []azbatch.ContainerHostBindMountEntry {
	mount := func(source azbatch.ContainerHostDataPath, readOnly bool) azbatch.ContainerHostBindMountEntry {
		return azbatch.ContainerHostBindMountEntry{Source: &source, IsReadOnly: &readOnly}
	}
	return []azbatch.ContainerHostBindMountEntry{
		mount(azbatch.ContainerHostDataPathTask, false),
		mount(azbatch.ContainerHostDataPathShared, false), // tokens are kept there, by user
		mount(azbatch.ContainerHostDataPathStartup, true), // a start task of the user may have brought programs
		mount(azbatch.ContainerHostDataPathVfsMounts, false),
	}
}

// Files that the service itself writes into the work directory of a task that
// failed: what it printed outside of the script. They are there even if our
// program could not start.
const (
	lastOut = ".command.batch.out"
	lastErr = ".command.batch.err"
)

// lastWords has the service keep what a failed task printed; only an identity
// can write it.
func (e *Executor) lastWords(t *task.Task, p *pool) []azbatch.OutputFile {
	if p.who.ResourceID == "" {
		return nil
	}
	container, dir, _ := strings.Cut(strings.TrimPrefix(t.WorkDir, scheme), "/")
	url := e.blobURL(container)
	keep := func(pattern, name string) azbatch.OutputFile {
		return azbatch.OutputFile{
			FilePattern: &pattern, UploadOptions: &azbatch.OutputFileUploadConfig{UploadCondition: to.Ptr(azbatch.OutputFileUploadConditionTaskFailure)},
			Destination: &azbatch.OutputFileDestination{Container: &azbatch.OutputFileBlobContainerDestination{
				ContainerURL: &url, Path: to.Ptr(dir + "/" + name), IdentityReference: &azbatch.NodeIdentityReference{ResourceID: to.Ptr(p.who.ResourceID)},
			}},
		}
	}
	return []azbatch.OutputFile{keep("../stdout.txt", lastOut), keep("../stderr.txt", lastErr)}
}

// runOptions are those of the container engine.
func (e *Executor) runOptions(t *task.Task) string {
	var out []string
	r := &t.Resources
	out = append(out, fmt.Sprintf("--cpu-shares %d", 1024*max(1, r.Cpus)))
	if r.Memory > 0 {
		out = append(out, fmt.Sprintf("--memory %dm", max(6, int64(r.Memory)>>20)))
	}
	if r.Accelerator > 0 {
		out = append(out, "--gpus all")
	}
	if e.o.Fusion != nil {
		out = append(out, node.FusionOptions)
	}
	for _, s := range []string{t.Container.EngineOptions, t.Container.RunOptions, t.Container.Options} {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func envName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}
