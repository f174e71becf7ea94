package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"sluice/internal/task"
)

// A packer compresses rows of JSON, one a line, as they come.
type packer struct {
	buf   bytes.Buffer
	zip   *gzip.Writer
	lines *json.Encoder
	rows  int
	err   error
}

func newPacker() *packer {
	p := &packer{}
	zip, err := gzip.NewWriterLevel(&p.buf, gzip.DefaultCompression)
	if err != nil {
		panic("internal error: gzip: " + err.Error())
	}
	p.zip = zip
	p.lines = json.NewEncoder(zip)
	p.lines.SetEscapeHTML(false)
	return p
}

func (p *packer) add(row []any) {
	p.rows++
	if err := p.lines.Encode(row); err != nil && p.err == nil {
		p.err = fmt.Errorf("pack a task: %w", err)
	}
}

// text ends the stream and is the base64 of it.
func (p *packer) text() (string, error) {
	if err := p.zip.Close(); err != nil && p.err == nil {
		p.err = err
	}
	return base64.StdEncoding.EncodeToString(p.buf.Bytes()), p.err
}

// A dictionary numbers texts that come again and again: names of processes,
// images. A row holds the text the first time and its number afterwards.
type dictionary map[string]int

func (d dictionary) put(s string) any {
	if s == "" {
		return nil
	}
	if i, ok := d[s]; ok {
		return i
	}
	d[s] = len(d)
	return s
}

// since is a moment in milliseconds after another one; null when unknown.
func since(t, start time.Time) any {
	if t.IsZero() || start.IsZero() {
		return nil
	}
	return t.Sub(start).Milliseconds()
}

// known is n, null when it is not known.
func known(n int64, ok bool) any {
	if !ok || n < 0 {
		return nil
	}
	return n
}

// size is a number of bytes to four digits, which is what the page shows;
// exact figures are in the trace file. Null when it is not known.
func size(n int64, ok bool) any {
	if !ok || n < 0 {
		return nil
	}
	unit := int64(1)
	for n/unit >= 10_000 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// tenths is x with one digit, null when it is not known.
func tenths(x float64, ok bool) any {
	if !ok || x < 0 {
		return nil
	}
	return json.Number(fmt.Sprintf("%.1f", x))
}

// measured says whether the task left figures at all.
func measured(t *task.Task) bool {
	m := t.Result.Metrics
	m.Realtime, m.CPUModel = 0, ""
	return m != task.Metrics{}
}

// or is s, null when it is empty.
func or(s string) any {
	if s == "" {
		return nil
	}
	return s
}
