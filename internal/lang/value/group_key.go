package value

// A GroupKey is what groupKey(key, size) makes: it equals, hashes and prints as
// the key and tells groupTuple how many items to expect.
type GroupKey struct {
	Key  Value
	Size int
}

func (*GroupKey) Class() *Class      { return GroupKeyClass }
func (k *GroupKey) ToString() string { return ToString(k.Key) }
func (k *GroupKey) HashCode() int32  { return HashCode(k.Key) }

// EqualTo compares the keys; the sizes do not matter.
func (k *GroupKey) EqualTo(v Value) bool {
	if o, ok := v.(*GroupKey); ok {
		v = o.Key
	}
	return KeyEqual(k.Key, v)
}

// Property answers groupSize and groupTarget, then what the key has.
func (k *GroupKey) Property(name string) (Value, bool) {
	switch name {
	case "groupSize", "size":
		return MakeInt(int64(k.Size)), true
	case "groupTarget", "target":
		return k.Key, true
	}
	if m, ok := k.Key.(*Map); ok {
		return m.GetString(name), true
	}
	if n, ok := k.Key.(Namespace); ok {
		return n.Property(name)
	}
	return nil, false
}

// InvokeMethod hands all other methods to the key.
func (k *GroupKey) InvokeMethod(th *Thread, name string, args []Value) (Value, bool, error) {
	switch {
	case name == "getGroupSize" && len(args) == 0:
		return MakeInt(int64(k.Size)), true, nil
	case name == "getGroupTarget" && len(args) == 0:
		return k.Key, true, nil
	case name == "toString" && len(args) == 0:
		return String(k.ToString()), true, nil
	case name == "hashCode" && len(args) == 0:
		return Int(k.HashCode()), true, nil
	case name == "equals" && len(args) == 1:
		return MakeBool(k.EqualTo(args[0])), true, nil
	case name == "hasProperty" && len(args) == 1:
		return k.hasProperty(ToString(args[0])), true, nil
	case name == "getClass", th == nil, th.Host == nil:
		return nil, false, nil
	}
	v, err := th.Host.Call(th, k.Key, name, args)
	return v, true, err
}

// hasProperty is null for what only the key has.
func (k *GroupKey) hasProperty(name string) Value {
	switch name {
	case "groupSize", "size", "groupTarget", "target", "class":
		return True
	}
	return nil
}
