package value

// CompareUnits orders a memory size or duration against a number or a text,
// as the operators ==, <, <=, >, >= do; `<=>` does not. A number counts bytes
// or milliseconds. ok is false for other values and texts that are no size.
func CompareUnits(a, b Value) (order int, ok bool) {
	switch x := a.(type) {
	case Memory, Duration:
		return compareUnit(x, b)
	}
	switch y := b.(type) {
	case Memory, Duration:
		order, ok = compareUnit(y, a)
		return -order, ok
	}
	return 0, false
}

func compareUnit(unit, other Value) (order int, ok bool) {
	var n int64
	text, isText := Str(other)
	switch u := unit.(type) {
	case Memory:
		n = int64(u)
		if isText {
			m, err := ParseMemory(text)
			return compareInt64(n, int64(m)), err == nil
		}
	case Duration:
		n = int64(u)
		if isText {
			d, err := ParseDuration(text)
			return compareInt64(n, int64(d)), err == nil
		}
	}
	if other == nil || !other.Class().Is(NumberClass) {
		return 0, false
	}
	order, err := Compare(Long(n), other)
	return order, err == nil
}

func compareInt64(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
