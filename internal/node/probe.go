package node

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Report is what a probe task prints.
type Report struct {
	Identity string  `json:"identity"` // client id; "" = the node's only one
	Checks   []Check `json:"checks"`
}

// A Check is one thing that was tried.
type Check struct {
	Name   string `json:"name"` // token, write, read, list, delete, registry, vault
	Target string `json:"target"`
	Fault  *Fault `json:"fault,omitempty"` // nil: it went well
}

// words are an option that may be given several times.
type words []string

func (w *words) String() string { return strings.Join(*w, " ") }

func (w *words) Set(s string) error {
	text, err := readURI(s)
	*w = append(*w, text)
	return err
}

// probeCommand tries what the identity may do and prints a Report. Its exit
// status is 0 if all could be tried, whatever came of it.
func (n *Node) probeCommand(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("node probe", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	var work, read, registries, secrets words
	fs.Var(&work, "work", "")
	fs.Var(&read, "read", "")
	fs.Var(&registries, "registry", "")
	fs.Var(&secrets, "secret", "")
	vault := fs.Bool("vault", false, "")
	if err := parse(fs, args, func() error { return nil }); err != nil {
		return 0, err
	}
	if len(work) != 1 {
		return 0, &usage{"node probe needs --work <az:// directory>"}
	}
	n.setCertificates()
	b, err := n.blobs(blobOptions{endpoint: n.get("SLUICE_BLOB_ENDPOINT"), clientID: n.writer(), sas: n.get("AZ_SAS")})
	if err != nil {
		return 0, err
	}
	r := Report{Identity: n.reader()}
	add := func(name, target string, f *Fault) { r.Checks = append(r.Checks, Check{name, target, f}) }
	add("token", b.host, n.probeToken(ctx))
	n.probeBlobs(ctx, b, work[0], add)
	for _, u := range read {
		_, err := b.List(ctx, strings.TrimPrefix(u, "az://"))
		add("list", u, b.maybe(StepStageIn, "LIST", u, err))
	}
	for _, s := range registries {
		add("registry", s, n.probeRegistry(ctx, s))
	}
	if *vault && len(secrets) == 0 {
		_, err := n.tokens().Get(ctx, n.reader(), n.audience("SLUICE_VAULT_AUDIENCE", "https://vault.azure.net"), "")
		add("vault", n.get("SLUICE_KEY_VAULT"), b.maybe(StepSecret, "token", n.get("SLUICE_KEY_VAULT"), err))
	}
	for _, s := range secrets {
		_, f := n.secret(ctx, n.get("SLUICE_KEY_VAULT"), s)
		add("vault", s, f)
	}
	e := json.NewEncoder(n.Stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return 0, fmt.Errorf("print report: %w", err)
	}
	return 0, nil
}

// maybe is nil for no error.
func (b *blobs) maybe(step, op, address string, err error) *Fault {
	if err == nil {
		return nil
	}
	return b.faultOf(step, op, address, err)
}

func (n *Node) probeToken(ctx context.Context) *Fault {
	_, err := n.tokens().Get(ctx, n.reader(), n.audience("SLUICE_STORAGE_AUDIENCE", "https://storage.azure.com"), "")
	return (*blobs)(nil).maybe(StepIdentity, "token", identityURL, err)
}

// probeBlobs writes, reads, lists and deletes a blob.
func (n *Node) probeBlobs(ctx context.Context, b *blobs, work string, add func(string, string, *Fault)) {
	dir := strings.Trim(strings.TrimPrefix(work, "az://"), "/") + "/.sluice/probe"
	name := dir + "/" + rand.Text()
	at := "az://" + name
	err := b.Put(ctx, name, []byte(name))
	add("write", work, b.maybe(StepStageOut, "PUT", at, err))
	if err == nil {
		add("read", work, b.maybe(StepStageIn, "GET", at, n.probeRead(ctx, b, name)))
	}
	_, lerr := b.List(ctx, dir)
	add("list", work, b.maybe(StepStageIn, "LIST", "az://"+dir, lerr))
	if err == nil {
		add("delete", work, b.maybe(StepStageOut, "DELETE", at, b.Remove(ctx, name, false)))
	}
}

func (n *Node) probeRead(ctx context.Context, b *blobs, name string) error {
	r, err := b.Open(ctx, name)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if string(data) != name {
		return fmt.Errorf("%d bytes came back, and not what was written", len(data))
	}
	return nil
}

// probeRegistry changes the identity's token into one of the registry, which
// is what pulling an image begins with.
func (n *Node) probeRegistry(ctx context.Context, server string) *Fault {
	f := &Fault{Class: ClassInfra, Step: StepIdentity, Op: "POST", URL: "https://" + server + "/oauth2/exchange", Identity: n.reader()}
	token, err := n.tokens().Get(ctx, n.reader(), n.audience("SLUICE_REGISTRY_AUDIENCE", "https://management.azure.com"), "")
	if err != nil {
		return (*blobs)(nil).faultOf(StepIdentity, "token", identityURL, err)
	}
	form := url.Values{"grant_type": {"access_token"}, "service": {server}, "access_token": {token}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.URL, strings.NewReader(form.Encode()))
	if err != nil {
		f.Class, f.Message = ClassConfig, "`"+server+"` is not the server of a registry"
		return f
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := n.http().Do(req)
	if err != nil {
		f.Message = unwrapURL(err)
		return f
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	f.Status, f.Message = resp.StatusCode, http.StatusText(resp.StatusCode)
	var e struct {
		Errors []struct{ Code, Message string }
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&e) == nil && len(e.Errors) > 0 {
		f.Code, f.Message = e.Errors[0].Code, e.Errors[0].Message
	}
	if resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
		f.Class = ClassConfig
	}
	return f
}

// tokenCommand says what the identity endpoint gives, and never the token.
func (n *Node) tokenCommand(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		return 0, &usage{"node token takes no argument"}
	}
	audience := n.audience("SLUICE_STORAGE_AUDIENCE", "https://storage.azure.com")
	if _, err := n.tokens().Get(ctx, n.reader(), audience, ""); err != nil {
		return 0, err
	}
	who := n.reader()
	if who == "" {
		who = "the node's only identity"
	}
	k := n.tokens().have[keyOf(n.reader(), audience)]
	fmt.Fprintf(n.Stdout, "identity  %s\naudience  %s\nexpires   %s\nrefresh   %s\n", who, audience, k.Expires.UTC().Format(time.RFC3339), k.Refresh.UTC().Format(time.RFC3339))
	return 0, nil
}
