package blob

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

func TestIndex(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var x index
	want := map[string]bool{}
	for range 20_000 {
		name := fmt.Sprintf("%04d", r.IntN(6000))
		if r.IntN(3) == 0 {
			x.remove(name)
			delete(want, name)
		} else {
			x.add(name)
			want[name] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(want))
	for _, start := range []string{"", "0000", "3000", "2999x", "9", sorted[len(sorted)-1]} {
		at, _ := slices.BinarySearch(sorted, start)
		if got := slices.Collect(x.from(start)); !slices.Equal(got, sorted[at:]) {
			t.Errorf("from %q: %d names, want %d", start, len(got), len(sorted[at:]))
		}
	}
	for _, name := range sorted {
		x.remove(name)
	}
	if got := slices.Collect(x.from("")); len(got) != 0 || len(x.leaves) != 0 {
		t.Errorf("left: %v", got)
	}
}

// BenchmarkPut is small files, without sockets.
func BenchmarkPut(b *testing.B) {
	st := &state.State{}
	st.Complete()
	roles, err := iam.New(iam.Options{State: st})
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(Options{State: st, Authority: roles, Clock: iam.NewClock(1), Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	p, ok := roles.Principal(st.Head.Identities[0])
	if !ok {
		b.Fatal("no head")
	}
	token, _ := roles.Mint(p, "https://storage.azure.com")
	data := make([]byte, 4096)
	for n := 0; b.Loop(); n++ {
		r := httptest.NewRequest(http.MethodPut, fmt.Sprintf("https://rehearsal.blob.core.windows.net/work/%d", n), bytes.NewReader(data))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("x-ms-blob-type", "BlockBlob")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusCreated {
			b.Fatal(w.Code, w.Body)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "puts/s")
}
