package value

import (
	"math"
	"math/big"
	"reflect"
)

// HashCode is Java's hash of v, so that orders which depend on it come out
// alike. Objects without a hash of their own have one by identity.
func HashCode(v Value) int32 {
	switch x := v.(type) {
	case nil:
		return 0
	case String:
		return stringHash(string(x))
	case Int:
		return int32(x)
	case Long:
		return longHash(int64(x))
	case Bool:
		if x {
			return 1231
		}
		return 1237
	case Char:
		return int32(x)
	case Double:
		if x != x {
			return 0x7ff80000
		}
		return longHash(int64(math.Float64bits(float64(x))))
	case Float:
		if x != x {
			return 0x7fc00000
		}
		return int32(math.Float32bits(float32(x)))
	case BigInt:
		return bigHash(x.Int)
	case Decimal:
		return 31*bigHash(x.Unscaled()) + int32(x.Scale())
	case *GString:
		return 37 + stringHash(ToString(x))
	case *List:
		if x.Kind == Bag {
			return sumHash(x)
		}
		return listHash(x)
	case *Range:
		return rangeHash(x)
	case *ObjectRange:
		return listHash(x)
	case *Set:
		return sumHash(x)
	case *Map:
		var h int32
		x.Entries(func(k, v Value) bool { h += HashCode(k) ^ HashCode(v); return true })
		return h
	case *MapEntry:
		return HashCode(x.Key) ^ HashCode(x.Value)
	case *Path:
		return pathHash(x)
	case Duration:
		return groovyHash(int64(x))
	case Memory:
		return groovyHash(int64(x))
	case ClassRef:
		return stringHash(x.Of.Name)
	case Hasher:
		return x.HashCode()
	}
	return identityHash(v)
}

func longHash(n int64) int32 { return int32(n ^ int64(uint64(n)>>32)) }

// groovyHash is what @EqualsAndHashCode makes of a class with one long.
func groovyHash(n int64) int32 { return 127*59 + longHash(n) }

func bigHash(n *big.Int) int32 {
	var h int32
	bytes := n.Bytes()
	for len(bytes)%4 != 0 {
		bytes = append([]byte{0}, bytes...)
	}
	for i := 0; i < len(bytes); i += 4 {
		word := int32(uint32(bytes[i])<<24 | uint32(bytes[i+1])<<16 | uint32(bytes[i+2])<<8 | uint32(bytes[i+3]))
		h = 31*h + word
	}
	return h * int32(n.Sign())
}

func listHash(it Iterable) int32 {
	h := int32(1)
	it.Iterate(func(e Value) bool { h = 31*h + HashCode(e); return true })
	return h
}

func sumHash(it Iterable) int32 {
	var h int32
	it.Iterate(func(e Value) bool { h += HashCode(e); return true })
	return h
}

// rangeHash pairs the two ends of an IntRange as Groovy does; other ranges
// hash like lists.
func rangeHash(r *Range) int32 {
	if r.Chars || r.Long || r.Empty {
		return listHash(r)
	}
	from, to := int32(min(r.From, r.To)), int32(max(r.From, r.To))
	return (from+to+1)*(from+to)>>1 + to
}

func pathHash(p *Path) int32 {
	text := p.Name
	if p.Scheme != "" {
		text = p.URI()
	}
	var h int32
	for i := 0; i < len(text); i++ {
		h = 31*h + int32(text[i])
	}
	if p.IsFile {
		h ^= 1234321
	}
	return h
}

func identityHash(v Value) int32 {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer || rv.Kind() == reflect.Func || rv.Kind() == reflect.Map {
		return int32(rv.Pointer() >> 4 & math.MaxInt32)
	}
	return stringHash(v.Class().Name)
}
