package operator

import (
	"encoding/binary"
	"math/bits"
	"sort"
	"unicode/utf16"

	"sluice/internal/lang/value"
)

// natural orders as Groovy's sort does: by value, and by hash code where the
// values do not compare.
func natural(a, b value.Value) int {
	n, err := value.Compare(a, b)
	if err == nil {
		return n
	}
	x, y := value.HashCode(a), value.HashCode(b)
	switch {
	case x == y && value.KeyEqual(a, b):
		return 0
	case x > y:
		return 1
	}
	return -1
}

// params is how many parameters a closure takes.
func params(f value.Callable) int {
	if c, ok := f.(*value.Closure); ok && !c.Implicit {
		return c.Params - len(c.Curried)
	}
	return 1
}

// sortBy orders elems in place by a comparator of two parameters or a key
// closure of one; nil sorts naturally.
func (c *call) sortBy(elems []value.Value, f value.Callable) error {
	if f == nil {
		sort.SliceStable(elems, func(i, j int) bool { return natural(elems[i], elems[j]) < 0 })
		return nil
	}
	if params(f) > 1 {
		var failed error
		sort.SliceStable(elems, func(i, j int) bool {
			if failed != nil {
				return false
			}
			n, err := c.compareWith(f, elems[i], elems[j])
			failed = err
			return n < 0
		})
		return failed
	}
	return c.sortByKey(elems, func(v value.Value) (value.Value, error) { return c.invoke(f, v) })
}

func (c *call) compareWith(f value.Callable, a, b value.Value) (int, error) {
	r, err := c.invoke(f, a, b)
	if err != nil {
		return 0, err
	}
	if value.IsNumber(r) {
		n, _ := value.AsFloat64(r)
		switch {
		case n < 0:
			return -1, nil
		case n > 0:
			return 1, nil
		}
		return 0, nil
	}
	if value.Truth(r) {
		return 1, nil
	}
	return 0, nil
}

func (c *call) sortByKey(elems []value.Value, key func(value.Value) (value.Value, error)) error {
	keys := make([]value.Value, len(elems))
	for i, e := range elems {
		k, err := key(e)
		if err != nil {
			return err
		}
		keys[i] = k
	}
	sort.Stable(&byKey{elems, keys})
	return nil
}

type byKey struct{ elems, keys []value.Value }

func (s *byKey) Len() int           { return len(s.elems) }
func (s *byKey) Less(i, j int) bool { return natural(s.keys[i], s.keys[j]) < 0 }
func (s *byKey) Swap(i, j int) {
	s.elems[i], s.elems[j] = s.elems[j], s.elems[i]
	s.keys[i], s.keys[j] = s.keys[j], s.keys[i]
}

// sortOpt applies the option `sort` of collect and groupTuple.
func (c *call) sortOpt(elems []value.Value) error {
	switch s := c.opt("sort").(type) {
	case nil:
		return nil
	case value.Bool:
		if !s {
			return nil
		}
		return c.sortBy(elems, nil)
	case value.Callable:
		return c.sortBy(elems, s)
	}
	switch name := c.textOpt("sort", ""); name {
	case "true", "natural":
		return c.sortBy(elems, nil)
	case "false", "none", "index":
		return nil
	case "hash", "deep":
		return c.sortByKey(elems, func(v value.Value) (value.Value, error) { return value.Long(valueHash(v)), nil })
	default:
		return c.fail("takes true, false, 'hash', 'deep', 'index' or a closure as `sort`, not %s", describe(c.opt("sort")))
	}
}

// valueHash is what sorting by hash compares: the first half of murmur3-128,
// which spreads equal runs of names but is the same in each run.
func valueHash(v value.Value) int64 { return murmur3(hashBytes(nil, v)) }

func hashBytes(b []byte, v value.Value) []byte {
	switch v := v.(type) {
	case value.Int:
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	case value.Long:
		return binary.LittleEndian.AppendUint64(b, uint64(v))
	case value.Bool:
		if v {
			return append(b, 1)
		}
		return append(b, 0)
	case *value.List:
		for _, e := range v.Elems {
			b = hashBytes(b, e)
		}
		return b
	case *value.Map:
		v.Entries(func(_, e value.Value) bool { b = hashBytes(b, e); return true })
		return b
	}
	return appendUTF16(b, value.ToString(v))
}

func appendUTF16(b []byte, s string) []byte {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// murmur3 is the first 64 bits of murmur3 x64 128 with seed 0.
func murmur3(data []byte) int64 {
	const c1, c2 = 0x87c37b91114253d5, 0x4cf5ad432745937f
	var h1, h2 uint64
	n := uint64(len(data))
	mix1 := func(k uint64) uint64 { return bits.RotateLeft64(k*c1, 31) * c2 }
	mix2 := func(k uint64) uint64 { return bits.RotateLeft64(k*c2, 33) * c1 }
	for ; len(data) >= 16; data = data[16:] {
		h1 ^= mix1(binary.LittleEndian.Uint64(data))
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		h2 ^= mix2(binary.LittleEndian.Uint64(data[8:]))
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	var tail [16]byte
	copy(tail[:], data)
	if len(data) > 8 {
		h2 ^= mix2(binary.LittleEndian.Uint64(tail[8:]))
	}
	if len(data) > 0 {
		h1 ^= mix1(binary.LittleEndian.Uint64(tail[:]))
	}
	h1 ^= n
	h2 ^= n
	h1 += h2
	h2 += h1
	h1, h2 = fmix(h1), fmix(h2)
	return int64(h1 + h2)
}

func fmix(k uint64) uint64 {
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}
