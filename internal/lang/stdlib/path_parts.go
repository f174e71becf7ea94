package stdlib

import (
	"slices"

	"sluice/internal/lang/value"
)

// ofParts are the methods of collections that a Path has too, being an
// Iterable of its names: `x.join(',')` where one file came in place of several.
var ofParts = []string{
	"average", "collate", "collectEntries", "count", "countBy", "disjoint", "drop", "dropRight", "dropWhile", "first", "flatten",
	"groupBy", "head", "indexed", "init", "intersect", "join", "last", "max", "min", "sort", "sum", "tail", "take",
	"takeRight", "takeWhile", "toList", "toSet", "toSorted", "toUnique", "withIndex",
}

// partMethods are those methods, on the list of a path's names.
func partMethods() []def {
	var list []def
	for _, d := range collectionMethods() {
		if !slices.Contains(ofParts, d.name) {
			continue
		}
		fn := d.fn
		d.fn = func(c call) (value.Value, error) {
			c.recv = value.NewList(elems(c.recv)...)
			return fn(c)
		}
		list = append(list, d)
	}
	return list
}
