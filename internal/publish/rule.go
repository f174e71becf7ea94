package publish

import (
	"fmt"
	"path/filepath"
	"strings"

	"sluice/internal/storage"
)

// A Mode is how a file gets to its place.
type Mode uint8

const (
	Symlink      Mode = iota // absolute link, the default
	RelLink                  // relative link
	Link                     // hard link
	Copy                     // follows links
	CopyNoFollow             // copies links as links
	Move
)

var modeNames = [...]string{"symlink", "rellink", "link", "copy", "copyNoFollow", "move"}

// String is the mode as scripts write it.
func (m Mode) String() string { return modeNames[m] }

// ParseMode reads a mode as scripts write it, in any case.
func ParseMode(s string) (Mode, error) {
	for i, n := range modeNames {
		if strings.EqualFold(n, s) {
			return Mode(i), nil
		}
	}
	if strings.EqualFold(s, "rel_link") {
		return RelLink, nil
	}
	return 0, fmt.Errorf("publish mode `%s` is not one of %s", s, strings.Join(modeNames[:], ", "))
}

// Overwrite says what becomes of a file that is there already.
type Overwrite uint8

const (
	Default  Overwrite = iota // replace, but not for a cached task
	Yes                       // replace
	No                        // keep
	Standard                  // replace when size or time of change differ
	Lenient                   // replace when the size differs
	Deep                      // replace when the content differs
)

// ParseOverwrite reads the word forms of `overwrite`; booleans are Yes and No.
func ParseOverwrite(s string) (Overwrite, error) {
	switch s {
	case "true":
		return Yes, nil
	case "false":
		return No, nil
	case "standard":
		return Standard, nil
	case "lenient":
		return Lenient, nil
	case "deep":
		return Deep, nil
	}
	return 0, fmt.Errorf("publish overwrite `%s` is not one of true, false, standard, lenient, deep", s)
}

// A Rule is one publishDir. The zero value publishes all into "" by symlink;
// disabled rules are not handed in at all.
type Rule struct {
	Path        string // absolute directory, or the URI of one
	Mode        Mode
	Overwrite   Overwrite
	NoFail      bool // failOnError: false
	ContentType string
	Tags        []string
	Labels      []string
}

// Target is where a file goes: as is what saveAs made of its name, absolute
// or relative to the rule's path.
func (r *Rule) Target(as string) string {
	switch {
	case storage.IsRemote(as):
		return storage.Join(as)
	case filepath.IsAbs(as):
		return filepath.Clean(as)
	}
	return storage.Join(r.Path, as)
}
