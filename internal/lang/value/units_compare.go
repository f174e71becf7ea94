package value

// CompareUnits orders a memory size or duration against a number or a text,
// as the operators ==, <, <=, >, >= do; `<=>` does not. A number counts bytes
// or milliseconds; a text that is no size is an error. ok is false for other
// values.
func CompareUnits(a, b Value) (order int, ok bool, err error) {
	switch x := a.(type) {
	case Memory, Duration:
		return compareUnit(x, b)
	}
	switch y := b.(type) {
	case Memory, Duration:
		order, ok, err = compareUnit(y, a)
		return -order, ok, err
	}
	return 0, false, nil
}

func compareUnit(unit, other Value) (order int, ok bool, err error) {
	var n int64
	text, isText := Str(other)
	switch u := unit.(type) {
	case Memory:
		n = int64(u)
		if isText {
			m, err := ParseMemory(text)
			return compareInt64(n, int64(m)), true, err
		}
	case Duration:
		n = int64(u)
		if isText {
			d, err := ParseDuration(text)
			return compareInt64(n, int64(d)), true, err
		}
	}
	if other == nil {
		return 0, false, nil
	}
	if !other.Class().Is(NumberClass) {
		if _, isMemory := unit.(Memory); isMemory && other.Class() != MemoryUnitClass {
			return 0, true, illegalArgument("Not a valid memory value: %s", ToString(other))
		}
		return 0, false, nil
	}
	order, err = Compare(Long(n), other)
	return order, true, err
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
