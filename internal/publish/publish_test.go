package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// outputs is the work directory of the run that the oracle was asked about.
func outputs(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, "a.txt"), "a\n")
	write(t, filepath.Join(dir, "d/e/f"), "e\n")
	write(t, filepath.Join(dir, "mv.dat"), "mv\n")
	for name, to := range map[string]string{"l.txt": "a.txt", "d/lnk": "e/f"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// tree lists what is below dir: "name f|d|l links target".
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		n := info.Sys().(*syscall.Stat_t).Nlink
		switch {
		case d.IsDir():
			lines = append(lines, rel+" d")
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			if err != nil {
				return err
			}
			lines = append(lines, fmt.Sprintf("%s l %d %s", rel, n, to))
		default:
			lines = append(lines, fmt.Sprintf("%s f %d", rel, n))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(lines)
	return lines
}

func run(t *testing.T, o Options, items ...Item) error {
	t.Helper()
	p := New(context.Background(), o)
	for _, it := range items {
		p.Add(it)
	}
	return p.Close()
}

// The trees are what Nextflow 25.04.4 left for the same files.
func TestModes(t *testing.T) {
	for _, tt := range []struct {
		mode Mode
		want []string
	}{
		{Symlink, []string{"a.txt l 1 W/a.txt", "d l 1 W/d", "l.txt l 1 W/l.txt", "mv.dat l 1 W/mv.dat"}},
		{RelLink, []string{"a.txt l 1 ../../work/a.txt", "d l 1 ../../work/d", "l.txt l 1 ../../work/l.txt", "mv.dat l 1 ../../work/mv.dat"}},
		{Link, []string{"a.txt f 2", "d d", "d/e d", "d/e/f f 2", "d/lnk l 2 e/f", "l.txt l 2 a.txt", "mv.dat f 2"}},
		{Copy, []string{"a.txt f 1", "d d", "d/e d", "d/e/f f 1", "d/lnk f 1", "l.txt f 1", "mv.dat f 1"}},
		{CopyNoFollow, []string{"a.txt f 1", "d d", "d/e d", "d/e/f f 1", "d/lnk l 1 e/f", "l.txt l 1 a.txt", "mv.dat f 1"}},
		{Move, []string{"a.txt f 1", "d d", "d/e d", "d/e/f f 1", "d/lnk l 1 e/f", "l.txt l 1 a.txt", "mv.dat f 1"}},
	} {
		t.Run(tt.mode.String(), func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			work, out := filepath.Join(top, "work"), filepath.Join(top, "o", "x")
			outputs(t, work)
			rule := &Rule{Path: out, Mode: tt.mode}
			var items []Item
			for _, n := range []string{"a.txt", "d", "l.txt", "mv.dat"} {
				items = append(items, Item{Rule: rule, Source: filepath.Join(work, n), Target: rule.Target(n)})
			}
			var published atomic.Int64
			if err := run(t, Options{Published: func(Item) { published.Add(1) }}, items...); err != nil {
				t.Fatal(err)
			}
			want := append([]string(nil), tt.want...)
			for i := range want {
				want[i] = strings.Replace(want[i], "W/", work+"/", 1)
			}
			if d := cmp.Diff(want, tree(t, out)); d != "" {
				t.Error(d)
			}
			if published.Load() != 4 {
				t.Errorf("%d files reported as published, want 4", published.Load())
			}
			if left := exists(filepath.Join(work, "a.txt")); left == (tt.mode == Move) {
				t.Errorf("source exists: %v", left)
			}
		})
	}
}

func TestOverwrite(t *testing.T) {
	for _, tt := range []struct {
		name      string
		overwrite Overwrite
		cached    bool
		old, want string
	}{
		{"default replaces", Default, false, "old", "new"},
		{"default keeps for a cached task", Default, true, "old", "old"},
		{"yes replaces for a cached task", Yes, true, "old", "new"},
		{"no keeps", No, false, "old", "old"},
		{"lenient keeps the same size", Lenient, false, "old", "old"},
		{"lenient replaces another size", Lenient, true, "older", "new"},
		{"deep replaces other content", Deep, false, "old", "new"},
		{"standard replaces another time", Standard, false, "new", "new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			src, dst := filepath.Join(dir, "src"), filepath.Join(dir, "out", "dst")
			write(t, src, "new")
			write(t, dst, tt.old)
			rule := &Rule{Mode: Copy, Overwrite: tt.overwrite}
			if err := run(t, Options{}, Item{Rule: rule, Source: src, Target: dst, Cached: tt.cached}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(dst)
			if err != nil || string(got) != tt.want {
				t.Errorf("target holds %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestReplaceDirectoryAndFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "f")
	write(t, filepath.Join(dir, "tree/x"), "x")
	write(t, filepath.Join(dir, "out/was_dir/old"), "o")
	write(t, filepath.Join(dir, "out/was_file"), "o")
	write(t, filepath.Join(dir, "out/same/gone"), "o")
	rule := &Rule{Path: filepath.Join(dir, "out"), Mode: Copy}
	err := run(t, Options{},
		Item{Rule: rule, Source: filepath.Join(dir, "file"), Target: rule.Target("was_dir")},
		Item{Rule: rule, Source: filepath.Join(dir, "tree"), Target: rule.Target("was_file")},
		Item{Rule: rule, Source: filepath.Join(dir, "tree"), Target: rule.Target("same")})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"same d", "same/x f 1", "was_dir f 1", "was_file d", "was_file/x f 1"}
	if d := cmp.Diff(want, tree(t, rule.Path)); d != "" {
		t.Error(d)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := filepath.Join(dir, "a.txt")
	write(t, src, "a")
	long := filepath.Join(dir, "out", strings.Repeat("x", 300))
	t.Run("fails the run", func(t *testing.T) {
		var told []string
		err := run(t, Options{Failed: func(e *Error) { told = append(told, e.Error()) }},
			Item{Rule: &Rule{Mode: Copy}, Source: src, Target: long})
		var pe *Error
		if !errors.As(err, &pe) || pe.Op != "rename" || !errors.Is(err, syscall.ENAMETOOLONG) {
			t.Fatalf("got %v", err)
		}
		want := "Failed to publish file: " + src + "; to: " + long + " [copy] -- See log file for details"
		if len(told) != 1 || told[0] != want {
			t.Errorf("told %q", told)
		}
	})
	t.Run("failOnError false warns", func(t *testing.T) {
		var warned []string
		err := run(t, Options{Warn: func(s string) { warned = append(warned, s) }},
			Item{Rule: &Rule{Mode: Copy, NoFail: true}, Source: src, Target: long})
		if err != nil || len(warned) != 1 || !strings.HasPrefix(warned[0], "Failed to publish file: ") {
			t.Errorf("%v, warned %q", err, warned)
		}
	})
	t.Run("missing source", func(t *testing.T) {
		err := run(t, Options{}, Item{Rule: &Rule{Mode: Copy}, Source: src + ".no", Target: filepath.Join(dir, "out/b")})
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("links in a circle", func(t *testing.T) {
		loop := filepath.Join(dir, "loop")
		write(t, filepath.Join(loop, "x"), "x")
		if err := os.Symlink(loop, filepath.Join(loop, "self")); err != nil {
			t.Fatal(err)
		}
		err := run(t, Options{}, Item{Rule: &Rule{Mode: Copy}, Source: loop, Target: filepath.Join(dir, "out/loop")})
		var pe *Error
		if !errors.As(err, &pe) || !strings.Contains(pe.Detail(), "circle") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("into itself", func(t *testing.T) {
		d := filepath.Join(dir, "tree")
		write(t, filepath.Join(d, "x"), "x")
		err := run(t, Options{}, Item{Rule: &Rule{Mode: Copy}, Source: d, Target: filepath.Join(d, "out")})
		var pe *Error
		if !errors.As(err, &pe) || !strings.Contains(pe.Detail(), "inside the source") {
			t.Errorf("got %v", err)
		}
	})
	left, err := filepath.Glob(filepath.Join(dir, "out", ".sluice-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %q %v", left, err)
	}
}

func TestSameFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := filepath.Join(dir, "a")
	write(t, src, "a")
	dst := filepath.Join(dir, "b")
	if err := os.Link(src, dst); err != nil {
		t.Fatal(err)
	}
	err := run(t, Options{},
		Item{Rule: &Rule{Mode: Move}, Source: src, Target: src},
		Item{Rule: &Rule{Mode: Link}, Source: src, Target: dst})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a f 2", "b f 2"}, tree(t, dir)); d != "" {
		t.Error(d)
	}
}

func TestRelLinkThroughLinkedDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "work/a"), "a")
	if err := os.MkdirAll(filepath.Join(dir, "far/away/real"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "far/away/real"), filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "out", "a")
	if err := run(t, Options{}, Item{Rule: &Rule{Mode: RelLink}, Source: filepath.Join(dir, "work/a"), Target: target}); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(target); err != nil || string(b) != "a" {
		t.Errorf("the link leads to %q, %v", b, err)
	}
}

func TestConflictIsWarned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var items []Item
	for _, n := range []string{"one", "two", "two_again"} {
		src := filepath.Join(dir, n)
		write(t, src, strings.TrimSuffix(n, "_again"))
		items = append(items, Item{Rule: &Rule{Mode: Copy}, Source: src, Target: filepath.Join(dir, "out/x")})
	}
	var warned []string
	if err := run(t, Options{Workers: 4, Warn: func(s string) { warned = append(warned, s) }}, items...); err != nil {
		t.Fatal(err)
	}
	want := []string{"different files are published to " + dir + "/out/x: " + dir + "/one and " + dir + "/two"}
	if d := cmp.Diff(want, warned); d != "" {
		t.Error(d)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "out/x")); err != nil || string(b) != "two" {
		t.Errorf("the last one must stay: %q %v", b, err)
	}
}

func TestCancelDropsTheRest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := filepath.Join(dir, "a")
	write(t, src, "a")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("user stopped it"))
	p := New(ctx, Options{Workers: 1})
	p.Add(Item{Rule: &Rule{Mode: Copy}, Source: src, Target: filepath.Join(dir, "b")})
	if err := p.Close(); err == nil || !strings.Contains(err.Error(), "user stopped it") {
		t.Errorf("got %v", err)
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	if !transient(&fs.PathError{Err: syscall.ESTALE}) || transient(&fs.PathError{Err: syscall.ENOSPC}) {
		t.Error("ESTALE may pass, ENOSPC does not")
	}
	var waits []time.Duration
	p := &Publisher{o: Options{Attempts: 3, Wait: func(d time.Duration) { waits = append(waits, d) }}, ctx: context.Background()}
	if err := p.retry(Item{Rule: &Rule{Mode: Copy}, Source: "/nonexistent/x", Target: t.TempDir() + "/x"}); err == nil || len(waits) != 0 {
		t.Errorf("%v after waiting %v", err, waits)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, m := range []Mode{Symlink, RelLink, Link, Copy, CopyNoFollow, Move} {
		if got, err := ParseMode(m.String()); err != nil || got != m {
			t.Errorf("%v: %v %v", m, got, err)
		}
	}
	if _, err := ParseMode("teleport"); err == nil {
		t.Error("unknown mode accepted")
	}
	if _, err := ParseOverwrite("maybe"); err == nil {
		t.Error("unknown overwrite accepted")
	}
	r := Rule{Path: "/out"}
	if r.Target("x/y") != "/out/x/y" || r.Target("/z") != "/z" {
		t.Error(r.Target("x/y"), r.Target("/z"))
	}
}
