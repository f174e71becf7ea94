package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/internal/azuretest"
	"sluice/internal/rehearsal"
	"sluice/internal/rehearsal/state"
)

// shapes are what tokens and signatures look like, whoever made them.
var shapes = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}|[?&"]sig=[A-Za-z0-9%+/=_-]{16,}|AccountKey=[A-Za-z0-9+/]{16,}`)

// A leak looks for secrets in bytes.
type leak struct {
	t *testing.T

	mu      sync.Mutex
	secrets map[string]string // text: what it is
	seen    map[string]bool   // findings that were told
	bytes   int64
}

func (l *leak) add(what, secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secrets[secret] = what
}

func (l *leak) tokens() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, what := range l.secrets {
		if what == "token" {
			n++
		}
	}
	return n
}

// look fails if there is a secret in data; shape also asks for what only looks
// like one.
func (l *leak) look(where string, data []byte, shape bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += int64(len(data))
	tell := func(what string) {
		if key := what + where; !l.seen[key] {
			l.seen[key] = true
			l.t.Errorf("%s holds a secret: %s", where, what)
		}
	}
	for secret, what := range l.secrets {
		if bytes.Contains(data, []byte(secret)) {
			tell(what)
		}
	}
	if m := shapes.Find(data); shape && m != nil {
		tell("the shape of one, " + string(m[:min(len(m), 12)]))
	}
}

// files looks into all files below dir but those that hold what was given, and
// the tokens that a node keeps for its user alone.
func (l *leak) files(dir string, given ...string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil //nolint:nilerr // nodes remove their files meanwhile
		}
		for _, g := range given {
			if path == filepath.Join(dir, g) {
				return nil
			}
		}
		if strings.Contains(path, "/shared/sluice/tokens/") {
			if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
				l.look(path, []byte("can be read by others"), false)
				l.t.Errorf("%s can be read by others", path)
			}
			return nil
		}
		if name := filepath.Base(path); strings.Contains(path, "/azure/nodes/") && (name == "sluice" || name == "azcopy") {
			return nil // the programs, which are looked at where they come from
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil //nolint:nilerr // it has gone
		}
		l.look(path, data, !bytes.HasPrefix(data, []byte("\x7fELF")))
		return nil
	})
}

// processes looks at the command lines of all processes.
func (l *leak) processes() {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range lines {
		if data, err := os.ReadFile(file); err == nil {
			l.look("the command line of process "+filepath.Base(filepath.Dir(file)), data, false)
		}
	}
}

// A locked buffer takes what several write.
type locked struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *locked) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

const secretPipeline = `
process MAKE {
    secret 'MY_KEY'
    output:
    path 'out.txt'
    publishDir 'az://results/out'
    script:
    '''
    test \${#MY_KEY} = 40
    echo "\$MY_KEY" | sha256sum > out.txt
    sleep 1
    '''
}
process READ {
    input:
    path x
    output:
    stdout
    script:
    "cat $x; env | cut -d= -f1 | sort > names"
}
workflow { READ(MAKE()) | view }
`

// TestAzure10NoSecret: with canaries wherever they may be given, no byte of
// what a run writes, sends or starts holds one of them, or a token.
func TestAzure10NoSecret(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"native", "azcopy"} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			l := &leak{t: t, secrets: map[string]string{}, seen: map[string]bool{}}
			canary := func(what string) string {
				c := "CANARY" + rand.Text() + rand.Text()[:8]
				l.add(what, c)
				return c
			}
			var sent, calls, hooks locked
			hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(&hooks, r.Body) // what does not come is not looked at
			}))
			defer hook.Close()
			config := "azure.copyTool = '" + tool + "'\nexecutor.pollInterval = '200ms'\n"
			if tool == "azcopy" {
				path, _ := azuretest.Azcopy(t)
				config += "azure.azcopy.source = '" + path + "'\n"
			}
			vault := canary("value of the key vault")
			st := &state.State{Vaults: []state.Vault{{Name: "rehearsal", Secrets: map[string]string{"MY-KEY": vault}}}}
			a := newAzureWorld(t, st, map[string]string{"main.nf": secretPipeline}, func(o *rehearsal.Options) {
				o.Sent, o.Log = &sent, &calls
				o.Minted = func(token string) { l.add("token", token[strings.LastIndexByte(token, '.')+1:]) }
			})
			a.write("nextflow.config", config)

			l.refused(a, canary)

			h := a.run("-with-report", "-with-trace", "-with-timeline", "-with-dag", "dag.html", "-with-weblog", hook.URL)
			for running := true; running; {
				select {
				case <-h.done:
					running = false
				case <-time.After(200 * time.Millisecond):
				}
				l.processes()
				l.files(filepath.Join(a.dir, "azure", "nodes"))
			}
			out := h.wantCode(0)
			if !strings.Contains(out, " -\n") { // a hash of the value: the script had it
				t.Errorf("the script had no secret:\n%s", out)
			}
			if _, left, err := a.w.Export(); err != nil || len(left) > 0 {
				t.Fatal(err, left)
			}
			l.look("the output of the run", []byte(out), true)
			l.look("what was sent to Batch and ARM", sent.Bytes(), true)
			l.look("the list of calls", calls.Bytes(), true)
			l.look("what the listener got", hooks.Bytes(), true)
			l.files(a.dir)
			for name, n := range map[string]int{"tokens": l.tokens(), "bytes sent": sent.Len(), "bytes of the listener": hooks.Len(), "bytes": int(l.bytes)} {
				if n == 0 {
					t.Errorf("nothing was looked at: %s", name)
				}
			}
			for _, file := range []string{".nextflow.log", "azure/storage/rehearsal/results/out/out.txt"} {
				if a.read(file) == "" {
					t.Errorf("%s is not there, and was not looked at", file)
				}
			}
			if !strings.Contains(sent.String(), "addtaskcollection") || !strings.Contains(sent.String(), `"AZCOPY_MSI_CLIENT_ID"`) {
				t.Error("tasks were sent, and not looked at")
			}
		})
	}
}

// refused gives every secret there is an option or a variable for: each is
// refused by its name, and none is repeated.
func (l *leak) refused(a *azureWorld, canary func(string) string) {
	l.t.Helper()
	options := map[string]string{
		"azure.storage.accountKey": "storage key", "azure.storage.sasToken": "signature", "azure.batch.accountKey": "batch key",
		"azure.activeDirectory.servicePrincipalSecret": "client secret", "azure.registry.password": "registry password",
	}
	text := a.read("nextflow.config")
	for name, what := range options {
		value := canary(what)
		if what == "signature" {
			value = "sv=2024-11-04&sig=" + value
		}
		text += fmt.Sprintf("%s = '%s'\n", name, value)
	}
	a.write("secret.config", text+"params.url = 'https://x.blob.core.windows.net/c/b?sv=1&sig="+canary("signature in a parameter")+"'\n")
	run := func(args ...string) string {
		h := a.run(args...)
		for {
			select {
			case <-h.done:
				return h.wantCode(1)
			case <-time.After(50 * time.Millisecond):
				l.processes()
			}
		}
	}
	out := run("-c", "secret.config")
	for name := range options {
		if !strings.Contains(out, "`"+name+"`") {
			l.t.Errorf("option %s was not refused:\n%s", name, out)
		}
	}
	l.look("the output of the run that was refused", []byte(out), true)

	env := a.env
	variables := []string{"AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_BATCH_ACCOUNT_KEY", "AZURE_CLIENT_SECRET", "AZURE_REGISTRY_PASSWORD"}
	for _, name := range variables {
		a.env = append(a.env[:len(a.env):len(a.env)], name+"="+canary(name))
	}
	out = run()
	for _, name := range variables {
		if !strings.Contains(out, "`"+name+"`") {
			l.t.Errorf("variable %s was not refused:\n%s", name, out)
		}
	}
	l.look("the output of the run that was refused for its environment", []byte(out), true)
	a.env = env
	l.files(a.dir, "secret.config")
	if err := os.Remove(filepath.Join(a.dir, "secret.config")); err != nil {
		l.t.Fatal(err)
	}
}
