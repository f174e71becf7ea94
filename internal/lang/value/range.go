package value

import "unicode/utf8"

// bound is the upper end as written: one past To when the range excludes it.
func (r *Range) bound() int64 {
	switch {
	case r.Empty || !r.Exclusive:
		return r.To
	case r.Reverse:
		return r.To - 1
	}
	return r.To + 1
}

// NewRange is `from..to`, or `from..<to` when exclHi is set.
func NewRange(from, to Value, exclHi bool) (Value, error) {
	switch {
	case from == nil:
		return nil, illegalArgument("Must specify a non-null value for the 'from' index in a Range")
	case to == nil:
		return nil, illegalArgument("Must specify a non-null value for the 'to' index in a Range")
	}
	x, fromInt := smallInt(from)
	y, toInt := smallInt(to)
	if fromInt && toInt {
		_, fromShort := from.(Int)
		_, toShort := to.(Int)
		r := &Range{From: x, To: y, Exclusive: exclHi, Long: !fromShort || !toShort}
		r.close()
		return r, nil
	}
	a, fromText := Str(from)
	b, toText := Str(to)
	if fromText && toText {
		return textRange(a, b, exclHi)
	}
	if c, ok := singleChar(from); ok && IsNumber(to) {
		from = c
	}
	if c, ok := singleChar(to); ok && IsNumber(from) {
		to = c
	}
	return steppedRange(from, to, exclHi)
}

// close turns a range that excludes its end into one that includes both.
func (r *Range) close() {
	r.Reverse = r.From > r.To
	if !r.Exclusive {
		return
	}
	switch {
	case r.From == r.To:
		r.Empty = true
	case r.Reverse:
		r.To++
	default:
		r.To--
	}
}

func textRange(a, b string, exclHi bool) (Value, error) {
	x, n := utf8.DecodeRuneInString(a)
	y, m := utf8.DecodeRuneInString(b)
	if n > 0 && m > 0 && n == len(a) && m == len(b) {
		r := &Range{From: int64(x), To: int64(y), Exclusive: exclHi, Chars: true}
		r.close()
		return r, nil
	}
	if StringLen(a) != StringLen(b) {
		return nil, illegalArgument("Incompatible Strings for Range: different length")
	}
	last, size := utf8.DecodeLastRuneInString(a)
	end, endSize := utf8.DecodeLastRuneInString(b)
	prefix := a[:len(a)-size]
	if prefix != b[:len(b)-endSize] {
		return nil, illegalArgument("Incompatible Strings for Range: String#next() will not reach the expected value")
	}
	ends := &Range{From: int64(last), To: int64(end), Exclusive: exclHi, Chars: true}
	ends.close()
	r := &ObjectRange{From: String(a), To: String(prefix + string(rune(ends.To))), Of: ObjectRangeClass}
	ends.Iterate(func(c Value) bool {
		r.elems = append(r.elems, String(prefix)+c.(String))
		return true
	})
	return r, nil
}

// An ObjectRange is a range of other than whole numbers and single
// characters: `1.5..3.5`, `'aa'..'ad'`.
type ObjectRange struct {
	From, To  Value
	Exclusive bool
	Of        *Class
	elems     []Value
}

func (r *ObjectRange) Class() *Class { return r.Of }
func (r *ObjectRange) Len() int      { return len(r.elems) }

// Iterate walks the elements, each the next() of the one before.
func (r *ObjectRange) Iterate(yield func(Value) bool) {
	for _, e := range r.elems {
		if !yield(e) {
			return
		}
	}
}

func (r *ObjectRange) dots() string {
	if r.Exclusive {
		return "..<"
	}
	return ".."
}

// maxSteps bounds what a range of objects may hold.
const maxSteps = 1 << 24

func steppedRange(from, to Value, exclHi bool) (Value, error) {
	order, err := Compare(from, to)
	if err != nil {
		return nil, err
	}
	r := &ObjectRange{From: from, To: to, Exclusive: exclHi, Of: ObjectRangeClass}
	if IsNumber(from) && IsNumber(to) {
		r.Of = NumberRangeClass
	}
	step := Next
	if order > 0 {
		step = Previous
	}
	for at := from; ; {
		c, err := Compare(at, to)
		if err != nil {
			return nil, err
		}
		if c != 0 && (c > 0) != (order > 0) || c == 0 && exclHi {
			return r, nil
		}
		r.elems = append(r.elems, at)
		if c == 0 {
			return r, nil
		}
		if len(r.elems) > maxSteps {
			return nil, illegalArgument("range %s%s%s has too many elements", ToString(from), r.dots(), ToString(to))
		}
		if at, err = step(nil, at); err != nil {
			return nil, err
		}
	}
}
