package operator

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"sort"
	"strings"

	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#collectfile
var collectFileOp = &operator{
	name: "collectFile", gives: givesQueue, max: 1,
	doc: "writes the items, or what a closure makes of them, into one or more files and emits those",
	args: []param{
		{"grouping?", "Closure", "gives `[name, content]`: the content goes to the file of that name"},
	},
	opts:  collectFileOptions,
	forms: []string{"collectFile(name: '...', [options])", "collectFile([options]) { v -> [name, content] }"},
	run: func(c *call) (value.Value, error) {
		f, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		col := &collecting{call: c, files: map[string]*collectedFile{}}
		if err := col.place(); err != nil {
			return nil, err
		}
		out := c.queueOut()
		c.read(func(v value.Value) error {
			if f != nil {
				if v, err = c.invoke(f, v); err != nil {
					return err
				}
			}
			return col.add(v)
		}, func() error {
			paths, err := col.write()
			for _, p := range paths {
				out.Emit(p)
			}
			out.Close()
			return err
		})
		return out, nil
	},
}

// A collecting gathers content by file name until the channel ends.
type collecting struct {
	*call
	name  string      // of the only file; "" when items say theirs
	dir   string      // storeDir, or "" for a generated place
	away  *value.Path // storeDir in a storage
	files map[string]*collectedFile
}

type collectedFile struct {
	name    string
	entries []value.Value // text or paths
	headed  bool
}

// place reads the options name and storeDir; directories in a name are a
// storeDir.
func (c *collecting) place() error {
	if v := c.opt("storeDir"); v != nil {
		c.keepIn(asPath(v))
	}
	v := c.opt("name")
	if v == nil {
		return nil
	}
	p := asPath(v)
	c.name = filepath.Base(p.Name)
	if dir := filepath.Dir(p.Name); dir != "." && c.dir == "" && c.away == nil {
		c.keepIn(&value.Path{Scheme: p.Scheme, Name: dir})
	}
	return nil
}

func (c *collecting) keepIn(dir *value.Path) {
	if dir.Scheme != "" {
		c.away = dir
		return
	}
	c.dir = c.env.local(c.th, dir)
}

func asPath(v value.Value) *value.Path {
	if p, ok := v.(*value.Path); ok {
		return p
	}
	return value.ParsePath(value.ToString(v))
}

// add sorts content to its file: `[name, content...]`, a file under its own
// name, or content for the one file. Null is nothing: pipelines mix the
// versions of tools that may not have run as `first().ifEmpty(null)`.
func (c *collecting) add(v value.Value) error {
	if v == nil {
		return nil
	}
	if l, ok := v.(*value.List); ok {
		if len(l.Elems) < 2 {
			return c.fail("takes lists `[name, content]`, not %s", describe(v))
		}
		name, ok := value.Str(l.Elems[0])
		if !ok {
			return c.fail("takes a file name first in `[name, content]`, not %s", describe(l.Elems[0]))
		}
		for _, content := range l.Elems[1:] {
			if err := c.keep(name, content); err != nil {
				return err
			}
		}
		return nil
	}
	name := c.name
	if p, ok := v.(*value.Path); ok && name == "" {
		name = p.FileName()
	}
	if name == "" {
		name = "collect-file.data"
	}
	return c.keep(name, v)
}

func (c *collecting) keep(name string, content value.Value) error {
	if !isText(content) && !isPath(content) {
		return c.fail("writes text and files, not %s", describe(content))
	}
	f := c.files[name]
	if f == nil {
		f = &collectedFile{name: name}
		c.files[name] = f
	}
	if text, ok := value.Str(content); ok {
		content = value.String(text)
	}
	f.entries = append(f.entries, content)
	return nil
}

// write makes the files, in the order of their names.
func (c *collecting) write() ([]value.Value, error) {
	names := make([]string, 0, len(c.files))
	for name := range c.files {
		names = append(names, name)
	}
	sort.Strings(names)
	var paths []value.Value
	for _, name := range names {
		f := c.files[name]
		if err := c.order(f); err != nil {
			return nil, err
		}
		p, err := c.save(f)
		if err != nil {
			return nil, err
		}
		paths = append(paths, p)
	}
	return paths, nil
}

// order sorts the content: by hash unless the option says otherwise.
func (c *collecting) order(f *collectedFile) error {
	if c.opt("sort") == nil {
		return c.sortByKey(f.entries, func(v value.Value) (value.Value, error) { return value.Long(valueHash(v)), nil })
	}
	if c.textOpt("sort", "") == "deep" {
		return c.sortByKey(f.entries, c.contentHash)
	}
	return c.sortOpt(f.entries)
}

func (c *collecting) contentHash(v value.Value) (value.Value, error) {
	if _, ok := v.(value.String); ok {
		return value.Long(valueHash(v)), nil
	}
	r, err := c.env.open(c.th, v.(*value.Path))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b []byte
	c.th.Block(func() { b, err = io.ReadAll(r) })
	return value.Long(murmur3(b)), err
}

func (c *collecting) save(f *collectedFile) (*value.Path, error) {
	dir := c.dir
	if dir == "" {
		key, err := c.key(f)
		if err != nil {
			return nil, err
		}
		if dir, err = c.env.tempDir(key); err != nil {
			return nil, err
		}
	}
	w, err := newSettled(dir, f.name, false)
	if err != nil {
		return nil, err
	}
	if c.away != nil {
		w.goesTo(c.env, c.th, c.away.ResolveName(f.name))
	}
	if err := c.content(w, f); err != nil {
		if e := w.discard(); e != nil {
			return nil, fmt.Errorf("%w (and %w)", err, e)
		}
		return nil, err
	}
	return w.Path(), w.Close()
}

// key is equal for equal content and options: a resumed run makes the same file.
func (c *collecting) key(f *collectedFile) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "collectFile\n%s\n", f.name)
	if c.call.opts != nil {
		c.call.opts.Entries(func(k, v value.Value) bool {
			if !isClosure(v) {
				fmt.Fprintf(h, "%s=%s\n", value.ToString(k), value.ToString(v))
			}
			return true
		})
	}
	for _, e := range f.entries {
		s := c.env.fingerprint(c.th, e)
		fmt.Fprintf(h, "%d %s\n", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// content is the seed, the header of the first part, and the parts.
func (c *collecting) content(w io.Writer, f *collectedFile) error {
	seed, err := c.seed(f.name)
	if err != nil {
		return err
	}
	if seed != nil {
		if err := c.part(w, f, seed, 0, false); err != nil {
			return err
		}
	}
	keep := c.boolOpt("keepHeader")
	skip := c.intOpt("skip", 0)
	if keep && skip == 0 {
		skip = 1
	}
	for _, e := range f.entries {
		if err := c.part(w, f, e, skip, keep); err != nil {
			return err
		}
	}
	return nil
}

func (c *collecting) seed(name string) (value.Value, error) {
	switch s := c.opt("seed").(type) {
	case value.Callable:
		return c.invoke(s, value.String(name))
	case *value.Map:
		return s.GetString(name), nil
	default:
		return s, nil
	}
}

// part writes one text or file. Its first skip lines are left out, but the
// first part's are kept as header if keep.
func (c *collecting) part(w io.Writer, f *collectedFile, v value.Value, skip int, keep bool) error {
	var r io.Reader
	if p, ok := v.(*value.Path); ok {
		file, err := c.env.open(c.th, p)
		if err != nil {
			return err
		}
		defer file.Close()
		r = file
	} else {
		r = strings.NewReader(value.ToString(v))
	}
	if skip > 0 {
		b := bufio.NewReaderSize(r, 64<<10)
		var header strings.Builder
		for range skip {
			line, err := b.ReadString('\n')
			header.WriteString(line)
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
		if keep && !f.headed {
			f.headed = true
			if _, err := io.WriteString(w, header.String()); err != nil {
				return err
			}
		}
		r = b
	}
	var err error
	c.th.Block(func() { _, err = io.Copy(w, r) })
	if err != nil {
		return err
	}
	if c.boolOpt("newLine") {
		_, err := io.WriteString(w, "\n")
		return err
	}
	return nil
}
