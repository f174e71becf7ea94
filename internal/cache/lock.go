package cache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrLocked says that another run writes to the session.
type ErrLocked struct {
	Session string
	PID     int // 0 when not known
	Host    string
}

func (e *ErrLocked) Error() string {
	if e.PID == 0 {
		return "session " + e.Session + " is locked by another process"
	}
	return fmt.Sprintf("session %s is locked by process %d on host %s", e.Session, e.PID, e.Host)
}

// takeLock locks the session. The system drops the lock when the process
// ends in whatever way, so there are no stale locks to clear.
func takeLock(dir, session string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, fmt.Errorf("lock session %s: %w", session, err)
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err != unix.EINTR {
			break
		}
	}
	if err == unix.EWOULDBLOCK {
		held := lockHolder(f, session)
		return nil, errors.Join(held, f.Close())
	}
	if err == nil {
		err = writeHolder(f)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock session %s: %w", session, err), f.Close())
	}
	return f, nil
}

// dropLock unlocks before it closes: a child that has been forked and has not
// yet replaced itself shares the open file, and would keep it locked.
func dropLock(f *os.File) error {
	return errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_UN), f.Close())
}

func writeHolder(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+" "+host+"\n"), 0)
	return err
}

func lockHolder(f *os.File, session string) error {
	held := &ErrLocked{Session: session}
	b := make([]byte, 300)
	n, _ := f.ReadAt(b, 0) // what cannot be read is not told
	pid, host, ok := strings.Cut(strings.TrimSpace(string(b[:n])), " ")
	if p, err := strconv.Atoi(pid); ok && err == nil {
		held.PID, held.Host = p, host
	}
	return held
}
