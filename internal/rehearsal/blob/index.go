package blob

import "slices"

// index keeps names sorted, in leaves of a few hundred, so that adding one
// among a million moves little.
type index struct{ leaves [][]string }

const leafSize = 512

// leaf finds the leaf in which a name is or belongs.
func (x *index) leaf(name string) int {
	i, found := slices.BinarySearchFunc(x.leaves, name, func(leaf []string, name string) int {
		switch {
		case leaf[0] < name:
			return -1
		case leaf[0] > name:
			return 1
		}
		return 0
	})
	if found || i == 0 {
		return i
	}
	return i - 1
}

func (x *index) add(name string) {
	if len(x.leaves) == 0 {
		x.leaves = [][]string{{name}}
		return
	}
	i := x.leaf(name)
	at, found := slices.BinarySearch(x.leaves[i], name)
	if found {
		return
	}
	l := slices.Insert(x.leaves[i], at, name)
	if len(l) < leafSize {
		x.leaves[i] = l
		return
	}
	half := len(l) / 2
	x.leaves[i] = l[:half:half]
	x.leaves = slices.Insert(x.leaves, i+1, slices.Clone(l[half:]))
}

func (x *index) remove(name string) {
	if len(x.leaves) == 0 {
		return
	}
	i := x.leaf(name)
	at, found := slices.BinarySearch(x.leaves[i], name)
	if !found {
		return
	}
	if x.leaves[i] = slices.Delete(x.leaves[i], at, at+1); len(x.leaves[i]) == 0 {
		x.leaves = slices.Delete(x.leaves, i, i+1)
	}
}

// from yields the names that are not less than start, in order.
func (x *index) from(start string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if len(x.leaves) == 0 {
			return
		}
		i := x.leaf(start)
		at, _ := slices.BinarySearch(x.leaves[i], start)
		for ; i < len(x.leaves); i, at = i+1, 0 {
			for _, name := range x.leaves[i][at:] {
				if !yield(name) {
					return
				}
			}
		}
	}
}
