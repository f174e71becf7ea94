package rehearsal

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/azuretest"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// copier runs the real azcopy as an identity of a node, with the addresses of
// production, in an environment that holds nothing else.
type copier struct {
	path string
	env  []string
	dir  string
}

func newCopier(t testing.TB, w *World, identity string) *copier {
	t.Helper()
	path, libraries := azuretest.Azcopy(t)
	p, ok := w.IAM().Principal(identity)
	if !ok {
		t.Fatalf("no identity %s", identity)
	}
	env, done, err := w.NodeEnv(Node{Pool: "pool", ID: "node-" + identity, Identities: func() []iam.Principal { return []iam.Principal{p} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	dir := t.TempDir()
	env = append(Over([]string{"PATH=/usr/bin:/bin", "HOME=" + dir}, env),
		"AZCOPY_AUTO_LOGIN_TYPE=MSI", "AZCOPY_MSI_CLIENT_ID="+p.ClientID, "AZCOPY_TENANT_ID="+p.TenantID,
		"AZCOPY_LOG_LOCATION="+filepath.Join(dir, "log"), "AZCOPY_JOB_PLAN_LOCATION="+filepath.Join(dir, "plan"), "AZCOPY_DISABLE_SYSLOG=true")
	return &copier{path: path, env: append(env, libraries...), dir: dir}
}

func (c *copier) run(t testing.TB, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Env, cmd.Dir = c.env, c.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must is a copy that succeeds.
func (c *copier) must(t testing.TB, args ...string) {
	t.Helper()
	if out, err := c.run(t, args...); err != nil {
		logs, _ := filepath.Glob(filepath.Join(c.dir, "log", "*.log"))
		for _, name := range logs {
			if data, err := os.ReadFile(name); err == nil {
				out += "\n" + name + "\n" + string(data)
			}
		}
		t.Fatalf("azcopy %q: %v\n%s", args, err, out)
	}
}

func blobURL(name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "https://rehearsal.blob.core.windows.net/" + strings.Join(parts, "/")
}

// TestAzcopy: the copy tool of others works with the built-in Blob service.
func TestAzcopy(t *testing.T) {
	t.Parallel()
	w := openBlobs(t, &state.State{
		Identities: []state.Identity{{Name: "worker"}, {Name: "reader"}, {Name: "nobody"}},
		Grants: []state.Grant{
			{Identity: "worker", Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal"},
			{Identity: "reader", Role: "Storage Blob Data Reader", Scope: "storage:rehearsal/data"},
		},
	})
	c := newCopier(t, w, "worker")
	tree := filepath.Join(c.dir, "tree")
	files := map[string][]byte{
		"a.txt": []byte("a"), "empty": nil, "sub dir/b #1%20?.txt": []byte("b"), "sub dir/ü🧬\"'+&": []byte("c"),
		"sub dir/.hidden": []byte("d"), "deep/er/line\nbreak": []byte("e"), "large": make([]byte, 20<<20+1),
	}
	rand.NewChaCha8([32]byte{}).Read(files["large"])
	for name, data := range files {
		path := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.must(t, "copy", tree, blobURL("data/tree"), "--recursive", "--as-subdir=false", "--put-md5", "--block-size-mb", "8")
	c.must(t, "copy", blobURL("data/tree"), filepath.Join(c.dir, "back"), "--recursive", "--as-subdir=false", "--check-md5", "FailIfDifferent")
	for name, data := range files {
		if got, err := os.ReadFile(filepath.Join(c.dir, "back", name)); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%q comes back as %d bytes, %v", name, len(got), err)
		}
	}
	one := filepath.Join(c.dir, "one file")
	c.must(t, "copy", filepath.Join(tree, "large"), blobURL("data/one #file"))
	c.must(t, "copy", blobURL("data/one #file"), one)
	if got, err := os.ReadFile(one); err != nil || !bytes.Equal(got, files["large"]) {
		t.Errorf("one file comes back as %d bytes, %v", len(got), err)
	}
	// From blob to blob, by the service.
	c.must(t, "copy", blobURL("data/one #file"), blobURL("work/copied"))
	c.must(t, "copy", blobURL("work/copied"), one+".2")
	if got, err := os.ReadFile(one + ".2"); err != nil || !bytes.Equal(got, files["large"]) {
		t.Errorf("a copied blob comes back as %d bytes, %v", len(got), err)
	}
	if out, err := c.run(t, "list", blobURL("data/tree")); err != nil || !strings.Contains(out, "sub dir/.hidden") {
		t.Errorf("list: %v\n%s", err, out)
	}
	c.must(t, "remove", blobURL("data/tree"), "--recursive")
	if out, err := c.run(t, "list", blobURL("data/tree")); err != nil || strings.Contains(out, "hidden") {
		t.Errorf("list after remove: %v\n%s", err, out)
	}
	for _, f := range []struct {
		who, what string
		args      []string
		says      string
	}{
		{"worker", "what is not there", []string{"copy", blobURL("data/none"), one}, "specified file was not found"},
		{"worker", "no container", []string{"copy", blobURL("none/x"), one}, "ContainerNotFound"},
		{"reader", "writing with a role that reads", []string{"copy", one, blobURL("data/x")}, "AuthorizationPermissionMismatch"},
		{"nobody", "reading without a role", []string{"copy", blobURL("data/one #file"), one}, "AuthorizationPermissionMismatch"},
	} {
		who := c
		if f.who != "worker" {
			who = newCopier(t, w, f.who)
		}
		out, err := who.run(t, f.args...)
		if err == nil || !strings.Contains(out, f.says) {
			t.Errorf("%s: %v, no word of %s:\n%s", f.what, err, f.says, out)
		}
	}
	if data, err := os.ReadFile(one); err != nil || !bytes.Equal(data, files["large"]) {
		t.Errorf("a failed download changed the file: %v", err)
	}
}

// openBlobs is a World with the built-in Blob service.
func openBlobs(t testing.TB, st *state.State) *World {
	t.Helper()
	st.Tenant = state.GUID(t.Name())
	w, err := New(Options{State: st, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}
