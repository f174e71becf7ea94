package value

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Java counts strings in UTF-16 units; here they are UTF-8. Texts of ASCII
// alone take the short way.

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// StringLen is Java's length of s.
func StringLen(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i, n = i+1, n+1
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i, n = i+size, n+1
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// Substring is s from unit `from` up to unit `to`, which must lie inside it. A
// surrogate pair cut in two leaves U+FFFD.
func Substring(s string, from, to int) string {
	if isASCII(s) {
		return s[from:to]
	}
	return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
}

// UnitOffset translates a byte offset in s to Java's index.
func UnitOffset(s string, offset int) int { return StringLen(s[:offset]) }

// ByteOffset translates Java's index to a byte offset; an index past the end
// gives len(s).
func ByteOffset(s string, units int) int {
	n := 0
	for i, r := range s {
		if n >= units {
			return i
		}
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return len(s)
}

// CompareStrings orders as String.compareTo does: by UTF-16 units.
func CompareStrings(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] == b[i] {
			continue
		}
		// Only supplementary characters (4 bytes in UTF-8) sort differently:
		// their surrogates come before U+E000 to U+FFFF.
		if (a[i] >= 0xF0) != (b[i] >= 0xF0) && min(a[i], b[i]) >= 0xEE {
			return -strings.Compare(a, b)
		}
		break
	}
	return strings.Compare(a, b)
}

func stringHash(s string) int32 {
	var h int32
	for _, r := range s {
		if r > 0xFFFF {
			hi, lo := utf16.EncodeRune(r)
			h = 31*(31*h+hi) + lo
			continue
		}
		h = 31*h + r
	}
	return h
}
