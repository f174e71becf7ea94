package stdlib

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"sluice/internal/lang/value"
)

// Bytes is byte[].
type Bytes []byte

// Class is byte[].
func (Bytes) Class() *value.Class { return bytesClass }

// Len is the number of bytes.
func (b Bytes) Len() int { return len(b) }

// Truth is whether there is a byte.
func (b Bytes) Truth() bool { return len(b) > 0 }

// Iterate walks the bytes.
func (b Bytes) Iterate(yield func(value.Value) bool) {
	for _, x := range b {
		if !yield(Byte(int8(x))) {
			return
		}
	}
}

// ToString prints as a list does.
func (b Bytes) ToString() string { return value.ToString(value.NewList(elems(b)...)) }

// EqualTo compares the bytes.
func (b Bytes) EqualTo(other value.Value) bool {
	o, ok := other.(Bytes)
	return ok && string(b) == string(o)
}

// HashCode is that of a list of the same numbers.
func (b Bytes) HashCode() int32 {
	h := int32(1)
	for _, x := range b {
		h = 31*h + int32(int8(x))
	}
	return h
}

// Byte is java.lang.Byte.
type Byte int8

// Class is java.lang.Byte.
func (Byte) Class() *value.Class { return value.ByteClass }

// ToString prints the number.
func (b Byte) ToString() string { return value.ToString(value.Int(b)) }

// EqualTo compares with any number.
func (b Byte) EqualTo(other value.Value) bool {
	if o, ok := other.(Byte); ok {
		return b == o
	}
	return value.Equal(value.Int(b), other)
}

// HashCode is the number.
func (b Byte) HashCode() int32 { return int32(b) }

// CompareTo orders with any number.
func (b Byte) CompareTo(other value.Value) (int, bool) {
	if o, ok := other.(Byte); ok {
		other = value.Int(o)
	}
	n, err := value.Compare(value.Int(b), other)
	return n, err == nil
}

func encodeHex(b []byte) value.Value { return value.String(hex.EncodeToString(b)) }

// listBytes is the bytes of byte[], of a list of numbers or of a text.
func listBytes(v value.Value) []byte {
	if b, ok := v.(Bytes); ok {
		return b
	}
	if s, ok := value.Str(v); ok {
		return []byte(s)
	}
	var out []byte
	for _, e := range elems(v) {
		out = append(out, byte(toInt64(e)))
	}
	return out
}

func bytesMethods() []def {
	get := func(c call) Bytes { return c.recv.(Bytes) }
	own := []def{
		{"size", "", "is the number of bytes", sizeMethod},
		{"getLength", "", "is the number of bytes", sizeMethod},
		{"encodeHex", "", "prints the bytes in hexadecimal", func(c call) (value.Value, error) { return encodeHex(get(c)), nil }},
		{"encodeBase64", "chunked = false", "prints the bytes in base 64", func(c call) (value.Value, error) {
			return value.String(base64.StdEncoding.EncodeToString(get(c))), nil
		}},
		{"encodeBase64Url", "pad = false", "prints the bytes in base 64", func(c call) (value.Value, error) {
			return value.String(base64.RawURLEncoding.EncodeToString(get(c))), nil
		}},
		{"md5", "", "is the MD5 digest in hexadecimal", func(c call) (value.Value, error) { return hexDigest(md5.New(), string(get(c))), nil }},
		{"sha256", "", "is the SHA-256 digest in hexadecimal", func(c call) (value.Value, error) { return hexDigest(sha256.New(), string(get(c))), nil }},
		{"digest", "algorithm: String", "is a digest in hexadecimal", func(c call) (value.Value, error) {
			h, err := digestOf(c.strArg(0))
			if err != nil {
				return nil, err
			}
			return hexDigest(h, string(get(c))), nil
		}},
		{"toList", "", "is the list of bytes", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
		{"getAt", "index", "is one byte", func(c call) (value.Value, error) {
			return value.GetAt(c.th, value.NewList(elems(c.recv)...), c.arg(0))
		}},
		{"clone", "", "is a copy", func(c call) (value.Value, error) { return append(Bytes(nil), get(c)...), nil }},
	}
	have := map[string]bool{}
	for _, d := range own {
		have[d.name] = true
	}
	// The rest is what lists of the numbers do.
	for _, d := range append(collectionMethods(), listMethods()...) {
		if have[d.name] || changing[d.name] {
			continue
		}
		own = append(own, def{d.name, d.params, d.doc, func(c call) (value.Value, error) {
			list := make([]value.Value, 0, len(get(c)))
			for _, b := range get(c) {
				list = append(list, value.Int(int8(b)))
			}
			c.recv = value.NewList(list...)
			return d.fn(c)
		}})
	}
	return own
}

// changing names the methods of lists that change the list.
var changing = map[string]bool{
	"add": true, "addAll": true, "leftShift": true, "remove": true, "removeElement": true, "removeAll": true, "removeIf": true, "retainAll": true, "clear": true,
	"set": true, "putAt": true, "swap": true, "removeAt": true, "removeLast": true, "push": true, "pop": true, "replaceAll": true, "shuffle": true,
}
