package project

import (
	"errors"
	"fmt"
	"strings"
)

// An Error is a problem that the user can mend: a fact, and a way out.
type Error struct {
	Message string
	Note    string
	Help    string
	Err     error // what it comes from, if anything
}

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.Err }

// ErrUnknown is a name that no project on this machine has.
var ErrUnknown = errors.New("unknown project")

func ambiguous(name string, found []string) *Error {
	return &Error{
		Message: fmt.Sprintf("several projects are called `%s`", name),
		Note:    "there are `" + strings.Join(found, "`, `") + "`",
		Help:    "give the full name: `" + found[0] + "`",
	}
}
