package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A lock is a file that is locked until it is closed. A nil lock guards
// nothing: the directory cannot be written or its file system has no locks.
type lock struct{ f *os.File }

func (l *lock) release() error {
	if l == nil || l.f == nil {
		return nil
	}
	// Closing alone would not do: a child that is being started has a copy of
	// the file until it becomes another program.
	err := unix.Flock(int(l.f.Fd()), unix.LOCK_UN)
	return errors.Join(err, l.f.Close())
}

func (s *Store) lockPath(name, suffix string) string {
	return filepath.Join(s.o.Root, ".locks", strings.ReplaceAll(name, "/", "+")+suffix)
}

// lock waits for a lock, how is unix.LOCK_EX or LOCK_SH.
func (s *Store) lock(name, suffix string, how int) (*lock, error) {
	l, _, err := s.tryLock(name, suffix, how)
	return l, err
}

// tryLock takes a lock; with LOCK_NB in how it says whether it got it.
func (s *Store) tryLock(name, suffix string, how int) (_ *lock, got bool, err error) {
	path := s.lockPath(name, suffix)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return s.unlockable(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return s.unlockable(err)
	}
	for {
		err = unix.Flock(int(f.Fd()), how)
		if err == nil {
			return &lock{f}, true, nil
		}
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if cerr := f.Close(); cerr != nil {
			return nil, false, fmt.Errorf("lock project %s: %w", name, cerr)
		}
		switch {
		case errors.Is(err, unix.EWOULDBLOCK):
			return nil, false, nil
		case errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ENOSYS):
			return nil, true, nil
		}
		return nil, false, fmt.Errorf("lock project %s: %w", name, err)
	}
}

// unlockable: whoever cannot write there cannot change the project either, so
// there is nothing to guard. Changing it will say so.
func (s *Store) unlockable(err error) (*lock, bool, error) {
	if errors.Is(err, os.ErrPermission) || errors.Is(err, unix.EROFS) {
		return nil, true, nil
	}
	return nil, false, fmt.Errorf("lock projects: %w", err)
}
