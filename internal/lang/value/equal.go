package value

import (
	"math"
	"reflect"
)

// Equal is Groovy's `==`.
func Equal(a, b Value) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case String:
		if y, ok := b.(String); ok {
			return x == y
		}
	case Int:
		if y, ok := b.(Int); ok {
			return x == y
		}
	case Bool:
		y, ok := b.(Bool)
		return ok && x == y
	}
	if b == nil {
		return false
	}
	if _, ok := b.(*GroupKey); ok {
		if _, ok := a.(*GroupKey); !ok {
			return false // only the key itself knows that it equals what it holds
		}
	}
	if order, ok := compareKnown(a, b); ok {
		return order == 0
	}
	switch x := a.(type) {
	case Equaler:
		return x.EqualTo(b)
	case *Map:
		y, ok := b.(*Map)
		return ok && equalMaps(x, y, Equal)
	case *Set:
		y, ok := b.(*Set)
		return ok && equalSets(x, y)
	case *MapEntry:
		y, ok := b.(*MapEntry)
		return ok && Equal(x.Key, y.Key) && Equal(x.Value, y.Value)
	}
	if isSequence(a) && isSequence(b) {
		return equalElements(a, b, Equal)
	}
	return KeyEqual(a, b)
}

// KeyEqual is Java's equals: what maps, sets and contains() use. Integer 1 and
// Long 1 differ, so do a GString and a String.
func KeyEqual(a, b Value) bool {
	if k, ok := b.(*GroupKey); ok {
		b = k.Key
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case String:
		if y, ok := b.(String); ok {
			return x == y
		}
	case Int:
		y, ok := b.(Int)
		return ok && x == y
	case BigInt:
		y, ok := b.(BigInt)
		return ok && x.Cmp(y.Int) == 0
	case Decimal:
		y, ok := b.(Decimal)
		return ok && x.Scale() == y.Scale() && x.Unscaled().Cmp(y.Unscaled()) == 0
	case Double:
		y, ok := b.(Double)
		return ok && sameFloat(float64(x), float64(y))
	case Float:
		y, ok := b.(Float)
		return ok && sameFloat(float64(x), float64(y))
	case *GString:
		if y, ok := b.(*GString); ok {
			return x == y || ToString(x) == ToString(y)
		}
	case *Map:
		y, ok := b.(*Map)
		return ok && equalMaps(x, y, KeyEqual)
	case *Set:
		if y, ok := b.(*Set); ok {
			return x == y || x.Len() == y.Len() && containsAll(x, y)
		}
	case *MapEntry:
		y, ok := b.(*MapEntry)
		return ok && KeyEqual(x.Key, y.Key) && KeyEqual(x.Value, y.Value)
	case *Path:
		y, ok := b.(*Path)
		return ok && (x == y || x.Scheme == y.Scheme && x.Name == y.Name && x.IsFile == y.IsFile)
	case *GroupKey:
		return x.EqualTo(b)
	}
	if b == nil {
		return false
	}
	if isSequence(a) && isSequence(b) {
		if x, ok := a.(*List); ok && x.Kind == Bag {
			y, ok := b.(*List)
			return ok && y.Kind == Bag && equalBags(x, y)
		}
		return equalElements(a, b, KeyEqual)
	}
	if e, ok := a.(Equaler); ok {
		return e.EqualTo(b)
	}
	return Identical(a, b)
}

// Identical is `===` and is(): the same object. Numbers and strings have no
// identity here; they are identical when equal.
func Identical(a, b Value) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	ta, tb := reflect.TypeOf(a), reflect.TypeOf(b)
	if ta != tb {
		return false
	}
	switch x := a.(type) {
	case BigInt:
		return KeyEqual(x, b)
	case Decimal:
		return KeyEqual(x, b)
	case Double:
		return KeyEqual(x, b)
	}
	return ta.Comparable() && a == b
}

func sameFloat(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

// isSequence says whether v is compared element by element: lists and ranges.
func isSequence(v Value) bool {
	switch v.(type) {
	case *List, *Range, *ObjectRange:
		return true
	}
	return false
}

func equalElements(a, b Value, eq func(a, b Value) bool) bool {
	if isSelf(a, b) {
		return true
	}
	n := a.(Sized).Len()
	if n != b.(Sized).Len() {
		return false
	}
	if x, ok := a.(*Range); ok {
		if y, ok := b.(*Range); ok && n > 1 { // the ends say it all, however long
			return eq(x.At(0), y.At(0)) && eq(x.At(n-1), y.At(n-1))
		}
	}
	x, _ := Elements(a)
	y, _ := Elements(b)
	for i := range x {
		if !eq(x[i], y[i]) {
			return false
		}
	}
	return true
}

func equalMaps(x, y *Map, eq func(a, b Value) bool) bool {
	if x == y {
		return true
	}
	if x.Len() != y.Len() {
		return false
	}
	same := true
	x.Entries(func(k, v Value) bool {
		w, ok := y.Get(k)
		same = ok && eq(v, w)
		return same
	})
	return same
}

// equalSets compares as Groovy does, where 1 and 1L are the same element.
func equalSets(x, y *Set) bool {
	if x.Len() != y.Len() {
		return false
	}
	if containsAll(x, y) {
		return true
	}
	rest, _ := Elements(y)
	same := true
	x.Iterate(func(e Value) bool {
		if y.Has(e) {
			return true
		}
		same = false
		for _, f := range rest {
			if Equal(e, f) {
				same = true
				break
			}
		}
		return same
	})
	return same
}

func containsAll(x, y *Set) bool {
	all := true
	x.Iterate(func(e Value) bool { all = y.Has(e); return all })
	return all
}

func equalBags(x, y *List) bool {
	if len(x.Elems) != len(y.Elems) {
		return false
	}
	counts := NewMap(len(x.Elems))
	for _, e := range x.Elems {
		n, _ := counts.Get(e)
		i, _ := n.(Int)
		counts.Set(e, i+1)
	}
	for _, e := range y.Elems {
		n, _ := counts.Get(e)
		i, _ := n.(Int)
		if i == 0 {
			return false
		}
		counts.Set(e, i-1)
	}
	return true
}
