package splitter

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"sluice/internal/lang/value"
)

// Format is what content is cut as.
type Format string

// The formats, named as the operators end: splitCsv, countFasta.
const (
	CSV   Format = "Csv"
	FASTA Format = "Fasta"
	FASTQ Format = "Fastq"
	JSON  Format = "Json"
	Text  Format = "Text"
)

// Options are the options of all formats; each uses those it documents.
type Options struct {
	By         int   // records a chunk, below 2 single records
	Limit      int64 // most records read, 0 for all
	Charset    string
	Decompress bool
	KeepHeader bool  // Text: the first line goes before each chunk
	Size       int64 // FASTA: bases a chunk, at least

	Sep     string   // CSV, one character
	Quote   string   // CSV, one character or none
	Strip   bool     // CSV: blanks around values are dropped
	Skip    int      // CSV: lines before the first row or header
	Header  bool     // CSV: the first row names the columns
	Columns []string // CSV: names of the columns, given

	Record Fields // FASTA, FASTQ: maps of these fields instead of text
	Path   string // JSON: which part of the document

	// Chunks, when not nil, makes the file of the n-th chunk, from 1, and
	// chunks are then paths.
	Chunks func(n int) (Chunk, error)
}

// Fields are the fields of a record that are wanted; nil when text is.
type Fields map[string]int

// A Chunk is a file being filled.
type Chunk interface {
	io.WriteCloser
	Path() *value.Path
}

// records yields one record at a time.
type records interface {
	next() (record, error) // io.EOF after the last
}

type record struct {
	val    value.Value
	isText bool // text is the value
	text   string
	size   int64 // bases of a sequence
}

func (r record) value() value.Value {
	if r.isText {
		return value.String(r.text)
	}
	return r.val
}

// Split cuts content and hands each record or chunk to emit; emit returns
// false to stop.
func Split(format Format, content io.Reader, opts *Options, emit func(value.Value) (bool, error)) error {
	recs, err := open(format, content, opts)
	if err != nil {
		return err
	}
	c := &chunker{opts: opts, emit: emit}
	for n := int64(0); opts.Limit <= 0 || n < opts.Limit; n++ {
		rec, err := recs.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return errors.Join(err, c.abandon())
		}
		more, err := c.add(rec)
		if err != nil {
			return errors.Join(err, c.abandon())
		}
		if !more {
			return nil
		}
	}
	_, err = c.flush()
	return err
}

// Count is the number of records in content.
func Count(format Format, content io.Reader, opts *Options) (int64, error) {
	recs, err := open(format, content, opts)
	if err != nil {
		return 0, err
	}
	for n := int64(0); ; n++ {
		if _, err := recs.next(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return 0, err
		}
	}
}

func open(format Format, content io.Reader, opts *Options) (records, error) {
	if format == JSON {
		return openJSON(content, opts)
	}
	lines, err := openLines(content, opts)
	if err != nil {
		return nil, err
	}
	switch format {
	case CSV:
		return openCSV(lines, opts)
	case FASTA:
		return openFasta(lines, opts), nil
	case FASTQ:
		return &fastqRecords{lines: lines, fields: opts.Record}, nil
	case Text:
		return openText(lines, opts)
	}
	panic("internal error: splitter format " + string(format))
}

// Content is r as text: decompressed when asked for or when it starts as gzip
// does and auto is set.
func Content(r io.Reader, decompress, auto bool) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if !decompress {
		head, err := b.Peek(2)
		if !auto || err != nil || head[0] != 0x1f || head[1] != 0x8b {
			return b, nil
		}
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("decompress content: %w", err)
	}
	return z, nil
}

// A chunker gathers records.
type chunker struct {
	opts *Options
	emit func(value.Value) (bool, error)
	n    int // records gathered
	size int64
	vals []value.Value
	text []byte
	file Chunk
	made int
}

func (c *chunker) add(r record) (bool, error) {
	if c.opts.Chunks == nil && c.opts.Size <= 0 && c.opts.By < 2 {
		return c.emit(r.value())
	}
	if err := c.keep(r); err != nil {
		return false, err
	}
	c.n++
	c.size += r.size
	if c.opts.Size > 0 {
		if c.size < c.opts.Size {
			return true, nil
		}
	} else if c.n < c.opts.By {
		return true, nil
	}
	return c.flush()
}

func (c *chunker) keep(r record) error {
	switch {
	case c.opts.Chunks != nil:
		if c.file == nil {
			f, err := c.opts.Chunks(c.made + 1)
			if err != nil {
				return err
			}
			c.file = f
			c.made++
		}
		_, err := io.WriteString(c.file, r.text)
		return err
	case r.isText:
		c.text = append(c.text, r.text...)
	default:
		c.vals = append(c.vals, r.val)
	}
	return nil
}

// flush emits what is gathered.
func (c *chunker) flush() (bool, error) {
	if c.n == 0 {
		return true, nil
	}
	var v value.Value
	switch {
	case c.file != nil:
		f := c.file
		c.file = nil
		if err := f.Close(); err != nil {
			return false, err
		}
		v = f.Path()
	case c.vals != nil:
		v = value.NewList(c.vals...)
	default:
		v = value.String(c.text)
	}
	c.n, c.size, c.vals, c.text = 0, 0, nil, nil
	return c.emit(v)
}

func (c *chunker) abandon() error {
	if c.file == nil {
		return nil
	}
	f := c.file
	c.file = nil
	return f.Close()
}
