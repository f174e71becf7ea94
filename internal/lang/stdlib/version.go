package stdlib

import (
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// A Version is nextflow.util.VersionNumber.
type Version string

// Class is nextflow.util.VersionNumber.
func (Version) Class() *value.Class { return value.VersionNumberClass }

// ToString is the version.
func (v Version) ToString() string { return string(v) }

// EqualTo compares with a version or a text.
func (v Version) EqualTo(other value.Value) bool {
	n, ok := v.CompareTo(other)
	return ok && n == 0
}

// HashCode is that of the text.
func (v Version) HashCode() int32 { return value.HashCode(value.String(v)) }

// CompareTo orders part by part, numbers by value.
func (v Version) CompareTo(other value.Value) (int, bool) {
	switch o := other.(type) {
	case Version:
		return compareVersions(string(v), string(o)), true
	case nil:
		return 1, true
	}
	if s, ok := value.Str(other); ok {
		return compareVersions(string(v), s), true
	}
	return 0, false
}

func versionParts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
}

func compareVersions(a, b string) int {
	x, y := versionParts(a), versionParts(b)
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		c := strings.Compare(x[i], y[i])
		if errM == nil && errN == nil {
			c = m - n
		}
		if c != 0 {
			return min(max(c, -1), 1)
		}
	}
	return min(max(len(x)-len(y), -1), 1)
}

// Matches says whether a condition such as `>=23.04, <25` holds: parts with
// commas must all hold; `1.2+` is at least, `1.2.x` any of a series.
func (v Version) Matches(condition string) (bool, error) {
	for part := range strings.SplitSeq(condition, ",") {
		ok, err := v.matchesOne(strings.TrimSpace(part))
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func (v Version) matchesOne(s string) (bool, error) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutSuffix(s, "+"); ok {
		if base, dotted := strings.CutSuffix(rest, "."); dotted {
			return strings.HasPrefix(string(v)+".", base+"."), nil
		}
		return compareVersions(string(v), rest) >= 0, nil
	}
	number := strings.TrimLeft(s, "<>=!~")
	operator := s[:len(s)-len(number)]
	c := compareVersions(string(v), strings.TrimSpace(number))
	switch operator {
	case "", "=", "==":
		return c == 0, nil
	case "<":
		return c < 0, nil
	case "<=":
		return c <= 0, nil
	case ">":
		return c > 0, nil
	case ">=":
		return c >= 0, nil
	case "!=", "<>":
		return c != 0, nil
	}
	return false, value.Throw("java.lang.IllegalArgumentException", "Not a version check operator: %s", operator)
}

func versionConstructors() []def {
	return []def{{"<init>", "text: String", "is the version", func(c call) (value.Value, error) { return Version(c.strArg(0)), nil }}}
}

func versionMethods() []def {
	part := func(name string, i int) def {
		return def{name, "", "is a part of the version", func(c call) (value.Value, error) {
			if parts := versionParts(string(c.recv.(Version))); i < len(parts) {
				return value.String(parts[i]), nil
			}
			return nil, nil
		}}
	}
	return []def{
		part("getMajor", 0), part("getMinor", 1), part("getPatch", 2),
		{"matches", "condition: String", "says whether a condition holds", func(c call) (value.Value, error) {
			ok, err := c.recv.(Version).Matches(c.strArg(0))
			return value.MakeBool(ok), err
		}},
	}
}
