package operator

import (
	"math/rand/v2"

	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#randomsample
var randomSampleOp = &operator{
	name: "randomSample", gives: givesQueue, min: 1, max: 2, queue: true,
	doc: "emits n items chosen at random, the same ones for the same items and seed",
	args: []param{
		{"n", "Integer", "how many items; all of them, shuffled, if there are not more"},
		{"seed?", "Integer", "where the sequence of random numbers begins; another in every run unless given"},
	},
	run: func(c *call) (value.Value, error) {
		n, err := c.intArg(0, "number of items")
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, c.fail("takes a number of items from 0, not %d", n)
		}
		seed := rand.Int64()
		if len(c.args) > 1 {
			s, ok := value.AsInt64(c.arg(1))
			if !ok {
				return nil, c.fail("takes an integer as seed, not %s", describe(c.arg(1)))
			}
			seed = s
		}
		out := c.queueOut()
		random := newJavaRandom(seed)
		var sample []value.Value
		seen := int32(0)
		c.read(func(v value.Value) error {
			seen++
			if len(sample) < n {
				sample = append(sample, v)
			} else if i := random.below(seen); int(i) < n {
				sample[i] = v
			}
			return nil
		}, func() error {
			// A sample that was never full is shuffled instead.
			for i := len(sample); int(seen) <= n && i > 1; i-- {
				j := random.below(int32(i))
				sample[i-1], sample[j] = sample[j], sample[i-1]
			}
			for _, v := range sample {
				out.Emit(v)
			}
			out.Close()
			return nil
		})
		return out, nil
	},
}

// A javaRandom gives the sequence of java.util.Random, so that a seed chooses
// the items it chose before.
type javaRandom struct{ state int64 }

const (
	lcgMultiplier = 0x5DEECE66D
	lcgMask       = 1<<48 - 1
)

func newJavaRandom(seed int64) *javaRandom {
	return &javaRandom{(seed ^ lcgMultiplier) & lcgMask}
}

func (r *javaRandom) next31() int32 {
	r.state = (r.state*lcgMultiplier + 0xB) & lcgMask
	return int32(r.state >> 17)
}

// below is nextInt(n).
func (r *javaRandom) below(n int32) int32 {
	v := r.next31()
	if n&(n-1) == 0 {
		return int32(int64(n) * int64(v) >> 31)
	}
	for u := v; ; u = r.next31() {
		v = u % n
		if u-v+(n-1) >= 0 {
			return v
		}
	}
}
