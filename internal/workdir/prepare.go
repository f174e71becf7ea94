package workdir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"sluice/internal/task"

	"golang.org/x/sys/unix"
)

// Names of the control files.
const (
	ScriptFile = ".command.sh"
	RunFile    = ".command.run"
	InFile     = ".command.in"
	BeginFile  = ".command.begin"
	OutFile    = ".command.out"
	ErrFile    = ".command.err"
	LogFile    = ".command.log"
	EnvFile    = ".command.env"
	TraceFile  = ".command.trace"
	ExitFile   = ".exitcode"
	FaultFile  = ".command.fault" // what went wrong around the script, on a node
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Prepare makes the work directory of t with its control files and, unless it
// runs in a scratch directory, its inputs. Doing it again replaces them.
// An exec task has only the directory.
func Prepare(t *task.Task) error {
	fd, err := openDir(t.WorkDir)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if t.Exec != nil {
		return nil
	}
	script, err := scriptOf(t)
	if err != nil {
		return err
	}
	if err := writeAt(fd, t.WorkDir, ScriptFile, []byte(script)); err != nil {
		return err
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := writeWrapper(buf, t, ""); err != nil {
		return err
	}
	if err := writeAt(fd, t.WorkDir, RunFile, buf.Bytes()); err != nil {
		return err
	}
	if t.Stdin != nil {
		if err := writeAt(fd, t.WorkDir, InFile, []byte(*t.Stdin)); err != nil {
			return err
		}
	}
	if t.Scratch != "" {
		return nil // the wrapper stages where it runs
	}
	return stage(fd, t)
}

// scriptOf is the content of .command.sh.
func scriptOf(t *task.Task) (string, error) {
	if len(t.CaptureEnv)+len(t.CaptureEval) == 0 {
		return t.Script, nil
	}
	if !isBash(t) {
		return "", fmt.Errorf("prepare %s: env and eval outputs need a bash script", t.Name)
	}
	return t.Script + captures(t), nil
}

// openDir makes a directory with its parents, the common case first: only the
// last of them is missing.
func openDir(dir string) (int, error) {
	err := unix.Mkdir(dir, 0o777)
	if errors.Is(err, unix.ENOENT) {
		err = os.MkdirAll(dir, 0o777)
	}
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return -1, fmt.Errorf("create work directory %s: %w", dir, cause(err))
	}
	fd, err := unix.Open(dir, unix.O_DIRECTORY|unix.O_CLOEXEC|unix.O_PATH, 0)
	if err != nil {
		return -1, fmt.Errorf("open work directory %s: %w", dir, err)
	}
	return fd, nil
}

// cause is the error without operation and path, which the caller gives.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}

func writeAt(dirfd int, dir, name string, data []byte) error {
	fail := func(err error) error { return fmt.Errorf("write %s: %w", filepath.Join(dir, name), err) }
	fd, err := unix.Openat(dirfd, name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return fail(err)
	}
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			unix.Close(fd)
			return fail(err)
		}
		data = data[n:]
	}
	if err := unix.Close(fd); err != nil {
		return fail(err)
	}
	return nil
}

// stage puts the inputs into the work directory.
func stage(dirfd int, t *task.Task) error {
	made := map[string]bool{}
	for _, in := range t.Stage {
		if !filepath.IsLocal(in.Name) {
			return fmt.Errorf("stage %s: name `%s` leaves the work directory", in.Source, in.Name)
		}
		if !filepath.IsAbs(in.Source) {
			return fmt.Errorf("stage %s: not an absolute path of this machine", in.Source)
		}
		if dir := filepath.Dir(in.Name); dir != "." && !made[dir] {
			if err := os.MkdirAll(filepath.Join(t.WorkDir, dir), 0o777); err != nil {
				return fmt.Errorf("create directory %s: %w", filepath.Join(t.WorkDir, dir), cause(err))
			}
			made[dir] = true
		}
		if err := stageOne(dirfd, t, in); err != nil {
			return fmt.Errorf("stage %s as %s: %w", in.Source, filepath.Join(t.WorkDir, in.Name), cause(err))
		}
	}
	return nil
}

func stageOne(dirfd int, t *task.Task, in task.Staged) error {
	name := filepath.Clean(in.Name)
	put := func() error {
		switch t.StageInMode {
		case "", "symlink":
			return unix.Symlinkat(in.Source, dirfd, name)
		case "rellink":
			rel, err := relLink(t.WorkDir, name, in.Source)
			if err != nil {
				return err
			}
			return unix.Symlinkat(rel, dirfd, name)
		case "link":
			err := unix.Linkat(unix.AT_FDCWD, in.Source, dirfd, name, unix.AT_SYMLINK_FOLLOW)
			return err
		case "copy":
			return copyTree(in.Source, filepath.Join(t.WorkDir, name))
		}
		return fmt.Errorf("stageInMode `%s` is not one of copy, link, rellink, symlink", t.StageInMode)
	}
	err := put()
	if errors.Is(err, fs.ErrExist) {
		if err := os.RemoveAll(filepath.Join(t.WorkDir, name)); err != nil {
			return err
		}
		err = put()
	}
	return err
}

// relLink is where a link of that name in dir must point to reach source.
func relLink(dir, name, source string) (string, error) {
	return filepath.Rel(filepath.Join(dir, filepath.Dir(name)), source)
}

// copyTree copies a file, or a directory with all below it; links are followed.
func copyTree(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return copyFile(from, to, info.Mode().Perm())
	}
	if err := os.Mkdir(to, info.Mode().Perm()|0o700); err != nil {
		return err
	}
	list, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := copyTree(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string, perm fs.FileMode) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// Interpreter is the command that runs .command.sh: its shebang line, or the
// task's shell.
func Interpreter(t *task.Task) []string {
	lines := []string{t.Script}
	if len(t.Shell) > 0 {
		lines = append(lines, t.Shebang())
	}
	for _, line := range lines {
		line, ok := strings.CutPrefix(line, "#!")
		line, _, _ = strings.Cut(line, "\n")
		if words := strings.Fields(line); ok && len(words) > 0 {
			return words
		}
	}
	return []string{"/bin/bash", "-ue"}
}

func isBash(t *task.Task) bool {
	for _, w := range Interpreter(t) {
		if b := filepath.Base(w); b == "bash" {
			return true
		}
	}
	return false
}

// outside are things in a script that see how its output is connected. With
// them the wrapper's pipes are needed: a file can be truncated and read back.
var outside = []string{LogFile, "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/", ".command.begin", ExitFile}

// NeedsWrapper says whether t can only be run by its .command.run. All other
// tasks may be run by their interpreter directly, with the same results.
func NeedsWrapper(t *task.Task) bool {
	if t.Container != nil || len(t.Software) > 0 || t.BeforeScript != "" || t.AfterScript != "" || len(t.Module) > 0 || t.Scratch != "" {
		return true
	}
	for _, s := range outside {
		if strings.Contains(t.Script, s) {
			return true
		}
	}
	return false
}
