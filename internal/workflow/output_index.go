package workflow

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// An index is the file that lists the items of an output with the places
// their files were published to.
// Nextflow docs: workflow#index-files
type index struct {
	path   string
	sep    string
	header value.Value // true, a list of names, or nothing
}

// indexScope takes the directives of index { … }.
type indexScope struct{ o *output }

func (*indexScope) Class() *value.Class { return value.ObjectClass }

// InvokeMethod sets what a directive says.
func (s *indexScope) InvokeMethod(_ *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	if len(args) != 1 {
		return nil, true, s.o.fail("the index directive `%s` takes one value, %d given", name, len(args))
	}
	x := s.o.index
	switch name {
	case "path":
		x.path = value.ToString(args[0])
	case "sep":
		x.sep = value.ToString(args[0])
	case "header":
		x.header = args[0]
	default:
		return nil, true, s.o.fail("`%s` is not an index directive: there are `path`, `header` and `sep`", name)
	}
	return nil, true, nil
}

// record is an item as the index shows it: files that were published by where
// they are now, nulls left out. Maps within an item stay as they are, for
// their files are not published either.
func (t *targets) record(v value.Value) value.Value {
	m, ok := v.(*value.Map)
	if !ok {
		return t.place(v)
	}
	out := value.NewMap(m.Len())
	m.Entries(func(k, e value.Value) bool { out.Set(k, t.place(e)); return true })
	return out
}

func (t *targets) place(v value.Value) value.Value {
	switch v := v.(type) {
	case nil:
		return nil
	case *value.Path:
		if to, ok := t.of(v); ok {
			return value.ParsePath(to)
		}
		return v
	case *value.Map:
		return v
	}
	if !value.IsCollection(v) {
		return v
	}
	elems, _ := value.Elements(v)
	out := value.NewList()
	for _, e := range elems {
		out.Elems = append(out.Elems, t.place(e))
	}
	return out
}

// write makes the index file. An extension that says no format is worth a
// warning only, as it is to the original.
func (x *index) write(p *publisher) (string, error) {
	path := storage.Join(p.env.Dir, x.path)
	var text string
	var err error
	switch strings.TrimPrefix(filepath.Ext(path), ".") {
	case "csv":
		text = x.csv(p.records)
	case "json":
		text, err = p.json()
	case "yaml", "yml":
		text, err = p.yaml()
	default:
		p.rt.Warn(fmt.Sprintf("Invalid extension '%s' for index file '%s' -- should be CSV, JSON, or YAML", strings.TrimPrefix(filepath.Ext(path), "."), path))
		return "", nil
	}
	if err != nil {
		return "", err
	}
	p.rt.Thread.Block(func() {
		if storage.IsRemote(path) {
			err = p.put(path, text)
			return
		}
		if err = os.MkdirAll(filepath.Dir(path), 0o777); err == nil {
			err = renameio.WriteFile(path, []byte(text), 0o644)
		}
	})
	if err != nil {
		return "", fmt.Errorf("write index file %s: %w", path, err)
	}
	return path, nil
}

// put writes an index file into a storage.
func (p *publisher) put(uri, text string) error {
	scheme, name := storage.Split(uri)
	s, err := p.rt.Interp.Table.Storage(scheme)
	if err != nil {
		return err
	}
	w, err := s.Create(p.rt.Thread.Context, name, false)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return errors.Join(err, w.Close())
}

// csv prints a line for each record, all fields in quotes. Unlike the
// original, which leaves out what is null and shifts the columns after it,
// a column of the header that a record lacks is an empty field.
func (x *index) csv(records []value.Value) string {
	sep := x.sep
	if sep == "" {
		sep = ","
	}
	var b strings.Builder
	columns := x.columns(records)
	line := func(fields []value.Value) {
		for i, f := range fields {
			if i > 0 {
				b.WriteString(sep)
			}
			b.WriteByte('"')
			if f != nil {
				b.WriteString(shown(f))
			}
			b.WriteByte('"')
		}
		b.WriteByte('\n')
	}
	if columns != nil {
		line(columns)
	}
	for _, r := range records {
		line(fields(r, columns))
	}
	return b.String()
}

// columns are the names of the header, nil for none.
func (x *index) columns(records []value.Value) []value.Value {
	if names, ok := value.Elements(x.header); ok && value.IsCollection(x.header) {
		return names
	}
	if !value.Truth(x.header) || len(records) == 0 {
		return nil
	}
	m, ok := records[0].(*value.Map)
	if !ok {
		return nil
	}
	var names []value.Value
	m.Entries(func(k, _ value.Value) bool { names = append(names, k); return true })
	return names
}

func fields(r value.Value, columns []value.Value) []value.Value {
	var out []value.Value
	switch r := r.(type) {
	case *value.Map:
		for _, name := range columns {
			v, _ := r.Get(name)
			out = append(out, v)
		}
		if columns == nil {
			r.Entries(func(_, v value.Value) bool {
				if v != nil {
					out = append(out, v)
				}
				return true
			})
		}
	case *value.List:
		out = r.Elems
	default:
		out = []value.Value{r}
	}
	return out
}

// texts is a record as JSON and YAML show it: all that is no collection is a
// text, as in the index files of the original.
func texts(v value.Value) value.Value {
	switch v := v.(type) {
	case nil:
		return nil
	case *value.Map:
		out := value.NewMap(v.Len())
		v.Entries(func(k, e value.Value) bool {
			if e != nil {
				out.Set(value.String(value.ToString(k)), texts(e))
			}
			return true
		})
		return out
	}
	if !value.IsCollection(v) {
		return value.String(shown(v))
	}
	elems, _ := value.Elements(v)
	out := value.NewList()
	for _, e := range elems {
		if e == nil { // a text as all others, where maps leave null out
			e = value.String("")
		}
		out.Elems = append(out.Elems, texts(e))
	}
	return out
}

// shown is what an index has of a value: of files the whole address, so that
// whoever reads it finds them.
func shown(v value.Value) string {
	if p, ok := v.(*value.Path); ok {
		return p.URI()
	}
	return value.ToString(v)
}

func (p *publisher) list() *value.List {
	l := value.NewList()
	for _, r := range p.records {
		l.Elems = append(l.Elems, texts(r))
	}
	return l
}

func (p *publisher) json() (string, error) {
	t, th := p.rt.Interp.Table, p.rt.Thread
	s, err := t.Static(value.JsonOutputClass, "toJson").Fn(th, nil, []value.Value{p.list()})
	if err != nil {
		return "", err
	}
	s, err = t.Static(value.JsonOutputClass, "prettyPrint").Fn(th, nil, []value.Value{s})
	return value.ToString(s), err
}

func (p *publisher) yaml() (string, error) {
	t, th := p.rt.Interp.Table, p.rt.Thread
	class, ok := t.Class("org.yaml.snakeyaml.Yaml")
	if !ok {
		panic("internal error: no class to write YAML with")
	}
	writer, err := t.Construct(th, class, nil)
	if err != nil {
		return "", err
	}
	s, err := t.Call(th, writer, "dump", p.list())
	return value.ToString(s), err
}
