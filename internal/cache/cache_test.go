package cache

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/value"
	"sluice/internal/task"
)

const session = "23b8cd5f-fb21-4d39-bb1a-9d81ab41d07a"

var at = time.UnixMilli(1795423241078)

func record(n int) *Record {
	r := &Record{
		TaskID: n, Index: n, Process: "WF:ALIGN", Name: fmt.Sprintf("WF:ALIGN (%d)", n), Tag: strconv.Itoa(n),
		WorkDir: "/work/ab/" + strconv.Itoa(n), State: task.Completed, Exit: 0, Attempt: 1,
		Submit: at, Start: at.Add(time.Second), Complete: at.Add(time.Minute), NativeID: "4711", Hostname: "node1",
		Metrics:   task.Metrics{Realtime: time.Second, CPUPercent: 99.5, RSS: 1 << 20, Rchar: -1, CPUModel: "EPYC"},
		Resources: task.Resources{Cpus: 2, Memory: 1 << 30, Time: 3600000, Queue: "q"},
		Container: "img:1", Module: []string{"m"}, Labels: []string{"big"}, Executor: "local", ErrorAction: "RETRY",
		Context: []byte{1, 2, 3}, Parts: []Part{{"script", "aa"}, {"x", "bb"}},
	}
	r.Hash[0], r.Hash[1], r.Hash[2] = byte(n), byte(n>>8), byte(n>>16)
	return r
}

func open(t *testing.T, dir string) *Cache {
	t.Helper()
	c, err := Open(dir, session)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func fill(t *testing.T, dir, run string, from, to int) {
	t.Helper()
	c := open(t, dir)
	if err := c.StartRun(run, at); err != nil {
		t.Fatal(err)
	}
	for n := from; n < to; n++ {
		if err := c.Put(record(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.EndRun(at.Add(time.Hour), true); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, c *Cache, run string) (got []string) {
	t.Helper()
	for r, err := range c.Tasks(run) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Run != run {
			t.Errorf("run is %q", r.Run)
		}
		got = append(got, r.Tag)
	}
	return got
}

func TestPutAndGet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, "first", 0, 3)
	fill(t, dir, "second", 2, 5)
	c, err := OpenReader(dir, session)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, ok, err := c.Get(record(1).Hash)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	want := record(1)
	want.Run = "first"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got, _, _ := c.Get(record(2).Hash); got.Run != "second" {
		t.Errorf("the latest record counts, not that of %q", got.Run)
	}
	if _, ok, err := c.Get(record(99).Hash); ok || err != nil {
		t.Error(ok, err)
	}
	if d := cmp.Diff([]string{"2", "3", "4"}, names(t, c, "second")); d != "" {
		t.Error(d)
	}
	runs := c.Runs()
	if len(runs) != 2 || runs[1].Name != "second" || !runs[1].Success || runs[1].Tasks != 3 || !runs[0].End.Equal(at.Add(time.Hour)) {
		t.Errorf("%+v", runs)
	}
	if err := c.Put(record(1)); err == nil {
		t.Error("a reader wrote")
	}
}

func TestRestore(t *testing.T) {
	t.Parallel()
	in := &task.Task{ID: 7, Name: "A (1)", WorkDir: "/w", State: task.Completed, Attempt: 2, Container: &task.Container{Image: "i"}}
	in.Result.Exit, in.Result.NativeID, in.Result.Submit = 0, "12", at
	out := &task.Task{ID: 9, Name: "A (1)"}
	FromTask(in).Restore(out)
	if out.ID != 9 || out.State != task.Cached || out.WorkDir != "/w" || out.Attempt != 2 || out.Result.NativeID != "12" || !out.Result.Submit.Equal(at) {
		t.Errorf("%+v", out)
	}
}

func TestReadersDuringARun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	if err := errors.Join(w.StartRun("live", at), w.Put(record(1))); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(dir, session)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if runs := r.Runs(); r.Len() != 1 || len(runs) != 1 || !runs[0].End.IsZero() {
		t.Errorf("%d tasks, runs %+v", r.Len(), runs)
	}
	if err := w.Put(record(2)); err != nil {
		t.Fatal(err)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	_, err := Open(dir, session)
	host, hostErr := os.Hostname()
	if hostErr != nil {
		t.Fatal(hostErr)
	}
	want := fmt.Sprintf("session %s is locked by process %d on host %s", session, os.Getpid(), host)
	var locked *ErrLocked
	if !errors.As(err, &locked) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := Remove(dir, session); !errors.As(err, &locked) {
		t.Errorf("removed a session in use: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Remove(dir, session); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReader(dir, session); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A journal cut at any byte opens, and holds every record that was whole.
func TestTornTail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, "first", 0, 3)
	file := filepath.Join(Dir(dir, session), "journal")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int64
	scan(data, func(o int64, k kind, p []byte) {
		if k == kindTask {
			ends = append(ends, o+int64(headerSize+len(p)))
		}
	})
	for cut := range data {
		if err := os.WriteFile(file, data[:cut], 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := Open(dir, session)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		want := 0
		for _, e := range ends {
			if e <= int64(cut) {
				want++
			}
		}
		if c.Len() != want || c.Damage() != "" {
			t.Fatalf("cut at %d: %d tasks, want %d; %s", cut, c.Len(), want, c.Damage())
		}
		// Writing goes on behind the last whole record.
		if err := errors.Join(c.StartRun("again", at), c.Put(record(50)), c.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := OpenReader(dir, session)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := r.Get(record(50).Hash); !ok || err != nil || r.Len() != want+1 {
			t.Fatalf("cut at %d: %v %v, %d tasks", cut, ok, err, r.Len())
		}
		r.Close()
	}
}

// One flipped byte anywhere costs one record at most.
func TestDamagedRecord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, "first", 0, 3)
	file := filepath.Join(Dir(dir, session), "journal")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(magic); i < len(data); i++ {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x5a
		if err := os.WriteFile(file, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := OpenReader(dir, session)
		if err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
		if c.Len() < 2 {
			t.Fatalf("byte %d: only %d of 3 tasks left", i, c.Len())
		}
		if c.Len() == 2 && c.Damage() == "" {
			t.Fatalf("byte %d: a task is lost and nothing is said", i)
		}
		for n := range 3 {
			r, ok, err := c.Get(record(n).Hash)
			if err != nil || ok && r.Tag != strconv.Itoa(n) {
				t.Fatalf("byte %d: task %d: %v %v", i, n, r, err)
			}
		}
		c.Close()
	}
}

func TestDamageAfterOpening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, "first", 0, 1)
	c := open(t, dir)
	f, err := os.OpenFile(filepath.Join(Dir(dir, session), "journal"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("XXXX"), c.index[record(0).Hash]+40); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := c.Get(record(0).Hash); ok || !errors.Is(err, errRecord) {
		t.Errorf("got %v %v", ok, err)
	}
}

func TestWriteFailureIsTold(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	if err := c.StartRun("first", at); err != nil {
		t.Fatal(err)
	}
	if err := c.file.Close(); err != nil { // as good as a disk that is gone
		t.Fatal(err)
	}
	if err := c.Put(record(1)); err == nil || !strings.HasPrefix(err.Error(), "write cache: ") {
		t.Errorf("got %v", err)
	}
	if _, ok, _ := c.Get(record(1).Hash); ok {
		t.Error("a task that was not written is found")
	}
	c.file = nil
}

func TestVersions(t *testing.T) {
	t.Parallel()
	// What version 1 wrote must be read by all later versions.
	golden := filepath.Join("testdata", "task.v1.hex")
	text, err := os.ReadFile(golden)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("UPDATE") != "" {
		text = []byte(hex.EncodeToString(record(1).encode(0)))
		err = errors.Join(os.MkdirAll("testdata", 0o777), os.WriteFile(golden, text, 0o666))
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := decodeRecord(b)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(record(1), r); d != "" {
		t.Error(d)
	}
	// A record of a later version is skipped, and said to be so.
	dir := t.TempDir()
	fill(t, dir, "first", 0, 2)
	c := open(t, dir)
	if err := c.StartRun("second", at); err != nil {
		t.Fatal(err)
	}
	newer := record(7).encode(0)
	newer[0] = taskVersion + 1
	if _, err := c.append(kindTask, newer); err != nil {
		t.Fatal(err)
	}
	if _, err := c.append(200, []byte("a kind of the future")); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open(t, dir)
	if c.Len() != 2 || !strings.Contains(c.Damage(), "2 damaged part(s)") {
		t.Errorf("%d tasks, %q", c.Len(), c.Damage())
	}
	if _, _, err := decodeRecord(newer); err == nil || !strings.Contains(err.Error(), "newer sluice") {
		t.Errorf("got %v", err)
	}
	// Another file, or a journal of another form, is left alone.
	file := filepath.Join(Dir(dir, "x"), "journal")
	for _, form := range []string{"sluicej\x02rest", "no", "something else entirely"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(form), 0o666)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, "x"); !errors.Is(err, errForm) {
			t.Errorf("%q: got %v", form, err)
		}
		if b, err := os.ReadFile(file); err != nil || string(b) != form {
			t.Errorf("%q was changed to %q, %v", form, b, err)
		}
	}
}

func TestRemoveRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, "first", 0, 3)
	fill(t, dir, "second", 2, 4)
	c := open(t, dir)
	if err := c.RemoveRun("first"); err != nil {
		t.Fatal(err)
	}
	check := func(c *Cache) {
		t.Helper()
		if runs := c.Runs(); len(runs) != 1 || runs[0].Name != "second" || c.Len() != 2 {
			t.Errorf("%d tasks, %+v", c.Len(), runs)
		}
		if got := names(t, c, "first"); got != nil {
			t.Errorf("still there: %v", got)
		}
	}
	check(c)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	check(open(t, dir))
}

// TestMain doubles as the process that TestKill kills.
func TestMain(m *testing.M) {
	dir := os.Getenv("CACHE_TEST_WRITER")
	if dir == "" {
		os.Exit(m.Run())
	}
	c, err := Open(dir, session)
	if err == nil {
		err = c.StartRun(os.Getenv("CACHE_TEST_RUN"), at)
	}
	out := bufio.NewWriterSize(os.Stdout, 16)
	for n := 0; err == nil; n++ {
		if err = c.Put(record(n)); err == nil {
			fmt.Fprintln(out, n) // told only when it is safe
			err = out.Flush()
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "CACHE_TEST_WRITER="+dir, "CACHE_TEST_RUN=run"+strconv.Itoa(round))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		last, lines := -1, bufio.NewScanner(out)
		for lines.Scan() {
			if last, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(err)
			}
			if last == 100*(round+1) {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the writer was not killed")
		}
		if last < 100*(round+1) {
			t.Fatalf("the writer stopped at %d", last)
		}
		c, err := Open(dir, session)
		if err != nil {
			t.Fatal(err)
		}
		for n := range last + 1 {
			if _, ok, err := c.Get(record(n).Hash); !ok || err != nil {
				t.Fatalf("round %d: task %d of %d: %v %v", round, n, last, ok, err)
			}
		}
		if got := len(names(t, c, "run"+strconv.Itoa(round))); got < last+1 {
			t.Errorf("round %d: %d tasks listed, want %d", round, got, last+1)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkOpen100k(b *testing.B) {
	dir := b.TempDir()
	c, err := Open(dir, session)
	if err != nil {
		b.Fatal(err)
	}
	if err := c.StartRun("first", at); err != nil {
		b.Fatal(err)
	}
	for n := range 100_000 {
		if err := c.Put(record(n)); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := OpenReader(dir, session)
		if err != nil || r.Len() != 100_000 {
			b.Fatal(err, r.Len())
		}
		r.Close()
	}
}

func values() []value.Value {
	big1, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	return []value.Value{
		nil, value.Bool(true), value.Bool(false), value.Int(-5), value.Long(1 << 40), value.Double(1.5), value.Float(2.5),
		value.Char('x'), value.String("a\x00ü"),
		value.BigInt{Int: big1},
		value.NewDecimal(big.NewInt(1250), 3),
		value.Duration(90000), value.Memory(1 << 30),
		&value.Path{Name: "/w/a b.txt"}, &value.Path{Scheme: "az", Name: "c/x"}, &value.Path{Name: "f", IsFile: true, Stage: "s"},
		&value.Range{From: 3, To: 1, Reverse: true}, &value.Range{Empty: true},
		&value.GString{Strs: []string{"a", "b"}, Vals: []value.Value{value.Int(1)}},
		&value.List{Kind: value.Tuple, Elems: []value.Value{value.Int(1), nil, value.NewList()}},
		value.MapOf("id", value.String("s1"), "list", value.NewList(value.Int(2)), "none", nil),
		value.NewSet(value.Int(1), value.String("1")),
		&value.GroupKey{Key: value.String("k"), Size: 3},
		&value.MapEntry{Key: value.String("k"), Value: value.Int(1)},
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	for i, v := range values() {
		b, err := Encode(v)
		if err != nil {
			t.Errorf("%d: %v", i, err)
			continue
		}
		got, err := Decode(b)
		if err != nil {
			t.Errorf("%d: %v", i, err)
			continue
		}
		again, err := Encode(got)
		if err != nil || string(again) != string(b) {
			t.Errorf("%d: encoded again differs: %x %x %v", i, b, again, err)
		}
		if a, g := fmt.Sprintf("%T", v), fmt.Sprintf("%T", got); a != g {
			t.Errorf("%d: %s became %s", i, a, g)
		}
	}
	m, err := Encode(value.MapOf("a", value.Int(1)))
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(m)
	if err != nil || back.(*value.Map).GetString("a") != value.Int(1) {
		t.Errorf("%v %v", back, err)
	}
}

func TestValuesThatCannotBeStored(t *testing.T) {
	t.Parallel()
	loop := value.NewList()
	loop.Elems = append(loop.Elems, loop)
	for want, v := range map[string]value.Value{
		"holds itself":         loop,
		"groovy.lang.Closure":  value.NewList(&value.Closure{}),
		"lazy part":            &value.GString{Strs: []string{"", ""}, Vals: []value.Value{nil}, Lazy: map[int]func() (value.Value, error){0: nil}},
		"type java.lang.Class": value.ClassRef{Of: value.StringClass},
	} {
		if _, err := Encode(v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range values() {
		b, err := Encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(record(1).encode(0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := Decode(b); err == nil {
			if _, err := Encode(v); err != nil {
				t.Errorf("decoded but not encoded: %v", err)
			}
		}
		if r, run, err := decodeRecord(b); err == nil {
			if _, _, err := decodeRecord(r.encode(run)); err != nil {
				t.Errorf("read but not written: %v", err)
			}
		}
		scan(append([]byte(magic), b...), func(int64, kind, []byte) {})
	})
}
