package operator

import "sluice/internal/lang/value"

// A keyed is a map by script values in order of first arrival. Keys are equal
// as Java's equals says. A GroupKey finds the key it holds, which does not find
// the GroupKey; in a loose map each finds the other.
type keyed[T any] struct {
	loose   bool
	texts   map[textKey]int32
	others  map[int32][]int32
	entries []keyedEntry[T]
}

type textKey struct {
	text  string
	group bool // the key is a GroupKey
}

type keyedEntry[T any] struct {
	key   value.Value
	val   T
	group bool
	dead  bool
}

func newKeyed[T any]() *keyed[T] {
	return &keyed[T]{texts: map[textKey]int32{}, others: map[int32][]int32{}}
}

// newLoose is what join, combine and cross match by: which of two channels is
// first must not matter.
func newLoose[T any]() *keyed[T] {
	k := newKeyed[T]()
	k.loose = true
	return k
}

// bare is the key that a GroupKey holds.
func bare(key value.Value) (held value.Value, group bool) {
	if g, ok := key.(*value.GroupKey); ok {
		return g.Key, true
	}
	return key, false
}

func (k *keyed[T]) find(key value.Value) int32 {
	key, group := bare(key)
	if s, ok := key.(value.String); ok {
		return k.findText(string(s), group)
	}
	for _, i := range k.others[value.HashCode(key)] {
		e := &k.entries[i]
		if (e.group == group || group || k.loose) && value.KeyEqual(e.key, key) {
			return i
		}
	}
	return -1
}

func (k *keyed[T]) findText(s string, group bool) int32 {
	found := int32(-1)
	if i, ok := k.texts[textKey{s, group}]; ok {
		found = i
	}
	if group || k.loose {
		if i, ok := k.texts[textKey{s, !group}]; ok && (found < 0 || i < found) {
			found = i
		}
	}
	return found
}

// get finds or makes the entry of key; the pointer is good until the next get.
func (k *keyed[T]) get(key value.Value) (v *T, found bool) {
	if i := k.find(key); i >= 0 {
		return &k.entries[i].val, true
	}
	key, group := bare(key)
	i := int32(len(k.entries))
	k.entries = append(k.entries, keyedEntry[T]{key: key, group: group})
	if s, ok := key.(value.String); ok {
		k.texts[textKey{string(s), group}] = i
	} else {
		h := value.HashCode(key)
		k.others[h] = append(k.others[h], i)
	}
	return &k.entries[i].val, false
}

// drop forgets key.
func (k *keyed[T]) drop(key value.Value) {
	i := k.find(key)
	if i < 0 {
		return
	}
	e := k.entries[i]
	if s, ok := e.key.(value.String); ok {
		delete(k.texts, textKey{string(s), e.group})
	} else {
		h := value.HashCode(e.key)
		kept := k.others[h][:0]
		for _, j := range k.others[h] {
			if j != i {
				kept = append(kept, j)
			}
		}
		if len(kept) == 0 {
			delete(k.others, h)
		} else {
			k.others[h] = kept
		}
	}
	k.entries[i] = keyedEntry[T]{dead: true}
}

// each walks the entries in order of arrival.
func (k *keyed[T]) each(f func(v *T) error) error {
	for i := range k.entries {
		if !k.entries[i].dead {
			if err := f(&k.entries[i].val); err != nil {
				return err
			}
		}
	}
	return nil
}

// cut takes the key at the given positions out of a tuple: one position gives
// the element, several a list. rest is the other elements. What is no list is
// a key without rest.
func cut(item value.Value, by []int) (key value.Value, rest []value.Value, ok bool) {
	l, isList := item.(*value.List)
	if !isList {
		return item, nil, len(by) == 1 && by[0] == 0
	}
	rest = make([]value.Value, 0, len(l.Elems))
	for i, e := range l.Elems {
		if !contains(by, i) {
			rest = append(rest, e)
		}
	}
	if len(by) == 1 {
		if by[0] >= len(l.Elems) {
			return nil, nil, false
		}
		return l.Elems[by[0]], rest, true
	}
	keys := make([]value.Value, len(by))
	for i, p := range by {
		if p >= len(l.Elems) {
			return nil, nil, false
		}
		keys[i] = l.Elems[p]
	}
	return value.NewList(keys...), rest, true
}

// plainKey makes GStrings strings, so that they meet equal strings: join,
// combine and cross do so, groupTuple and unique do not.
func plainKey(key value.Value) value.Value {
	switch k := key.(type) {
	case *value.GString:
		return value.String(value.ToString(k))
	case *value.List:
		for i, e := range k.Elems {
			if _, ok := e.(*value.GString); ok {
				elems := append([]value.Value(nil), k.Elems...)
				for j := i; j < len(elems); j++ {
					elems[j] = plainKey(elems[j])
				}
				return value.NewList(elems...)
			}
		}
	}
	return key
}

// keyElems are the elements of a key that cut made.
func keyElems(key value.Value, by []int) []value.Value {
	if len(by) == 1 {
		return []value.Value{key}
	}
	return key.(*value.List).Elems
}

func contains(list []int, n int) bool {
	for _, e := range list {
		if e == n {
			return true
		}
	}
	return false
}
