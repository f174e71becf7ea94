package operator

import (
	"sluice/internal/dataflow"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// arithmeticMethods let a script compute with a value channel as if the value
// were there: `counts + ','` is a value channel with the result. The other
// side may be a value channel too.
func arithmeticMethods(env *Env) []*stdlib.Method {
	table := []struct {
		name  string
		apply func(th *value.Thread, a, b value.Value) (value.Value, error)
	}{
		{"plus", value.Add}, {"minus", value.Sub}, {"multiply", value.Mul}, {"div", value.Div}, {"mod", value.Mod}, {"power", value.Pow},
	}
	var methods []*stdlib.Method
	for _, m := range table {
		methods = append(methods, &stdlib.Method{
			Name: m.name, Params: "other", Min: 1, Max: 1, Doc: "is a value channel with the result",
			Fn: func(th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
				return compute(env, th, m.name, m.apply, recv, args[0])
			},
		})
	}
	return methods
}

func compute(env *Env, th *value.Thread, name string, apply func(*value.Thread, value.Value, value.Value) (value.Value, error), left, right value.Value) (value.Value, error) {
	in, ok := dataflow.Single(left)
	if !ok || !in.IsValue() {
		return nil, value.MissingMethod(left, name, []value.Value{right})
	}
	return later(env, th, name, in, []value.Value{right}, func(x value.Value, args []value.Value) (value.Value, error) {
		return apply(th, x, args[0])
	})
}
