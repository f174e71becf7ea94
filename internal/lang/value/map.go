package value

// smallMap is the size up to which a map is searched in order, without index.
const smallMap = 8

// A Map is java.util.LinkedHashMap: it keeps the order of first insertion.
// HashMap and TreeMap are made by NewHashMap and NewSortedMap.
// Keys are compared as Java's equals does: Int(1) and Long(1) differ, and a
// GString is no String.
type Map struct {
	entries []Entry // removed ones have dead set
	index   map[int32][]int32
	live    int
	Default func(th *Thread, key Value) (Value, error) // withDefault { }
	Shy     bool                                       // does not keep what Default gives
	frozen  bool                                       // scripts cannot change it any more
	*ordering

	// What `params` does beyond a map; copies do not have it. Missing is told
	// of a name that was read and is not there, Guard says whether a key may be set.
	Missing func(key Value)
	Guard   func(key Value) bool
}

// An Entry is one key and value of a map, as scripts see it in `each`.
type Entry struct {
	Key, Value Value
	dead       bool
}

// NewMap has room for n entries.
func NewMap(n int) *Map { return &Map{entries: make([]Entry, 0, n)} }

// MapOf pairs keys and values: MapOf("a", Int(1), "b", nil).
func MapOf(pairs ...any) *Map {
	m := NewMap(len(pairs) / 2)
	for i := 0; i+1 < len(pairs); i += 2 {
		v, _ := pairs[i+1].(Value)
		m.Set(String(pairs[i].(string)), v)
	}
	return m
}

// Class tells LinkedHashMap, HashMap and TreeMap apart.
func (m *Map) Class() *Class {
	switch m.Kind() {
	case Hashed:
		return HashMapClass
	case Sorted:
		return TreeMapClass
	}
	return LinkedMapClass
}

func (m *Map) Len() int    { return m.live }
func (m *Map) Truth() bool { return m.live > 0 }

func (m *Map) find(key Value) int {
	if m.index == nil {
		if s, ok := key.(String); ok {
			for i := range m.entries {
				if k, isString := m.entries[i].Key.(String); isString && k == s && !m.entries[i].dead {
					return i
				}
			}
			return -1
		}
		for i := range m.entries {
			if !m.entries[i].dead && KeyEqual(m.entries[i].Key, key) {
				return i
			}
		}
		return -1
	}
	for _, i := range m.index[HashCode(key)] {
		if !m.entries[i].dead && KeyEqual(m.entries[i].Key, key) {
			return int(i)
		}
	}
	return -1
}

// Get finds the value of key; a default closure is not called.
func (m *Map) Get(key Value) (Value, bool) {
	if i := m.find(key); i >= 0 {
		return m.entries[i].Value, true
	}
	return nil, false
}

// GetString finds the value of a string key, nil if absent.
func (m *Map) GetString(key string) Value {
	v, _ := m.Get(String(key))
	return v
}

// Has says whether key is present, even with a null value.
func (m *Map) Has(key Value) bool { return m.find(key) >= 0 }

// Set adds or replaces; a replaced key keeps its place.
func (m *Map) Set(key, v Value) {
	if m.Guard == nil || m.Guard(key) {
		m.Replace(key, v)
	}
}

// Put is Set for scripts, who must not change an immutable map.
func (m *Map) Put(key, v Value) error {
	if m.frozen {
		return unsupported()
	}
	m.Set(key, v)
	return nil
}

// Freeze makes m one that scripts cannot change, and returns it.
func (m *Map) Freeze() *Map {
	m.frozen = true
	return m
}

// Frozen says whether scripts must not change m.
func (m *Map) Frozen() bool { return m.frozen }

// Freeze makes s one that scripts cannot change, and returns it.
func (s *Set) Freeze() *Set {
	s.m.frozen = true
	return s
}

// Frozen says whether scripts must not change s.
func (s *Set) Frozen() bool { return s.m.frozen || s.View != nil && s.View.frozen }

// Replace is Set without asking Guard.
func (m *Map) Replace(key, v Value) {
	if i := m.find(key); i >= 0 {
		m.entries[i].Value = v
		return
	}
	m.entries = append(m.entries, Entry{Key: key, Value: v})
	m.live++
	m.changed(m.live)
	if m.index != nil {
		h := HashCode(key)
		m.index[h] = append(m.index[h], int32(len(m.entries)-1))
	} else if len(m.entries) > smallMap {
		m.reindex()
	}
}

// Delete removes key and returns what it held.
func (m *Map) Delete(key Value) (Value, bool) {
	i := m.find(key)
	if i < 0 {
		return nil, false
	}
	v := m.entries[i].Value
	m.entries[i] = Entry{dead: true}
	m.live--
	m.changed(m.live)
	if len(m.entries) > 2*m.live+smallMap {
		m.compact()
	} else if m.index != nil {
		m.reindex()
	}
	return v, true
}

// Clear removes all entries.
func (m *Map) Clear() {
	m.entries, m.index, m.live = nil, nil, 0
	m.changed(0)
}

func (m *Map) compact() {
	kept := make([]Entry, 0, m.live)
	for _, e := range m.entries {
		if !e.dead {
			kept = append(kept, e)
		}
	}
	m.entries, m.index = kept, nil
	if len(kept) > smallMap {
		m.reindex()
	}
}

func (m *Map) reindex() {
	m.index = make(map[int32][]int32, len(m.entries))
	for i := range m.entries {
		if !m.entries[i].dead {
			h := HashCode(m.entries[i].Key)
			m.index[h] = append(m.index[h], int32(i))
		}
	}
}

// Entries walks keys and values in order.
func (m *Map) Entries(yield func(key, v Value) bool) {
	if m.ordering != nil {
		for _, i := range m.order() {
			if int(i) >= len(m.entries) {
				return // cleared meanwhile
			}
			if e := m.entries[i]; !e.dead && !yield(e.Key, e.Value) {
				return
			}
		}
		return
	}
	for i := 0; i < len(m.entries); i++ {
		if e := m.entries[i]; !e.dead && !yield(e.Key, e.Value) {
			return
		}
	}
}

// Keys lists the keys in order.
func (m *Map) Keys() []Value {
	keys := make([]Value, 0, m.live)
	m.Entries(func(k, _ Value) bool { keys = append(keys, k); return true })
	return keys
}

// Iterate walks the entries as MapEntry values.
func (m *Map) Iterate(yield func(Value) bool) {
	m.Entries(func(k, v Value) bool { return yield(&MapEntry{Map: m, Key: k, Value: v}) })
}

// Copy is a new map with the same entries.
func (m *Map) Copy() *Map {
	c := m.EmptyLike()
	m.Entries(func(k, v Value) bool { c.Set(k, v); return true })
	c.Default = m.Default
	return c
}

// A MapEntry is what iterating over a map yields: `it.key`, `it.value`.
type MapEntry struct {
	Map        *Map // where setValue writes
	Key, Value Value
}

func (*MapEntry) Class() *Class { return MapEntryClass }

// Property answers `key` and `value`.
func (e *MapEntry) Property(name string) (Value, bool) {
	switch name {
	case "key":
		return e.Key, true
	case "value":
		return e.Value, true
	}
	return nil, false
}

// A Set is java.util.LinkedHashSet, or a map's keySet() or entrySet(). HashSet
// and TreeSet are made by NewHashSet and NewSortedSet.
type Set struct {
	m       Map
	View    *Map // the map behind keySet() and entrySet(), whose entries are looked at; m is empty then
	entries bool // View is seen as entries, not as keys
}

// NewSet holds elems without duplicates.
func NewSet(elems ...Value) *Set {
	s := &Set{}
	for _, e := range elems {
		s.Add(e)
	}
	return s
}

// Class tells LinkedHashSet, HashSet and TreeSet apart.
func (s *Set) Class() *Class {
	if s.View != nil {
		return s.viewClass()
	}
	switch s.Kind() {
	case Hashed:
		return HashSetClass
	case Sorted:
		return TreeSetClass
	}
	return LinkedSetClass
}

func (s *Set) Len() int {
	if s.View != nil {
		return s.View.live
	}
	return s.m.live
}

func (s *Set) Truth() bool { return s.Len() > 0 }

func (s *Set) Has(v Value) bool {
	if s.View != nil {
		return s.viewHas(v)
	}
	return s.m.Has(v)
}

// Add says whether v was new.
func (s *Set) Add(v Value) bool {
	if s.View != nil || s.m.Has(v) {
		return false
	}
	s.m.Set(v, nil)
	return true
}

// Remove says whether v was there.
func (s *Set) Remove(v Value) bool {
	if s.View != nil {
		return s.viewRemove(v)
	}
	_, ok := s.m.Delete(v)
	return ok
}

// Iterate walks the elements.
func (s *Set) Iterate(yield func(Value) bool) {
	if s.View != nil {
		s.viewIterate(yield)
		return
	}
	s.m.Entries(func(k, _ Value) bool { return yield(k) })
}
