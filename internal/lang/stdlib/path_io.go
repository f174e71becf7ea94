package stdlib

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// pathTextMethods read and write files.
func pathTextMethods() []def {
	return []def{
		{"getText", "charset = 'UTF-8'", "is the contents of the file", func(c call) (value.Value, error) {
			s, err := c.t.ReadText(c.th, c.path())
			return value.String(s), err
		}},
		{"getBytes", "", "is the bytes of the file", func(c call) (value.Value, error) {
			s, err := c.t.ReadText(c.th, c.path())
			return Bytes(s), err
		}},
		{"readBytes", "", "is the bytes of the file", func(c call) (value.Value, error) {
			s, err := c.t.ReadText(c.th, c.path())
			return Bytes(s), err
		}},
		{"readLines", "charset = 'UTF-8'", "is the list of lines", func(c call) (value.Value, error) {
			s, err := c.t.ReadText(c.th, c.path())
			return value.NewList(lineValues(s)...), err
		}},
		{"eachLine", "action: Closure", "calls action with each line, and its number from 1", func(c call) (value.Value, error) {
			return c.eachFileLine(1, c.arg(0))
		}},
		{"eachLine", "firstLine, action: Closure", "calls action with each line and its number", func(c call) (value.Value, error) {
			first := 1
			if value.IsNumber(c.arg(0)) {
				first = c.intArg(0)
			}
			return c.eachFileLine(first, c.arg(1))
		}},
		{"splitEachLine", "separator, action: Closure", "calls action with the pieces of each line", func(c call) (value.Value, error) {
			s, err := c.t.ReadText(c.th, c.path())
			if err != nil {
				return nil, err
			}
			return c.splitEachLine(s, c.arg(0), c.arg(1))
		}},
		{"filterLine", "condition: Closure", "is the text of the lines for which condition holds", filterLineMethod},
		{"setText", "text, charset = 'UTF-8'", "replaces the contents of the file", func(c call) (value.Value, error) {
			return nil, c.write(value.ToString(c.arg(0)), false)
		}},
		{"setBytes", "bytes", "replaces the contents of the file", func(c call) (value.Value, error) {
			return nil, c.write(string(listBytes(c.arg(0))), false)
		}},
		{"write", "text, charset = 'UTF-8'", "replaces the contents of the file", func(c call) (value.Value, error) {
			return nil, c.write(value.ToString(c.arg(0)), false)
		}},
		{"append", "text, charset = 'UTF-8'", "writes at the end of the file", func(c call) (value.Value, error) {
			return nil, c.write(value.ToString(c.arg(0)), true)
		}},
		{"leftShift", "text", "writes at the end of the file", func(c call) (value.Value, error) {
			return c.recv, c.write(value.ToString(c.arg(0)), true)
		}},
		{"withReader", "action: Closure", "calls action with a reader of the file", withStream(openReader)},
		{"withReader", "charset, action: Closure", "calls action with a reader of the file", withStream(openReader)},
		{"withInputStream", "action: Closure", "calls action with a stream of the file", withStream(openInput)},
		{"withWriter", "action: Closure", "calls action with a writer of the file", withStream(openWriter(false))},
		{"withWriter", "charset, action: Closure", "calls action with a writer of the file", withStream(openWriter(false))},
		{"withPrintWriter", "action: Closure", "calls action with a writer of the file", withStream(openWriter(false))},
		{"withOutputStream", "action: Closure", "calls action with a stream to the file", withStream(openWriter(false))},
		{"withWriterAppend", "action: Closure", "calls action with a writer at the end of the file", withStream(openWriter(true))},
		{"newReader", "charset = 'UTF-8'", "is a reader of the file", func(c call) (value.Value, error) { return openReader(c) }},
		{"newInputStream", "", "is a stream of the file", func(c call) (value.Value, error) { return openInput(c) }},
		{"newWriter", "append = false", "is a writer of the file", func(c call) (value.Value, error) {
			return openWriter(c.arg(0) == value.True)(c)
		}},
		{"newPrintWriter", "", "is a writer of the file", func(c call) (value.Value, error) { return openWriter(false)(c) }},
		{"newOutputStream", "", "is a stream to the file", func(c call) (value.Value, error) { return openWriter(false)(c) }},
	}
}

// ReadText is the contents of the file of a path.
func (t *Table) ReadText(th *value.Thread, p *value.Path) (string, error) {
	var b []byte
	err := t.onStorage(th, p, func(ctx context.Context, s storage.Storage) (err error) {
		r, err := s.Open(ctx, p.Name)
		if err != nil {
			return err
		}
		b, err = io.ReadAll(r)
		return errors.Join(err, r.Close())
	})
	return string(b), err
}

func (c call) write(text string, appending bool) error {
	return c.disk(func(ctx context.Context, s storage.Storage) error {
		w, err := s.Create(ctx, c.path().Name, appending)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return errors.Join(err, w.Close())
	})
}

func (c call) eachFileLine(first int, f value.Value) (value.Value, error) {
	s, err := c.t.ReadText(c.th, c.path())
	if err != nil {
		return nil, err
	}
	return c.eachLine(s, first, f)
}

func filterLineMethod(c call) (value.Value, error) {
	s, err := c.t.ReadText(c.th, c.path())
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, l := range splitLines(s) {
		ok, err := c.test(c.arg(0), value.String(l))
		if err != nil {
			return nil, err
		}
		if ok {
			b.WriteString(l + "\n")
		}
	}
	return value.String(b.String()), nil
}

type closable interface {
	value.Value
	close() error
}

func openReader(c call) (closable, error) { return c.openFor(readerClass) }
func openInput(c call) (closable, error)  { return c.openFor(inputStreamClass) }

func (c call) openFor(class *value.Class) (closable, error) {
	var r io.ReadCloser
	err := c.disk(func(ctx context.Context, s storage.Storage) (err error) {
		r, err = s.Open(ctx, c.path().Name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return newReader(class, r, r), nil
}

func openWriter(appending bool) func(call) (closable, error) {
	return func(c call) (closable, error) {
		var w io.WriteCloser
		err := c.disk(func(ctx context.Context, s storage.Storage) (err error) {
			w, err = s.Create(ctx, c.path().Name, appending)
			return err
		})
		if err != nil {
			return nil, err
		}
		buffered := bufio.NewWriter(w)
		return &Writer{of: writerClass, w: buffered, flush: buffered.Flush, closer: w}, nil
	}
}

// withStream opens, calls the last argument, and closes whatever happened.
func withStream(open func(call) (closable, error)) func(call) (value.Value, error) {
	return func(c call) (v value.Value, err error) {
		s, err := open(c)
		if err != nil {
			return nil, err
		}
		v, err = c.run(c.arg(c.n()-1), s)
		c.th.Block(func() { err = errors.Join(err, s.close()) })
		return v, err
	}
}
