package engine

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/azure"
	"sluice/internal/azure/preflight"
	"sluice/internal/config"
	"sluice/internal/executor"
	"sluice/internal/executor/azurebatch"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/storage/azblob"
	"sluice/internal/task"
)

// cloud is what a run has of Azure, made when it is first asked for.
type cloud struct {
	config func() (config.Azure, error)
	getenv func(string) (string, bool)
	log    func(string)
	seen   func(name string, i storage.Info) // files that were listed

	once    sync.Once
	clients *azure.Clients
	err     error
}

// open makes the clients, once; no call is made.
func (c *cloud) open() (*azure.Clients, error) {
	c.once.Do(func() {
		var cfg config.Azure
		if cfg, c.err = c.config(); c.err == nil {
			c.clients, c.err = azure.Open(azure.Options{Config: cfg, Getenv: c.getenv, CacheDir: azure.CacheDir(c.getenv), Log: c.log})
		}
	})
	return c.clients, c.err
}

// storage is that of az://.
func (c *cloud) storage() (storage.Storage, error) {
	cfg, err := c.config()
	if err != nil {
		return nil, err
	}
	account := cfg.Storage.AccountName
	if account == "" {
		return nil, errors.New("az:// files are in a storage account, and none is named: set azure.storage.accountName")
	}
	return azblob.New(azblob.Options{Open: func(context.Context) (*service.Client, error) {
		clients, err := c.open()
		if err != nil {
			return nil, err
		}
		return clients.Blobs(account)
	}, Seen: c.seen}), nil
}

// useAzure tells the run where az:// is.
func (r *run) useAzure() {
	seen := func(name string, i storage.Info) {
		if r.trees != nil {
			r.trees.listed("az://"+name, i)
		}
	}
	r.cloud = &cloud{getenv: r.o.Getenv, log: r.debugAzure, seen: seen, config: func() (config.Azure, error) {
		if r.config == nil {
			return config.Azure{}, errors.New("the configuration is not read yet")
		}
		cfg, problems := r.config.Azure(r.o.Getenv)
		return cfg, settingsError(onlyErrors(problems))
	}}
	r.storages.azure = r.cloud.storage
	if p := r.o.Platform; p != nil {
		r.storages.azure = p.Storage
	}
}

// debugAzure writes a call that failed into the log of the run.
func (r *run) debugAzure(text string) {
	if r.log != nil {
		r.log.Line(time.Now(), "azure", slog.LevelDebug, "sluice.Azure", text)
	}
}

// A wrongSetting is a fault of the configuration: no error strategy goes past
// it, and what mends it is told.
type wrongSetting struct{ diag.List }

func settingsError(list diag.List) error {
	if list.Err() == nil {
		return nil
	}
	return wrongSetting{list}
}

// Help is how it is mended.
func (e wrongSetting) Help() []string {
	var help []string
	for _, d := range e.List {
		if d.Help != "" {
			help = append(help, d.Help)
		}
	}
	return help
}

// hasVault says whether a key vault is configured.
func (r *run) hasVault() bool {
	cfg, err := r.cloud.config()
	return err == nil && cfg.KeyVault != ""
}

// azureBatch is the executor of that name.
func (r *run) azureBatch() (executor.Executor, error) {
	clients, err := r.cloud.open()
	if err != nil {
		return nil, err
	}
	store, err := r.storages.of("az")
	if err != nil {
		return nil, err
	}
	o := azurebatch.Options{
		Clients: clients, Session: r.session, RunName: r.name, Resume: r.resumed,
		WorkDir: r.remoteDir(), Store: store, Notice: r.notice, Warn: r.warn,
	}
	cfg, err := r.cloud.config()
	if err != nil {
		return nil, err
	}
	ex, problems := r.config.Executor("azurebatch")
	if err := problems.Err(); err != nil {
		return nil, err
	}
	o.Poll = time.Duration(ex.PollInterval) * time.Millisecond
	if !cfg.Batch.PreflightOff {
		plan := preflight.PlanOf(r.config, cfg, clients, r.remoteDir(), r.params)
		plan.Tools = func(context.Context) error { return azurebatch.CheckTools(&cfg) }
		if cfg.Batch.PreflightDeep {
			if plan.Probe, err = probeOn(o); err != nil {
				return nil, err
			}
		}
		o.Check = func(ctx context.Context) error { return r.checkAzure(preflight.Run(ctx, plan)) }
	}
	if value.Truth(r.config.Get("fusion", "enabled")) {
		o.Fusion = &azurebatch.Fusion{Env: r.fusionEnv()}
	}
	return azurebatch.New(o)
}

// probeOn sends probes as the executor would send tasks.
func probeOn(o azurebatch.Options) (func(context.Context, *preflight.Plan, preflight.Pool) (preflight.Probed, error), error) {
	p, err := azurebatch.NewProber(o)
	if err != nil {
		return nil, err
	}
	return p.Probe, nil
}

// AzureProbe is what tries on nodes, outside of a run, what tasks would do
// with a work directory.
func AzureProbe(clients *azure.Clients, workDir string, notice func(string)) (func(context.Context, *preflight.Plan, preflight.Pool) (preflight.Probed, error), error) {
	store := azblob.New(azblob.Options{Open: func(context.Context) (*service.Client, error) {
		return clients.Blobs(clients.Config.Storage.AccountName)
	}})
	return probeOn(azurebatch.Options{Clients: clients, Session: "check", RunName: "azure check", WorkDir: workDir, Store: store, Notice: notice, Warn: notice})
}

// checkAzure tells what could not be found out, and fails with the first thing
// that is not as it must be; the others are told before.
func (r *run) checkAzure(report preflight.Report) error {
	var bad []azure.Finding
	for _, f := range report.Findings() {
		if f.Unknown {
			r.notice((&azure.FindingError{Finding: f}).Error())
			continue
		}
		bad = append(bad, f)
	}
	if len(bad) == 0 {
		return nil
	}
	for _, f := range bad[1:] {
		r.warn((&azure.FindingError{Finding: f}).Error())
	}
	return &azure.FindingError{Finding: bad[0]}
}

// fusionEnv are the variables FUSION_… that the configuration gives to tasks.
func (r *run) fusionEnv() []task.EnvVar {
	var list []task.EnvVar
	for _, v := range r.config.Env() {
		if strings.HasPrefix(v.Name, "FUSION_") {
			list = append(list, task.EnvVar{Name: v.Name, Value: v.Value})
		}
	}
	return list
}
