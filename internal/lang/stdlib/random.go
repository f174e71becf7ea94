package stdlib

import (
	"math"
	"math/rand/v2"

	"sluice/internal/lang/value"
)

// A Random is java.util.Random: the same seed gives the same numbers.
type Random struct {
	seed   int64
	spare  float64 // the second number of a pair of nextGaussian
	spared bool
}

// Class is java.util.Random.
func (*Random) Class() *value.Class { return value.RandomClass }

const (
	randomFactor = 0x5DEECE66D
	randomMask   = 1<<48 - 1
)

func newRandom(seed int64) *Random { return &Random{seed: (seed ^ randomFactor) & randomMask} }

func (r *Random) bits(n int) int32 {
	r.seed = (r.seed*randomFactor + 0xB) & randomMask
	return int32(r.seed >> (48 - n))
}

// below is a number from 0 up to bound.
func (r *Random) below(bound int32) int32 {
	v := r.bits(31)
	m := bound - 1
	if bound&m == 0 {
		return int32(int64(bound) * int64(v) >> 31)
	}
	for u := v; ; u = r.bits(31) {
		v = u % bound
		if u-v+m >= 0 {
			return v
		}
	}
}

// between is a number from lo up to hi, as Random.nextInt(int, int).
func (r *Random) between(lo, hi int32) int32 {
	n := hi - lo
	if n <= 0 {
		for {
			if v := r.bits(32); v >= lo && v < hi {
				return v
			}
		}
	}
	v := r.bits(32)
	m := n - 1
	if n&m == 0 {
		return v&m + lo
	}
	for u := int32(uint32(v) >> 1); ; u = int32(uint32(r.bits(32)) >> 1) {
		v = u % n
		if u+m-v >= 0 {
			return v + lo
		}
	}
}

func (r *Random) long() int64 { return int64(r.bits(32))<<32 + int64(r.bits(32)) }

func (r *Random) double() float64 {
	return float64(int64(r.bits(26))<<27+int64(r.bits(27))) / (1 << 53)
}

func (r *Random) gaussian() float64 {
	if r.spared {
		r.spared = false
		return r.spare
	}
	for {
		a, b := 2*r.double()-1, 2*r.double()-1
		s := a*a + b*b
		if s >= 1 || s == 0 {
			continue
		}
		k := math.Sqrt(-2 * math.Log(s) / s)
		r.spare, r.spared = b*k, true
		return a * k
	}
}

// shuffle is Collections.shuffle.
func (r *Random) shuffle(list []value.Value) {
	for i := len(list); i > 1; i-- {
		j := r.below(int32(i))
		list[i-1], list[j] = list[j], list[i-1]
	}
}

func randomConstructors() []def {
	return []def{{"<init>", "seed: Number = 0", "makes random numbers", func(c call) (value.Value, error) {
		if c.n() == 0 {
			return newRandom(rand.Int64()), nil
		}
		return newRandom(toInt64(c.arg(0))), nil
	}}}
}

func randomMethods() []def {
	get := func(c call) *Random { return c.recv.(*Random) }
	return []def{
		{"nextInt", "", "is any Integer", func(c call) (value.Value, error) { return value.Int(get(c).bits(32)), nil }},
		{"nextInt", "bound: Integer", "is a number from 0 up to bound", func(c call) (value.Value, error) {
			if c.intArg(0) <= 0 {
				return nil, value.Throw("java.lang.IllegalArgumentException", "bound must be positive")
			}
			return value.Int(get(c).below(int32(c.intArg(0)))), nil
		}},
		{"nextInt", "origin: Integer, bound: Integer", "is a number from origin up to bound", func(c call) (value.Value, error) {
			if c.intArg(0) >= c.intArg(1) {
				return nil, value.Throw("java.lang.IllegalArgumentException", "bound must be greater than origin")
			}
			return value.Int(get(c).between(int32(c.intArg(0)), int32(c.intArg(1)))), nil
		}},
		{"nextLong", "", "is any Long", func(c call) (value.Value, error) { return value.Long(get(c).long()), nil }},
		{"nextDouble", "", "is a number from 0 up to 1", func(c call) (value.Value, error) { return value.Double(get(c).double()), nil }},
		{"nextFloat", "", "is a number from 0 up to 1", func(c call) (value.Value, error) {
			return value.Float(float32(get(c).bits(24)) / (1 << 24)), nil
		}},
		{"nextBoolean", "", "is true or false", func(c call) (value.Value, error) { return value.MakeBool(get(c).bits(1) != 0), nil }},
		{"nextGaussian", "", "is a number of the normal distribution", func(c call) (value.Value, error) { return value.Double(get(c).gaussian()), nil }},
		{"ints", "n: Integer", "is a stream of any Integers", func(c call) (value.Value, error) {
			return many(c.intArg(0), func() value.Value { return value.Int(get(c).bits(32)) }), nil
		}},
		{"ints", "n: Integer, origin: Integer, bound: Integer", "is a stream of numbers from origin up to bound", func(c call) (value.Value, error) {
			if c.intArg(1) >= c.intArg(2) {
				return nil, value.Throw("java.lang.IllegalArgumentException", "bound must be greater than origin")
			}
			return many(c.intArg(0), func() value.Value {
				if n := c.intArg(2) - c.intArg(1); n > 0 {
					return value.Int(get(c).below(int32(n)) + int32(c.intArg(1)))
				}
				return value.Int(get(c).between(int32(c.intArg(1)), int32(c.intArg(2))))
			}), nil
		}},
		{"doubles", "n: Integer", "is a stream of numbers from 0 up to 1", func(c call) (value.Value, error) {
			return many(c.intArg(0), func() value.Value { return value.Double(get(c).double()) }), nil
		}},
		{"longs", "n: Integer", "is a stream of any Longs", func(c call) (value.Value, error) {
			return many(c.intArg(0), func() value.Value { return value.Long(get(c).long()) }), nil
		}},
		{"setSeed", "seed: Number", "starts anew", func(c call) (value.Value, error) {
			*get(c) = *newRandom(toInt64(c.arg(0)))
			return nil, nil
		}},
	}
}

func shuffledMethod(c call) (value.Value, error) {
	r, ok := c.arg(0).(*Random)
	if !ok {
		r = newRandom(rand.Int64())
	}
	list := elems(c.recv)
	r.shuffle(list)
	return value.NewList(list...), nil
}

func many(n int, next func() value.Value) *Stream {
	s := &Stream{list: []value.Value{}}
	for range n {
		s.list = append(s.list, next())
	}
	return s
}
