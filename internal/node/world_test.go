package node

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/azuretest"
	"sluice/internal/storage/azblob"
)

// TestMain makes this binary the program that wrappers call.
func TestMain(m *testing.M) {
	if os.Getenv("SLUICE_TEST_NODE") == "" {
		os.Exit(m.Run())
	}
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	n := &Node{Dir: dir, Self: os.Args[0], Getenv: os.LookupEnv, Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(n.Main(context.Background(), os.Args[2:]))
}

// A world is a node: a proxy that answers for the identity endpoint and leads
// to a real Azurite.
type world struct {
	azurite *azuretest.Service
	store   *azblob.Storage
	shared  string
	bin     string // on PATH
	env     []string
	asked   atomic.Int64 // tokens
	refuse  atomic.Int64 // status of the identity endpoint, 0 = none
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{azurite: azuretest.Azurite(t), shared: t.TempDir(), bin: t.TempDir()}
	c, err := service.NewClient(w.azurite.URL(), w.azurite.Credential(), &service.ClientOptions{ClientOptions: azcore.ClientOptions{Transport: w.azurite.Client, Retry: policy.RetryOptions{MaxRetries: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"work", "data"} {
		if _, err := c.CreateContainer(context.Background(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.store = azblob.New(azblob.Options{Service: c})
	proxy := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(proxy.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, w.azurite.CA, 0o666); err != nil {
		t.Fatal(err)
	}
	w.env = []string{
		"PATH=" + w.bin + ":/usr/bin:/bin", "SLUICE_TEST_NODE=1", "SLUICE_NODE=" + os.Args[0], "SSL_CERT_FILE=" + ca,
		"HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL, "AZ_BATCH_NODE_SHARED_DIR=" + w.shared, "TMPDIR=" + t.TempDir(),
	}
	for _, v := range Environment(Settings{Endpoint: strings.TrimSuffix(w.azurite.URL(), "/"), ClientID: "c-1", TenantID: "t-1"}) {
		w.env = append(w.env, v.Name+"="+v.Value)
	}
	return w
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		w.tunnel(rw, r)
		return
	}
	if r.URL.Host != "169.254.169.254" || r.Header.Get("Metadata") != "true" || r.URL.Query().Get("client_id") != "c-1" {
		http.Error(rw, "refused", http.StatusForbidden)
		return
	}
	w.asked.Add(1)
	if s := w.refuse.Load(); s != 0 {
		rw.WriteHeader(int(s))
		fmt.Fprint(rw, `{"error":"invalid_request","error_description":"Identity not found"}`)
		return
	}
	token, err := w.azurite.Credential().GetToken(r.Context(), policy.TokenRequestOptions{})
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	json.NewEncoder(rw).Encode(map[string]string{ //nolint:errcheck // the client sees it
		"access_token": token.Token, "client_id": "c-1", "expires_in": "3600", "expires_on": fmt.Sprint(token.ExpiresOn.Unix()), "resource": r.URL.Query().Get("resource"), "token_type": "Bearer",
	})
}

func (w *world) tunnel(rw http.ResponseWriter, r *http.Request) {
	if r.Host != w.azurite.Account+".blob.core.windows.net:443" {
		http.Error(rw, "refused", http.StatusForbidden)
		return
	}
	to, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", w.azurite.Addr)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	from, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		to.Close()
		return
	}
	fmt.Fprint(from, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		io.Copy(to, from) //nolint:errcheck // either side may end it
		to.Close()
	}()
	io.Copy(from, to) //nolint:errcheck // either side may end it
	from.Close()
}

// put writes files into the storage.
func (w *world) put(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := w.store.Put(context.Background(), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

// files is all that is below a directory; empty directories end in a slash.
func (w *world) files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	list, err := w.store.List(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		name := dir + "/" + i.Name
		if !i.IsDir() {
			out[i.Name] = w.read(t, name)
			continue
		}
		below := w.files(t, name)
		if len(below) == 0 {
			out[i.Name+"/"] = ""
		}
		for k, v := range below {
			out[i.Name+"/"+k] = v
		}
	}
	return out
}

func (w *world) read(t *testing.T, name string) string {
	t.Helper()
	r, err := w.store.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// node runs a command of this package as a process of its own.
func (w *world) node(t *testing.T, dir, stdin string, args ...string) (int, string) {
	t.Helper()
	cmd := w.command(dir, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// bash runs a script as somebody at a terminal would.
func (w *world) bash(t *testing.T, dir, script string) (int, string) {
	t.Helper()
	cmd := exec.Command("/bin/bash", script)
	cmd.Dir, cmd.Env = dir, w.env
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func (w *world) command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"node"}, args...)...)
	cmd.Dir, cmd.Env = dir, w.env
	return cmd
}

func itoa(n int) string { return fmt.Sprint(n) }
