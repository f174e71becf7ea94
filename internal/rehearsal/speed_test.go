package rehearsal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
	"golang.org/x/sync/errgroup"

	"sluice/internal/rehearsal/state"
	"sluice/internal/storage/azblob"
)

// native is a storage that reaches the World as a node's process does: by its
// proxy, with tokens of its identity endpoint.
func native(b *testing.B, c *copier) *azblob.Storage {
	b.Helper()
	value := func(name string) string {
		for _, v := range c.env {
			if rest, ok := strings.CutPrefix(v, name+"="); ok {
				return rest
			}
		}
		b.Fatalf("no %s", name)
		return ""
	}
	proxy, err := url.Parse(value("HTTPS_PROXY"))
	if err != nil {
		b.Fatal(err)
	}
	pem, err := os.ReadFile(value("SSL_CERT_FILE"))
	if err != nil {
		b.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	transport := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 16}}
	options := azcore.ClientOptions{Transport: transport}
	cred, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: options, ID: azidentity.ClientID(value("AZCOPY_MSI_CLIENT_ID"))})
	if err != nil {
		b.Fatal(err)
	}
	client, err := service.NewClient("https://rehearsal.blob.core.windows.net/", cred, &service.ClientOptions{ClientOptions: options})
	if err != nil {
		b.Fatal(err)
	}
	return azblob.New(azblob.Options{Service: client})
}

// BenchmarkCopyTools is azblob beside the real azcopy, through the proxy:
// go test -run '^$' -bench CopyTools -benchtime 3x ./internal/rehearsal
func BenchmarkCopyTools(b *testing.B) {
	w := openBlobs(b, &state.State{
		Identities: []state.Identity{{Name: "worker"}},
		Grants:     []state.Grant{{Identity: "worker", Role: "Storage Blob Data Contributor", Scope: "storage:rehearsal"}},
	})
	c := newCopier(b, w, "worker")
	s, ctx := native(b, c), context.Background()
	many := filepath.Join(c.dir, "many")
	if err := os.Mkdir(many, 0o700); err != nil {
		b.Fatal(err)
	}
	for name, size := range map[string]int{"small": 6, "big": 200 << 20} {
		if err := os.WriteFile(filepath.Join(c.dir, name), make([]byte, size), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(many, fmt.Sprint(i)), make([]byte, 4096), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	all := func(one func(name string) error) error {
		var g errgroup.Group
		g.SetLimit(16)
		for i := range 1000 {
			g.Go(func() error { return one(fmt.Sprint(i)) })
		}
		return g.Wait()
	}
	for _, what := range []string{"small", "big", "many"} {
		local, name, back := filepath.Join(c.dir, what), "data/"+what, filepath.Join(c.dir, what+".back")
		if err := os.MkdirAll(filepath.Join(c.dir, "many.back"), 0o700); err != nil {
			b.Fatal(err)
		}
		up := func() error { return s.Upload(ctx, local, name) }
		down := func() error { return s.Download(ctx, name, back) }
		if what == "many" {
			up = func() error {
				return all(func(n string) error { return s.Upload(ctx, filepath.Join(local, n), name+"/"+n) })
			}
			down = func() error {
				return all(func(n string) error { return s.Download(ctx, name+"/"+n, filepath.Join(back, n)) })
			}
		}
		for way, run := range map[string]struct {
			ours   func() error
			theirs []string
		}{
			"up":   {up, []string{"copy", local, blobURL(name), "--recursive", "--as-subdir=false"}},
			"down": {down, []string{"copy", blobURL(name), back, "--recursive", "--as-subdir=false"}},
		} {
			b.Run(what+"/"+way, func(b *testing.B) {
				if err := up(); err != nil { // something to come down
					b.Fatal(err)
				}
				var ours, theirs time.Duration
				for b.Loop() {
					start := time.Now()
					if err := run.ours(); err != nil {
						b.Fatal(err)
					}
					ours += time.Since(start)
					start = time.Now()
					c.must(b, run.theirs...)
					theirs += time.Since(start)
				}
				b.ReportMetric(ours.Seconds()/float64(b.N), "s/ours")
				b.ReportMetric(theirs.Seconds()/float64(b.N), "s/azcopy")
				b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times")
			})
		}
	}
}
