package operator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/internal/lang/value"
)

// The expectations are what Nextflow 25.04.4 wrote.
func TestCollectFile(t *testing.T) {
	bac := func(k *kit) value.Value { return k.of("b", "a", "c") }
	files := func(k *kit) []any {
		return l(k.write("z1.txt", "H\nz1\n"), k.write("a2.txt", "H\na2\n"))
	}
	first := fn(func(v value.Value) any { return l(value.ToString(v)[:1]+".txt", value.ToString(v)+"\n") })
	check(t, []row{
		{"plain", func(k *kit) value.Value { return k.op(bac(k), "collectFile") }, "Q collect-file.data=acb"},
		{"name newLine", func(k *kit) value.Value { return k.op(bac(k), "collectFile", opts{"name", "n.txt", "newLine", true}) }, `Q n.txt=a\nc\nb\n`},
		{"sort true", func(k *kit) value.Value { return k.op(bac(k), "collectFile", opts{"name", "n.txt", "sort", true}) }, "Q n.txt=abc"},
		{"sort false", func(k *kit) value.Value { return k.op(bac(k), "collectFile", opts{"name", "n.txt", "sort", false}) }, "Q n.txt=bac"},
		{"sort index", func(k *kit) value.Value { return k.op(bac(k), "collectFile", opts{"name", "n.txt", "sort", "index"}) }, "Q n.txt=bac"},
		{"sort hash", func(k *kit) value.Value {
			return k.op(k.of("b", "a", "c", "zz", "q"), "collectFile", opts{"sort", "hash"})
		}, "Q collect-file.data=acqbzz"},
		{"sort deep", func(k *kit) value.Value {
			return k.op(k.of("b", "a", "c", "zz", "q"), "collectFile", opts{"sort", "deep"})
		}, "Q collect-file.data=acqbzz"},
		{"sort closure", func(k *kit) value.Value {
			return k.op(k.of("bbb", "a", "cc"), "collectFile", opts{"sort", fn(length)})
		}, "Q collect-file.data=accbbb"},
		{"sort comparator", func(k *kit) value.Value {
			return k.op(k.of("a", "bbb", "cc"), "collectFile", opts{"sort", fn2(func(a, b value.Value) any { return -byLength(a, b).(int) })})
		}, "Q collect-file.data=bbbcca"},
		{
			"seed", func(k *kit) value.Value {
				return k.op(k.of("b", "a"), "collectFile", opts{"seed", "SEED", "newLine", true})
			},
			`Q collect-file.data=SEED\na\nb\n`,
		},
		{"seed closure", func(k *kit) value.Value {
			return k.op(k.of("b"), "collectFile", opts{"seed", fn(func(v value.Value) any { return "S" + value.ToString(v) })},
				fn(func(v value.Value) any { return l("b.s", "b\n") }))
		}, `Q b.s=Sb.sb\n`},
		{"seed map", func(k *kit) value.Value {
			return k.op(k.of("b1", "a1"), "collectFile", opts{"seed", opts{"a.txt", "S "}}, first)
		}, `Q a.txt=S a1\n; b.txt=b1\n`},
		{"groups", func(k *kit) value.Value {
			return k.op(k.of("Hola", "Ciao", "Hello", "Bonjour", "Halo"), "collectFile", first)
		}, `Q B.txt=Bonjour\n; C.txt=Ciao\n; H.txt=Halo\nHola\nHello\n`},
		{
			"lists", func(k *kit) value.Value {
				return k.op(k.of(l("x.txt", "c1\n"), l("y.txt", "c2\n"), l("x.txt", "c3\n")), "collectFile")
			},
			`Q x.txt=c3\nc1\n; y.txt=c2\n`,
		},
		{"several parts", func(k *kit) value.Value {
			return k.op(k.of("a", "b"), "collectFile", fn(func(v value.Value) any { return l("k.txt", v, v, "\n") }))
		}, `Q k.txt=aa\n\nbb`},
		{"files by name", func(k *kit) value.Value { return k.op(k.of(files(k)...), "collectFile") }, `Q a2.txt=H\na2\n; z1.txt=H\nz1\n`},
		{
			"files sorted", func(k *kit) value.Value {
				return k.op(k.of(files(k)...), "collectFile", opts{"name", "n.txt", "sort", true})
			},
			`Q n.txt=H\na2\nH\nz1\n`,
		},
		{"files newLine", func(k *kit) value.Value {
			return k.op(k.of(files(k)...), "collectFile", opts{"name", "n.txt", "newLine", true, "sort", false})
		}, `Q n.txt=H\nz1\n\nH\na2\n\n`},
		{"keepHeader", func(k *kit) value.Value {
			return k.op(k.of(files(k)...), "collectFile", opts{"name", "n.txt", "keepHeader", true, "sort", false})
		}, `Q n.txt=H\nz1\na2\n`},
		{"keepHeader skip", func(k *kit) value.Value {
			return k.op(k.of("H\nG\n1\n", "H\nG\n2\n"), "collectFile", opts{"keepHeader", true, "skip", 2, "sort", false})
		}, `Q collect-file.data=H\nG\n1\n2\n`},
		{"skip", func(k *kit) value.Value {
			return k.op(k.of(files(k)...), "collectFile", opts{"name", "n.txt", "skip", 1, "sort", false})
		}, `Q n.txt=z1\na2\n`},
		{"value", func(k *kit) value.Value { return k.op(k.value("v"), "collectFile", opts{"name", "n.txt"}) }, "Q n.txt=v"},
		{"empty", func(k *kit) value.Value { return k.op(k.empty(), "collectFile", opts{"name", "n.txt", "seed", "x"}) }, "Q"},
		{"nulls", func(k *kit) value.Value {
			return k.op(k.of("a", nil, "b"), "collectFile", opts{"name", "n.txt"})
		}, "Q n.txt=ab"},
		{"only a null", func(k *kit) value.Value { return k.op(k.of(nil), "collectFile") }, "Q"},
		{"empty text", func(k *kit) value.Value { return k.op(k.of(""), "collectFile", opts{"name", "n.txt"}) }, "Q n.txt="},
		{
			"number", func(k *kit) value.Value { return k.op(k.of(3), "collectFile", opts{"name", "n.txt"}) },
			"error: operator `collectFile` writes text and files, not `3` [Integer]",
		},
	})
}

func TestCollectFilePlaces(t *testing.T) {
	rows := []struct {
		opts opts
		want string // below the launch directory
	}{
		{opts{"name", "n.txt", "storeDir", "st"}, "st/n.txt"},
		{opts{"name", "sub/n.txt", "storeDir", "st"}, "st/n.txt"},
		{opts{"name", "st3/n.txt"}, "st3/n.txt"},
	}
	for _, r := range rows {
		k := newKit(t)
		k.run(k.op(k.of("b", "a"), "collectFile", r.opts))
		if b, err := os.ReadFile(filepath.Join(k.dir, r.want)); err != nil || string(b) != "ab" {
			t.Errorf("%v: %q %v", r.opts, b, err)
		}
	}
}

// A file that would be the same again keeps its time, so that -resume finds
// tasks reading it unchanged.
func TestCollectFileAgain(t *testing.T) {
	k := newKit(t)
	collect := func(text string) os.FileInfo {
		t.Helper()
		k2 := newKit(t)
		k2.env.TempDir = k.env.TempDir
		ch := k2.op(k2.of(text), "collectFile", opts{"name", "n.txt", "storeDir", filepath.Join(k.dir, "st")})
		if got := k2.run(ch); got != "Q n.txt="+text {
			t.Fatal(got)
		}
		info, err := os.Stat(filepath.Join(k.dir, "st", "n.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	collect("x")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(k.dir, "st", "n.txt"), old, old); err != nil {
		t.Fatal(err)
	}
	if info := collect("x"); time.Since(info.ModTime()) < time.Minute {
		t.Error("an equal file was written anew")
	}
	if info := collect("y"); time.Since(info.ModTime()) > time.Minute {
		t.Error("a different file was not written")
	}
	parts, err := filepath.Glob(filepath.Join(k.dir, "st", ".part-*"))
	if err != nil || len(parts) > 0 {
		t.Errorf("left behind: %v %v", parts, err)
	}
}

func TestFromPath(t *testing.T) {
	k := newKit(t)
	names := func(k *kit, v value.Value) value.Value {
		return k.op(v, "map", fn(func(v value.Value) any {
			if l, ok := v.(*value.List); ok {
				var names []any
				for _, e := range l.Elems {
					if p, isPath := e.(*value.Path); isPath {
						names = append(names, p.FileName())
					} else if inner, isList := e.(*value.List); isList {
						var group []any
						for _, p := range inner.Elems {
							group = append(group, p.(*value.Path).FileName())
						}
						names = append(names, group)
					} else {
						names = append(names, e)
					}
				}
				return names
			}
			return v.(*value.Path).FileName()
		}))
	}
	for _, f := range []string{
		"a_1.fq", "a_2.fq", "a_3.fq", "b_1.fq", "b_2.fq", "sample1_1.fq", "sample1_2.fq", "c_1.fq", "m.bam", "m.bai", "n.bam",
		"S1_R1_001.gz", "S1_R2_001.gz", "s1-x.txt", "s2-x.txt", "sub/q_1.fq", "sub/q_2.fq",
	} {
		k.write("p/"+f, "")
	}
	rows := []struct {
		name string
		args []any
		want string
	}{
		{"fromPath", []any{"p/a_*.fq"}, "a_1.fq; a_2.fq; a_3.fq"},
		{"fromPath", []any{l("p/a_1.fq", "p/b_*.fq")}, "a_1.fq; b_1.fq; b_2.fq"},
		{"fromPath", []any{"p/none.txt"}, "none.txt"},
		{"fromPath", []any{opts{"type", "dir"}, "p/*"}, "sub"},
		{"fromPath", []any{"p/none*"}, ""},
		{"fromFilePairs", []any{"p/*_{1,2}.fq"}, "[a, [a_1.fq, a_2.fq]]; [b, [b_1.fq, b_2.fq]]; [sample1, [sample1_1.fq, sample1_2.fq]]"},
		{"fromFilePairs", []any{opts{"flat", true}, "p/b_{1,2}.fq"}, "[b, b_1.fq, b_2.fq]"},
		{"fromFilePairs", []any{opts{"size", -1}, "p/{a,c}_*.fq"}, "[, [a_1.fq, a_2.fq, a_3.fq, c_1.fq]]"},
		{"fromFilePairs", []any{opts{"size", -1}, "p/a_1.fq"}, "[a_1, [a_1.fq]]"},
		{"fromFilePairs", []any{opts{"size", -1}, "p/s*mple*{1,2}.fq"}, "[sample1, [sample1_1.fq, sample1_2.fq]]"},
		{"fromFilePairs", []any{opts{"size", -1}, "p/b_?.fq"}, "[b_1, [b_1.fq]]; [b_2, [b_2.fq]]"},
		{"fromFilePairs", []any{opts{"size", 1}, "p/*.bam"}, "[m, [m.bam]]; [n, [n.bam]]"},
		{"fromFilePairs", []any{"p/b_*.fq", fn(func(v value.Value) any { return "k" })}, "[k, [b_1.fq, b_2.fq]]"},
		{"fromFilePairs", []any{"p/*_R{1,2}_*.gz"}, "[S1, [S1_R1_001.gz, S1_R2_001.gz]]"},
		{"fromFilePairs", []any{l("p/a_{1,2}.fq", "p/b_{1,2}.fq")}, "[a, [a_1.fq, a_2.fq]]; [b, [b_1.fq, b_2.fq]]"},
		{"fromFilePairs", []any{"p/*_?.fq"}, ""},
		{"fromFilePairs", []any{"p/**_{1,2}.fq"}, "[a, [a_1.fq, a_2.fq]]; [b, [b_1.fq, b_2.fq]]; [q, [q_1.fq, q_2.fq]]; [sample1, [sample1_1.fq, sample1_2.fq]]"},
		{"fromFilePairs", []any{"p/sample*_{1,2}.fq"}, "[sample1, [sample1_1.fq, sample1_2.fq]]"},
		{"fromFilePairs", []any{"p/s{1,2}-*.txt"}, "[s, [s1-x.txt, s2-x.txt]]"},
		{"fromFilePairs", []any{"p/*.{bam,bai}"}, "[m, [m.bai, m.bam]]"},
		{"fromFilePairs", []any{"p/*_[12].fq"}, "[a, [a_1.fq, a_2.fq]]; [b, [b_1.fq, b_2.fq]]; [sample1, [sample1_1.fq, sample1_2.fq]]"},
		{"fromPath", []any{opts{"checkIfExists", true}, "p/none.txt"}, "error: No such file or directory: DIR/p/none.txt"},
		{"fromPath", []any{opts{"checkIfExists", true}, "p/none*"}, "error: No files match pattern `none*` at path: DIR/p"},
	}
	for _, r := range rows {
		k2 := newKit(t)
		k2.dir = k.dir
		got := strings.TrimPrefix(strings.TrimPrefix(k2.run(names(k2, k2.make(r.name, r.args...))), "Q"), " ")
		if got = strings.ReplaceAll(got, k.dir, "DIR"); got != r.want {
			t.Errorf("%s %v\ngot  %s\nwant %s", r.name, r.args, got, r.want)
		}
	}
}

func TestFromPathRelative(t *testing.T) {
	k := newKit(t)
	k.write("x_1.fq", "")
	if got := k.run(k.op(k.make("fromPath", opts{"relative", true}, "x_*.fq"), "map", fn(func(v value.Value) any { return value.ToString(v) }))); got != "Q x_1.fq" {
		t.Error(got)
	}
}

func TestWatchPath(t *testing.T) {
	k := newKit(t)
	k.write("w/old.txt", "")
	ch := k.op(k.make("watchPath", "w/*.txt"), "take", 1)
	time.AfterFunc(300*time.Millisecond, func() {
		if err := os.WriteFile(filepath.Join(k.dir, "w", "new.txt"), []byte("n"), 0o666); err != nil {
			panic(err)
		}
	})
	if got := k.run(ch); got != "Q new.txt=n" {
		t.Error(got)
	}
}
