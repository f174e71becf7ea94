package task

import (
	"strings"
	"testing"
)

func TestStripIndent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"a\nb", "a\nb"},
		{"    a\n    b", "a\nb"},
		{"    a\n      b\n    c", "a\n  b\nc"},
		{"  a\nb", "  a\nb"},
		{"    a\n\n    b", "a\n\nb"},
		{"    a\n  \n    b", "a\n\nb"},
		{"\ta\n\t\tb", "a\n\tb"},
		{"\n    a\n    ", "\na\n"},
		{"", ""},
		{"   ", "   "},
	} {
		if got := StripIndent(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	const digits = "0123456789abcdef0123456789abcdef"
	h, ok := ParseHash(digits)
	if !ok {
		t.Fatal("32 digits are refused")
	}
	for _, tc := range []struct{ name, got, want string }{
		{"String", h.String(), digits},
		{"Short", h.Short(), "01/234567"},
		{"Dir", h.Dir(), "01/23456789abcdef0123456789abcdef"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, tc.got, tc.want)
		}
	}
	for _, bad := range []string{"", digits[1:], digits + "00", strings.Repeat("g", 32)} {
		if _, ok := ParseHash(bad); ok {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	want := "NEW SUBMITTED RUNNING COMPLETED FAILED ABORTED CACHED STORED"
	var got []string
	for s := New; s <= Stored; s++ {
		got = append(got, s.String())
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
