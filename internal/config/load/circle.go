package load

import (
	"strings"

	"sluice/internal/lang/value"
)

// A finder looks for a value that contains itself: such a configuration could
// neither be merged nor printed.
type finder struct {
	within map[value.Value]bool // on the way down
	free   map[value.Value]bool // looked through, nothing found
}

// circular says whether v holds itself, or one of the maps in within.
func circular(v value.Value, within ...*value.Map) bool {
	f := finder{within: map[value.Value]bool{}, free: map[value.Value]bool{}}
	for _, m := range within {
		f.within[m] = true
	}
	return f.circle(v)
}

func (f *finder) circle(v value.Value) bool {
	var each func(func(value.Value) bool)
	switch v := v.(type) {
	case *value.Map:
		each = func(yield func(value.Value) bool) { v.Entries(func(_, e value.Value) bool { return yield(e) }) }
	case *value.List:
		each = v.Iterate
	default:
		return false
	}
	if f.within[v] {
		return true
	}
	if f.free[v] {
		return false
	}
	f.within[v] = true
	found := false
	each(func(e value.Value) bool {
		found = f.circle(e)
		return !found
	})
	delete(f.within, v)
	f.free[v] = true
	return found
}

// circleError names what would contain itself.
type circleError struct{ path []string }

func (e *circleError) Error() string { return "`" + strings.Join(e.path, ".") + "` contains itself" }
