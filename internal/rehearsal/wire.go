package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"sluice/internal/rehearsal/arm"
	"sluice/internal/rehearsal/batch"
	"sluice/internal/rehearsal/blob"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/registry"
	"sluice/internal/rehearsal/vault"
)

// wire makes the services that are built in.
func (w *World) wire() error {
	return errors.Join(w.wireBlob(), w.wireDoors(), w.wireBatch())
}

// wireBlob makes the Blob service.
func (w *World) wireBlob() error {
	if w.o.Services[serviceBlob] != nil {
		return nil
	}
	o := blob.Options{State: w.st, Authority: w.iam, Clock: w.clock}
	if w.o.Dir != "" {
		o.Dir = filepath.Join(w.o.Dir, "blobs")
	}
	s, err := blob.New(o)
	if err != nil {
		return err
	}
	w.onClose(s.Close)
	w.Mount(serviceBlob, s)
	return nil
}

// wireDoors makes the management plane, the prices, vaults and registries.
func (w *World) wireDoors() error {
	plane, err := arm.New(arm.Options{State: w.st, Authority: w.iam, Clock: w.clock})
	if err != nil {
		return err
	}
	w.Mount(serviceARM, plane)
	w.Mount(servicePrices, plane.Prices())
	vaults, err := vault.New(vault.Options{State: w.st, Authority: w.iam, Clock: w.clock})
	if err != nil {
		return err
	}
	w.Mount(serviceVault, vaults)
	w.images, err = registry.New(registry.Options{State: w.st, Authority: w.iam, Clock: w.clock})
	if err != nil {
		return err
	}
	w.Mount(serviceRegistry, w.images)
	return nil
}

// wireBatch makes the Batch service, whose nodes reach us each by a proxy of
// its own.
func (w *World) wireBatch() error {
	runner, dry := w.o.Runner, w.st.Batch.Dry
	if dry && runner == nil {
		runner = dryRunner{clock: w.clock, takes: w.st.Batch.DryTime}
	}
	if w.o.Dir == "" && runner == nil {
		return nil
	}
	o := batch.Options{
		State: w.st, Authority: w.iam, Clock: w.clock, Runner: runner, Engine: w.o.Engine,
		Fetch: w.fetch, Store: w.store, Registry: w.pull,
	}
	if w.o.Dir != "" && !dry { // nodes that run nothing need no disk and no door
		o.Dir = w.o.Dir // nodes/<pool>/<node> below it
		o.NodeEnv = func(n batch.Node) ([]string, func(), error) { return w.NodeEnv(w.node(n)) }
	}
	s, err := batch.New(o)
	if err != nil {
		return err
	}
	w.batch, w.meter = s, s
	w.onClose(func() error { s.Close(); return nil })
	w.Mount(serviceBatch, s.DataPlane())
	w.Mount(armBatch, s.Management())
	return nil
}

// node is the caller that a node of a pool is. Its identities are those that
// the pool has when it asks.
func (w *World) node(n batch.Node) Node {
	return Node{Pool: n.Pool, ID: n.ID, Identities: func() []iam.Principal {
		if now, ok := w.batch.Node(n.Pool, n.ID); ok {
			return now.Identities
		}
		return n.Identities
	}}
}

// storageAudience is for whom tokens of resource files are.
const storageAudience = "https://storage.azure.com/"

// as finds the identity of a node by its ARM id.
func (w *World) as(n batch.Node, identity string) (iam.Principal, error) {
	for _, p := range w.node(n).Identities() {
		if strings.EqualFold(p.ResourceID, identity) {
			return p, nil
		}
	}
	return iam.Principal{}, &batch.FetchError{NoIdentity: true, Message: fmt.Sprintf("the node carries no identity %s", identity)}
}

// send makes a request of a node to storage with one of its identities.
func (w *World) send(req *http.Request, n batch.Node, identity string) (*http.Response, error) {
	if identity != "" {
		p, err := w.as(n, identity)
		if err != nil {
			return nil, err
		}
		token, _ := w.iam.Mint(p, storageAudience)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("x-ms-version", "2025-01-05")
	}
	resp, err := w.NodeTransport(w.node(n)).RoundTrip(req)
	if err != nil {
		return nil, &batch.FetchError{Message: err.Error()}
	}
	if resp.StatusCode >= 300 {
		defer resp.Body.Close()
		text, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
		if err != nil {
			text = []byte(err.Error())
		}
		return nil, &batch.FetchError{Status: resp.StatusCode, Code: resp.Header.Get("x-ms-error-code"), Message: string(text)}
	}
	return resp, nil
}

// fetch reads a resource file.
func (w *World) fetch(ctx context.Context, n batch.Node, identity, url string) (io.ReadCloser, error) {
	method := http.MethodGet
	if w.st.Batch.Dry && !strings.Contains(url, "?") {
		method = http.MethodHead // whether it may be read is all that counts
	}
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, &batch.FetchError{Message: err.Error()}
	}
	resp, err := w.send(req, n, identity)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// store writes an output file.
func (w *World) store(ctx context.Context, n batch.Node, identity, url string, body io.Reader, size int64) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, body)
	if err != nil {
		return &batch.FetchError{Message: err.Error()}
	}
	req.ContentLength = size
	req.Header.Set("x-ms-blob-type", "BlockBlob")
	resp, err := w.send(req, n, identity)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// pull says whether a node may have an image. Registries that are not ours
// are taken to be public and to have it.
func (w *World) pull(_ context.Context, n batch.Node, image, identity string) error {
	image = strings.TrimPrefix(image, "docker://")
	host, _, _ := strings.Cut(image, "/")
	if !strings.HasSuffix(strings.ToLower(host), ".azurecr.io") {
		return nil
	}
	if identity == "" {
		return &batch.PullError{Denied: true, Message: "unauthorized: " + host + " takes no anonymous pulls, and the pool names no identity for it"}
	}
	p, err := w.as(n, identity)
	if err != nil {
		return &batch.PullError{Denied: true, Message: err.Error()}
	}
	err = w.images.Pull(p, image)
	var refused *registry.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.Denied():
		return &batch.PullError{Denied: true, Message: fmt.Sprintf("unauthorized: the identity %s has no role that pulls from %s, such as AcrPull", p.Name, host)}
	}
	return &batch.PullError{Message: err.Error()}
}
