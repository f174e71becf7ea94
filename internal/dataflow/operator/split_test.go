package operator

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

const (
	fasta = ">1abc some desc|x\nACGT\nTTG\n;comment\n>2 two\nGG\nCC\n\n>3\nA\n"
	fastq = "@r1 d\nACGT\n+\nIIII\n@r2\nGG\n+r2\nJJ\n@r3\nT\n+\n#\n"
	csv   = "id,name , n\n1,\"a,b\",3\n\n2, c ,\"x\"\"y\"\n"
)

// method calls a splitter as a method of a string or path.
func (k *kit) method(recv any, name string, args ...any) string {
	for _, m := range SplitMethods(k.env) {
		if m.Name == name {
			v, err := m.Fn(k.th, val(recv), values(args))
			if err != nil {
				return "error: " + err.Error()
			}
			if list, ok := v.(*value.List); ok {
				shown := make([]string, len(list.Elems))
				for i, e := range list.Elems {
					shown[i] = k.show(e)
				}
				return strings.Join(shown, "; ")
			}
			return k.show(v)
		}
	}
	k.t.Fatalf("no method %s", name)
	return ""
}

// The expectations are what Nextflow 25.04.4 gave for files of this content.
func TestSplitMethods(t *testing.T) {
	rows := []struct {
		recv, name string
		args       []any
		want       string
	}{
		{csv, "splitCsv", nil, `[id, name ,  n]; [1, "a, b", 3]; [2,  c , "x""y"]`},
		{csv, "splitCsv", []any{opts{"header", true}}, `[id:1, name :"a,  n:b"]; [id:2, name : c ,  n:"x""y"]`},
		{csv, "splitCsv", []any{opts{"header", true, "strip", true}}, `[id:1, name:"a, n:b"]; [id:2, name:c, n:"x""y"]`},
		{csv, "splitCsv", []any{opts{"header", l("x", "y"), "skip", 1}}, `[x:1, y:"a]; [x:2, y: c ]`},
		{csv, "splitCsv", []any{opts{"by", 2}}, `[[id, name ,  n], [1, "a, b", 3]]; [[2,  c , "x""y"]]`},
		{"a,b\n", "splitCsv", []any{opts{"header", l("x", "y", "z")}}, "[x:a, y:b, z:null]"},
		{"a,b,c\n1,2\n3,4,5,6\n", "splitCsv", []any{opts{"header", true}}, "[a:1, b:2, c:null]; [a:3, b:4, c:5]"},
		{"h\na\nb\nc\n", "splitCsv", []any{opts{"limit", 2, "header", true}}, "[h:a]; [h:b]"},
		{"a\tb\nc\td", "splitCsv", []any{opts{"sep", "\t"}}, "[a, b]; [c, d]"},
		{"'a,b',c\n", "splitCsv", []any{opts{"quote", "'"}}, "[a,b, c]"},
		{"x\n\ny\nz\n", "splitCsv", []any{opts{"skip", 1}}, "[y]; [z]"},
		{"x\n\ny\nz\n", "splitCsv", []any{opts{"skip", 2}}, "[y]; [z]"},
		{"x\nh\ny\nz\n", "splitCsv", []any{opts{"skip", 1, "header", true}}, "[h:y]; [h:z]"},
		{"a,a\n1,2\n", "splitCsv", []any{opts{"header", true}}, "[a:2]"},
		{"a,b\r\nc,d\r\n", "splitCsv", nil, "[a, b]; [c, d]"},
		{"\uFEFFa,b\n1,2\n", "splitCsv", []any{opts{"header", true}}, "[a:1, b:2]"},
		{"a,b\n   \n\n1,2\n", "splitCsv", nil, "[a, b]; [   ]; [1, 2]"},
		{"a,\"\",b\n", "splitCsv", []any{opts{"quote", `"`}}, "[a, , b]"},
		{"a\"b\"c,d\n", "splitCsv", []any{opts{"quote", `"`}}, `[a"b"c, d]`},
		{"a::b\n", "splitCsv", []any{opts{"sep", "::"}}, "error: operator `splitCsv`: `::` is not one character: a CSV separator or quote is"},
		{"a,,b\n", "splitCsv", []any{opts{"header", true}}, "error: operator `splitCsv`: the CSV header `a,,b` has a column without a name"},
		{"", "splitCsv", []any{opts{"header", true}}, "error: operator `splitCsv`: the CSV content has no header: it is empty"},
		{"\"a\" , b\n", "splitCsv", []any{opts{"quote", `"`}}, "error: operator `splitCsv`: the quoted CSV value `a` is not followed by the separator `,` in line: \"a\" , b"},
		{"a,\"bc\n", "splitCsv", []any{opts{"quote", `"`}}, "error: operator `splitCsv`: the CSV value starting `\"bc` has no closing quote in its line: a,\"bc"},
		{"a", "splitCsv", []any{opts{"heder", true}}, "error: operator `splitCsv` has no option `heder`; `header` exists: its options are `by`, `charset`, `decompress`, `elem`, `header`, `limit`, `quote`, `sep`, `skip`, `strip`, `each`, `into`, `autoClose`"},
		{fasta, "splitFasta", nil, `>1abc some desc|x\nACGT\nTTG\n; >2 two\nGG\nCC\n\n; >3\nA\n`},
		{fasta, "splitFasta", []any{opts{"by", 2}}, `>1abc some desc|x\nACGT\nTTG\n>2 two\nGG\nCC\n\n; >3\nA\n`},
		{fasta, "splitFasta", []any{opts{"limit", 1}}, `>1abc some desc|x\nACGT\nTTG\n`},
		{fasta, "splitFasta", []any{opts{"size", 8}}, `>1abc some desc|x\nACGT\nTTG\n>2 two\nGG\nCC\n\n; >3\nA\n`},
		{
			fasta, "splitFasta",
			[]any{opts{"record", opts{"id", true, "seqString", true, "desc", true, "header", true, "text", true, "sequence", true}}},
			`[id:1abc, desc:some desc|x, header:1abc some desc|x, text:>1abc some desc|x\nACGT\nTTG\n, seqString:ACGTTTG, sequence:ACGT\nTTG\n]; ` +
				`[id:2, desc:two, header:2 two, text:>2 two\nGG\nCC\n\n, seqString:GGCC, sequence:GG\nCC\n]; ` +
				`[id:3, desc:null, header:3, text:>3\nA\n, seqString:A, sequence:A\n]`,
		},
		{
			fasta, "splitFasta",
			[]any{opts{"record", opts{"id", true, "sequence", true, "width", 3}}},
			`[id:1abc, sequence:ACG\nTTT\nG\n]; [id:2, sequence:GGC\nC\n]; [id:3, sequence:A\n]`,
		},
		{fasta, "splitFasta", []any{opts{"record", opts{"id", true}, "by", 2}}, "[[id:1abc], [id:2]]; [[id:3]]"},
		{
			">id\nAC\n> x y\nA\n", "splitFasta",
			[]any{opts{"record", opts{"id", true, "desc", true, "header", true}}},
			"[id:id, desc:null, header:id]; [id:, desc:null, header: x y]",
		},
		{"hello\nworld\n", "splitFasta", nil, `hello\nworld\n`},
		{fasta, "splitFasta", []any{opts{"record", opts{"name", true}}}, "error: operator `splitFasta` has no record field `name`: the fields are `id`, `desc`, `header`, `text`, `seqString`, `sequence`, `width`"},
		{fasta, "splitFasta", []any{opts{"by", 1, "size", 1}}, "error: operator `splitFasta` takes `by` or `size`, not both"},
		{fasta, "countFasta", nil, "3"},
		{fastq, "splitFastq", nil, `@r1 d\nACGT\n+\nIIII\n; @r2\nGG\n+r2\nJJ\n; @r3\nT\n+\n#\n`},
		{fastq, "splitFastq", []any{opts{"by", 2, "limit", 3}}, `@r1 d\nACGT\n+\nIIII\n@r2\nGG\n+r2\nJJ\n; @r3\nT\n+\n#\n`},
		{
			fastq + "\n", "splitFastq",
			[]any{opts{"record", true}},
			"[readHeader:r1 d, readString:ACGT, qualityHeader:, qualityString:IIII]; [readHeader:r2, readString:GG, qualityHeader:r2, qualityString:JJ]; [readHeader:r3, readString:T, qualityHeader:, qualityString:#]",
		},
		{fastq, "splitFastq", []any{opts{"record", opts{"readHeader", true}}}, "[readHeader:r1 d]; [readHeader:r2]; [readHeader:r3]"},
		{"@r\nAC\n+\n", "splitFastq", nil, ""},
		{"r\nAC\n+\nII\n", "splitFastq", nil, "error: operator `splitFastq`: the content is not FASTQ: a read starts `r` and its third line `+`, not with `@` and `+`"},
		{fastq, "countFastq", nil, "3"},
		{"a\nb\n\nc", "splitText", nil, `a\n; b\n; \n; c\n`},
		{"a\nb\nc\n", "splitText", []any{opts{"by", 2}}, `a\nb\n; c\n`},
		{"a\nb\nc\nd\n", "splitText", []any{opts{"by", 2, "limit", 3}}, `a\nb\n; c\n`},
		{"h\na\nb\nc\n", "splitText", []any{opts{"by", 2, "keepHeader", true}}, `h\na\nb\n; h\nc\n`},
		{"h\na\nb\nc\n", "splitText", []any{opts{"keepHeader", true}}, `a\n; b\n; c\n`},
		{"a\r\nb\r\n", "splitText", nil, `a\n; b\n`},
		{"a\n", "splitText", []any{fn(func(v value.Value) any { return "<" + strings.TrimSpace(value.ToString(v)) + ">" })}, "<a>"},
		{"a\n", "splitText", []any{opts{"by", "2"}}, "error: operator `splitText` takes an integer as `by`, not `2` [String]"},
		{"a\n", "splitText", []any{opts{"charset", "EBCDIC"}}, "error: operator `splitText`: charset `EBCDIC` is none of UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16LE, UTF-16BE"},
		{"a\nb\n\nc", "countLines", nil, "4"},
		{"", "countLines", nil, "0"},
		{`[1,"a",{"b":[1,2.5,null,true]}]`, "splitJson", nil, "1; a; [b:[1, 2.5, null, true]]"},
		{`[1,null]`, "splitJson", nil, "1; null"},
		{`{"a":1,"b":{"c":[1,2]}}`, "splitJson", nil, "[key:a, value:1]; [key:b, value:[c:[1, 2]]]"},
		{`{"a":1,"b":{"c":[1,2]}}`, "splitJson", []any{opts{"path", "b.c"}}, "1; 2"},
		{`{"a":[{"x":[5,6]},{"x":7}]}`, "splitJson", []any{opts{"path", "a[0].x"}}, "5; 6"},
		{`{"a":1,"b":{"c":[1,2]}}`, "splitJson", []any{opts{"path", "b"}}, "[key:c, value:[1, 2]]"},
		{`[1,2,3]`, "splitJson", []any{opts{"limit", 2}}, "1; 2"},
		{`{"a":1}`, "splitJson", []any{opts{"path", "zz"}}, ""},
		{`5`, "splitJson", nil, "error: operator `splitJson`: the JSON content is the value `5`, not an object or an array"},
		{`{"a":`, "splitJson", nil, "error: operator `splitJson`: read JSON content: unexpected EOF"},
		{`[1,2,3]`, "countJson", nil, "3"},
		{`{"a":1,"b":2}`, "countJson", nil, "2"},
	}
	for _, r := range rows {
		k := newKit(t)
		if got := k.method(r.recv, r.name, r.args...); got != r.want {
			t.Errorf("%q.%s(%v)\ngot  %s\nwant %s", r.recv, r.name, r.args, got, r.want)
		}
	}
}

func TestSplitCharset(t *testing.T) {
	k := newKit(t)
	p := k.write("u16.txt", "\xff\xfea\x00\n\x00")
	if got := k.method(p, "splitText", opts{"charset", "UTF-16"}); got != `a\n` {
		t.Errorf("UTF-16: %s", got)
	}
	if got := k.method("\xe9\n", "splitText", opts{"charset", "ISO-8859-1"}); got != `é\n` {
		t.Errorf("ISO-8859-1: %s", got)
	}
}

func TestSplitFiles(t *testing.T) {
	k := newKit(t)
	fa := k.write("s.fa", fasta)
	chunks := `s.1.fa=>1abc some desc|x\nACGT\nTTG\n>2 two\nGG\nCC\n\n; s.2.fa=>3\nA\n`
	if got := k.method(fa, "splitFasta", opts{"by", 2, "file", true}); got != chunks {
		t.Errorf("file: true\ngot  %s\nwant %s", got, chunks)
	}
	if got := k.method(fa, "splitFasta", opts{"file", "chunk", "limit", 1}); !strings.HasPrefix(got, "chunk.1=>1abc") {
		t.Errorf("file: 'chunk': %s", got)
	}
	at := &value.Path{Name: filepath.Join(k.dir, "out", "part")}
	if got := k.method(fa, "splitFasta", opts{"file", at, "by", 3}); !strings.HasPrefix(got, "part.1=") {
		t.Errorf("file: path: %s", got)
	}
	if _, err := os.Stat(filepath.Join(k.dir, "out", "part.1")); err != nil {
		t.Error(err)
	}
	if got := k.method("a\nb\n", "splitText", opts{"file", true}); got != `chunk.1=a\n; chunk.2=b\n` {
		t.Errorf("of text: %s", got)
	}
	if got := k.method("missing.txt", "splitText"); got != `missing.txt\n` {
		t.Errorf("a string is content: %s", got)
	}
	missing := &value.Path{Name: "missing.txt"}
	if got, want := k.method(missing, "splitText"), "error: No such file or directory: "+filepath.Join(k.dir, "missing.txt"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSplitCompressed(t *testing.T) {
	k := newKit(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(fastq)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	fq := k.write("s.fq.gz", b.String())
	if got := k.method(fq, "countFastq"); got != "3" {
		t.Errorf("countFastq: %s", got)
	}
	if got := k.method(fq, "splitFastq", opts{"by", 3, "file", true}); !strings.HasPrefix(got, "s.1.fq=@r1 d") {
		t.Errorf("file: %s", got)
	}
	if got := k.method(fq, "splitFastq", opts{"by", 3, "file", true, "compress", true}); !strings.HasPrefix(got, "s.1.fq.gz=\x1f\x8b") {
		t.Errorf("compress: %q", got)
	}
	plain := k.write("plain.txt", "x\n")
	if got := k.method(plain, "splitCsv", opts{"decompress", true}); !strings.Contains(got, "decompress content: ") {
		t.Errorf("decompress of plain text: %s", got)
	}
}

func TestSplitOperators(t *testing.T) {
	pair := func(k *kit) value.Value {
		return k.of(l("id", k.write("x_1.fq", fastq), k.write("x_2.fq", strings.ReplaceAll(fastq, "r", "R"))))
	}
	check(t, []row{
		{"splitCsv", func(k *kit) value.Value { return k.op(k.of("a,b\n1,2\n"), "splitCsv", opts{"header", true}) }, "Q [a:1, b:2]"},
		{"splitCsv value", func(k *kit) value.Value { return k.op(k.value("a,b\n1,2\n"), "splitCsv") }, "Q [a, b]; [1, 2]"},
		{"first element", func(k *kit) value.Value { return k.op(k.of(l("a,b\n1,2\n", "x")), "splitCsv", opts{"header", true}) }, "Q [[a:1, b:2], x]"},
		{"elem", func(k *kit) value.Value { return k.op(k.of(l("x", "a\nb\n", "y")), "splitText", opts{"elem", 1}) }, `Q [x, a\n, y]; [x, b\n, y]`},
		{"first file", func(k *kit) value.Value { return k.op(k.of(l("x", k.write("t.txt", "a\nb\n"))), "splitText") }, `Q [x, a\n]; [x, b\n]`},
		{"closure", func(k *kit) value.Value {
			return k.op(k.of("a\nb\n"), "splitText", fn(func(v value.Value) any { return strings.TrimSpace(value.ToString(v)) + "!" }))
		}, "Q a!; b!"},
		{
			"pe", func(k *kit) value.Value { return k.op(pair(k), "splitFastq", opts{"by", 2, "pe", true}) },
			`Q [id, @r1 d\nACGT\n+\nIIII\n@r2\nGG\n+r2\nJJ\n, @R1 d\nACGT\n+\nIIII\n@R2\nGG\n+R2\nJJ\n]; [id, @r3\nT\n+\n#\n, @R3\nT\n+\n#\n]`,
		},
		{
			"pe file", func(k *kit) value.Value {
				return k.op(pair(k), "splitFastq", opts{"by", 3, "pe", true, "file", true, "limit", 1})
			},
			`Q [id, x_1.1.fq=@r1 d\nACGT\n+\nIIII\n, x_2.1.fq=@R1 d\nACGT\n+\nIIII\n]`,
		},
		{
			"elem list", func(k *kit) value.Value {
				return k.op(pair(k), "splitFastq", opts{"by", 3, "elem", l(1, 2), "limit", 1})
			},
			`Q [id, @r1 d\nACGT\n+\nIIII\n, @R1 d\nACGT\n+\nIIII\n]`,
		},
		{"splitJson", func(k *kit) value.Value { return k.op(k.of("[1,2]"), "splitJson") }, "Q 1; 2"},
		{"countLines", func(k *kit) value.Value { return k.op(k.of("a\nb\n", "c\n"), "countLines") }, "V 3"},
		{"countLines empty", func(k *kit) value.Value { return k.op(k.empty(), "countLines") }, "V 0"},
		{"countFasta", func(k *kit) value.Value { return k.op(k.of(fasta, fasta), "countFasta") }, "V 6"},
		{"countFastq tuple", func(k *kit) value.Value { return k.op(pair(k), "countFastq") }, "V 3"},
		{"countJson", func(k *kit) value.Value { return k.op(k.of("[1,2]"), "countJson") }, "V 2"},
		{"number", func(k *kit) value.Value { return k.op(k.of(5), "splitText") }, "error: operator `splitText` splits text and files, not `5` [Integer]"},
	})
}
