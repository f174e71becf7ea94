package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
	"golang.org/x/sync/errgroup"

	"sluice/internal/azure"
	"sluice/internal/config"
	"sluice/internal/executor/azurebatch"
	"sluice/internal/rehearsal/state"
	"sluice/internal/storage/azblob"
	"sluice/internal/task"
)

// submissions hands ten thousand tasks to the executor itself: what it costs
// to have the service take them, without their files.
func submissions(b *bench) (got reading, err error) {
	const n = 10000
	c, err := b.serve(dryState("30m"))
	if err != nil {
		return reading{}, err
	}
	defer func() {
		if cerr := c.close(); err == nil {
			err = cerr
		}
	}()
	e, err := c.executor(b.sluice)
	if err != nil {
		return reading{}, err
	}
	ctx := context.Background()
	if err := e.Start(ctx); err != nil {
		return reading{}, err
	}
	// The first one makes the pool and the job.
	if _, err := e.Submit(ctx, benchTask(0)); err != nil {
		return reading{}, err
	}
	begin := time.Now()
	var g errgroup.Group
	g.SetLimit(1000)
	for i := range n {
		g.Go(func() error {
			_, err := e.Submit(ctx, benchTask(i+1))
			return err
		})
	}
	err = g.Wait()
	took := time.Since(begin)
	if err = errors.Join(err, e.Close(ctx, false)); err != nil {
		return reading{}, err
	}
	return reading{value: n / took.Seconds(), unit: "/s", note: fmt.Sprintf("%d tasks by the executor, without their files", n)}, nil
}

// executor is one that reaches the cloud as a head does: by its proxy, with the
// tokens of the identity endpoint.
func (c *cloud) executor(program string) (*azurebatch.Executor, error) {
	proxy, err := url.Parse(c.variable("HTTPS_PROXY"))
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(c.variable("SSL_CERT_FILE"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 64, ForceAttemptHTTP2: true}}
	st := state.Default()
	who := map[string]string{}
	for _, i := range st.Identities {
		who[i.Name] = i.ClientID
	}
	cfg := config.Azure{
		SubscriptionID: st.Subscription, ResourceGroup: st.ResourceGroup, TenantID: st.Tenant, Cloud: "public", CopyTool: "native",
		Nodes: config.IdentityChoice{ClientID: who["nodes"]}, Storage: config.AzureStorage{AccountName: st.Storage[0].Name},
		Batch: config.AzureBatch{AccountName: st.Batch.Name, Location: st.Location, AutoPoolMode: true, TerminateJobs: true, MaxInfraRetries: 5},
		Pools: map[string]*config.AzurePool{}, Retry: config.AzureRetry{Delay: 250 * time.Millisecond, MaxDelay: 10 * time.Second, MaxAttempts: 3},
	}
	cfg.Head.ClientID = who["head"]
	clients, err := azure.Open(azure.Options{Config: cfg, Transport: transport})
	if err != nil {
		return nil, err
	}
	store := azblob.New(azblob.Options{Open: func(context.Context) (*service.Client, error) { return clients.Blobs(st.Storage[0].Name) }})
	return azurebatch.New(azurebatch.Options{
		Clients: clients, Session: "0123abcd-0000-4000-8000-000000000000", RunName: "bench", WorkDir: "az://work/bench", Store: store, Program: program,
	})
}

func (c *cloud) variable(name string) string {
	for _, v := range c.env {
		if rest, ok := strings.CutPrefix(v, name+"="); ok {
			return rest
		}
	}
	return ""
}

func benchTask(n int) *task.Task {
	var h task.Hash
	h[0], h[1], h[2], h[3] = byte(n), byte(n>>8), byte(n>>16), 1
	return &task.Task{
		ID: n + 1, Process: "P", Name: fmt.Sprintf("P (%d)", n), Hash: h, WorkDir: "az://work/bench/" + h.Dir(),
		Resources: task.Resources{Cpus: 1}, Container: &task.Container{Image: "ubuntu:24.04"},
	}
}
