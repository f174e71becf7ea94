package value

import "sort"

// MapKind is which Java map, or set, a Map or Set stands for: they differ in
// the order in which they are walked.
type MapKind uint8

const (
	Linked MapKind = iota // in the order of insertion
	Hashed                // by hash codes, as java.util.HashMap has them in its table
	Sorted                // by key: java.util.TreeMap
)

// An ordering is what a hashed or sorted map knows beyond a linked one.
type ordering struct {
	kind    MapKind
	table   int                  // buckets of a hashed map: grows, never shrinks
	compare func(a, b Value) int // of a sorted map
	walk    []int32              // places in entries in the order of walking, nil when to be made anew
}

const (
	smallTable = 16 // buckets of a HashMap made without a capacity
	maxTable   = 1 << 30
)

// NewHashMap is an empty java.util.HashMap made for capacity entries, negative
// for Java's default.
func NewHashMap(capacity int) *Map {
	m := NewMap(0)
	m.ordering = &ordering{kind: Hashed, table: tableSize(capacity)}
	return m
}

// NewSortedMap is an empty java.util.TreeMap; compare nil is the order of `<=>`.
func NewSortedMap(compare func(a, b Value) int) *Map {
	if compare == nil {
		compare = naturalOrder
	}
	m := NewMap(0)
	m.ordering = &ordering{kind: Sorted, compare: compare}
	return m
}

// NewHashSet is an empty java.util.HashSet made for capacity elements, negative
// for Java's default.
func NewHashSet(capacity int) *Set {
	s := &Set{}
	s.m.ordering = &ordering{kind: Hashed, table: tableSize(capacity)}
	return s
}

// HashSetOf is what `new HashSet(elems)` makes.
func HashSetOf(elems []Value) *Set {
	s := NewHashSet(max(len(elems)*4/3+1, smallTable))
	for _, e := range elems {
		s.Add(e)
	}
	return s
}

// NewSortedSet is an empty java.util.TreeSet; compare nil is the order of `<=>`.
func NewSortedSet(compare func(a, b Value) int) *Set {
	s := &Set{}
	s.m.ordering = NewSortedMap(compare).ordering
	return s
}

func naturalOrder(a, b Value) int {
	n, err := Compare(a, b)
	if err != nil {
		return 0
	}
	return n
}

func tableSize(capacity int) int {
	if capacity < 0 {
		return smallTable
	}
	n := 1
	for n < capacity && n < maxTable {
		n *= 2
	}
	return n
}

// Kind tells LinkedHashMap, HashMap and TreeMap apart.
func (m *Map) Kind() MapKind {
	if m.ordering == nil {
		return Linked
	}
	return m.ordering.kind
}

// Kind tells LinkedHashSet, HashSet and TreeSet apart.
func (s *Set) Kind() MapKind { return s.m.Kind() }

// EmptyLike is an empty map that walks as m does.
func (m *Map) EmptyLike() *Map {
	c := NewMap(m.live)
	if o := m.ordering; o != nil {
		c.ordering = &ordering{kind: o.kind, table: smallTable, compare: o.compare}
	}
	return c
}

// EmptyLike is an empty set that walks as s does.
func (s *Set) EmptyLike() *Set {
	c := &Set{}
	c.m.ordering = s.m.EmptyLike().ordering
	return c
}

// Similar is the empty map for what Groovy makes of m: sorted as m is, else
// in the order of insertion.
func (m *Map) Similar() *Map {
	if m.Kind() == Sorted {
		return m.EmptyLike()
	}
	return NewMap(m.live)
}

// Clone is a copy that walks as s does.
func (s *Set) Clone() *Set {
	c := s.EmptyLike()
	if o := c.m.ordering; o != nil && o.kind == Hashed {
		o.table = tableSize(s.Len()*4/3 + 1)
	}
	s.Iterate(func(e Value) bool { c.Add(e); return true })
	return c
}

// Similar is the empty set for what Groovy makes of s.
func (s *Set) Similar() *Set {
	c := &Set{}
	c.m.ordering = s.m.Similar().ordering
	return c
}

// changed is told of every key that comes or goes.
func (o *ordering) changed(live int) {
	if o == nil {
		return
	}
	o.walk = nil
	for o.kind == Hashed && live*4 > o.table*3 && o.table < maxTable {
		o.table *= 2
	}
}

// bucket is where Java's HashMap of a table of n buckets puts key.
func bucket(key Value, n int) uint32 {
	h := uint32(HashCode(key))
	return (h ^ h>>16) & uint32(n-1)
}

// order is the places of the live entries in the order of walking.
func (m *Map) order() []int32 {
	o := m.ordering
	if o.walk != nil {
		return o.walk
	}
	walk := make([]int32, 0, m.live)
	for i := range m.entries {
		if !m.entries[i].dead {
			walk = append(walk, int32(i))
		}
	}
	key := func(i int) Value { return m.entries[walk[i]].Key }
	if o.kind == Sorted {
		sort.SliceStable(walk, func(i, j int) bool { return o.compare(key(i), key(j)) < 0 })
	} else {
		sort.SliceStable(walk, func(i, j int) bool { return bucket(key(i), o.table) < bucket(key(j), o.table) })
	}
	o.walk = walk
	return walk
}
