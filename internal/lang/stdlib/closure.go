package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

func closureMethods() []def {
	return []def{
		{"call", "args...", "calls the closure", func(c call) (value.Value, error) { return c.run(c.recv, c.args...) }},
		{"doCall", "args...", "calls the closure", func(c call) (value.Value, error) { return c.run(c.recv, c.args...) }},
		{"apply", "args...", "calls the closure, as java.util.function.Function", func(c call) (value.Value, error) { return c.run(c.recv, c.args...) }},
		{"accept", "args...", "calls the closure, as java.util.function.Consumer", func(c call) (value.Value, error) {
			_, err := c.run(c.recv, c.args...)
			return nil, err
		}},
		{"test", "args...", "calls the closure for its truth, as java.util.function.Predicate", func(c call) (value.Value, error) {
			ok, err := c.test(c.recv, c.args...)
			return value.MakeBool(ok), err
		}},
		{"curry", "args...", "is a closure with its first arguments given", curryMethod},
		{"rcurry", "args...", "is a closure with its last arguments given", func(c call) (value.Value, error) {
			return c.curryAt(-1, c.args), nil
		}},
		{"ncurry", "n: Integer, args...", "is a closure with arguments given from the n-th on", func(c call) (value.Value, error) {
			return c.curryAt(c.intArg(0), c.args[1:]), nil
		}},
		{"rightShift", "next: Closure", "is a closure that calls next with the result", func(c call) (value.Value, error) {
			return chain(c.recv, c.arg(0)), nil
		}},
		{"andThen", "next: Closure", "is a closure that calls next with the result", func(c call) (value.Value, error) {
			return chain(c.recv, c.arg(0)), nil
		}},
		{"leftShift", "first", "calls the closure, or is one that calls first before", func(c call) (value.Value, error) {
			if f, ok := c.arg(0).(value.Callable); ok {
				return chain(f, c.recv), nil
			}
			return c.run(c.recv, c.arg(0))
		}},
		{"compose", "first: Closure", "is a closure that calls first before", func(c call) (value.Value, error) {
			return chain(c.arg(0), c.recv), nil
		}},
		{"memoize", "", "is a closure that remembers its results", memoizeMethod},
		{"memoizeAtMost", "n: Integer", "is a closure that remembers its results", memoizeMethod},
		{"memoizeAtLeast", "n: Integer", "is a closure that remembers its results", memoizeMethod},
		{"trampoline", "", "is the closure", func(c call) (value.Value, error) { return c.recv, nil }},
		{"dehydrate", "", "is the closure", func(c call) (value.Value, error) { return c.recv, nil }},
		{"asWritable", "", "is the closure", func(c call) (value.Value, error) { return c.recv, nil }},
		{"rehydrate", "delegate, owner, thisObject", "is the closure with another delegate and owner", func(c call) (value.Value, error) {
			f, ok := c.recv.(*value.Closure)
			if !ok {
				return c.recv, nil
			}
			copied := *f
			copied.Delegate, copied.Owner = c.arg(0), c.arg(1)
			return &copied, nil
		}},
		{"clone", "", "is a copy", func(c call) (value.Value, error) {
			if f, ok := c.recv.(*value.Closure); ok {
				copied := *f
				return &copied, nil
			}
			return c.recv, nil
		}},
		{"run", "", "calls the closure", func(c call) (value.Value, error) { return c.run(c.recv) }},
		{"getMaximumNumberOfParameters", "", "is the number of parameters", func(c call) (value.Value, error) {
			return value.Int(closureParams(c.recv)), nil
		}},
		{"getParameterTypes", "", "is the classes of the parameters", func(c call) (value.Value, error) {
			out := []value.Value{}
			f, ok := c.recv.(*value.Closure)
			for i := range closureParams(c.recv) {
				class := value.ObjectClass
				if ok && i < len(f.ParamIs) && f.ParamIs[i] != nil {
					class = f.ParamIs[i]
				}
				out = append(out, value.ClassRef{Of: class})
			}
			return value.NewList(out...), nil
		}},
		{"getDelegate", "", "is who is asked for unknown names", func(c call) (value.Value, error) {
			return c.part(func(f *value.Closure) value.Value { return f.Delegate })
		}},
		{"getOwner", "", "is what the closure stands in", func(c call) (value.Value, error) {
			return c.part(func(f *value.Closure) value.Value { return f.Owner })
		}},
		{"getThisObject", "", "is what the closure stands in", func(c call) (value.Value, error) {
			return c.part(func(f *value.Closure) value.Value { return f.Owner })
		}},
		{"getResolveStrategy", "", "is who is asked first for unknown names", func(c call) (value.Value, error) {
			return c.part(func(f *value.Closure) value.Value { return strategyNumber(f.First) })
		}},
		{"setDelegate", "delegate", "sets who is asked for unknown names", func(c call) (value.Value, error) {
			if f, ok := c.recv.(*value.Closure); ok {
				f.Delegate = c.arg(0)
			}
			return nil, nil
		}},
		{"setResolveStrategy", "strategy: Integer", "sets who is asked first for unknown names", func(c call) (value.Value, error) {
			if f, ok := c.recv.(*value.Closure); ok {
				f.First = strategies[c.intArg(0)&3]
			}
			return nil, nil
		}},
	}
}

// strategies are Closure.OWNER_FIRST and the others by their Java number.
var strategies = [4]value.DelegateStrategy{value.OwnerFirst, value.DelegateFirst, value.OwnerOnly, value.DelegateOnly}

func strategyNumber(s value.DelegateStrategy) value.Value {
	for i, k := range strategies {
		if k == s {
			return value.Int(i)
		}
	}
	panic("internal error: unknown resolve strategy")
}

func closureConstants(*Table) map[string]value.Value {
	return map[string]value.Value{
		"OWNER_FIRST": value.Int(0), "DELEGATE_FIRST": value.Int(1), "OWNER_ONLY": value.Int(2), "DELEGATE_ONLY": value.Int(3),
		"IDENTITY": &value.Native{Name: "identity", Fn: func(_ *value.Thread, _ value.Value, args []value.Value) (value.Value, error) {
			if len(args) == 0 {
				return nil, nil
			}
			return args[0], nil
		}},
	}
}

func (c call) part(f func(*value.Closure) value.Value) (value.Value, error) {
	if cl, ok := c.recv.(*value.Closure); ok {
		return f(cl), nil
	}
	return nil, nil
}

func curryMethod(c call) (value.Value, error) {
	f, ok := c.recv.(*value.Closure)
	if !ok {
		return c.curryAt(0, c.args), nil
	}
	copied := *f
	copied.Curried = append(append([]value.Value(nil), f.Curried...), c.args...)
	return &copied, nil
}

// native is a closure made of Go code, with a number of parameters.
func native(params int, fn func(th *value.Thread, args []value.Value) (value.Value, error)) *value.Closure {
	return &value.Closure{
		Code: func(th *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
			return fn(th, args)
		},
		Params: params, Implicit: params == 1,
	}
}

// curryAt gives arguments from place n on, -1 for the end.
func (c call) curryAt(n int, given []value.Value) value.Value {
	f := c.recv.(value.Callable)
	return native(max(closureParams(c.recv)-len(given), 0), func(th *value.Thread, args []value.Value) (value.Value, error) {
		at := n
		if at < 0 || at > len(args) {
			at = len(args)
		}
		all := append([]value.Value(nil), args[:at]...)
		return f.CallWith(th, append(append(all, given...), args[at:]...))
	})
}

func chain(first, next value.Value) value.Value {
	f, g := first.(value.Callable), next.(value.Callable)
	return native(closureParams(first), func(th *value.Thread, args []value.Value) (value.Value, error) {
		v, err := f.CallWith(th, args)
		if err != nil {
			return nil, err
		}
		return g.CallWith(th, []value.Value{v})
	})
}

func memoizeMethod(c call) (value.Value, error) {
	f := c.recv.(value.Callable)
	known := value.NewMap(0)
	return native(closureParams(c.recv), func(th *value.Thread, args []value.Value) (value.Value, error) {
		key := value.NewList(append([]value.Value(nil), args...)...)
		if v, ok := known.Get(key); ok {
			return v, nil
		}
		v, err := f.CallWith(th, args)
		if err == nil {
			known.Set(key, v)
		}
		return v, err
	}), nil
}

func classMethods() []def {
	return []def{
		{"getName", "", "is the name with its package", func(c call) (value.Value, error) { return value.String(c.recv.(value.ClassRef).Of.Name), nil }},
		{"getTypeName", "", "is the name with its package", func(c call) (value.Value, error) { return value.String(c.recv.(value.ClassRef).Of.Name), nil }},
		{"getCanonicalName", "", "is the name with its package", func(c call) (value.Value, error) {
			return value.String(strings.ReplaceAll(c.recv.(value.ClassRef).Of.Name, "$", ".")), nil
		}},
		{"getSimpleName", "", "is the name without its package", func(c call) (value.Value, error) { return value.String(c.recv.(value.ClassRef).Of.Simple()), nil }},
		{"getPackageName", "", "is the name of the package", func(c call) (value.Value, error) {
			name := c.recv.(value.ClassRef).Of.Name
			return value.String(name[:max(strings.LastIndexByte(name, '.'), 0)]), nil
		}},
		{"isInstance", "value", "says whether value is of this class", func(c call) (value.Value, error) {
			return value.MakeBool(c.arg(0) != nil && value.InstanceOf(c.arg(0), c.recv.(value.ClassRef).Of)), nil
		}},
		{"isAssignableFrom", "other: Class", "says whether other is this class or below it", func(c call) (value.Value, error) {
			return value.MakeBool(c.arg(0).(value.ClassRef).Of.Is(c.recv.(value.ClassRef).Of)), nil
		}},
		{"getSuperclass", "", "is the class above", func(c call) (value.Value, error) {
			if p := c.recv.(value.ClassRef).Of.Parents; len(p) > 0 {
				return value.ClassRef{Of: p[0]}, nil
			}
			return nil, nil
		}},
		{"isArray", "", "is false: arrays are lists here", func(c call) (value.Value, error) { return value.False, nil }},
		{"newInstance", "args...", "makes a new object", func(c call) (value.Value, error) {
			return c.t.Construct(c.th, c.recv.(value.ClassRef).Of, c.args)
		}},
		{"cast", "value", "is the value", func(c call) (value.Value, error) { return c.arg(0), nil }},
	}
}
