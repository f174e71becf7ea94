package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// An upload is one thing to be written: a file, or an empty directory.
type upload struct {
	local string // as it is opened here
	name  string // below the target
	dir   bool
	run   bool // may be run
}

// unstage writes outputs below a directory of the storage. names are relative
// to the task's directory, as the globs found them.
func (n *Node) unstage(ctx context.Context, b *blobs, to string, names []string) *Fault {
	w := walk{node: n, seen: map[string]bool{}}
	for _, name := range names {
		if err := w.add(path.Clean(name)); err != nil {
			return b.faultOf(StepStageOut, "read", "", err)
		}
	}
	target, ours := b.name(to)
	if !ours {
		return &Fault{Class: ClassConfig, Step: StepStageOut, Op: "PUT", URL: withoutQuery(to), Message: "not at the storage account " + b.o.endpoint}
	}
	target = strings.Trim(target, "/")
	err := inParallel(ctx, len(w.found), b.o.connections(), func(ctx context.Context, i int) error {
		if err := b.put(ctx, w.found[i], target+"/"+w.found[i].name); err != nil {
			return b.faultOf(StepStageOut, "PUT", to+"/"+w.found[i].name, err)
		}
		return nil
	})
	if err != nil {
		return b.faultOf(StepStageOut, "PUT", to, err)
	}
	return nil
}

func (b *blobs) put(ctx context.Context, u upload, name string) error {
	if u.dir {
		return b.Mkdir(ctx, name, true)
	}
	return b.Upload(ctx, u.local, name)
}

// A walk collects what outputs consist of: links are what they lead to, as
// often as they lead there.
type walk struct {
	node  *Node
	seen  map[string]bool
	found []upload
}

func (w *walk) add(name string) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("output `%s` is not in the task's directory: %w", name, errUser)
	}
	return w.visit(w.node.path(name), name, nil)
}

// visit takes in one thing; above are the directories it is in.
func (w *walk) visit(local, name string, above []inode) error {
	if w.seen[name] {
		return nil
	}
	w.seen[name] = true
	if strings.Contains(name, `\`) {
		return fmt.Errorf("output `%s`: the storage cannot keep a name with a backslash: %w", name, errUser)
	}
	info, err := os.Stat(local)
	if err != nil {
		return w.missing(local, name, err)
	}
	switch {
	case info.Mode().IsRegular():
		w.found = append(w.found, upload{local: local, name: name, run: info.Mode()&0o111 != 0})
		return nil
	case !info.IsDir():
		return fmt.Errorf("output `%s` is neither file nor directory but %s: %w", name, info.Mode().Type(), errUser)
	}
	here := inodeOf(info)
	if slices.Contains(above, here) {
		return fmt.Errorf("output `%s` is a link to a directory that it is in: %w", name, errUser)
	}
	list, err := os.ReadDir(local)
	if err != nil {
		return fmt.Errorf("output `%s`: %w: %w", name, err, errUser)
	}
	if len(list) == 0 {
		w.found = append(w.found, upload{local: local, name: name, dir: true})
	}
	above = append(above, here)
	for _, e := range list {
		if err := w.visit(filepath.Join(local, e.Name()), name+"/"+e.Name(), above); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) missing(local, name string, err error) error {
	if target, lerr := os.Readlink(local); lerr == nil {
		why := "does not exist"
		if !errors.Is(err, fs.ErrNotExist) {
			why = "leads nowhere"
		}
		return fmt.Errorf("output `%s` is a link to `%s`, which %s: %w", name, target, why, errUser)
	}
	return fmt.Errorf("output `%s`: %w: %w", name, err, errUser)
}

// An inode is what a directory is, whatever its name.
type inode struct{ dev, ino uint64 }

func inodeOf(info fs.FileInfo) inode {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return inode{}
	}
	return inode{uint64(st.Dev), st.Ino}
}
