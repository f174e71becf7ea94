package operator

import (
	"slices"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Missing answers a method of a value channel that is no operator: it is
// called on the value once that is there, and gives a value channel of what it
// returns. So `ids.collect().toSet()` and `list.tokenize(',')` work where the
// channel holds one value; arguments may be value channels too. ok is false
// for other receivers.
func Missing(env *Env, th *value.Thread, recv value.Value, name string, args []value.Value) (v value.Value, ok bool, err error) {
	in, isChannel := dataflow.Single(recv)
	if !isChannel || !in.IsValue() {
		return nil, false, nil
	}
	v, err = later(env, th, name, in, args, func(x value.Value, args []value.Value) (value.Value, error) {
		v, err := th.Host.Call(th, x, name, args)
		return v, misspelt(err, name)
	})
	return v, true, err
}

// misspelt is the error for a method that the value does not have: where the
// name resembles an operator, that was meant.
func misspelt(err error, name string) error {
	e, ok := err.(*value.Exception)
	if !ok || e.Of.Name != "groovy.lang.MissingMethodException" || e.Data != value.String(name) || near(name, Names()) == "" {
		return err
	}
	return Unknown(name)
}

// MissingProperty is Missing for a property.
func MissingProperty(env *Env, th *value.Thread, recv value.Value, name string) (v value.Value, ok bool, err error) {
	in, isChannel := recv.(*dataflow.Channel)
	if !isChannel || !in.IsValue() {
		return nil, false, nil
	}
	v, err = later(env, th, name, in, nil, func(x value.Value, _ []value.Value) (value.Value, error) {
		return th.Host.Property(th, x, name)
	})
	return v, true, err
}

// later applies f to the value of a channel, once it and the arguments that
// are value channels are there.
func later(env *Env, th *value.Thread, name string, recv *dataflow.Channel, args []value.Value, f func(value.Value, []value.Value) (value.Value, error)) (*dataflow.Channel, error) {
	from, awaited := []*dataflow.Channel{recv}, []int{}
	for i, a := range args {
		b, lazy := dataflow.Single(a)
		if !lazy {
			continue
		}
		if !b.IsValue() {
			return nil, value.MissingMethod(recv, name, args)
		}
		from, awaited = append(from, b), append(awaited, i)
	}
	c := &call{env: env, th: th, graph: env.Graph, op: &operator{name: name}, where: th.At}
	out := env.Graph.Variable(name, from...)
	out.Where = th.At
	args = slices.Clone(args)
	// missing closes the result if a channel ends without a value.
	missing := func(got *bool) func() error {
		return func() error {
			if !*got {
				out.Close()
			}
			return nil
		}
	}
	var resolve func(n int, x value.Value) error
	resolve = func(n int, x value.Value) error {
		if n < len(awaited) {
			var got bool
			c.readFrom(from[n+1], func(y value.Value) error {
				got, args[awaited[n]] = true, y
				return resolve(n+1, x)
			}, missing(&got))
			return nil
		}
		v, err := f(x, args)
		if err == nil {
			out.Emit(v)
		}
		return err
	}
	var got bool
	c.readFrom(recv, func(x value.Value) error {
		got = true
		return resolve(0, x)
	}, missing(&got))
	return out, nil
}
