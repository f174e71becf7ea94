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
		{"toSet", "", "collects a set", func(call) (value.Value, error) {
			return collecting(func(_ call, list []value.Value) (value.Value, error) { return value.NewSet(list...), nil })
		}},
		{"joining", "separator: String = ''", "collects a text", func(c call) (value.Value, error) {
			sep := c.strOr(0, "")
			return collecting(func(_ call, list []value.Value) (value.Value, error) { return joinText(list, sep), nil })
		}},
		{"groupingBy", "transform: Closure", "collects a map of lists", func(c call) (value.Value, error) {
			f := c.arg(0)
			return collecting(func(c call, list []value.Value) (value.Value, error) { return c.groupBy(list, []value.Value{f}) })
		}},
		{"toMap", "key: Closure, value: Closure", "collects a map", func(c call) (value.Value, error) {
			kf, vf := c.arg(0), c.arg(1)
			return collecting(func(c call, list []value.Value) (value.Value, error) {
				m := value.NewMap(len(list))
				for _, e := range list {
					k, err := c.run(kf, e)
					if err != nil {
						return nil, err
					}
					v, err := c.run(vf, e)
					if err != nil {
						return nil, err
					}
					m.Set(k, v)
				}
				return m, nil
			})
		}},
	}
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
			v, err := collectManyMethod(c)
			if err != nil {
				return nil, err
			}
			return &Stream{v.(*value.List).Elems}, nil
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
		{"of", "value", "holds a value", func(c call) (value.Value, error) { return &Optional{c.arg(0), true}, nil }},
		{"ofNullable", "value", "holds a value unless null", func(c call) (value.Value, error) { return &Optional{c.arg(0), c.arg(0) != nil}, nil }},
		{"empty", "", "holds nothing", func(c call) (value.Value, error) { return &Optional{}, nil }},
	}
}
