package stdlib

import "sluice/internal/lang/value"

// A Stream is java.util.stream.Stream over elements already there.
type Stream struct{ list []value.Value }

// Class is that of Java's streams.
func (*Stream) Class() *value.Class { return streamOfValuesClass }

// Iterate walks the elements.
func (s *Stream) Iterate(yield func(value.Value) bool) {
	for _, e := range s.list {
		if !yield(e) {
			return
		}
	}
}

func streamOf(c call) (value.Value, error) { return &Stream{list: elems(c.recv)}, nil }

// A collector is what Collectors makes: it turns the elements into one value.
type collector struct {
	finish func(c call, list []value.Value) (value.Value, error)
}

var collectorsClass = javaClass("java.util.stream.Collectors")

func (*collector) Class() *value.Class { return value.ObjectClass }

func collectorsStatics() []def {
	collecting := func(f func(c call, list []value.Value) (value.Value, error)) (value.Value, error) {
		return &collector{f}, nil
	}
	return []def{
		{"toList", "", "collects a list", func(call) (value.Value, error) {
			return collecting(func(_ call, list []value.Value) (value.Value, error) { return value.NewList(list...), nil })
		}},
		{"toSet", "", "collects a HashSet", func(call) (value.Value, error) {
			return collecting(func(_ call, list []value.Value) (value.Value, error) { return hashSetOf(list), nil })
		}},
		{"joining", "separator: String = '', before: String = '', after: String = ''", "collects a text", func(c call) (value.Value, error) {
			sep, before, after := c.strOr(0, ""), c.strOr(1, ""), c.strOr(2, "")
			return collecting(func(_ call, list []value.Value) (value.Value, error) {
				return value.String(before) + joinText(list, sep) + value.String(after), nil
			})
		}},
		{"groupingBy", "transform: Closure, collector = null", "collects a map from what transform gives to what collector makes, a list if there is none", func(c call) (value.Value, error) {
			f := c.arg(0)
			each, _ := c.arg(1).(*collector)
			return collecting(func(c call, list []value.Value) (value.Value, error) {
				return c.collectGroups(value.NewHashMap(-1), list, f, each)
			})
		}},
		{"partitioningBy", "condition: Closure, collector = null", "collects a map of false and true", func(c call) (value.Value, error) {
			f := c.arg(0)
			each, _ := c.arg(1).(*collector)
			return collecting(func(c call, list []value.Value) (value.Value, error) {
				m := value.NewMap(2)
				m.Set(value.False, value.NewList())
				m.Set(value.True, value.NewList())
				return c.collectGroups(m, list, f, each)
			})
		}},
		{"counting", "", "counts", func(call) (value.Value, error) {
			return collecting(func(_ call, list []value.Value) (value.Value, error) { return value.Long(len(list)), nil })
		}},
		{"mapping", "transform: Closure, collector", "transforms the elements for another collector", func(c call) (value.Value, error) {
			f := c.arg(0)
			next, ok := c.arg(1).(*collector)
			if !ok {
				return nil, c.missing()
			}
			return collecting(func(c call, list []value.Value) (value.Value, error) {
				c.recv = value.NewList(list...)
				v, err := c.collectInto(nil, f)
				if err != nil {
					return nil, err
				}
				return next.finish(c, v.(*value.List).Elems)
			})
		}},
		summing("summingInt", value.Int(0)), summing("summingLong", value.Long(0)), summing("summingDouble", value.Double(0)),
		{"toMap", "key: Closure, value: Closure, merge: Closure? = null", "collects a map; merge combines the values of keys that come twice", func(c call) (value.Value, error) {
			kf, vf, merge := c.arg(0), c.arg(1), c.arg(2)
			return collecting(func(c call, list []value.Value) (value.Value, error) {
				m := value.NewHashMap(-1)
				for _, e := range list {
					k, err := c.run(kf, e)
					if err != nil {
						return nil, err
					}
					v, err := c.run(vf, e)
					if err != nil {
						return nil, err
					}
					if old, there := m.Get(k); there && merge == nil {
						return nil, value.Throw("java.lang.IllegalStateException", "Duplicate key %s (attempted merging values %s and %s)", value.ToString(k), value.ToString(old), value.ToString(v))
					} else if there {
						if v, err = c.run(merge, old, v); err != nil {
							return nil, err
						}
					}
					m.Set(k, v)
				}
				return m, nil
			})
		}},
	}
}

func summing(name string, zero value.Value) def {
	return def{name, "transform: Closure", "adds what transform makes of the elements", func(c call) (value.Value, error) {
		f := c.arg(0)
		return &collector{func(c call, list []value.Value) (value.Value, error) {
			c.recv = value.NewList(list...)
			return c.sum(zero, true, f)
		}}, nil
	}}
}

func hashSetOf(list []value.Value) *value.Set {
	s := value.NewHashSet(-1)
	for _, e := range list {
		s.Add(e)
	}
	return s
}

// collectGroups puts the elements into lists by what f gives, and each list
// through a collector.
func (c call) collectGroups(groups *value.Map, list []value.Value, f value.Value, each *collector) (value.Value, error) {
	_, partition := groups.Get(value.False)
	for _, e := range list {
		k, err := c.run(f, e)
		if err != nil {
			return nil, err
		}
		if partition {
			k = value.MakeBool(value.Truth(k))
		}
		have, ok := groups.Get(k)
		if !ok {
			have = value.NewList()
			groups.Set(k, have)
		}
		l := have.(*value.List)
		l.Elems = append(l.Elems, e)
	}
	if each == nil {
		return groups, nil
	}
	for _, k := range groups.Keys() {
		g, _ := groups.Get(k)
		v, err := each.finish(c, g.(*value.List).Elems)
		if err != nil {
			return nil, err
		}
		groups.Set(k, v)
	}
	return groups, nil
}

func streamMethods() []def {
	get := func(c call) []value.Value { return c.recv.(*Stream).list }
	transform := func(name, doc string) def {
		return def{name, "transform: Closure = null", doc, func(c call) (value.Value, error) {
			v, err := c.collectInto(nil, c.arg(0))
			if err != nil {
				return nil, err
			}
			return &Stream{v.(*value.List).Elems}, nil
		}}
	}
	match := func(name, doc string, stop, negate bool) def {
		return def{name, "condition: Closure", doc, func(c call) (value.Value, error) {
			v, err := c.quantify(stop)
			if err != nil || !negate {
				return v, err
			}
			return value.MakeBool(v != value.True), nil
		}}
	}
	first := func(c call) (value.Value, error) {
		for _, e := range get(c) {
			return &Optional{e, true}, nil
		}
		return &Optional{}, nil
	}
	extreme := func(sign int) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			v, err := c.extreme(sign)
			return &Optional{v, len(get(c)) > 0}, err
		}
	}
	return []def{
		transform("map", "transforms each element"), transform("mapToInt", "transforms each element"),
		transform("mapToLong", "transforms each element"), transform("mapToDouble", "transforms each element"),
		transform("mapToObj", "transforms each element"), transform("boxed", "is the stream"), transform("parallel", "is the stream"), transform("sequential", "is the stream"),
		{"filter", "condition: Closure", "keeps the elements for which condition holds", func(c call) (value.Value, error) {
			list, err := c.selectWhere(c.arg(0), true)
			return &Stream{list}, err
		}},
		{"flatMap", "transform: Closure", "joins the streams that transform makes", func(c call) (value.Value, error) {
			var out []value.Value
			for _, e := range get(c) {
				v, err := c.run(c.arg(0), e)
				if err != nil {
					return nil, err
				}
				out = append(out, elems(v)...)
			}
			return &Stream{out}, nil
		}},
		{"sorted", "comparator: Closure? = null", "sorts the elements", func(c call) (value.Value, error) {
			list, err := c.sorted(elems(c.recv), c.arg(0))
			return &Stream{list}, err
		}},
		{"distinct", "", "drops repeated elements", func(c call) (value.Value, error) {
			return &Stream{elems(value.NewSet(get(c)...))}, nil
		}},
		{"limit", "n: Integer", "is the first n elements", func(c call) (value.Value, error) { return &Stream{get(c)[:min(c.intArg(0), len(get(c)))]}, nil }},
		{"skip", "n: Integer", "is all but the first n elements", func(c call) (value.Value, error) { return &Stream{get(c)[min(c.intArg(0), len(get(c))):]}, nil }},
		{"peek", "action: Closure", "calls action with each element", eachMethod},
		{"count", "", "is the number of elements", func(c call) (value.Value, error) { return value.Long(len(get(c))), nil }},
		{"average", "", "is the arithmetic mean, if there are elements", func(c call) (value.Value, error) {
			if len(get(c)) == 0 {
				return &Optional{}, nil
			}
			sum := 0.0
			for _, e := range get(c) {
				sum += toFloat(e)
			}
			return &Optional{value.Double(sum / float64(len(get(c)))), true}, nil
		}},
		{"reduce", "accumulator: Closure", "folds the elements, if there are any", func(c call) (value.Value, error) {
			if len(get(c)) == 0 {
				return &Optional{}, nil
			}
			v, err := c.inject(get(c)[0], get(c)[1:], c.arg(0))
			return &Optional{v, true}, err
		}},
		{"takeWhile", "condition: Closure", "is the elements before the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			return &Stream{get(c)[:n]}, err
		}},
		{"dropWhile", "condition: Closure", "is the elements from the first for which condition does not hold", func(c call) (value.Value, error) {
			n, err := c.prefix()
			return &Stream{get(c)[n:]}, err
		}},
		{"forEachOrdered", "action: Closure", "calls action with each element", func(c call) (value.Value, error) {
			_, err := eachMethod(c)
			return nil, err
		}},
		{"close", "", "does nothing", func(call) (value.Value, error) { return nil, nil }},
		{"sum", "", "adds the elements", func(c call) (value.Value, error) { return c.sum(value.Int(0), true, nil) }},
		{"reduce", "initial, accumulator: Closure", "folds the elements", func(c call) (value.Value, error) { return c.inject(c.arg(0), get(c), c.arg(1)) }},
		{"max", "comparator: Closure? = null", "is the greatest element", extreme(1)},
		{"min", "comparator: Closure? = null", "is the least element", extreme(-1)},
		match("anyMatch", "says whether condition holds for an element", true, false),
		match("allMatch", "says whether condition holds for all elements", false, false),
		match("noneMatch", "says whether condition holds for no element", true, true),
		{"findFirst", "", "is the first element, if there is one", first},
		{"findAny", "", "is an element, if there is one", first},
		{"toList", "", "is the list of elements", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
		{"toSet", "", "is the set of elements", func(c call) (value.Value, error) { return value.NewSet(get(c)...), nil }},
		{"toArray", "type = null", "is the list of elements", func(c call) (value.Value, error) { return value.NewList(elems(c.recv)...), nil }},
		{"collect", "collector", "turns the elements into one value", func(c call) (value.Value, error) {
			if k, ok := c.arg(0).(*collector); ok {
				return k.finish(c, elems(c.recv))
			}
			if _, ok := c.arg(0).(*value.Closure); ok {
				return c.collectInto(nil, c.arg(0))
			}
			return nil, c.missing()
		}},
	}
}

// An Optional is java.util.Optional.
type Optional struct {
	v  value.Value
	is bool
}

// Class is java.util.Optional.
func (*Optional) Class() *value.Class { return value.OptionalClass }

// Truth is whether there is a value.
func (o *Optional) Truth() bool { return o.is }

// ToString prints as Java does.
func (o *Optional) ToString() string {
	if !o.is {
		return "Optional.empty"
	}
	return "Optional[" + value.ToString(o.v) + "]"
}

func optionalMethods() []def {
	get := func(c call) *Optional { return c.recv.(*Optional) }
	return []def{
		{"get", "", "is the value", func(c call) (value.Value, error) {
			if !get(c).is {
				return nil, value.Throw("java.util.NoSuchElementException", "No value present")
			}
			return get(c).v, nil
		}},
		{"getAsInt", "", "is the value", func(c call) (value.Value, error) { return c.t.Call(c.th, c.recv, "get") }},
		{"getAsLong", "", "is the value", func(c call) (value.Value, error) { return c.t.Call(c.th, c.recv, "get") }},
		{"getAsDouble", "", "is the value", func(c call) (value.Value, error) { return c.t.Call(c.th, c.recv, "get") }},
		{"orElseThrow", "make: Closure? = null", "is the value; make gives what is thrown without one", func(c call) (value.Value, error) {
			if get(c).is || c.arg(0) == nil {
				return c.t.Call(c.th, c.recv, "get")
			}
			v, err := c.run(c.arg(0))
			if ex, ok := v.(*value.Exception); ok && err == nil {
				return nil, ex
			}
			return nil, err
		}},
		{"orElseGet", "make: Closure", "is the value, or what make gives", func(c call) (value.Value, error) {
			if get(c).is {
				return get(c).v, nil
			}
			return c.run(c.arg(0))
		}},
		{"ifPresent", "action: Closure", "calls action with the value if there is one", func(c call) (value.Value, error) {
			if !get(c).is {
				return nil, nil
			}
			_, err := c.run(c.arg(0), get(c).v)
			return nil, err
		}},
		{"filter", "condition: Closure", "is the value if condition holds for it", func(c call) (value.Value, error) {
			if !get(c).is {
				return c.recv, nil
			}
			ok, err := c.test(c.arg(0), get(c).v)
			if err != nil || ok {
				return c.recv, err
			}
			return &Optional{}, nil
		}},
		{"flatMap", "transform: Closure", "is what transform makes of the value, an Optional too", func(c call) (value.Value, error) {
			if !get(c).is {
				return c.recv, nil
			}
			return c.run(c.arg(0), get(c).v)
		}},
		{"isPresent", "", "says whether there is a value", func(c call) (value.Value, error) { return value.MakeBool(get(c).is), nil }},
		{"isEmpty", "", "says whether there is no value", func(c call) (value.Value, error) { return value.MakeBool(!get(c).is), nil }},
		{"orElse", "fallback", "is the value, or fallback", func(c call) (value.Value, error) {
			if get(c).is {
				return get(c).v, nil
			}
			return c.arg(0), nil
		}},
		{"map", "transform: Closure", "transforms the value", func(c call) (value.Value, error) {
			if !get(c).is {
				return c.recv, nil
			}
			v, err := c.run(c.arg(0), get(c).v)
			return &Optional{v, v != nil}, err
		}},
	}
}

func optionalStatics() []def {
	return []def{
		{"of", "value", "holds a value, which must not be null", func(c call) (value.Value, error) {
			if c.arg(0) == nil {
				return nil, value.Throw("java.lang.NullPointerException", "")
			}
			return &Optional{c.arg(0), true}, nil
		}},
		{"ofNullable", "value", "holds a value unless null", func(c call) (value.Value, error) { return &Optional{c.arg(0), c.arg(0) != nil}, nil }},
		{"empty", "", "holds nothing", func(c call) (value.Value, error) { return &Optional{}, nil }},
	}
}

// intStreamStatics are those of IntStream, Stream and LongStream.
func intStreamStatics() []def {
	span := func(name, doc string, more int64) def {
		return def{name, "from: Number, to: Number", doc, func(c call) (value.Value, error) {
			out := []value.Value{}
			for n := toInt64(c.arg(0)); n < toInt64(c.arg(1))+more; n++ {
				out = append(out, value.MakeInt(n))
			}
			return &Stream{out}, nil
		}}
	}
	return []def{
		span("range", "is the numbers from from, up to but without to", 0), span("rangeClosed", "is the numbers from from to to", 1),
		{"of", "elements...", "is a stream of elements", func(c call) (value.Value, error) { return &Stream{append([]value.Value(nil), c.args...)}, nil }},
		{"empty", "", "is a stream of nothing", func(call) (value.Value, error) { return &Stream{}, nil }},
		{"concat", "a, b", "is one stream after another", func(c call) (value.Value, error) { return &Stream{append(elems(c.arg(0)), elems(c.arg(1))...)}, nil }},
	}
}
