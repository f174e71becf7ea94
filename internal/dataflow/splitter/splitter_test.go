package splitter

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

// split gives all records, printed.
func split(format Format, content io.Reader, opts *Options) (string, error) {
	var got []string
	err := Split(format, content, opts, func(v value.Value) (bool, error) {
		got = append(got, value.ToString(v))
		return true, nil
	})
	return strings.Join(got, ";"), err
}

func TestFormats(t *testing.T) {
	rows := []struct {
		format  Format
		content string
		opts    Options
		want    string
	}{
		{Text, "a\nb\nc", Options{}, "a\n;b\n;c\n"},
		{Text, "a\nb\nc", Options{By: 2}, "a\nb\n;c\n"},
		{Text, "h\na\nb\nc\n", Options{By: 2, KeepHeader: true}, "h\na\nb\n;h\nc\n"},
		{CSV, "a;b\n1;2\n", Options{Sep: ";", Header: true}, "[a:1, b:2]"},
		{CSV, "a,b\n1,2\n3,4\n", Options{By: 2, Limit: 3}, "[[a, b], [1, 2]];[[3, 4]]"},
		{FASTA, ">a\nAC\n>b\nGGGG\n>c\nT\n", Options{Size: 4}, ">a\nAC\n>b\nGGGG\n;>c\nT\n"},
		{FASTA, ">a\nAC\n", Options{Record: Fields{"id": 1, "seqString": 1}}, "[id:a, seqString:AC]"},
		{FASTQ, "@a\nAC\n+\nII\n", Options{Record: Fields{}}, "[readHeader:a, readString:AC, qualityHeader:, qualityString:II]"},
		{JSON, `{"b":1,"a":[12345678901, 1.5]}`, Options{}, "[key:b, value:1];[key:a, value:[12345678901, 1.5]]"},
		{JSON, `[[1],[2]]`, Options{Path: "[1]"}, "2"},
	}
	for _, r := range rows {
		got, err := split(r.format, strings.NewReader(r.content), &r.opts)
		if err != nil || got != r.want {
			t.Errorf("%s %q\ngot  %q %v\nwant %q", r.format, r.content, got, err, r.want)
		}
	}
}

func TestErrors(t *testing.T) {
	rows := []struct {
		format  Format
		content string
		opts    Options
		want    string
	}{
		{CSV, "", Options{Header: true}, "has no header"},
		{CSV, "a", Options{Sep: "ab"}, "`ab` is not one character"},
		{CSV, `"a`, Options{Quote: `"`}, "no closing quote"},
		{FASTQ, "a\nb\nc\nd\n", Options{}, "is not FASTQ"},
		{JSON, `[1,`, Options{}, "unexpected EOF"},
		{JSON, `{"a":5}`, Options{Path: "a"}, "`a` in the JSON content is the value `5`"},
		{JSON, `[]`, Options{Path: "[x]"}, "`[x]` is not a JSON path"},
		{Text, "a", Options{Charset: "x"}, "charset `x` is none of"},
		{Text, "a", Options{Decompress: true}, "decompress content"},
	}
	for _, r := range rows {
		if _, err := split(r.format, strings.NewReader(r.content), &r.opts); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s %q: got %v, want %s", r.format, r.content, err, r.want)
		}
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	got, err := split(Text, strings.NewReader(long+"\n"+long), &Options{})
	if err != nil || got != long+"\n;"+long+"\n" {
		t.Errorf("%d characters, %v", len(got), err)
	}
}

func TestEmitEnds(t *testing.T) {
	n := 0
	endless := io.MultiReader(strings.NewReader("a\nb\nc\n"), failing{})
	err := Split(Text, endless, &Options{}, func(value.Value) (bool, error) { n++; return n < 1, nil })
	if n != 1 || err != nil {
		t.Errorf("%d records, %v", n, err)
	}
	boo := errors.New("boo")
	if err := Split(Text, strings.NewReader("a\n"), &Options{}, func(value.Value) (bool, error) { return false, boo }); !errors.Is(err, boo) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("read on a broken disk") }

// file is a Chunk in memory.
type file struct {
	strings.Builder
	name   string
	closed bool
}

func (f *file) Close() error      { f.closed = true; return nil }
func (f *file) Path() *value.Path { return &value.Path{Name: f.name} }

func TestChunks(t *testing.T) {
	var files []*file
	opts := &Options{By: 2, Chunks: func(n int) (Chunk, error) {
		files = append(files, &file{name: fmt.Sprintf("c.%d", n)})
		return files[len(files)-1], nil
	}}
	got, err := split(Text, strings.NewReader("a\nb\nc\n"), opts)
	if err != nil || got != "c.1;c.2" || files[0].String() != "a\nb\n" || files[1].String() != "c\n" || !files[1].closed {
		t.Errorf("%s %v %v", got, files, err)
	}
	files = nil
	broken := io.MultiReader(strings.NewReader("a\n"), failing{})
	if _, err := split(Text, broken, opts); err == nil || !strings.Contains(err.Error(), "broken disk") || !files[0].closed {
		t.Errorf("%v: the chunk begun is closed: %v", err, files)
	}
}

func TestCount(t *testing.T) {
	rows := []struct {
		format  Format
		content string
		want    int64
	}{{Text, "a\n\nb", 3}, {CSV, "a\n\nb\n", 2}, {FASTA, ">a\nA\n;c\n>b\n", 2}, {JSON, `{"a":1,"b":2}`, 2}, {FASTQ, "@a\nA\n+\nI\n", 1}}
	for _, r := range rows {
		if n, err := Count(r.format, strings.NewReader(r.content), &Options{}); err != nil || n != r.want {
			t.Errorf("%s: %d %v, want %d", r.format, n, err, r.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("a,\"b\"\n1,2\n")
	f.Add(">a\nACGT\n;x\n>b\n")
	f.Add("@a\nA\n+\nI\n")
	f.Add(`{"a":[1,{"b":null}]}`)
	f.Fuzz(func(t *testing.T, content string) {
		for _, format := range []Format{CSV, FASTA, FASTQ, JSON, Text} {
			n := int64(0)
			err := Split(format, strings.NewReader(content), &Options{Quote: `"`}, func(value.Value) (bool, error) { n++; return true, nil })
			if err != nil {
				continue
			}
			if count, err := Count(format, strings.NewReader(content), &Options{Quote: `"`}); err != nil || count != n {
				t.Errorf("%s: %d records split, %d counted, %v", format, n, count, err)
			}
		}
	})
}
