package operator

import "sluice/internal/lang/value"

// A keyed is a map by script values in order of first arrival. Keys are equal
// as Java's equals says; a GroupKey is looked up as the key it wraps.
type keyed[T any] struct {
	texts   map[string]int32
	others  map[int32][]int32
	entries []keyedEntry[T]
}

type keyedEntry[T any] struct {
	key  value.Value
	val  T
	dead bool
}

func newKeyed[T any]() *keyed[T] {
	return &keyed[T]{texts: map[string]int32{}, others: map[int32][]int32{}}
}

func bare(key value.Value) value.Value {
	if g, ok := key.(*value.GroupKey); ok {
		return g.Key
	}
	return key
}

func (k *keyed[T]) find(key value.Value) int32 {
	key = bare(key)
	if s, ok := key.(value.String); ok {
		if i, found := k.texts[string(s)]; found {
			return i
		}
		return -1
	}
	for _, i := range k.others[value.HashCode(key)] {
		if value.KeyEqual(k.entries[i].key, key) {
			return i
		}
	}
	return -1
}

// get finds or makes the entry of key; the pointer is good until the next get.
func (k *keyed[T]) get(key value.Value) (v *T, found bool) {
	if i := k.find(key); i >= 0 {
		return &k.entries[i].val, true
	}
	key = bare(key)
	i := int32(len(k.entries))
	k.entries = append(k.entries, keyedEntry[T]{key: key})
	if s, ok := key.(value.String); ok {
		k.texts[string(s)] = i
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
	key = bare(key)
	if s, ok := key.(value.String); ok {
		delete(k.texts, string(s))
	} else {
		h := value.HashCode(key)
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
