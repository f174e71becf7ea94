package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

var comparatorClass = javaClass("java.util.Comparator")

// A comparatorValue is a java.util.Comparator.
type comparatorValue struct {
	compare func(c call, a, b value.Value) (int, error)
}

// Class is java.util.Comparator.
func (*comparatorValue) Class() *value.Class { return comparatorClass }

// CallWith compares two values.
func (k *comparatorValue) CallWith(th *value.Thread, args []value.Value) (value.Value, error) {
	if len(args) != 2 {
		return nil, value.MissingMethod(k, "compare", args)
	}
	n, err := k.compare(call{th: th}, args[0], args[1])
	return value.Int(n), err
}

func (k *comparatorValue) reversed() *comparatorValue {
	return &comparatorValue{func(c call, a, b value.Value) (int, error) { return k.compare(c, b, a) }}
}

func (k *comparatorValue) then(next *comparatorValue) *comparatorValue {
	return &comparatorValue{func(c call, a, b value.Value) (int, error) {
		n, err := k.compare(c, a, b)
		if err != nil || n != 0 {
			return n, err
		}
		return next.compare(c, a, b)
	}}
}

// naturalOrder compares by `<=>`.
func naturalOrder() *comparatorValue {
	return &comparatorValue{func(_ call, a, b value.Value) (int, error) { return value.Compare(a, b) }}
}

func ignoringCase() *comparatorValue {
	return &comparatorValue{func(_ call, a, b value.Value) (int, error) {
		return value.Compare(value.String(strings.ToLower(text(a))), value.String(strings.ToLower(text(b))))
	}}
}

func (c call) asComparator(v value.Value) *comparatorValue {
	switch v := v.(type) {
	case *comparatorValue:
		return v
	case value.Callable:
		return c.toComparator(v)
	}
	return nil
}

// toComparator makes one of a closure: of two parameters it compares, of one
// it gives what to compare by. Null is the natural order.
func (c call) toComparator(v value.Value) *comparatorValue {
	switch v := v.(type) {
	case nil:
		return naturalOrder()
	case *comparatorValue:
		return v
	}
	if closureParams(v) == 2 {
		return &comparatorValue{func(c call, a, b value.Value) (int, error) {
			r, err := c.run(v, a, b)
			if err != nil {
				return 0, err
			}
			return comparison(r)
		}}
	}
	return &comparatorValue{func(c call, a, b value.Value) (int, error) {
		x, err := c.run(v, a)
		if err != nil {
			return 0, err
		}
		y, err := c.run(v, b)
		if err != nil {
			return 0, err
		}
		return value.Compare(x, y)
	}}
}

// comparison is the number that a closure of two parameters gave.
func comparison(v value.Value) (int, error) {
	if n, ok := value.Coerce(v, value.IntType); ok && v != nil {
		return int(n.(value.Int)), nil
	}
	return 0, value.CastError(v, value.IntType)
}

// ordering is the order of a TreeMap or TreeSet made with v.
func (c call) ordering(v value.Value) func(a, b value.Value) int {
	k := c.asComparator(v)
	if k == nil {
		return nil
	}
	return func(a, b value.Value) int {
		n, err := k.compare(c, a, b)
		if err != nil {
			return 0
		}
		return n
	}
}

func comparatorMethods() []def {
	get := func(c call) *comparatorValue { return c.recv.(*comparatorValue) }
	return []def{
		{"compare", "a: Object?, b: Object?", "is negative, zero or positive as a comes before, with or after b", func(c call) (value.Value, error) {
			n, err := get(c).compare(c, c.arg(0), c.arg(1))
			return value.Int(n), err
		}},
		{"reversed", "", "orders the other way round", func(c call) (value.Value, error) { return get(c).reversed(), nil }},
		{"thenComparing", "next", "orders by next what is equal here", func(c call) (value.Value, error) {
			return get(c).then(c.toComparator(c.arg(0))), nil
		}},
		{"thenComparing", "key: Closure, comparator", "orders by comparator and what key gives what is equal here", func(c call) (value.Value, error) {
			return get(c).then(byKey(c.arg(0), c.toComparator(c.arg(1)))), nil
		}},
	}
}

func byKey(key value.Value, k *comparatorValue) *comparatorValue {
	return &comparatorValue{func(c call, a, b value.Value) (int, error) {
		x, err := c.run(key, a)
		if err != nil {
			return 0, err
		}
		y, err := c.run(key, b)
		if err != nil {
			return 0, err
		}
		return k.compare(c, x, y)
	}}
}

func comparatorStatics() []def {
	by := func(name string) def {
		return def{name, "key: Closure, comparator: Object = null", "orders by what key gives", func(c call) (value.Value, error) {
			return byKey(c.arg(0), c.toComparator(c.arg(1))), nil
		}}
	}
	return []def{
		by("comparing"), by("comparingInt"), by("comparingLong"), by("comparingDouble"),
		{"naturalOrder", "", "is the order of `<=>`", func(c call) (value.Value, error) { return naturalOrder(), nil }},
		{"reverseOrder", "", "is the order of `<=>` the other way round", func(c call) (value.Value, error) { return naturalOrder().reversed(), nil }},
		{"nullsFirst", "comparator", "orders null before all else", nullsAt(-1)},
		{"nullsLast", "comparator", "orders null after all else", nullsAt(1)},
	}
}

func nullsAt(side int) func(call) (value.Value, error) {
	return func(c call) (value.Value, error) {
		k := c.toComparator(c.arg(0))
		return &comparatorValue{func(c call, a, b value.Value) (int, error) {
			switch {
			case a == nil && b == nil:
				return 0, nil
			case a == nil:
				return side, nil
			case b == nil:
				return -side, nil
			}
			return k.compare(c, a, b)
		}}, nil
	}
}

func stringConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"CASE_INSENSITIVE_ORDER": ignoringCase()}
}
