package value

const (
	boxedMin = -128
	boxedMax = 1023
)

// boxedInts spares the allocation of the integers that scripts use most.
var boxedInts = func() (t [boxedMax - boxedMin + 1]Value) {
	for i := range t {
		t[i] = Int(i + boxedMin)
	}
	return t
}()

// The two truth values, boxed.
var (
	True  Value = Bool(true)
	False Value = Bool(false)
)

// MakeInt is n as an Integer, wrapped to 32 bits as Java does.
func MakeInt(n int64) Value {
	i := int32(n)
	if i >= boxedMin && i <= boxedMax {
		return boxedInts[i-boxedMin]
	}
	return Int(i)
}

// MakeBool is b as a Boolean.
func MakeBool(b bool) Value {
	if b {
		return True
	}
	return False
}
