package azblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	sdk "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"sluice/internal/rehearsal/blob"
)

// both runs a test on the rehearsal's service and on a real Azurite.
func both(t *testing.T, test func(*testing.T, *Storage)) {
	t.Parallel()
	t.Run("rehearsal", func(t *testing.T) {
		t.Parallel()
		test(t, rehearse(t, blob.Options{}).as(t, "writer", "acct1", Options{}))
	})
	t.Run("azurite", func(t *testing.T) {
		t.Parallel()
		test(t, azurite(t, "data", "other"))
	})
}

func random(n int) []byte {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(n)}).Read(data)
	return data
}

func TestUploadAndDownload(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx, dir := context.Background(), t.TempDir()
		for _, size := range []int{0, 1, 8 << 20, 8<<20 + 1, 20<<20 + 3} {
			from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to #1")
			name, data := fmt.Sprintf("data/up/%d ü#%%.bin", size), random(size)
			if err := errors.Join(os.WriteFile(from, data, 0o600), s.Upload(ctx, from, name), s.Download(ctx, name, to)); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes come back as %d, %v", size, len(got), err)
			}
		}
		// What fails leaves the old file and nothing else.
		old := filepath.Join(dir, "old")
		if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Download(ctx, "data/none", old); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Download of what is not there: %v", err)
		}
		if err := s.Download(ctx, "data/up", old); err == nil || !strings.Contains(err.Error(), "is a directory") {
			t.Errorf("Download of a directory: %v", err)
		}
		if err := s.Download(ctx, "none/up", old); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "ContainerNotFound") {
			t.Errorf("Download from no container: %v", err)
		}
		if got, err := os.ReadFile(old); err != nil || string(got) != "old" {
			t.Errorf("the old file holds %q, %v", got, err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
			t.Errorf("left over: %v, %v", left, err)
		}
		if err := s.Upload(ctx, dir, "data/dir"); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("Upload of a directory: %v", err)
		}
		if err := s.Upload(ctx, filepath.Join(dir, "none"), "data/x"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Upload of what is not there: %v", err)
		}
		if err := s.Upload(ctx, old, "none/x"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Upload to no container: %v", err)
		}
	})
}

func TestNothingVisibleBeforeClose(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx := context.Background()
		w, err := s.Create(ctx, "data/f", false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(random(9 << 20)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(ctx, "data/f"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before Close: %v", err)
		}
		if list, err := s.List(ctx, "data"); err != nil || len(list) != 0 {
			t.Errorf("before Close the list is %v, %v", list, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
		if info, err := s.Stat(ctx, "data/f"); err != nil || info.Size != 9<<20 {
			t.Errorf("after Close: %+v, %v", info, err)
		}
	})
}

func TestAppendNamesBlocksAgain(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx := context.Background()
		// In one call, so that there are no blocks; then of blocks.
		data := random(10 << 20)
		if err := s.Put(ctx, "data/f", data); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			w, err := s.Create(ctx, "data/f", true)
			if err != nil {
				t.Fatal(err)
			}
			more := []byte(fmt.Sprintf("line %d\n", i))
			_, err = w.Write(more)
			if err := errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			data = append(data, more...)
		}
		r, err := s.Open(ctx, "data/f")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes, %v; want %d", len(got), err, len(data))
		}
		// Who is overtaken is told so.
		w, err := s.Create(ctx, "data/f", true)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, "data/f", []byte("other")); err != nil {
			t.Fatal(err)
		}
		_, err = w.Write([]byte("lost"))
		if err := errors.Join(err, w.Close()); KindOf(err) != Changed {
			t.Errorf("append to what changed: %v", err)
		}
	})
}

func TestMarkers(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx := context.Background()
		c, err := s.client(ctx)
		if err != nil {
			t.Fatal(err)
		}
		in := c.NewContainerClient("data")
		for name, key := range map[string]string{"a/lower": "hdi_isfolder", "a/upper": "Hdi_isfolder", "a/slash/": "", "a/not": "other"} {
			meta := map[string]*string{}
			if key != "" {
				meta[key] = to.Ptr("true")
			}
			if err := s.whole(ctx, place{name: name, container: "data", path: name, in: in}, bytes.NewReader(nil), properties{metadata: meta}); err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.List(ctx, "data/a")
		var got []string
		for _, i := range list {
			got = append(got, fmt.Sprint(i.Name, i.IsDir()))
		}
		if want := []string{"lowertrue", "notfalse", "slashtrue", "uppertrue"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("List gives %v, %v; want %v", got, err, want)
		}
		if files, err := s.Tree(ctx, "data/a"); err != nil || len(files) != 4 || files[1].Name != "not" || files[1].IsDir() || !files[2].IsDir() {
			t.Errorf("Tree gives %v, %v", files, err)
		}
		for _, dir := range []string{"lower", "upper", "slash"} {
			name := "data/a/" + dir
			if info, err := s.Stat(ctx, name); err != nil || !info.IsDir() {
				t.Errorf("Stat of %s gives %+v, %v", dir, info, err)
			}
			if list, err := s.List(ctx, name+"/"); err != nil || len(list) != 0 {
				t.Errorf("List of %s gives %v, %v", dir, list, err)
			}
			if err := s.Remove(ctx, name, false); err != nil {
				t.Errorf("Remove of %s: %v", dir, err)
			}
			if _, err := s.Stat(ctx, name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is still there: %v", dir, err)
			}
		}
	})
}

func TestPagesAndConditions(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx := context.Background()
		var group sync.WaitGroup
		for i := range 25 {
			group.Go(func() {
				if err := s.Put(ctx, fmt.Sprintf("data/d%d/f", i), nil); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		c, err := s.client(ctx)
		if err != nil {
			t.Fatal(err)
		}
		in := c.NewContainerClient("data")
		var flat, groups []string
		for p := in.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{MaxResults: to.Ptr(int32(4)), Prefix: to.Ptr("d1")}); p.More(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range page.Segment.BlobItems {
				flat = append(flat, *b.Name)
			}
		}
		for p := in.NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{MaxResults: to.Ptr(int32(3))}); p.More(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range page.Segment.BlobPrefixes {
				groups = append(groups, *b.Name)
			}
		}
		if len(flat) != 11 || !slices.IsSorted(flat) || len(groups) != 25 {
			t.Errorf("%d by prefix, %d directories: %v %v", len(flat), len(groups), flat, groups)
		}
		if err := s.PutNew(ctx, "data/d1/f", nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("PutNew over a file: %v", err)
		}
		if err := s.PutNew(ctx, "data/new", []byte("x")); err != nil {
			t.Error(err)
		}
		_, err = in.NewBlobClient("new").DownloadStream(ctx, &sdk.DownloadStreamOptions{Range: sdk.HTTPRange{Offset: 5, Count: 2}})
		var e *Error
		if err = fail(ctx, "read", "data/new", err); !errors.As(err, &e) || e.Status != http.StatusRequestedRangeNotSatisfiable || e.Code != "InvalidRange" {
			t.Errorf("a range outside: %v", err)
		}
	})
}

func TestBadNames(t *testing.T) {
	both(t, func(t *testing.T, s *Storage) {
		ctx := context.Background()
		for name, want := range map[string]string{"": "no container is named", "data": "this is a container", "/data/": "this is a container"} {
			if _, err := s.Open(ctx, name); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Open of %q: %v", name, err)
			}
		}
		if info, err := s.Stat(ctx, "data"); err != nil || !info.IsDir() {
			t.Errorf("Stat of a container: %+v, %v", info, err)
		}
		if _, err := s.Stat(ctx, "none"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat of no container: %v", err)
		}
		if err := s.Mkdir(ctx, "data", true); err != nil {
			t.Error(err)
		}
		if err := s.Mkdir(ctx, "fresh", true); err != nil {
			t.Error(err)
		}
		if list, err := s.List(ctx, "fresh"); err != nil || len(list) != 0 {
			t.Errorf("List of a new container: %v, %v", list, err)
		}
		if err := s.Copy(ctx, "data", "data/sub"); err == nil {
			t.Error("a directory is copied into itself")
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), rehearse(t, blob.Options{})
	writer, reader := r.as(t, "writer", "acct1", Options{}), r.as(t, "reader", "acct1", Options{})
	if err := writer.Put(ctx, "data/f", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Stat(ctx, "data/f"); err != nil {
		t.Errorf("a reader reads: %v", err)
	}
	adder := r.as(t, "adder", "acct1", Options{})
	if err := adder.Put(ctx, "data/added", nil); err != nil {
		t.Errorf("who may add adds: %v", err)
	}
	local := filepath.Join(t.TempDir(), "f")
	for _, c := range []struct {
		what   string
		err    error
		kind   Kind
		status int
		code   string
	}{
		{"a reader writes", reader.Put(ctx, "data/g", nil), Role, 403, "AuthorizationPermissionMismatch"},
		{"a reader deletes", reader.Remove(ctx, "data/f", false), Role, 403, "AuthorizationPermissionMismatch"},
		{"a reader of data reads other", reader.Download(ctx, "other/f", local), Role, 403, "AuthorizationPermissionMismatch"},
		{"a reader makes a container", reader.Mkdir(ctx, "fresh", true), Role, 403, "AuthorizationPermissionMismatch"},
		{"who may add overwrites", adder.Put(ctx, "data/f", nil), Role, 403, "AuthorizationPermissionMismatch"},
		{"nobody lists", second(r.as(t, "nobody", "acct1", Options{}).List(ctx, "data")), Role, 403, "AuthorizationPermissionMismatch"},
		{"the firewall", second(r.as(t, "writer", "walled", Options{}).Stat(ctx, "data/f")), Network, 403, "AuthorizationFailure"},
		{"a forged token", second(r.with(t, "forged", "acct1", Options{}).Stat(ctx, "data/f")), Token, 401, "InvalidAuthenticationInfo"},
		{"a token for ARM", second(r.with(t, r.token(t, "writer", "https://management.azure.com"), "acct1", Options{}).Stat(ctx, "data/f")), Token, 401, "InvalidAuthenticationInfo"},
		{"no container", writer.Put(ctx, "none/f", nil), NotFound, 404, "ContainerNotFound"},
		{"no blob", writer.Download(ctx, "data/none", local), NotFound, 404, "BlobNotFound"},
	} {
		var e *Error
		if !errors.As(c.err, &e) || e.Kind != c.kind || e.Status != c.status || e.Code != c.code || e.RequestID == "" || e.Retryable() {
			t.Errorf("%s: %+v, want %s %d %s", c.what, c.err, c.kind, c.status, c.code)
			continue
		}
		if permission := c.kind == Role || c.kind == Network || c.kind == Token; errors.Is(c.err, fs.ErrPermission) != permission {
			t.Errorf("%s: is fs.ErrPermission: %v", c.what, !permission)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestNoTokenAndSignatures(t *testing.T) {
	t.Parallel()
	r := rehearse(t, blob.Options{})
	if err := r.as(t, "writer", "acct2", Options{}).Put(context.Background(), "data/f", []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		url, auth string
		status    int
		code      string
	}{
		{"https://acct1.blob.core.windows.net/data/f", "", 401, "NoAuthenticationInformation"},
		{"https://acct1.blob.core.windows.net/data/f?sig=canary", "", 403, "KeyBasedAuthenticationNotPermitted"},
		{"https://acct1.blob.core.windows.net/data/f", "SharedKey acct1:x", 403, "KeyBasedAuthenticationNotPermitted"},
		{"https://acct2.blob.core.windows.net/data/f", "SharedKey acct2:x", 403, "AuthenticationFailed"},
		{"https://acct2.blob.core.windows.net/data/f?sv=2025&sig=wrong", "", 403, "AuthenticationFailed"},
		{"https://acct2.blob.core.windows.net/data/f?sv=2025&sig=canary", "", 200, ""},
		{"https://none.blob.core.windows.net/data/f", "", 404, "ResourceNotFound"},
	} {
		req, err := http.NewRequest(http.MethodGet, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.auth != "" {
			req.Header.Set("Authorization", c.auth)
		}
		resp, err := r.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.status || resp.Header.Get("x-ms-error-code") != c.code {
			t.Errorf("%s %s: %d %s, want %d %s", c.url, c.auth, resp.StatusCode, resp.Header.Get("x-ms-error-code"), c.status, c.code)
		}
		if challenge := resp.Header.Get("WWW-Authenticate"); (c.status == 401) != strings.Contains(challenge, "resource_id=https://storage.azure.com") {
			t.Errorf("%s: challenge %q", c.url, challenge)
		}
	}
}

// TestBrokenTransfers: what breaks off is resumed, what changes meanwhile is not mixed.
func TestBrokenTransfers(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), rehearse(t, blob.Options{})
	s := r.as(t, "writer", "acct1", Options{})
	data, local := random(30<<20), filepath.Join(t.TempDir(), "f")
	var mu sync.Mutex
	broken, busy := 0, 0
	r.before(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		cut := req.Method == http.MethodGet && broken < 4
		if cut {
			broken++
		}
		refuse := req.Method == http.MethodPut && busy < 2
		if refuse {
			busy++
		}
		mu.Unlock()
		switch {
		case refuse:
			w.Header().Set("x-ms-error-code", "ServerBusy")
			w.WriteHeader(http.StatusServiceUnavailable)
		case cut:
			r.service.ServeHTTP(&short{ResponseWriter: w, left: 100_000}, req)
		default:
			r.service.ServeHTTP(w, req)
		}
	})
	if err := os.WriteFile(local, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Upload(ctx, local, "data/f"); err != nil {
		t.Fatal(err)
	}
	if err := s.Download(ctx, "data/f", local+".back"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(local + ".back"); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes come back, %v", len(got), err)
	}
	if broken != 4 || busy != 2 {
		t.Errorf("%d transfers were broken, %d refused", broken, busy)
	}
	in, err := s.Open(ctx, "data/f")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, in, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "data/f", random(29<<20)); err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, in)
	if KindOf(err) != Changed {
		t.Errorf("read of what changed: %v", err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	r.before(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	var e *Error
	if err := s.Put(ctx, "data/f", nil); !errors.As(err, &e) || !e.Retryable() || e.Kind != Busy {
		t.Errorf("a service that stays busy: %v", err)
	}
}

// short breaks the connection after some bytes.
type short struct {
	http.ResponseWriter
	left int
}

func (s *short) Write(b []byte) (int, error) {
	if len(b) > s.left {
		panic(http.ErrAbortHandler)
	}
	s.left -= len(b)
	return s.ResponseWriter.Write(b)
}

func TestCopyThatTakesTime(t *testing.T) {
	t.Parallel()
	ctx, r := context.Background(), rehearse(t, blob.Options{CopyTime: 200 * time.Millisecond})
	s := r.as(t, "writer", "acct1", Options{})
	if err := s.Put(ctx, "data/f", []byte("x")); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := s.Copy(ctx, "data/f", "other/g"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("a copy of 200 ms is waited for %s", took)
	}
	r = rehearse(t, blob.Options{CopyTime: time.Hour})
	s = r.as(t, "writer", "acct1", Options{})
	if err := s.Put(ctx, "data/f", []byte("x")); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(ctx)
	defer cancel()
	r.before(func(w http.ResponseWriter, req *http.Request) {
		r.service.ServeHTTP(w, req)
		if req.Method == http.MethodHead && strings.HasSuffix(req.URL.Path, "/h") {
			cancel() // it has seen that the copy is not done
		}
	})
	if err := s.Copy(short, "data/f", "other/h"); !errors.Is(err, context.Canceled) {
		t.Errorf("a copy that is given up: %v", err)
	}
	if info, err := s.Stat(ctx, "other/h"); err != nil || info.Size != 0 {
		t.Errorf("an aborted copy leaves %+v, %v", info, err)
	}
}
