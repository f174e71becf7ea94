package process

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// arity is how many files an input or output may have; max is -1 for any.
type arity struct{ min, max int }

var errZeroOrOne = errors.New("Path arity 0..1 is not allowed -- use 0..* and test for an empty list")

// arity reads the option of an input or output: a number, or a text.
func (d *definition) arity(x syntax.Expr) (*arity, error) {
	text := ""
	if lit, ok := x.(*syntax.Literal); ok {
		switch lit.Value.(type) {
		case value.Int, value.String:
			text = value.ToString(lit.Value)
		}
	}
	ar, err := parseArity(text)
	switch {
	case errors.Is(err, errZeroOrOne):
		return nil, d.fault(x.Span(), "%s", err.Error())
	case err != nil:
		return nil, d.fault(x.Span(), "an arity is written '1', '2..4' or '1..*', not %s", x.Span().Text())
	}
	return ar, nil
}

func parseArity(text string) (*arity, error) {
	lo, hi, ranged := strings.Cut(text, "..")
	n, err := strconv.Atoi(lo)
	if err != nil {
		return nil, err
	}
	a := &arity{min: n, max: n}
	if ranged {
		if hi == "*" {
			a.max = -1
		} else if a.max, err = strconv.Atoi(hi); err != nil {
			return nil, err
		}
	}
	if a.min == 0 && a.max == 1 { // neither a path nor a list would do
		return nil, errZeroOrOne
	}
	if a.min < 0 || a.max < a.min && hi != "*" {
		return nil, fmt.Errorf("arity %s", text)
	}
	return a, nil
}

// single says that one file is given as a path, not as a list of one.
func (a *arity) single() bool { return a.max == 1 }

func (a *arity) holds(n int) bool { return n >= a.min && (a.max < 0 || n <= a.max) }

func (a *arity) String() string {
	switch {
	case a.max < 0:
		return fmt.Sprintf("%d..*", a.min)
	case a.max == a.min:
		return strconv.Itoa(a.min)
	}
	return fmt.Sprintf("%d..%d", a.min, a.max)
}
