package storagetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/internal/storage"
)

// Run checks a writable storage; dir is an empty directory of it.
func Run(t *testing.T, s storage.Storage, dir string) {
	dir = strings.TrimSuffix(dir, "/")
	for _, c := range []struct {
		name string
		run  func(*testing.T, storage.Storage, string)
	}{
		{"missing", missing},
		{"write and append", writeAndAppend},
		{"copy and list", copyAndList},
		{"names", names},
		{"large", large},
		{"at the same time", sameTime},
		{"directories", directories},
		{"tree", tree},
		{"tail", tail},
		{"put", put},
		{"remove", remove},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s, dir) })
	}
}

func missing(t *testing.T, s storage.Storage, dir string) {
	ctx, name := context.Background(), dir+"/a.txt"
	if _, err := s.Stat(ctx, name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat of a missing file: %v", err)
	}
	if _, err := s.Open(ctx, name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a missing file: %v", err)
	}
	if _, err := s.List(ctx, dir+"/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("List of a missing directory: %v", err)
	}
	if err := s.Copy(ctx, name, dir+"/b.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Copy of a missing file: %v", err)
	}
	if err := errors.Join(s.Remove(ctx, name, false), s.Remove(ctx, name, true)); err != nil {
		t.Errorf("Remove of a missing file: %v", err)
	}
}

func writeAndAppend(t *testing.T, s storage.Storage, dir string) {
	name := dir + "/a.txt"
	write(t, s, name, "one\n", false)
	write(t, s, name, "two\n", true)
	if got := read(t, s, name); got != "one\ntwo\n" {
		t.Errorf("contents are %q", got)
	}
	write(t, s, name, "", false)
	if got := read(t, s, name); got != "" {
		t.Errorf("an empty file holds %q", got)
	}
	write(t, s, dir+"/new.txt", "made", true)
	if got := read(t, s, dir+"/new.txt"); got != "made" {
		t.Errorf("a file made by appending holds %q", got)
	}
	if err := s.Remove(context.Background(), dir+"/new.txt", false); err != nil {
		t.Error(err)
	}
	write(t, s, name, "x", false)
	info, err := s.Stat(context.Background(), name)
	if err != nil || info.Size != 1 || info.Name != "a.txt" || info.IsDir() || info.Modified.IsZero() {
		t.Errorf("Stat gives %+v, %v", info, err)
	}
	if _, err := s.List(context.Background(), name); err == nil {
		t.Error("List of a file succeeds")
	}
}

func copyAndList(t *testing.T, s storage.Storage, dir string) {
	ctx, name, other := context.Background(), dir+"/a.txt", dir+"/0.txt"
	if err := s.Copy(ctx, name, other); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, other); got != "x" {
		t.Errorf("copy holds %q", got)
	}
	if err := s.Copy(ctx, name, name); err != nil {
		t.Errorf("copy onto itself: %v", err)
	}
	list, err := s.List(ctx, dir)
	if err != nil || len(list) != 2 || list[0].Name != "0.txt" || list[1].Name != "a.txt" || list[1].Size != 1 || list[1].Modified.IsZero() {
		t.Errorf("List gives %+v, %v", list, err)
	}
}

// Names are those that a pipeline may give its files.
var Names = []string{
	"two words", " lead", "a#b", "100%", "%20", "%2F", "what?", "a+b", "a&b=c", `"double"`, "'single'", "back`tick", "ümlaut", "u\u0308mlaut", "名前", "🧬.fa",
	"line\nbreak", "a;b,c", "[1]{2}*", "~tilde", "$HOME", "a=b", "-dash", "..two", "a:b|c", "<tag>&amp;",
}

func names(t *testing.T, s storage.Storage, dir string) {
	ctx, sub := context.Background(), dir+"/sub dir #1"
	mkdir(t, s, sub)
	for _, n := range Names {
		write(t, s, path.Join(sub, n), n, false)
	}
	list, err := s.List(ctx, sub)
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(list); !slices.Equal(got, slices.Sorted(slices.Values(Names))) {
		t.Errorf("List gives %q", got)
	}
	for _, n := range Names {
		from, to := path.Join(sub, n), path.Join(sub, n+".copy")
		if info, err := s.Stat(ctx, from); err != nil || info.Name != n {
			t.Errorf("Stat of %q gives %+v, %v", n, info, err)
			continue
		}
		if err := s.Copy(ctx, from, to); err != nil {
			t.Errorf("Copy of %q: %v", n, err)
			continue
		}
		if got := read(t, s, to); got != n {
			t.Errorf("%q holds %q", n, got)
		}
		if err := errors.Join(s.Remove(ctx, from, false), s.Remove(ctx, to, false)); err != nil {
			t.Errorf("Remove of %q: %v", n, err)
		}
	}
	if err := s.Remove(ctx, sub, true); err != nil {
		t.Error(err)
	}
}

// large files are more than what a storage moves at once.
func large(t *testing.T, s storage.Storage, dir string) {
	data := make([]byte, 21<<20+7)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(data)
	name := dir + "/large"
	w, err := s.Create(context.Background(), name, false)
	if err != nil {
		t.Fatal(err)
	}
	for rest := data; len(rest) > 0; {
		n, err := w.Write(rest[:min(len(rest), 1<<20+1)])
		if err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Copy(context.Background(), name, name+".copy"); err != nil {
		t.Fatal(err)
	}
	write(t, s, name, "and more", true)
	if got := read(t, s, name); !bytes.Equal([]byte(got), append(data[:len(data):len(data)], "and more"...)) {
		t.Errorf("large file differs: %d bytes", len(got))
	}
	if got := read(t, s, name+".copy"); !bytes.Equal([]byte(got), data) {
		t.Errorf("copy of the large file differs: %d bytes", len(got))
	}
	// Who stops reading early leaves nothing behind.
	in, err := s.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, in, 10); err != nil {
		t.Error(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	for _, n := range []string{name, name + ".copy"} {
		if err := s.Remove(context.Background(), n, false); err != nil {
			t.Error(err)
		}
	}
}

func sameTime(t *testing.T, s storage.Storage, dir string) {
	var group sync.WaitGroup
	sub := dir + "/many"
	mkdir(t, s, sub)
	for i := range 20 {
		group.Go(func() {
			name := sub + "/" + string(rune('a'+i))
			write(t, s, name, name, false)
			if got := read(t, s, name); got != name {
				t.Errorf("%s holds %q", name, got)
			}
		})
	}
	group.Wait()
	if list, err := s.List(context.Background(), sub); err != nil || len(list) != 20 {
		t.Errorf("List gives %d files, %v", len(list), err)
	}
	if err := s.Remove(context.Background(), sub, true); err != nil {
		t.Error(err)
	}
}

func directories(t *testing.T, s storage.Storage, dir string) {
	d, ok := s.(storage.Directories)
	if !ok {
		t.Skip("no directories")
	}
	ctx, sub := context.Background(), dir+"/d"
	if err := d.Mkdir(ctx, sub, false); err != nil {
		t.Fatal(err)
	}
	if err := d.Mkdir(ctx, sub, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Mkdir of what exists: %v", err)
	}
	if err := d.Mkdir(ctx, sub, true); err != nil {
		t.Errorf("Mkdir all of what exists: %v", err)
	}
	if info, err := s.Stat(ctx, sub); err != nil || !info.IsDir() || info.Name != "d" {
		t.Errorf("Stat of a directory gives %+v, %v", info, err)
	}
	if list, err := s.List(ctx, sub); err != nil || len(list) != 0 {
		t.Errorf("an empty directory holds %+v, %v", list, err)
	}
	if list, err := s.List(ctx, dir); err != nil || !slices.Contains(namesOf(list), "d/") {
		t.Errorf("List gives %q, %v", namesOf(list), err)
	}
	if err := d.Mkdir(ctx, sub+"/e/f", true); err != nil {
		t.Fatal(err)
	}
	write(t, s, sub+"/e/x", "x", false)
	write(t, s, sub+"/y", "y", false)
	if list, err := s.List(ctx, sub); err != nil || !slices.Equal(namesOf(list), []string{"e/", "y"}) {
		t.Errorf("List gives %q, %v", namesOf(list), err)
	}
	if info, err := s.Stat(ctx, sub+"/e"); err != nil || !info.IsDir() {
		t.Errorf("Stat of a directory with files gives %+v, %v", info, err)
	}
	if err := s.Remove(ctx, sub+"/e", false); err == nil {
		t.Error("Remove of a directory that is not empty succeeds")
	}
	if _, err := s.Open(ctx, sub+"/e"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a directory: %v", err)
	}
	if err := d.Mkdir(ctx, sub+"/y", true); err == nil {
		t.Error("Mkdir over a file succeeds")
	}
	if err := s.Copy(ctx, sub, dir+"/c"); err != nil {
		t.Fatal(err)
	}
	if err := d.Rename(ctx, dir+"/c", dir+"/r"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, dir+"/r/e/x"); got != "x" {
		t.Errorf("copied file holds %q", got)
	}
	if list, err := s.List(ctx, dir+"/r/e"); err != nil || !slices.Equal(namesOf(list), []string{"f/", "x"}) {
		t.Errorf("a copied directory holds %q, %v", namesOf(list), err)
	}
	if _, err := s.Stat(ctx, dir+"/c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was renamed is still there: %v", err)
	}
	for _, n := range []string{dir + "/r", sub} {
		if err := s.Remove(ctx, n, true); err != nil {
			t.Error(err)
		}
		if _, err := s.Stat(ctx, n); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", n, err)
		}
	}
}

func tail(t *testing.T, s storage.Storage, dir string) {
	tails, ok := s.(storage.Tails)
	if !ok {
		t.Skip("no tails")
	}
	dir += "/tails"
	mkdir(t, s, dir)
	write(t, s, dir+"/tail", "0123456789", false)
	write(t, s, dir+"/none", "", false)
	for _, row := range []struct {
		name string
		n    int64
		want string
	}{{"tail", 3, "789"}, {"tail", 10, "0123456789"}, {"tail", 99, "0123456789"}, {"none", 5, ""}} {
		if got, err := tails.Tail(context.Background(), dir+"/"+row.name, row.n); err != nil || string(got) != row.want {
			t.Errorf("Tail of %s, %d: %q, %v", row.name, row.n, got, err)
		}
	}
	if _, err := tails.Tail(context.Background(), dir+"/missing", 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Tail of a missing file: %v", err)
	}
	if err := s.Remove(context.Background(), dir, true); err != nil {
		t.Error(err)
	}
}

func tree(t *testing.T, s storage.Storage, dir string) {
	trees, ok := s.(storage.Trees)
	if !ok {
		t.Skip("no trees")
	}
	ctx, sub := context.Background(), dir+"/t"
	for _, n := range []string{"b/2", "b/1", "a", "b/c/d e", "c/.hidden"} {
		mkdir(t, s, path.Dir(sub+"/"+n))
		write(t, s, sub+"/"+n, n, false)
	}
	mkdir(t, s, sub+"/empty")
	list, err := trees.Tree(ctx, sub)
	if got := namesOf(list); err != nil || !slices.Equal(got, []string{"a", "b/1", "b/2", "b/c/d e", "c/.hidden", "empty/"}) {
		t.Errorf("Tree gives %q, %v", got, err)
	}
	if list, err := trees.Tree(ctx, sub+"/empty"); err != nil || len(list) != 0 {
		t.Errorf("Tree of an empty directory gives %q, %v", namesOf(list), err)
	}
	if _, err := trees.Tree(ctx, sub+"/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Tree of a missing directory: %v", err)
	}
	if err := s.Remove(ctx, sub, true); err != nil {
		t.Error(err)
	}
}

func put(t *testing.T, s storage.Storage, dir string) {
	p, ok := s.(storage.Puts)
	if !ok {
		t.Skip("no single calls")
	}
	for _, text := range []string{"first", "", "last"} {
		if err := p.Put(context.Background(), dir+"/p", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, dir+"/p"); got != text {
			t.Errorf("file holds %q", got)
		}
	}
	if err := s.Remove(context.Background(), dir+"/p", false); err != nil {
		t.Error(err)
	}
}

func remove(t *testing.T, s storage.Storage, dir string) {
	ctx, name := context.Background(), dir+"/a.txt"
	if list, err := s.List(ctx, dir); err != nil || !slices.Equal(namesOf(list), []string{"0.txt", "a.txt"}) {
		t.Errorf("at the end the directory holds %q, %v", namesOf(list), err)
	}
	if err := s.Remove(ctx, name, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat(ctx, name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("file is still there: %v", err)
	}
	if err := s.Remove(ctx, dir, true); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(ctx, dir); err == nil && len(list) > 0 {
		t.Errorf("directory still holds %+v", list)
	}
}

// mkdir makes a directory where a storage has any.
func mkdir(t *testing.T, s storage.Storage, dir string) {
	t.Helper()
	if d, ok := s.(storage.Directories); ok {
		if err := d.Mkdir(context.Background(), dir, true); err != nil {
			t.Fatal(err)
		}
	}
}

// namesOf is the names of a list, directories with a slash.
func namesOf(list []storage.Info) []string {
	out := make([]string, len(list))
	for i, info := range list {
		if out[i] = info.Name; info.IsDir() {
			out[i] += "/"
		}
	}
	return out
}

func write(t *testing.T, s storage.Storage, name, text string, appending bool) {
	t.Helper()
	w, err := s.Create(context.Background(), name, appending)
	if err != nil {
		t.Error(err)
		return
	}
	_, err = io.WriteString(w, text)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, s storage.Storage, name string) string {
	t.Helper()
	r, err := s.Open(context.Background(), name)
	if err != nil {
		t.Error(err)
		return ""
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Error(err)
	}
	return string(b)
}
