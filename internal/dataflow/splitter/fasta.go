package splitter

import (
	"io"
	"strings"

	"sluice/internal/lang/value"
)

// fastaRecords are sequences: their text, or maps of fields.
type fastaRecords struct {
	lines  *lineReader
	fields Fields
	held   string // first line of the next record
	begun  bool
	ended  bool
}

func openFasta(lines *lineReader, opts *Options) records {
	return &fastaRecords{lines: lines, fields: opts.Record}
}

// line skips comments, which start with a semicolon.
func (f *fastaRecords) line() (string, error) {
	for {
		line, err := f.lines.next()
		if err != nil || !strings.HasPrefix(line, ";") {
			return line, err
		}
	}
}

func (f *fastaRecords) next() (record, error) {
	if f.ended {
		return record{}, io.EOF
	}
	if !f.begun {
		f.begun = true
		first, err := f.line()
		if err != nil {
			f.ended = true
			return record{}, err
		}
		f.held = first
	}
	header := f.held
	var text, seq strings.Builder
	text.WriteString(header + "\n")
	if !strings.HasPrefix(header, ">") {
		seq.WriteString(header + "\n")
	}
	var size int64
	for {
		line, err := f.line()
		if err == io.EOF {
			f.ended = true
			break
		}
		if err != nil {
			return record{}, err
		}
		if strings.HasPrefix(line, ">") {
			f.held = line
			break
		}
		text.WriteString(line)
		text.WriteByte('\n')
		if line = strings.TrimSpace(line); line != "" {
			size += int64(len(line))
			seq.WriteString(line)
			seq.WriteByte('\n')
		}
	}
	r := record{text: text.String(), size: size, isText: f.fields == nil}
	if f.fields != nil {
		r.val = f.fields.fasta(header, r.text, seq.String())
	}
	return r, nil
}

// fasta fields come in this order, whatever the order they are asked for in.
func (f Fields) fasta(header, text, seq string) value.Value {
	m := value.NewMap(len(f))
	header = strings.TrimPrefix(header, ">")
	id, desc, described := cutBlank(header)
	for _, name := range FastaFields {
		if _, wanted := f[name]; !wanted || name == "width" {
			continue
		}
		var v value.Value
		switch name {
		case "id":
			v = value.String(id)
		case "desc":
			if described {
				v = value.String(desc)
			}
		case "header":
			v = value.String(header)
		case "text":
			v = value.String(text)
		case "seqString":
			v = value.String(strings.ReplaceAll(seq, "\n", ""))
		case "sequence":
			v = value.String(wrap(seq, f["width"]))
		}
		m.Set(value.String(name), v)
	}
	return m
}

// FastaFields are the fields a FASTA record may have.
var FastaFields = []string{"id", "desc", "header", "text", "seqString", "sequence", "width"}

// FastqFields are the fields a FASTQ record may have.
var FastqFields = []string{"readHeader", "readString", "qualityHeader", "qualityString"}

func cutBlank(s string) (before, after string, found bool) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], i > 0
}

func wrap(seq string, width int) string {
	if width <= 0 {
		return seq
	}
	flat := strings.ReplaceAll(seq, "\n", "")
	var b strings.Builder
	for len(flat) > 0 {
		n := min(width, len(flat))
		b.WriteString(flat[:n])
		b.WriteByte('\n')
		flat = flat[n:]
	}
	return b.String()
}
