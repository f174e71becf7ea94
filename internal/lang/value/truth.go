package value

// Truth is Groovy's: null, false, zero, NaN and whatever is empty are false; a
// matcher is true when it finds something.
func Truth(v Value) bool {
	switch x := v.(type) {
	case nil:
		return false
	case Bool:
		return bool(x)
	case String:
		return x != ""
	case Int:
		return x != 0
	case Long:
		return x != 0
	case Char:
		return x != 0
	case Float:
		return x == x && x != 0
	case Double:
		return x == x && x != 0
	case BigInt:
		return x.Sign() != 0
	case Decimal:
		return x.Coeff.Sign() != 0
	case *GString:
		return ToString(x) != ""
	case Duration:
		return x != 0
	case Memory:
		return x != 0
	case Truthy:
		return x.Truth()
	case Sized:
		return x.Len() > 0
	}
	return true
}
