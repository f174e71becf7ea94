package value

import "strings"

// Compare is `<=>`: negative, zero or positive. Null comes first; values that
// have no order among each other are an IllegalArgumentException.
func Compare(a, b Value) (int, error) {
	if x, ok := a.(Int); ok {
		if y, ok := b.(Int); ok {
			switch {
			case x < y:
				return -1, nil
			case x > y:
				return 1, nil
			}
			return 0, nil
		}
	}
	switch {
	case a == nil && b == nil:
		return 0, nil
	case a == nil:
		return -1, nil
	case b == nil:
		return 1, nil
	}
	if order, ok := compareKnown(a, b); ok {
		return order, nil
	}
	if Identical(a, b) {
		return 0, nil
	}
	return 0, illegalArgument("Cannot compare %s with value '%s' and %s with value '%s'",
		comparedClass(a), comparedText(a), comparedClass(b), comparedText(b))
}

func comparedClass(v Value) string {
	if _, ok := v.(*GString); ok {
		return GStringClass.Name
	}
	return concreteName(v)
}

// comparedText is Java's own toString, where maps print otherwise.
func comparedText(v Value) string {
	m, ok := v.(*Map)
	if !ok {
		return ToString(v)
	}
	var b strings.Builder
	m.Entries(func(k, v Value) bool {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(ToString(k) + "=" + ToString(v))
		return true
	})
	return "{" + b.String() + "}"
}

// compareKnown orders two non-null values where Groovy knows how; ok is false
// where it does not.
func compareKnown(a, b Value) (order int, ok bool) {
	switch x := a.(type) {
	case String:
		switch y := b.(type) {
		case String:
			return CompareStrings(string(x), string(y)), true
		case *GString:
			return CompareStrings(string(x), ToString(y)), true
		case Char:
			return CompareStrings(string(x), string(rune(y))), true
		}
		if c, single := singleChar(x); single && IsNumber(b) {
			return compareNumbers(c, b), true
		}
		return 0, false
	case *GString:
		if c, single := singleChar(x); single && IsNumber(b) {
			return compareNumbers(c, b), true
		}
		if isSequence(b) {
			return 0, false
		}
		return CompareStrings(ToString(x), ToString(b)), true
	case Char:
		if c, single := singleChar(b); single {
			return compareNumbers(Int(x), c), true
		}
		if IsNumber(b) {
			return compareNumbers(Int(x), b), true
		}
		return 0, false
	case Bool:
		if y, isBool := b.(Bool); isBool {
			return boolOrder(bool(x), bool(y)), true
		}
	case Duration:
		if y, same := b.(Duration); same {
			return intOrder(int64(x), int64(y)), true
		}
	case Memory:
		if y, same := b.(Memory); same {
			return intOrder(int64(x), int64(y)), true
		}
	case *Path:
		if y, same := b.(*Path); same && x.IsFile == y.IsFile {
			return comparePaths(x, y), true
		}
	case *Buffer:
		if y, same := b.(*Buffer); same && x.Of == y.Of {
			return CompareStrings(string(x.Bytes), string(y.Bytes)), true
		}
	case Comparer:
		return x.CompareTo(b)
	}
	if !IsNumber(a) {
		return 0, false
	}
	if IsNumber(b) {
		return compareNumbers(a, b), true
	}
	if c, single := singleChar(b); single {
		return compareNumbers(a, c), true
	}
	return 0, false
}

// singleChar is the code of a Character or of a text of one character, which
// Groovy compares with numbers.
func singleChar(v Value) (Value, bool) {
	switch x := v.(type) {
	case Char:
		return Int(x), true
	case String:
		if r := []rune(string(x)); len(x) <= 3 && len(r) == 1 && r[0] <= 0xFFFF {
			return Int(r[0]), true
		}
	case *GString:
		return singleChar(String(ToString(x)))
	}
	return nil, false
}

func compareNumbers(a, b Value) int {
	x, aLong := smallInt(a)
	y, bLong := smallInt(b)
	switch {
	case aLong && bLong:
		return intOrder(x, y)
	case isFloating(a) || isFloating(b):
		f, _ := AsFloat64(a)
		g, _ := AsFloat64(b)
		return floatOrder(f, g)
	}
	if _, ok := a.(BigInt); ok || aLong {
		if _, ok := b.(BigInt); ok || bLong {
			return asBig(a).Cmp(asBig(b))
		}
	}
	d, _ := AsDecimal(a)
	e, _ := AsDecimal(b)
	return compareDecimals(d, e)
}

func smallInt(v Value) (int64, bool) {
	switch x := v.(type) {
	case Int:
		return int64(x), true
	case Long:
		return int64(x), true
	}
	return 0, false
}

func isFloating(v Value) bool {
	switch v.(type) {
	case Float, Double:
		return true
	}
	return false
}

func intOrder(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// floatOrder puts NaN, equal to itself, above all.
func floatOrder(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	}
	return boolOrder(x != x, y != y)
}

func boolOrder(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}
