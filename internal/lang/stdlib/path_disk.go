package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// pathDiskMethods look at and change files.
func pathDiskMethods() []def {
	return []def{
		{"exists", "options...", "says whether there is such a file", c0(func(c call) bool { _, err := c.stat(); return err == nil })},
		{"isFile", "options...", "says whether this is a file", c0(func(c call) bool { i, err := c.stat(); return err == nil && i.Mode.IsRegular() })},
		{"isDirectory", "options...", "says whether this is a directory", c0(func(c call) bool { i, err := c.stat(); return err == nil && i.IsDir() })},
		{"isLink", "", "says whether this is a symbolic link", c0(func(c call) bool { i, err := c.lstat(); return err == nil && i.IsLink() })},
		{"isSymlink", "", "says whether this is a symbolic link", c0(func(c call) bool { i, err := c.lstat(); return err == nil && i.IsLink() })},
		{"canRead", "", "says whether the file may be read", c0(func(c call) bool { i, err := c.stat(); return err == nil && i.Mode&0o444 != 0 })},
		{"canWrite", "", "says whether the file may be written", c0(func(c call) bool { i, err := c.stat(); return err == nil && i.Mode&0o222 != 0 })},
		{"canExecute", "", "says whether the file may be executed", c0(func(c call) bool { i, err := c.stat(); return err == nil && i.Mode&0o111 != 0 })},
		{"isEmpty", "", "says whether the file has no bytes", func(c call) (value.Value, error) {
			info, err := c.stat()
			if err == nil && info.IsDir() {
				list, err := c.list()
				return value.MakeBool(len(list) == 0), err
			}
			return value.MakeBool(err != nil || info.Size == 0), nil
		}},
		{"empty", "", "says whether the file has no bytes", c0(func(c call) bool { i, err := c.stat(); return err != nil || i.Size == 0 })},
		{"size", "", "is the number of bytes", func(c call) (value.Value, error) {
			info, err := c.stat()
			return value.Long(info.Size), err
		}},
		{"lastModified", "", "is the time of the last change in milliseconds", func(c call) (value.Value, error) {
			info, err := c.stat()
			if err != nil {
				return value.Long(0), nil
			}
			return value.Long(info.Modified.UnixMilli()), nil
		}},
		{"getPermissions", "", "prints the permissions", func(c call) (value.Value, error) {
			info, err := c.stat()
			return value.String(permissionText(uint32(info.Mode.Perm()))), err
		}},
		{"setPermissions", "permissions: String", "sets the permissions", func(c call) (value.Value, error) {
			mode, err := parsePermissions(c.strArg(0))
			if err != nil {
				return nil, err
			}
			return c.chmod(mode)
		}},
		{"setPermissions", "owner: Integer, group: Integer, other: Integer", "sets the permissions", func(c call) (value.Value, error) {
			return c.chmod(uint32(c.intArg(0)<<6 | c.intArg(1)<<3 | c.intArg(2)))
		}},
		{"setExecutable", "executable: Boolean, ownerOnly = true", "sets who may execute", func(c call) (value.Value, error) {
			info, err := c.stat()
			if err != nil {
				return value.False, nil
			}
			mode := uint32(info.Mode.Perm()) &^ 0o111
			if c.boolOr(0, true) {
				mode |= 0o100
			}
			return c.chmod(mode)
		}},
		{"setLastModified", "milliseconds: Number", "sets the time of the last change, and says whether it could", func(c call) (value.Value, error) {
			err := c.disk(func(ctx context.Context, s storage.Storage) error {
				if t, ok := s.(storage.Times); ok {
					return t.SetModified(ctx, c.path().Name, time.UnixMilli(toInt64(c.arg(0))))
				}
				return fmt.Errorf("set the time of %s: this storage keeps its own times", c.path())
			})
			return value.MakeBool(err == nil), nil
		}},
		{"toRealPath", "options...", "is the path from the root without links", func(c call) (value.Value, error) {
			p, err := c.realPath()
			if err != nil {
				return nil, err
			}
			return p, nil
		}},
		{"mkdir", "", "makes a directory", func(c call) (value.Value, error) { return c.mkdir(false) }},
		{"mkdirs", "", "makes a directory and those above it", func(c call) (value.Value, error) { return c.mkdir(true) }},
		{"delete", "", "deletes a file or an empty directory", func(c call) (value.Value, error) {
			if _, err := c.lstat(); err != nil {
				return value.False, nil
			}
			return value.MakeBool(c.disk(func(ctx context.Context, s storage.Storage) error {
				return s.Remove(ctx, c.path().Name, false)
			}) == nil), nil
		}},
		{"deleteDir", "", "deletes a directory with all in it", func(c call) (value.Value, error) {
			return value.MakeBool(c.disk(func(ctx context.Context, s storage.Storage) error {
				return s.Remove(ctx, c.path().Name, true)
			}) == nil), nil
		}},
		{"copyTo", "target", "copies the file or directory", func(c call) (value.Value, error) { return c.transferTo(false) }},
		{"moveTo", "target", "moves the file or directory", func(c call) (value.Value, error) { return c.transferTo(true) }},
		{"renameTo", "target", "renames the file", func(c call) (value.Value, error) {
			if _, err := c.stat(); err != nil {
				return value.False, nil
			}
			_, err := c.transfer(true)
			return value.MakeBool(err == nil), nil
		}},
		{"mklink", "name", "makes a link to this file", func(c call) (value.Value, error) { return c.mklink(nil, c.arg(0)) }},
		{"mklink", "options: Map, name", "makes a link to this file", func(c call) (value.Value, error) {
			return c.mklink(c.arg(0).(*value.Map), c.arg(1))
		}},
		{"list", "filter: Closure? = null", "is the names in the directory; filter is asked with directory and name", func(c call) (value.Value, error) {
			list, err := c.children(c.arg(0))
			if err != nil && c.path().IsFile {
				return nil, nil
			}
			out := []value.Value{}
			for _, p := range list {
				out = append(out, value.String(p.(*value.Path).FileName()))
			}
			return value.NewList(out...), nil
		}},
		{"listFiles", "filter: Object = null", "is the files in the directory", func(c call) (value.Value, error) {
			out, err := c.children(c.arg(0))
			if err != nil {
				return nil, nil
			}
			return value.NewList(out...), nil
		}},
		{"listDirectory", "", "is the files in the directory", func(c call) (value.Value, error) {
			out, err := c.children(nil)
			return value.NewList(out...), err
		}},
		{"eachFile", "type = null, action: Closure", "calls action with each file of the directory", eachPath(anyEntry, false)},
		{"eachDir", "action: Closure", "calls action with each directory in this one", eachPath(onlyDirs, false)},
		{"eachFileMatch", "nameFilter, action: Closure", "calls action with each file whose name matches", eachPath(anyEntry, false)},
		{"eachDirMatch", "nameFilter, action: Closure", "calls action with each directory whose name matches", eachPath(onlyDirs, false)},
		{"eachFileRecurse", "type = null, action: Closure", "calls action with each file below the directory", eachPath(anyEntry, true)},
		{"eachDirRecurse", "action: Closure", "calls action with each directory below this one", eachPath(onlyDirs, true)},
		{"traverse", "options: Object = null, action: Closure", "calls action with each file below the directory", eachPath(anyEntry, true)},
		{"directorySize", "", "is the number of bytes of all files below the directory", func(c call) (value.Value, error) {
			n, err := c.treeSize(c.path())
			return value.Long(n), err
		}},
	}
}

// c0 is a method that answers yes or no.
func c0(f func(call) bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) { return value.MakeBool(f(c)), nil }
}

// disk runs f on the storage of the receiver, without the interpreter lock.
func (c call) disk(f func(ctx context.Context, s storage.Storage) error) error {
	return c.t.onStorage(c.th, c.path(), f)
}

func (t *Table) onStorage(th *value.Thread, p *value.Path, f func(ctx context.Context, s storage.Storage) error) error {
	if t.Storage == nil {
		return fmt.Errorf("open %s: no storage is set", p)
	}
	s, err := t.Storage(p.Scheme)
	if err != nil {
		return fmt.Errorf("open %s: %w", p, err)
	}
	th.Block(func() { err = f(threadContext(th), s) })
	return javaError(p, err)
}

func threadContext(th *value.Thread) context.Context {
	if th == nil || th.Context == nil {
		return context.Background()
	}
	return th.Context
}

// javaError is the exception that Java throws where Go gives err.
func javaError(p *value.Path, err error) error {
	var ex *value.Exception
	switch {
	case err == nil, errors.As(err, &ex):
		return err
	case p.IsFile && errors.Is(err, fs.ErrNotExist):
		ex = value.Throw("java.io.FileNotFoundException", "%s (No such file or directory)", p.Name)
	case errors.Is(err, fs.ErrNotExist):
		ex = value.Throw("java.nio.file.NoSuchFileException", "%s", p.ToString())
	case errors.Is(err, fs.ErrExist):
		ex = value.Throw("java.nio.file.FileAlreadyExistsException", "%s", p.ToString())
	case errors.Is(err, fs.ErrPermission):
		ex = value.Throw("java.nio.file.AccessDeniedException", "%s", p.ToString())
	case errors.Is(err, syscall.ENOTDIR):
		ex = value.Throw("java.nio.file.FileSystemException", "%s: Not a directory", p.ToString())
	default:
		ex = value.Throw("java.io.IOException", "%s", err.Error())
	}
	ex.Cause = err
	return ex
}

func (c call) stat() (info storage.Info, err error) { return c.t.Stat(c.th, c.path()) }

// Stat describes the file of a path.
func (t *Table) Stat(th *value.Thread, p *value.Path) (info storage.Info, err error) {
	err = t.onStorage(th, p, func(ctx context.Context, s storage.Storage) (err error) {
		info, err = s.Stat(ctx, p.Name)
		return err
	})
	return info, err
}

func (c call) lstat() (info storage.Info, err error) {
	err = c.disk(func(ctx context.Context, s storage.Storage) (err error) {
		if l, ok := s.(storage.Links); ok {
			info, err = l.Lstat(ctx, c.path().Name)
			return err
		}
		info, err = s.Stat(ctx, c.path().Name)
		return err
	})
	return info, err
}

func (c call) realPath() (*value.Path, error) {
	p := asPath(c.absolute(), c.path().IsFile)
	err := c.disk(func(ctx context.Context, s storage.Storage) (err error) {
		if l, ok := s.(storage.Links); ok {
			p.Name, err = l.Resolve(ctx, p.Name)
		}
		return err
	})
	return p, err
}

func (c call) chmod(mode uint32) (value.Value, error) {
	err := c.disk(func(ctx context.Context, s storage.Storage) error {
		if p, ok := s.(storage.Permissions); ok {
			return p.Chmod(ctx, c.path().Name, fs.FileMode(mode))
		}
		return errors.ErrUnsupported
	})
	return value.MakeBool(err == nil), nil
}

func (c call) mkdir(all bool) (value.Value, error) {
	if all {
		if info, err := c.stat(); err == nil && (c.path().IsFile || !info.IsDir()) {
			return value.False, nil
		}
	}
	err := c.disk(func(ctx context.Context, s storage.Storage) error {
		if d, ok := s.(storage.Directories); ok {
			return d.Mkdir(ctx, c.path().Name, all)
		}
		return nil
	})
	return value.MakeBool(err == nil), nil
}

func (c call) list() (list []storage.Info, err error) {
	err = c.disk(func(ctx context.Context, s storage.Storage) (err error) {
		list, err = s.List(ctx, c.path().Name)
		return err
	})
	return list, err
}

// children is the files of the directory that filter, a closure or null, lets through.
func (c call) children(filter value.Value) ([]value.Value, error) {
	list, err := c.list()
	if err != nil {
		return nil, err
	}
	out := []value.Value{}
	for _, i := range list {
		p := c.path().ResolveName(i.Name)
		if _, ok := filter.(value.Callable); ok {
			args := []value.Value{p}
			if closureParams(filter) == 2 { // of a FilenameFilter: directory and name
				args = []value.Value{c.recv, value.String(i.Name)}
			}
			keep, err := c.test(filter, args...)
			if err != nil {
				return nil, err
			}
			if !keep {
				continue
			}
		}
		out = append(out, p)
	}
	return out, nil
}

func anyEntry(storage.Info) bool   { return true }
func onlyDirs(i storage.Info) bool { return i.IsDir() }

// eachPath calls the last argument with each child that takes lets through; an
// argument before it matches the name as a case does.
func eachPath(takes func(storage.Info) bool, deep bool) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		f := c.arg(c.n() - 1)
		if _, ok := f.(value.Callable); !ok {
			return nil, c.missing()
		}
		var filter value.Value
		takes := takes
		if c.n() > 1 && strings.HasSuffix(c.name, "Match") {
			filter = c.arg(0)
		} else if c.n() > 1 {
			kind := c.arg(0)
			if options, ok := kind.(*value.Map); ok { // traverse(type: …, nameFilter: …)
				kind, filter = options.GetString("type"), options.GetString("nameFilter")
			}
			switch value.ToString(kind) {
			case "FILES":
				takes = func(i storage.Info) bool { return !i.IsDir() }
			case "DIRECTORIES":
				takes = onlyDirs
			}
		}
		return nil, c.eachPath(c.path(), takes, filter, f, deep)
	}
}

// fileTypeConstants are what eachFile and eachFileRecurse may be limited to.
func fileTypeConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"FILES": value.String("FILES"), "DIRECTORIES": value.String("DIRECTORIES"), "ANY": value.String("ANY")}
}

func (c call) eachPath(dir *value.Path, takes func(storage.Info) bool, filter, f value.Value, deep bool) error {
	c.recv = dir
	list, err := c.list()
	if err != nil {
		if _, statErr := c.stat(); statErr != nil {
			return value.Throw("java.io.FileNotFoundException", "%s", dir.ToString())
		}
		return err
	}
	for _, i := range list {
		p := dir.ResolveName(i.Name)
		ok := takes(i)
		if ok && filter != nil {
			if ok, err = value.IsCase(c.th, filter, value.String(i.Name)); err != nil {
				return err
			}
		}
		if ok {
			if _, err := c.run(f, p); err != nil {
				return err
			}
		}
		if deep && i.IsDir() {
			if err := c.eachPath(p, takes, filter, f, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c call) treeSize(p *value.Path) (int64, error) {
	c.recv = p
	list, err := c.list()
	if err != nil {
		return 0, err
	}
	var total int64
	for _, i := range list {
		n := i.Size
		if i.IsDir() {
			if n, err = c.treeSize(p.ResolveName(i.Name)); err != nil {
				return 0, err
			}
		}
		total += n
	}
	return total, nil
}

// transfer copies or moves the receiver; into a directory it keeps its name.
func (c call) transfer(move bool) (value.Value, error) {
	from := c.path()
	to := value.ParsePath(pathText(c.arg(0)))
	to.IsFile = from.IsFile
	if info, err := c.t.Stat(c.th, to); err == nil && info.IsDir() {
		source, err := c.stat()
		if err != nil {
			return nil, err
		}
		if !source.IsDir() || move {
			to = to.ResolveName(from.FileName())
		}
	}
	if from.Scheme == to.Scheme {
		return to, c.disk(func(ctx context.Context, s storage.Storage) error {
			if d, ok := s.(storage.Directories); ok && move {
				return d.Rename(ctx, from.Name, to.Name)
			}
			if err := s.Copy(ctx, from.Name, to.Name); err != nil || !move {
				return err
			}
			return s.Remove(ctx, from.Name, true)
		})
	}
	if err := c.t.copyAcross(c.th, from, to); err != nil {
		return nil, err
	}
	if move {
		return to, c.disk(func(ctx context.Context, s storage.Storage) error { return s.Remove(ctx, from.Name, true) })
	}
	return to, nil
}

// transferTo also makes the directory of the target, as functions of Java do not.
func (c call) transferTo(move bool) (value.Value, error) {
	if err := c.t.makeParent(c.th, value.ParsePath(pathText(c.arg(0)))); err != nil {
		return nil, err
	}
	return c.transfer(move)
}

// makeParent makes the directory in which a file will stand.
func (t *Table) makeParent(th *value.Thread, p *value.Path) error {
	dir := p.Parent()
	if dir == nil {
		return nil
	}
	return t.onStorage(th, dir, func(ctx context.Context, s storage.Storage) error {
		d, ok := s.(storage.Directories)
		if !ok {
			return nil
		}
		return d.Mkdir(ctx, dir.Name, true)
	})
}

// copyAcross copies a file from one storage to another.
func (t *Table) copyAcross(th *value.Thread, from, to *value.Path) error {
	target, err := t.Storage(to.Scheme)
	if err != nil {
		return fmt.Errorf("open %s: %w", to, err)
	}
	return t.onStorage(th, from, func(ctx context.Context, s storage.Storage) (err error) {
		r, err := s.Open(ctx, from.Name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		w, err := target.Create(ctx, to.Name, false)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		return errors.Join(err, w.Close())
	})
}

func (c call) mklink(options *value.Map, name value.Value) (value.Value, error) {
	to := value.ParsePath(pathText(name))
	var hard, overwrite bool
	if options != nil {
		hard, overwrite = value.Truth(options.GetString("hard")), value.Truth(options.GetString("overwrite"))
	}
	target := c.absolute().Name
	err := c.t.onStorage(c.th, to, func(ctx context.Context, s storage.Storage) error {
		l, ok := s.(storage.Links)
		if !ok {
			return errors.ErrUnsupported
		}
		if overwrite {
			if err := s.Remove(ctx, to.Name, false); err != nil {
				return err
			}
		}
		return l.Link(ctx, target, to.Name, hard)
	})
	if err != nil {
		return nil, err
	}
	return to, nil
}
