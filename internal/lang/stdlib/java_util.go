package stdlib

import (
	"cmp"
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"sluice/internal/lang/value"
)

// A Locale is java.util.Locale; all text here is English.
type Locale string

// Class is java.util.Locale.
func (Locale) Class() *value.Class { return value.LocaleClass }

// ToString is the tag of the locale.
func (l Locale) ToString() string { return string(l) }

func localeConstants(*Table) map[string]value.Value {
	return map[string]value.Value{
		"ENGLISH": Locale("en"), "US": Locale("en_US"), "UK": Locale("en_GB"), "ROOT": Locale(""), "GERMANY": Locale("de_DE"), "FRANCE": Locale("fr_FR"),
	}
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

func arraysStatics() []def {
	return []def{
		{"asList", "elements...", "is the list of elements", func(c call) (value.Value, error) {
			return &value.List{Elems: append([]value.Value(nil), c.args...), Kind: value.Fixed}, nil
		}},
		{"toString", "list", "prints a list", func(c call) (value.Value, error) { return value.String(value.ToString(c.arg(0))), nil }},
		{"deepToString", "list", "prints a list", func(c call) (value.Value, error) { return value.String(value.ToString(c.arg(0))), nil }},
		{"sort", "list: List", "sorts a list", func(c call) (value.Value, error) {
			_, err := c.t.Call(c.th, c.arg(0), "sort")
			return nil, err
		}},
		{"stream", "list", "is a stream of the elements", func(c call) (value.Value, error) { return &Stream{list: elems(c.arg(0))}, nil }},
		{"equals", "a, b", "compares two lists", func(c call) (value.Value, error) { return value.MakeBool(value.Equal(c.arg(0), c.arg(1))), nil }},
		{"copyOf", "list, length: Integer", "is the first elements", func(c call) (value.Value, error) {
			out := elems(c.arg(0))
			for len(out) < c.intArg(1) {
				out = append(out, nil)
			}
			return value.NewList(out[:c.intArg(1)]...), nil
		}},
		{"copyOfRange", "list, from: Integer, to: Integer", "is some elements", func(c call) (value.Value, error) {
			list := elems(c.arg(0))
			from, to := c.intArg(1), min(c.intArg(2), len(list))
			if from < 0 || from > to {
				return nil, value.Throw("java.lang.ArrayIndexOutOfBoundsException", "%d > %d", from, to)
			}
			return value.NewList(list[from:to]...), nil
		}},
	}
}

func collectionsStatics() []def {
	onList := func(name, method, doc string) def {
		return def{name, "list: Iterable, args...", doc, func(c call) (value.Value, error) {
			_, err := c.t.Call(c.th, c.arg(0), method, c.args[1:]...)
			return nil, err
		}}
	}
	same := func(name string) def {
		return def{name, "collection", "is a copy that cannot be changed", func(c call) (value.Value, error) {
			return c.t.Call(c.th, c.arg(0), "asImmutable")
		}}
	}
	it := func(name string) def {
		return def{name, "collection", "is the collection", func(c call) (value.Value, error) { return c.arg(0), nil }}
	}
	return []def{
		onList("sort", "sort", "sorts a list"),
		onList("shuffle", "shuffle", "puts a list in random order"),
		onList("swap", "swap", "exchanges two elements"),
		{"reverse", "list: Iterable", "turns a list round", func(c call) (value.Value, error) {
			_, err := c.t.Call(c.th, c.arg(0), "reverse", value.True)
			return nil, err
		}},
		{"addAll", "collection: Iterable, elements...", "adds elements", func(c call) (value.Value, error) {
			return c.t.Call(c.th, c.arg(0), "addAll", value.NewList(c.args[1:]...))
		}},
		{"max", "collection: Iterable, comparator: Closure? = null", "is the greatest element", extremeOf(1)},
		{"min", "collection: Iterable, comparator: Closure? = null", "is the least element", extremeOf(-1)},
		{"frequency", "collection: Iterable, value", "counts an element", func(c call) (value.Value, error) {
			n := 0
			for _, e := range elems(c.arg(0)) {
				if value.KeyEqual(e, c.arg(1)) {
					n++
				}
			}
			return value.Int(n), nil
		}},
		{"disjoint", "a: Iterable, b: Iterable", "says whether two collections share no element", func(c call) (value.Value, error) {
			return c.t.Call(c.th, c.arg(0), "disjoint", c.arg(1))
		}},
		{"nCopies", "n: Integer, value", "is a list of one element repeated", func(c call) (value.Value, error) {
			out := make([]value.Value, max(c.intArg(0), 0))
			for i := range out {
				out[i] = c.arg(1)
			}
			return value.NewList(out...), nil
		}},
		{"emptyList", "", "is an empty list", func(c call) (value.Value, error) { return &value.List{Kind: value.Immutable}, nil }},
		{"emptySet", "", "is an empty set", func(c call) (value.Value, error) { return value.NewSet().Freeze(), nil }},
		{"emptyMap", "", "is an empty map", func(c call) (value.Value, error) { return value.NewMap(0).Freeze(), nil }},
		{"singletonMap", "key, value", "is a map of one entry", func(c call) (value.Value, error) {
			m := value.NewMap(1)
			m.Set(c.arg(0), c.arg(1))
			return m.Freeze(), nil
		}},
		{"singletonList", "value", "is a list of one element", func(c call) (value.Value, error) { return value.NewList(c.arg(0)), nil }},
		{"singleton", "value", "is a set of one element", func(c call) (value.Value, error) { return value.NewSet(c.arg(0)), nil }},
		{"reverseOrder", "comparator: Object = null", "orders the other way round", func(c call) (value.Value, error) {
			return c.toComparator(c.arg(0)).reversed(), nil
		}},
		{"rotate", "list: List, distance: Integer", "moves the elements up by distance places, those at the end to the front", rotateMethod},
		{"binarySearch", "list: List, value", "is the index of value in a sorted list; negative when it is not there", binarySearchMethod},
		{"fill", "list: List, value", "puts value in place of each element", func(c call) (value.Value, error) {
			l := c.arg(0)
			c.recv = l
			list := elems(l)
			for i := range list {
				list[i] = c.arg(1)
			}
			return nil, c.replace(list)
		}},
		same("unmodifiableList"), same("unmodifiableSet"), same("unmodifiableMap"), same("unmodifiableCollection"),
		it("synchronizedList"), it("synchronizedSet"), it("synchronizedMap"),
	}
}

func extremeOf(sign int) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		c.recv, c.args = c.arg(0), c.args[1:]
		if len(elems(c.recv)) == 0 {
			return nil, value.Throw("java.util.NoSuchElementException", "")
		}
		return c.extreme(sign)
	}
}

func objectsStatics() []def {
	return []def{
		{"equals", "a: Object?, b: Object?", "compares two values", func(c call) (value.Value, error) { return value.MakeBool(value.KeyEqual(c.arg(0), c.arg(1))), nil }},
		{"hash", "values...", "is a number of the values", func(c call) (value.Value, error) { return value.Int(value.HashCode(value.NewList(c.args...))), nil }},
		{"hashCode", "value: Object?", "is a number of the value", func(c call) (value.Value, error) {
			if c.arg(0) == nil {
				return value.Int(0), nil
			}
			return value.Int(value.HashCode(c.arg(0))), nil
		}},
		{"isNull", "value: Object?", "says whether this is null", func(c call) (value.Value, error) { return value.MakeBool(c.arg(0) == nil), nil }},
		{"nonNull", "value: Object?", "says whether this is not null", func(c call) (value.Value, error) { return value.MakeBool(c.arg(0) != nil), nil }},
		{"toString", "value: Object?, fallback = null", "prints a value", func(c call) (value.Value, error) {
			if c.arg(0) == nil && c.n() == 2 {
				return c.arg(1), nil
			}
			return value.String(value.ToString(c.arg(0))), nil
		}},
		{"requireNonNullElse", "value: Object?, fallback", "is the value, or fallback for null", func(c call) (value.Value, error) {
			if c.arg(0) == nil {
				return c.arg(1), nil
			}
			return c.arg(0), nil
		}},
		{"requireNonNull", "value: Object?, message = null", "throws when this is null", func(c call) (value.Value, error) {
			if c.arg(0) == nil {
				message := ""
				if c.arg(1) != nil {
					message = value.ToString(c.arg(1))
				}
				return nil, value.Throw("java.lang.NullPointerException", "%s", message)
			}
			return c.arg(0), nil
		}},
	}
}

func listStatics() []def {
	return []def{
		{"of", "elements...", "is the list of elements", func(c call) (value.Value, error) {
			return &value.List{Elems: append([]value.Value(nil), c.args...), Kind: value.Immutable}, nil
		}},
		{"copyOf", "elements: Iterable", "is a list that cannot be changed", func(c call) (value.Value, error) {
			return &value.List{Elems: elems(c.arg(0)), Kind: value.Immutable}, nil
		}},
	}
}

func setStatics() []def {
	return []def{
		{"of", "elements...", "is the set of elements; none may come twice", func(c call) (value.Value, error) {
			s := value.NewSet()
			for _, e := range c.args {
				if !s.Add(e) {
					return nil, value.Throw("java.lang.IllegalArgumentException", "duplicate element: %s", value.ToString(e))
				}
			}
			return s.Freeze(), nil
		}},
		{"copyOf", "elements: Iterable", "is a set that cannot be changed", func(c call) (value.Value, error) {
			return value.NewSet(elems(c.arg(0))...).Freeze(), nil
		}},
	}
}

func mapStatics() []def {
	return []def{
		{"of", "pairs...", "is the map of keys and values", func(c call) (value.Value, error) {
			m := value.NewMap(c.n() / 2)
			for i := 0; i+1 < c.n(); i += 2 {
				m.Set(c.arg(i), c.arg(i+1))
			}
			return m.Freeze(), nil
		}},
		{"copyOf", "other: Map", "is a map that cannot be changed", func(c call) (value.Value, error) {
			return c.arg(0).(*value.Map).Copy().Freeze(), nil
		}},
		{"ofEntries", "entries...", "is the map of entries", func(c call) (value.Value, error) {
			m := value.NewMap(c.n())
			for _, e := range c.args {
				if err := addEntry(m, e); err != nil {
					return nil, err
				}
			}
			return m.Freeze(), nil
		}},
		{"entry", "key, value", "is an entry", func(c call) (value.Value, error) { return &value.MapEntry{Key: c.arg(0), Value: c.arg(1)}, nil }},
	}
}

// A UUID is java.util.UUID.
type UUID [16]byte

// Class is java.util.UUID.
func (UUID) Class() *value.Class { return value.UUIDClass }

// ToString prints in the usual form.
func (u UUID) ToString() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// EqualTo compares the bits.
func (u UUID) EqualTo(other value.Value) bool { o, ok := other.(UUID); return ok && u == o }

// HashCode mixes the bits as Java does.
func (u UUID) HashCode() int32 {
	var h uint32
	for i := 0; i < 16; i += 4 {
		h ^= uint32(u[i])<<24 | uint32(u[i+1])<<16 | uint32(u[i+2])<<8 | uint32(u[i+3])
	}
	return int32(h)
}

// CompareTo orders the halves as signed numbers, as Java does.
func (u UUID) CompareTo(other value.Value) (int, bool) {
	o, ok := other.(UUID)
	for half := range 2 {
		if n := cmp.Compare(u.half(half), o.half(half)); n != 0 {
			return n, ok
		}
	}
	return 0, ok
}

// half is the most significant bits, or the least.
func (u UUID) half(i int) int64 { return int64(binary.BigEndian.Uint64(u[8*i:])) }

func uuidMethods() []def {
	get := func(c call) UUID { return c.recv.(UUID) }
	return []def{
		{"version", "", "is 4 for a random identifier, 3 for one made of a name", func(c call) (value.Value, error) { return value.Int(get(c)[6] >> 4), nil }},
		{"getMostSignificantBits", "", "is the first half as a number", func(c call) (value.Value, error) { return value.Long(get(c).half(0)), nil }},
		{"getLeastSignificantBits", "", "is the second half as a number", func(c call) (value.Value, error) { return value.Long(get(c).half(1)), nil }},
	}
}

func uuidConstructors() []def {
	return []def{{"<init>", "most: Number, least: Number", "is the identifier of two halves", func(c call) (value.Value, error) {
		var u UUID
		binary.BigEndian.PutUint64(u[:8], uint64(toInt64(c.arg(0))))
		binary.BigEndian.PutUint64(u[8:], uint64(toInt64(c.arg(1))))
		return u, nil
	}}}
}

func versioned(u UUID, version byte) UUID {
	u[6] = u[6]&0x0f | version<<4
	u[8] = u[8]&0x3f | 0x80
	return u
}

func uuidStatics() []def {
	return []def{
		{"randomUUID", "", "is a random identifier", func(c call) (value.Value, error) {
			var u UUID
			rand.Read(u[:])
			return versioned(u, 4), nil
		}},
		{"fromString", "text: String", "reads an identifier", func(c call) (value.Value, error) {
			b, err := hex.DecodeString(strings.ReplaceAll(c.strArg(0), "-", ""))
			if err != nil || len(b) != 16 {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Invalid UUID string: %s", c.strArg(0))
			}
			return UUID(b), nil
		}},
		{"nameUUIDFromBytes", "name", "is an identifier made of bytes", func(c call) (value.Value, error) {
			return versioned(UUID(md5.Sum(listBytes(c.arg(0)))), 3), nil
		}},
	}
}

// A Digest is java.security.MessageDigest.
type Digest struct {
	name string
	h    hash.Hash
}

var digestClass = javaClass("java.security.MessageDigest")

// Class is java.security.MessageDigest.
func (*Digest) Class() *value.Class { return digestClass }

func digestStatics() []def {
	return []def{{"getInstance", "algorithm: String", "makes digests", func(c call) (value.Value, error) {
		h, err := digestOf(c.strArg(0))
		if err != nil {
			return nil, err
		}
		return &Digest{c.strArg(0), h}, nil
	}}}
}

func digestMethods() []def {
	get := func(c call) *Digest { return c.recv.(*Digest) }
	return []def{
		{"update", "bytes, from: Integer = 0, length: Integer = 0", "adds bytes", func(c call) (value.Value, error) {
			b := listBytes(c.arg(0))
			if c.n() == 3 {
				b = b[c.intArg(1):min(c.intArg(1)+c.intArg(2), len(b))]
			}
			get(c).h.Write(b)
			return nil, nil
		}},
		{"digest", "bytes = null", "is the digest", func(c call) (value.Value, error) {
			if c.n() > 0 {
				get(c).h.Write(listBytes(c.arg(0)))
			}
			sum := get(c).h.Sum(nil)
			get(c).h.Reset()
			return Bytes(sum), nil
		}},
		{"reset", "", "starts anew", func(c call) (value.Value, error) {
			get(c).h.Reset()
			return nil, nil
		}},
		{"getAlgorithm", "", "is the name of the algorithm", func(c call) (value.Value, error) { return value.String(get(c).name), nil }},
	}
}
