package storage

import (
	"path"
	"path/filepath"
	"strings"
)

// IsRemote says whether a name is the URI of something that is not on this
// machine: az://container/a.txt.
func IsRemote(name string) bool { return strings.Contains(name, "://") }

// Split parts a URI into its scheme and its name in the storage; the scheme of
// a local path is "".
func Split(uri string) (scheme, name string) {
	if scheme, name, ok := strings.Cut(uri, "://"); ok {
		return scheme, name
	}
	return "", uri
}

// Join is a name below a directory, of this machine or of a storage. Nothing
// in it is escaped: what a URI holds after its scheme is the name.
func Join(dir string, names ...string) string {
	scheme, root := Split(dir)
	if scheme == "" {
		return filepath.Join(append([]string{dir}, names...)...)
	}
	return scheme + "://" + path.Join(append([]string{root}, names...)...)
}
