package storage

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// Storage holds files under names. A name is what a path has after its
// scheme: "/data/a.txt" locally, "container/a.txt" in a blob store.
//
// Errors satisfy errors.Is with fs.ErrNotExist, fs.ErrExist and
// fs.ErrPermission where these apply. All methods may be called at the same
// time from several goroutines. Reading methods may be repeated after a
// failure; so may Remove, which does not mind a file that is gone.
type Storage interface {
	// Stat describes one file or directory; links are followed.
	Stat(ctx context.Context, name string) (Info, error)
	// List describes what is directly in a directory, sorted by name; links
	// are not followed. A directory that does not exist is an error.
	List(ctx context.Context, dir string) ([]Info, error)
	// Open reads a file from its beginning; the caller closes it.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// Create writes a file, in place of one of this name, or after its
	// contents with append. Missing directories are an error, where a storage
	// has directories. The contents are safe once Close returns without error.
	Create(ctx context.Context, name string, append bool) (io.WriteCloser, error)
	// Remove deletes a file or an empty directory, or with all a directory
	// and what is in it. What does not exist is no error.
	Remove(ctx context.Context, name string, all bool) error
	// Copy copies a file, or a directory with what is in it, over what is at
	// the target. Storages do it without moving the bytes where they can.
	Copy(ctx context.Context, from, to string) error
}

// Info describes a file or directory.
type Info struct {
	Name     string // last part of the name
	Size     int64
	Modified time.Time
	Mode     fs.FileMode // type and permissions; storages without them give 0 or fs.ModeDir
}

// IsDir says whether this is a directory.
func (i Info) IsDir() bool { return i.Mode.IsDir() }

// IsLink says whether this is a symbolic link, as List shows it.
func (i Info) IsLink() bool { return i.Mode&fs.ModeSymlink != 0 }

// Directories is what a storage with real directories can do besides.
type Directories interface {
	// Mkdir makes a directory, with all those above it when all is set; one
	// that exists is an error satisfying fs.ErrExist unless all is set.
	Mkdir(ctx context.Context, name string, all bool) error
	// Rename moves a file or directory within the storage.
	Rename(ctx context.Context, from, to string) error
}

// Trees is what a storage can do besides that lists directories with all
// that is below them at once.
type Trees interface {
	// Tree describes all files below a directory, sorted by name; names are
	// those below the directory, such as "a/b.txt". Directories are in it only
	// if nothing is in them. A directory that does not exist is an error.
	Tree(ctx context.Context, dir string) ([]Info, error)
}

// Puts is what a storage can do besides that writes small files in one call.
type Puts interface {
	// Put is Create, Write and Close: the file has the new contents, or what
	// it had.
	Put(ctx context.Context, name string, data []byte) error
}

// Tails is what a storage can do besides that reads the end of a file alone.
type Tails interface {
	// Tail is the last n bytes of a file, or all if there are fewer.
	Tail(ctx context.Context, name string, n int64) ([]byte, error)
}

// Links is what a storage with links can do besides.
type Links interface {
	// Link makes name a link to target, a hard one when asked.
	Link(ctx context.Context, target, name string, hard bool) error
	// Lstat describes the link itself.
	Lstat(ctx context.Context, name string) (Info, error)
	// Resolve is the name without links, `.` and `..`.
	Resolve(ctx context.Context, name string) (string, error)
}

// Times is what a storage whose files can be dated can do besides.
type Times interface {
	// SetModified sets the time of the last change.
	SetModified(ctx context.Context, name string, t time.Time) error
}

// Permissions is what a storage with Unix permissions can do besides.
type Permissions interface {
	Chmod(ctx context.Context, name string, mode fs.FileMode) error
}
