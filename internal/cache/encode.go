package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// errShort is what a decoder finds at the end of data that is cut off.
var errShort = errors.New("data ends early")

// encoder appends fields to b.
type encoder struct{ b []byte }

func (e *encoder) byte(v byte)     { e.b = append(e.b, v) }
func (e *encoder) int(v int64)     { e.b = binary.AppendVarint(e.b, v) }
func (e *encoder) uint(v uint64)   { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) float(v float64) { e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(v)) }
func (e *encoder) string(s string) { e.uint(uint64(len(s))); e.b = append(e.b, s...) }
func (e *encoder) bytes(s []byte)  { e.uint(uint64(len(s))); e.b = append(e.b, s...) }
func (e *encoder) strings(s []string) {
	e.uint(uint64(len(s)))
	for _, x := range s {
		e.string(x)
	}
}

// time is in milliseconds, 0 for none: what the trace shows.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.int(0)
		return
	}
	e.int(t.UnixMilli())
}

// decoder takes fields off b. After the first error all it gives is zero.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.b = nil
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.fail(errShort)
		return nil
	}
	x := d.b[:n]
	d.b = d.b[n:]
	return x
}

func (d *decoder) byte() byte {
	if x := d.take(1); x != nil {
		return x[0]
	}
	return 0
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count is a number of elements that follow; each takes at least one byte.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail(errShort)
		return 0
	}
	return int(n)
}

func (d *decoder) float() float64 {
	if x := d.take(8); x != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(x))
	}
	return 0
}

func (d *decoder) string() string { return string(d.take(d.uint())) }

func (d *decoder) bytes() []byte {
	x := d.take(d.uint())
	if len(x) == 0 {
		return nil
	}
	return append([]byte(nil), x...)
}

func (d *decoder) strings() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	s := make([]string, n)
	for i := range s {
		s[i] = d.string()
	}
	return s
}

func (d *decoder) time() time.Time {
	if ms := d.int(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// version reads the first byte of a payload.
func (d *decoder) version(newest byte) byte {
	v := d.byte()
	if d.err == nil && (v == 0 || v > newest) {
		d.fail(fmt.Errorf("encoding version %d is not known, up to %d is; a newer sluice wrote it", v, newest))
	}
	return v
}
