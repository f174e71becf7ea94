package cache

import (
	"errors"
	"fmt"
	"math/big"

	"sluice/internal/lang/value"
)

// valueVersion is the newest encoding of a value.
const valueVersion = 1

// maxDepth bounds nesting: a list that holds itself must not be followed.
const maxDepth = 500

// Tags of values. They are on disk: never reuse one.
const (
	tagNull byte = iota
	tagFalse
	tagTrue
	tagInt
	tagLong
	tagFloat
	tagDouble
	tagChar
	tagString
	tagGString
	tagBigInt
	tagDecimal
	tagList
	tagMap
	tagSet
	tagRange
	tagPath
	tagDuration
	tagMemory
	tagGroupKey
	tagEntry
)

// Encode writes a value that a process emits. Closures, matchers and other
// values that are bound to a running script have no such form: that is an
// error, and the task cannot be resumed.
func Encode(v value.Value) ([]byte, error) {
	e := &encoder{}
	e.byte(valueVersion)
	if err := e.value(v, 0); err != nil {
		return nil, fmt.Errorf("store value: %w", err)
	}
	return e.b, nil
}

// Decode reads what Encode wrote.
func Decode(b []byte) (value.Value, error) {
	d := &decoder{b: b}
	d.version(valueVersion)
	v := d.value(0)
	if d.err == nil && len(d.b) > 0 {
		d.fail(fmt.Errorf("%d bytes are left over", len(d.b)))
	}
	if d.err != nil {
		return nil, fmt.Errorf("read stored value: %w", d.err)
	}
	return v, nil
}

func (e *encoder) value(v value.Value, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested more than %d deep, or holds itself", maxDepth)
	}
	switch v := v.(type) {
	case nil:
		e.byte(tagNull)
	case value.Bool:
		e.byte(tagFalse)
		if v {
			e.b[len(e.b)-1] = tagTrue
		}
	case value.Int:
		e.byte(tagInt)
		e.int(int64(v))
	case value.Long:
		e.byte(tagLong)
		e.int(int64(v))
	case value.Float:
		e.byte(tagFloat)
		e.float(float64(v))
	case value.Double:
		e.byte(tagDouble)
		e.float(float64(v))
	case value.Char:
		e.byte(tagChar)
		e.uint(uint64(v))
	case value.String:
		e.byte(tagString)
		e.string(string(v))
	case *value.GString:
		return e.gstring(v, depth)
	case value.BigInt:
		e.byte(tagBigInt)
		e.string(v.String())
	case value.Decimal:
		e.byte(tagDecimal)
		e.string(v.Unscaled().String())
		e.int(int64(v.Scale()))
	case *value.List:
		e.byte(tagList)
		e.byte(byte(v.Kind))
		return e.values(v.Elems, depth)
	case *value.MapValues:
		e.byte(tagList)
		e.byte(byte(value.ArrayList))
		elems, _ := value.Elements(v)
		return e.values(elems, depth)
	case *value.Map:
		return e.mapping(v, depth)
	case *value.Set:
		e.byte(tagSet)
		elems, _ := value.Elements(v)
		return e.values(elems, depth)
	case *value.Range:
		e.byte(tagRange)
		e.int(v.From)
		e.int(v.To)
		e.byte(bits(v.Reverse, v.Empty, v.Chars, v.Exclusive, v.Long))
	case *value.Path:
		e.byte(tagPath)
		e.string(v.Scheme)
		e.string(v.Name)
		e.string(v.Stage)
		e.byte(bits(v.IsFile))
	case value.Duration:
		e.byte(tagDuration)
		e.int(int64(v))
	case value.Memory:
		e.byte(tagMemory)
		e.int(int64(v))
	case *value.GroupKey:
		e.byte(tagGroupKey)
		e.int(int64(v.Size))
		return e.value(v.Key, depth+1)
	case *value.MapEntry:
		e.byte(tagEntry)
		return e.values([]value.Value{v.Key, v.Value}, depth)
	default:
		return fmt.Errorf("a value of type %s cannot be stored", v.Class().Name)
	}
	return nil
}

func (e *encoder) values(elems []value.Value, depth int) error {
	e.uint(uint64(len(elems)))
	for _, x := range elems {
		if err := e.value(x, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// gstring keeps the parts; lazy ones are computed by a script and cannot be.
func (e *encoder) gstring(g *value.GString, depth int) error {
	if len(g.Lazy) > 0 {
		return errors.New("a string with a lazy part ${-> } cannot be stored")
	}
	e.byte(tagGString)
	e.strings(g.Strs)
	return e.values(g.Vals, depth)
}

// mapping drops the closure of withDefault: what it made is in the map.
func (e *encoder) mapping(m *value.Map, depth int) (err error) {
	e.byte(tagMap)
	e.uint(uint64(m.Len()))
	m.Entries(func(k, v value.Value) bool {
		if err = e.value(k, depth+1); err == nil {
			err = e.value(v, depth+1)
		}
		return err == nil
	})
	return err
}

func bits(flags ...bool) (b byte) {
	for i, f := range flags {
		if f {
			b |= 1 << i
		}
	}
	return b
}

func (d *decoder) value(depth int) value.Value {
	if depth > maxDepth {
		d.fail(fmt.Errorf("nested more than %d deep", maxDepth))
		return nil
	}
	switch tag := d.byte(); tag {
	case tagNull:
		return nil
	case tagFalse, tagTrue:
		return value.Bool(tag == tagTrue)
	case tagInt:
		return value.Int(d.int())
	case tagLong:
		return value.Long(d.int())
	case tagFloat:
		return value.Float(d.float())
	case tagDouble:
		return value.Double(d.float())
	case tagChar:
		return value.Char(d.uint())
	case tagString:
		return value.String(d.string())
	case tagGString:
		g := &value.GString{Strs: d.strings(), Vals: d.values(depth)}
		if d.err == nil && len(g.Strs) != len(g.Vals)+1 {
			d.fail(errors.New("parts of a string do not fit"))
		}
		return g
	case tagBigInt:
		return value.BigInt{Int: d.bigInt()}
	case tagDecimal:
		return d.decimal()
	case tagList:
		k := value.ListKind(d.byte())
		if k > value.Immutable {
			d.fail(errors.New("kind of list is not known"))
		}
		return &value.List{Kind: k, Elems: d.values(depth)}
	case tagMap:
		return d.mapping(depth)
	case tagSet:
		return value.NewSet(d.values(depth)...)
	case tagRange:
		return d.rangeValue()
	case tagPath:
		p := &value.Path{Scheme: d.string(), Name: d.string(), Stage: d.string()}
		p.IsFile = d.byte()&1 != 0
		return p
	case tagDuration:
		return value.Duration(d.int())
	case tagMemory:
		return value.Memory(d.int())
	case tagGroupKey:
		size := int(d.int())
		return &value.GroupKey{Size: size, Key: d.value(depth + 1)}
	case tagEntry:
		kv := d.values(depth)
		if len(kv) != 2 {
			d.fail(errors.New("a map entry has no key and value"))
			return nil
		}
		return &value.MapEntry{Key: kv[0], Value: kv[1]}
	default:
		d.fail(fmt.Errorf("tag %d is not known", tag))
		return nil
	}
}

func (d *decoder) values(depth int) []value.Value {
	n := d.count()
	elems := make([]value.Value, 0, n)
	for range n {
		if d.err != nil {
			return nil
		}
		elems = append(elems, d.value(depth+1))
	}
	return elems
}

func (d *decoder) mapping(depth int) value.Value {
	n := d.count()
	m := value.NewMap(n)
	for range n {
		k := d.value(depth + 1)
		v := d.value(depth + 1)
		if d.err != nil {
			break
		}
		m.Set(k, v)
	}
	return m
}

func (d *decoder) rangeValue() value.Value {
	r := &value.Range{From: d.int(), To: d.int()}
	b := d.byte()
	r.Reverse, r.Empty, r.Chars = b&1 != 0, b&2 != 0, b&4 != 0
	r.Exclusive, r.Long = b&8 != 0, b&16 != 0
	if d.err == nil && !r.Empty && ((r.From > r.To) != r.Reverse && r.From != r.To || r.Len() <= 0) {
		d.fail(errors.New("ends of a range do not fit"))
	}
	return r
}

func (d *decoder) bigInt() *big.Int {
	n, ok := new(big.Int).SetString(d.string(), 10)
	if !ok {
		d.fail(errors.New("not a whole number"))
		return new(big.Int)
	}
	return n
}

func (d *decoder) decimal() value.Value {
	n := d.bigInt()
	scale := d.int()
	if scale != int64(int32(scale)) {
		d.fail(errors.New("scale of a number is too large"))
		scale = 0
	}
	return value.NewDecimal(n, int(scale))
}
