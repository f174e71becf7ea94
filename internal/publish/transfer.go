package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"sluice/internal/storage"
)

// serial tells temporary names of one process apart.
var serial atomic.Int64

// transfer makes the target beside its place and renames it there.
func transfer(it Item) (op string, err error) {
	tmp := temporary(it.Target)
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	switch it.Rule.Mode {
	case Symlink, RelLink:
		text, err := linkText(it)
		if err == nil {
			err = os.Symlink(text, tmp)
		}
		if err != nil {
			return "link", err
		}
	case Link:
		if err := walk(it.Source, tmp, hardLink, false); err != nil {
			return "hard link", err
		}
	case Copy:
		if err := walk(it.Source, tmp, copyFile, true); err != nil {
			return "copy", err
		}
	case CopyNoFollow:
		if err := walk(it.Source, tmp, copyFile, false); err != nil {
			return "copy", err
		}
	case Move:
		return move(it, tmp)
	}
	return "rename", replace(tmp, it.Target)
}

// temporary is a hidden name beside a target.
func temporary(target string) string {
	return filepath.Join(filepath.Dir(target), ".sluice-"+strconv.Itoa(os.Getpid())+"-"+strconv.FormatInt(serial.Add(1), 10)+".tmp")
}

// linkText is what the symbolic link holds.
func linkText(it Item) (string, error) {
	if it.Rule.Mode != RelLink {
		return it.Source, nil
	}
	// The directory may be reached through a link; ".." starts from where it
	// really is.
	dir, err := filepath.EvalSymlinks(filepath.Dir(it.Target))
	if err != nil {
		return "", err
	}
	src, err := filepath.EvalSymlinks(filepath.Dir(it.Source))
	if err != nil {
		return "", err
	}
	return filepath.Rel(dir, filepath.Join(src, filepath.Base(it.Source)))
}

// move renames, or copies to another file system and then removes.
func move(it Item, tmp string) (op string, err error) {
	err = os.Rename(it.Source, tmp)
	if err == nil {
		if err = replace(tmp, it.Target); err != nil {
			return "rename", errors.Join(err, os.Rename(tmp, it.Source))
		}
		return "", nil
	}
	if err := walk(it.Source, tmp, copyFile, false); err != nil {
		return "copy", err
	}
	if err := replace(tmp, it.Target); err != nil {
		return "rename", err
	}
	return "remove source", os.RemoveAll(it.Source)
}

// replace renames tmp to target. rename(2) does not replace a directory that
// has something in it, nor a directory by a file.
func replace(tmp, target string) error {
	err := os.Rename(tmp, target)
	if err == nil {
		return nil
	}
	old, statErr := os.Lstat(target)
	if statErr != nil {
		return err
	}
	if new, newErr := os.Lstat(tmp); newErr != nil || !old.IsDir() && !new.IsDir() {
		return err
	}
	aside := tmp + ".old"
	if err := os.Rename(target, aside); err != nil {
		return err
	}
	if err := os.Rename(tmp, target); err != nil {
		return errors.Join(err, os.Rename(aside, target))
	}
	return os.RemoveAll(aside)
}

// walk makes to like from, calling file for everything that is no directory.
// With follow, links count as what they point to.
func walk(from, to string, file func(from, to string, info fs.FileInfo) error, follow bool) error {
	return walkInto(from, to, file, follow, nil)
}

func walkInto(from, to string, file func(from, to string, info fs.FileInfo) error, follow bool, above []fs.FileInfo) error {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	info, err := stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return file(from, to, info)
	}
	for _, a := range above {
		if os.SameFile(a, info) {
			return fmt.Errorf("%s: links lead round in a circle", from)
		}
	}
	above = append(above[:len(above):len(above)], info)
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		return err
	}
	for _, e := range entries {
		if err := walkInto(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), file, follow, above); err != nil {
			return err
		}
	}
	return os.Chmod(to, info.Mode().Perm()|0o700)
}

func hardLink(from, to string, _ fs.FileInfo) error { return os.Link(from, to) }

func copyFile(from, to string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeSymlink != 0 {
		text, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(text, to)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a file nor a directory", from)
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Chmod(to, info.Mode().Perm())
}

// inside says whether path is dir or below it.
func inside(path, dir string) bool {
	return strings.HasPrefix(path+string(filepath.Separator), dir+string(filepath.Separator))
}

// equalTrees compares as a rule's overwrite asks: names and sizes, with
// Standard also times, with Deep also contents.
func equalTrees(a, b string, how Overwrite) (bool, error) {
	x, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	y, err := os.Stat(b)
	if err != nil || x.IsDir() != y.IsDir() {
		return false, ignoreMissing(err)
	}
	if !x.IsDir() {
		switch {
		case x.Size() != y.Size():
			return false, nil
		case how == Standard:
			return x.ModTime().Equal(y.ModTime()), nil
		case how == Deep:
			return equalContent(a, b)
		}
		return true, nil
	}
	inA, err := os.ReadDir(a)
	if err != nil {
		return false, err
	}
	inB, err := os.ReadDir(b)
	if err != nil || len(inA) != len(inB) {
		return false, err
	}
	for i, e := range inA {
		if e.Name() != inB[i].Name() {
			return false, nil
		}
		same, err := equalTrees(filepath.Join(a, e.Name()), filepath.Join(b, e.Name()), how)
		if !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sameContent is for the warning about two sources of one target. What cannot
// be read counts as the same: publishing it will say why. Of files in storages
// only names and sizes are compared.
func (p *Publisher) sameContent(a, b string) bool {
	if storage.IsRemote(a) || storage.IsRemote(b) {
		return p.sameSizes(a, b)
	}
	same, err := equalTrees(a, b, Deep)
	return same || err != nil
}

func equalContent(a, b string) (bool, error) {
	f, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer f.Close()
	g, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer g.Close()
	return equalReaders(f, g)
}

func equalReaders(f, g io.Reader) (bool, error) {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err1 := io.ReadFull(f, x)
		m, err2 := io.ReadFull(g, y)
		if n != m || !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if err1 == io.EOF || err1 == io.ErrUnexpectedEOF {
			return err2 != nil, nil
		}
		if err := errors.Join(err1, err2); err != nil {
			return false, err
		}
	}
}
