package task

import "encoding/hex"

// A Hash identifies a task for -resume and names its work directory.
type Hash [16]byte

// String is all 32 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Short is the form in logs: ab/123456.
func (h Hash) Short() string { s := h.String(); return s[:2] + "/" + s[2:8] }

// Dir is the work directory below the run's: ab/<30 digits>.
func (h Hash) Dir() string { s := h.String(); return s[:2] + "/" + s[2:] }

// ParseHash reads the 32 digits back.
func ParseHash(s string) (h Hash, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, false
	}
	copy(h[:], b)
	return h, true
}
