package value

import (
	"math/big"

	"github.com/cockroachdb/apd/v3"
)

// A Value is anything a script can hold. Null is the nil Value.
type Value interface {
	// Class is the value's type, as `x.class` and method look-up see it.
	Class() *Class
}

// A Class is a type of values. Methods are found by walking from a class to
// its parents, nearest first.
type Class struct {
	Name    string // Java's full name: java.lang.String
	Parents []*Class
}

// Simple is the name without its package.
func (c *Class) Simple() string {
	for i := len(c.Name) - 1; i >= 0; i-- {
		if c.Name[i] == '.' || c.Name[i] == '$' {
			return c.Name[i+1:]
		}
	}
	return c.Name
}

// Is says whether c is d or descends from it.
func (c *Class) Is(d *Class) bool {
	if c == d || d == ObjectClass {
		return true
	}
	for _, p := range c.Parents {
		if p.Is(d) {
			return true
		}
	}
	return false
}

func class(name string, parents ...*Class) *Class { return &Class{Name: name, Parents: parents} }

// The classes of the built-in values.
var (
	ObjectClass       = class("java.lang.Object")
	ComparableClass   = class("java.lang.Comparable", ObjectClass)
	BooleanClass      = class("java.lang.Boolean", ComparableClass)
	NumberClass       = class("java.lang.Number", ComparableClass)
	IntegerClass      = class("java.lang.Integer", NumberClass)
	LongClass         = class("java.lang.Long", NumberClass)
	BigIntegerClass   = class("java.math.BigInteger", NumberClass)
	BigDecimalClass   = class("java.math.BigDecimal", NumberClass)
	FloatClass        = class("java.lang.Float", NumberClass)
	DoubleClass       = class("java.lang.Double", NumberClass)
	CharSequenceClass = class("java.lang.CharSequence", ComparableClass)
	StringClass       = class("java.lang.String", CharSequenceClass)
	GStringClass      = class("org.codehaus.groovy.runtime.GStringImpl", GStringBaseClass)
	GStringBaseClass  = class("groovy.lang.GString", CharSequenceClass)
	CharacterClass    = class("java.lang.Character", ComparableClass)
	IterableClass     = class("java.lang.Iterable", ObjectClass)
	CollectionClass   = class("java.util.Collection", IterableClass)
	ListClass         = class("java.util.List", CollectionClass)
	ArrayListClass    = class("java.util.ArrayList", ListClass)
	TupleClass        = class("nextflow.util.ArrayTuple", ListClass)
	BagClass          = class("nextflow.util.ArrayBag", ListClass)
	BlankListClass    = class("nextflow.util.BlankSeparatedList", ListClass)
	SetClass          = class("java.util.Set", CollectionClass)
	LinkedSetClass    = class("java.util.LinkedHashSet", SetClass)
	RangeClass        = class("groovy.lang.Range", ListClass)
	IntRangeClass     = class("groovy.lang.IntRange", RangeClass)
	MapClass          = class("java.util.Map", ObjectClass)
	LinkedMapClass    = class("java.util.LinkedHashMap", MapClass)
	MapEntryClass     = class("java.util.Map$Entry", ObjectClass)
	ClosureClass      = class("groovy.lang.Closure", ObjectClass)
	PatternClass      = class("java.util.regex.Pattern", ObjectClass)
	MatcherClass      = class("java.util.regex.Matcher", ObjectClass)
	PathClass         = class("java.nio.file.Path", ComparableClass)
	TaskPathClass     = class("nextflow.processor.TaskPath", PathClass)
	FileClass         = class("java.io.File", ComparableClass)
	DurationClass     = class("nextflow.util.Duration", ComparableClass)
	MemoryUnitClass   = class("nextflow.util.MemoryUnit", ComparableClass)
	ClassClass        = class("java.lang.Class", ObjectClass)
	ThrowableClass    = class("java.lang.Throwable", ObjectClass)
)

// Bool, Int, Long, Float, Double, Char and String are Java's values of these
// names; Int and Long wrap as Java's do.
type (
	Bool   bool
	Int    int32
	Long   int64
	Float  float32
	Double float64
	Char   uint16
	String string
)

// BigInt is java.math.BigInteger. It is never changed in place.
type BigInt struct{ *big.Int }

// Decimal is java.math.BigDecimal: a coefficient and a scale, both kept when
// printed. It is never changed in place.
type Decimal struct{ *apd.Decimal }

func (Bool) Class() *Class    { return BooleanClass }
func (Int) Class() *Class     { return IntegerClass }
func (Long) Class() *Class    { return LongClass }
func (Float) Class() *Class   { return FloatClass }
func (Double) Class() *Class  { return DoubleClass }
func (Char) Class() *Class    { return CharacterClass }
func (String) Class() *Class  { return StringClass }
func (BigInt) Class() *Class  { return BigIntegerClass }
func (Decimal) Class() *Class { return BigDecimalClass }

// A ClassRef is a class used as a value: `String`, `java.util.Date`.
type ClassRef struct{ Of *Class }

func (ClassRef) Class() *Class { return ClassClass }

// ClassOf is the class of v, nil for null.
func ClassOf(v Value) *Class {
	if v == nil {
		return nil
	}
	return v.Class()
}

// Optional abilities of values, asked for by type assertion.

// A Stringer prints itself as Java's toString.
type Stringer interface{ ToString() string }

// A Renderer prints itself by running code of the script, which can fail.
type Renderer interface{ Render() (string, error) }

// Truthy has a Groovy truth of its own; other non-null values are true.
type Truthy interface{ Truth() bool }

// Equaler decides `==` with another value.
type Equaler interface{ EqualTo(Value) bool }

// Comparer decides `<=>` with another value; ok is false where Java would
// throw ClassCastException.
type Comparer interface {
	CompareTo(Value) (order int, ok bool)
}

// Hasher is equal for equal values, as Java's hashCode.
type Hasher interface{ HashCode() int32 }

// Iterable values can be walked: lists, sets, ranges, maps (their entries).
// Iterate stops when yield returns false.
type Iterable interface {
	Iterate(yield func(Value) bool)
}

// Sized values know their number of elements.
type Sized interface{ Len() int }

// Namespace values answer property look-ups themselves, before the method
// tables are asked; ok false means there is no such property.
type Namespace interface {
	Property(name string) (v Value, ok bool)
}

// Attributed values read `x.@name` themselves: elements of XML.
type Attributed interface {
	Attribute(name string) Value
}

// Explaining values say why they have no property of a name, where there is
// more to say than that; nil leaves it to the caller.
type Explaining interface {
	Explain(name string) error
}

// Settable values take assignments to properties; ok false means there is no
// such property.
type Settable interface {
	SetProperty(name string, v Value) (ok bool)
}

// Invoker values answer method calls themselves, before the method tables
// are asked; ok false means there is no such method.
type Invoker interface {
	InvokeMethod(th *Thread, name string, args []Value) (v Value, ok bool, err error)
}
