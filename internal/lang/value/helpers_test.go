package value

import (
	"errors"
	"math/big"
	"testing"
)

// lit reads a value as a Groovy literal of a number.
func lit(t *testing.T, raw string) Value {
	t.Helper()
	v, err := ParseNumber(raw)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

func dec(text string) Value {
	d, ok := parseDecimal(text)
	if !ok {
		panic("not a decimal: " + text)
	}
	return d
}

func bigInt(text string) Value {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		panic("not an integer: " + text)
	}
	return BigInt{n}
}

func mem(text string) Value {
	m, err := ParseMemory(text)
	if err != nil {
		panic(err)
	}
	return m
}

func dur(text string) Value {
	d, err := ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

func list(elems ...Value) *List { return NewList(elems...) }

func gstr(s string) *GString {
	return &GString{Strs: []string{"", ""}, Vals: []Value{String(s)}}
}

func span(t *testing.T, from, to Value, excl bool) Value {
	t.Helper()
	r, err := NewRange(from, to, excl)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// show is the class and text of a value, or the exception, as the recordings
// of the original engine write them.
func show(v Value, err error) string {
	if err != nil {
		var e *Exception
		if errors.As(err, &e) {
			return "!! " + e.ToString()
		}
		return "!! " + err.Error()
	}
	if v == nil {
		return "null"
	}
	return v.Class().Name + " " + ToString(v)
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}
