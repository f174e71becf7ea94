package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"sluice/internal/storage"
)

// A carrier publishes what is in a storage, or goes into one. There a link is
// a copy and a move is a copy after which the source is removed. A file of a
// storage appears whole; one of this machine is made beside its place.
type carrier struct {
	ctx  context.Context
	open func(scheme string) (storage.Storage, error)
}

func (it *Item) remote() bool { return storage.IsRemote(it.Source) || storage.IsRemote(it.Target) }

// A spot is a file or directory with the storage it is in.
type spot struct {
	storage.Storage
	name  string
	local bool
}

func (c *carrier) at(uri string) (spot, error) {
	scheme, name := storage.Split(uri)
	if c.open == nil {
		return spot{}, errors.New("no storage is set")
	}
	s, err := c.open(scheme)
	return spot{Storage: s, name: name, local: scheme == ""}, err
}

// attributes is what a storage can do besides that keeps a content type and
// tags with a file.
type attributes interface {
	SetAttributes(ctx context.Context, name, contentType string, tags []string) error
}

// place publishes one item.
func (c *carrier) place(it Item) *Error {
	fail := func(op string, err error) *Error { return &Error{Item: it, Op: op, Err: err} }
	if it.Source == it.Target {
		return nil
	}
	if inside(it.Target, it.Source) {
		return fail("publish", errors.New("the target lies inside the source directory"))
	}
	from, err := c.at(it.Source)
	if err != nil {
		return fail("find source", err)
	}
	to, err := c.at(it.Target)
	if err != nil {
		return fail("find target", err)
	}
	there, err := c.files(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail("compare", err)
	}
	exists := err == nil
	here, err := c.files(from)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && it.Rule.Mode == Move && it.Cached && exists {
			return nil // a move that a killed run had finished
		}
		return fail("find source", err)
	}
	if exists {
		keep, err := c.keeps(it, from, to, here, there)
		if err != nil {
			return fail("compare", err)
		}
		if keep {
			return nil
		}
	}
	if to.local {
		if err := os.MkdirAll(filepath.Dir(to.name), 0o777); err != nil {
			return fail("create directory", err)
		}
	}
	if op, err := c.carry(it, from, to, here, there); err != nil {
		return fail(op, err)
	}
	return nil
}

// transfer puts the item into its place whatever is there.
func (c *carrier) transfer(it Item) (op string, err error) {
	from, err := c.at(it.Source)
	if err != nil {
		return "find source", err
	}
	to, err := c.at(it.Target)
	if err != nil {
		return "find target", err
	}
	here, err := c.files(from)
	if err != nil {
		return "find source", err
	}
	there, err := c.files(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "find target", err
	}
	return c.carry(it, from, to, here, there)
}

// A content is a file, or a directory with the files below it.
type content struct {
	dir   bool
	files []storage.Info // names relative to it; "" of a file
	empty []string       // directories below it that hold nothing
}

// files lists what is at a spot, links followed.
func (c *carrier) files(at spot) (content, error) {
	info, err := at.Stat(c.ctx, at.name)
	if err != nil {
		return content{}, err
	}
	if !info.IsDir() {
		info.Name = ""
		return content{files: []storage.Info{info}}, nil
	}
	out := content{dir: true}
	if t, ok := at.Storage.(storage.Trees); ok {
		all, err := t.Tree(c.ctx, at.name)
		for _, f := range all {
			if f.IsDir() {
				out.empty = append(out.empty, f.Name)
			} else {
				out.files = append(out.files, f)
			}
		}
		if errors.Is(err, fs.ErrNotExist) { // an empty one
			err = nil
		}
		return out, err
	}
	err = c.below(at, "", &out)
	return out, err
}

// below lists the files of a directory, one level after the other.
func (c *carrier) below(at spot, rel string, out *content) error {
	list, err := at.List(c.ctx, path.Join(at.name, rel))
	if err != nil {
		return err
	}
	if len(list) == 0 && rel != "" {
		out.empty = append(out.empty, rel)
	}
	for _, e := range list {
		name := path.Join(rel, e.Name)
		if e.IsLink() {
			info, err := at.Stat(c.ctx, path.Join(at.name, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue // leads nowhere
			}
			if err != nil {
				return err
			}
			e.Mode, e.Size, e.Modified = info.Mode, info.Size, info.Modified
		}
		if e.IsDir() {
			if strings.Count(name, "/") > 200 {
				return fmt.Errorf("%s: links lead round in a circle", path.Join(at.name, name))
			}
			if err := c.below(at, name, out); err != nil {
				return err
			}
			continue
		}
		e.Name = name
		out.files = append(out.files, e)
	}
	return nil
}

// keeps says whether what is at the target stays.
func (c *carrier) keeps(it Item, from, to spot, here, there content) (bool, error) {
	how := it.Rule.Overwrite
	switch how {
	case Yes:
		return false, nil
	case No:
		return true, nil
	case Default:
		return it.Cached, nil
	}
	if here.dir != there.dir || len(here.files) != len(there.files) {
		return false, nil
	}
	size := make(map[string]storage.Info, len(there.files))
	for _, f := range there.files {
		size[f.Name] = f
	}
	for _, f := range here.files {
		other, ok := size[f.Name]
		switch {
		case !ok || other.Size != f.Size:
			return false, nil
		case how == Standard && other.Modified.Before(f.Modified):
			return false, nil // a copy is dated by when it was made
		}
		if how == Deep {
			if same, err := c.equal(from.below(f.Name), to.below(f.Name)); !same || err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// below is a file of a directory, or the file itself.
func (s spot) below(name string) spot {
	if name != "" {
		s.name = strings.TrimSuffix(s.name, "/") + "/" + name
	}
	return s
}

func (c *carrier) equal(a, b spot) (same bool, err error) {
	f, err := a.Open(c.ctx, a.name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	g, err := b.Open(c.ctx, b.name)
	if err != nil {
		return false, err
	}
	defer g.Close()
	return equalReaders(f, g)
}

// carriers is how many files of one directory are on their way at once.
const carriers = 8

// carry copies, takes away what was at the target and is no part of the new,
// and removes the source of a move.
func (c *carrier) carry(it Item, from, to spot, here, there content) (op string, err error) {
	switch {
	case to.local:
		if op, err = c.download(it, from, to, here); err != nil {
			return op, err
		}
	default:
		if op, err = c.upload(it, from, to, here, there); err != nil {
			return op, err
		}
	}
	if it.Rule.Mode == Move {
		return "remove source", from.Remove(c.ctx, from.name, true)
	}
	return "", nil
}

func (c *carrier) upload(it Item, from, to spot, here, there content) (op string, err error) {
	g, ctx := errgroup.WithContext(c.ctx)
	g.SetLimit(carriers)
	made := make(map[string]bool, len(here.files))
	for _, f := range here.files {
		made[f.Name] = true
		g.Go(func() error { return c.one(ctx, it, from.below(f.Name), to.below(f.Name)) })
	}
	if err := g.Wait(); err != nil {
		return "copy", err
	}
	empty := here.empty
	if here.dir && len(here.files) == 0 && len(empty) == 0 {
		empty = []string{""}
	}
	if d, ok := to.Storage.(storage.Directories); ok {
		for _, name := range empty {
			made[name] = true
			if err := d.Mkdir(c.ctx, to.below(name).name, true); err != nil {
				return "create directory", err
			}
		}
	}
	for _, name := range there.empty {
		there.files = append(there.files, storage.Info{Name: name})
	}
	for _, old := range there.files {
		if !made[old.Name] && (old.Name != "" || here.dir) {
			if err := to.Remove(c.ctx, to.below(old.Name).name, false); err != nil {
				return "replace", err
			}
		}
	}
	return "", nil
}

// one copies a file into a storage.
func (c *carrier) one(ctx context.Context, it Item, from, to spot) (err error) {
	if up, ok := to.Storage.(interface {
		Upload(ctx context.Context, local, name string) error
	}); from.local && ok {
		err = up.Upload(ctx, from.name, to.name)
	} else if from.Storage == to.Storage {
		err = from.Copy(ctx, from.name, to.name)
	} else {
		err = pour(ctx, from, to)
	}
	if err != nil || it.Rule.ContentType == "" && len(it.Rule.Tags) == 0 {
		return err
	}
	if a, ok := to.Storage.(attributes); ok {
		return a.SetAttributes(ctx, to.name, it.Rule.ContentType, it.Rule.Tags)
	}
	return nil
}

// pour reads a file from one storage and writes it to another.
func pour(ctx context.Context, from, to spot) error {
	in, err := from.Open(ctx, from.name)
	if err != nil {
		return err
	}
	defer in.Close()
	// A writer that is closed keeps what it has got: with the context ended
	// the storage does not take half a file.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out, err := to.Create(ctx, to.name, false)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		cancel(err)
		_ = out.Close() // of no use any more; the cause is err
		return err
	}
	return out.Close()
}

// download makes files beside their place on this machine and renames them.
func (c *carrier) download(it Item, from, to spot, here content) (op string, err error) {
	tmp := temporary(to.name)
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	if here.dir {
		if err := os.Mkdir(tmp, 0o777); err != nil {
			return "create directory", err
		}
	}
	for _, name := range here.empty {
		if !filepath.IsLocal(name) {
			return "create directory", fmt.Errorf("the name `%s` leads out of the directory", name)
		}
		if err := os.MkdirAll(filepath.Join(tmp, name), 0o777); err != nil {
			return "create directory", err
		}
	}
	g, ctx := errgroup.WithContext(c.ctx)
	g.SetLimit(carriers)
	for _, f := range here.files {
		target := tmp
		if f.Name != "" {
			if !filepath.IsLocal(f.Name) {
				return "copy", errors.Join(fmt.Errorf("the name `%s` leads out of the directory", f.Name), g.Wait())
			}
			target = filepath.Join(tmp, f.Name)
			if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
				return "create directory", errors.Join(err, g.Wait())
			}
		}
		g.Go(func() error { return fetch(ctx, from.below(f.Name), target) })
	}
	if err := g.Wait(); err != nil {
		return "copy", err
	}
	return "rename", replace(tmp, to.name)
}

// fetch copies a file of a storage to this machine.
func fetch(ctx context.Context, from spot, target string) error {
	if d, ok := from.Storage.(interface {
		Download(ctx context.Context, name, local string) error
	}); ok {
		return d.Download(ctx, from.name, target)
	}
	in, err := from.Open(ctx, from.name)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// sameSizes compares what is at two places by names and sizes.
func (p *Publisher) sameSizes(a, b string) bool {
	c := &carrier{p.ctx, p.o.Storage}
	var both [2]content
	for i, uri := range []string{a, b} {
		at, err := c.at(uri)
		if err != nil {
			return true
		}
		if both[i], err = c.files(at); err != nil {
			return true
		}
	}
	if both[0].dir != both[1].dir || len(both[0].files) != len(both[1].files) {
		return false
	}
	for i, f := range both[0].files {
		if g := both[1].files[i]; g.Name != f.Name || g.Size != f.Size {
			return false
		}
	}
	return true
}
