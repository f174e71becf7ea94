package operator

import (
	"fmt"

	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
)

// gone are operators of former times and of plain Groovy that people try, each
// with what to use instead.
var gone = []struct{ name, instead string }{
	{"into", "a channel can be read any number of times: use it by name, or `set { x }` to name it"},
	{"create", "use `channel.of(...)` or `channel.fromList(...)`"},
	{"choice", "use `branch { }`"},
	{"separate", "use `multiMap { }`"},
	{"spread", "use `combine(other)`"},
	{"countBy", "use `map { v -> [key, v] }.groupTuple().map { k, vs -> [k, vs.size()] }`"},
	{"phase", "use `join(other, remainder: true)`"},
	{"route", "use `branch { }`"},
	{"bind", "use `channel.of(...)`: channels cannot be written to"},
	{"leftShift", "use `channel.of(...)`: channels cannot be written to"},
	{"close", "channels close by themselves"},
	{"print", "use `view(newLine: false)`"},
	{"println", "use `view()`"},
	{"each", "use `map { }` or `subscribe { }`"},
	{"eachWithIndex", "use `toList().flatMap { it.withIndex() }`"},
	{"size", "use `count()`"},
	{"sort", "use `toSortedList()`"},
	{"findAll", "use `filter { }`"},
	{"toSet", "use `unique().toList()`"},
	{"flatMapMany", "use `flatMap { }`"},
	{"publishTo", "use the `publish:` section of the workflow"},
}

// ofValues are methods among the gone that values have: on a value channel they
// are called on what it holds.
var ofValues = map[string]bool{"size": true, "sort": true, "toSet": true}

func goneMethods(env *Env) []*stdlib.Method {
	var methods []*stdlib.Method
	for _, g := range gone {
		methods = append(methods, &stdlib.Method{
			Name: g.name, Max: -1, Doc: "is no operator: " + g.instead,
			Fn: func(th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
				if ofValues[g.name] {
					if v, ok, err := Missing(env, th, recv, g.name, args); ok {
						return v, err
					}
				}
				return nil, unknown(g.name, g.instead)
			},
		})
	}
	return methods
}

// Gone finds an operator that made variables of the names it was given, and
// what to use instead. Other values have no methods of these names.
func Gone(name string) (instead string, ok bool) {
	switch name {
	case "into", "choice", "separate":
		for _, g := range gone {
			if g.name == name {
				return g.instead, true
			}
		}
	}
	return "", false
}

// Unknown is the error for an operator that does not exist.
func Unknown(name string) error {
	for _, g := range gone {
		if g.name == name {
			return unknown(name, g.instead)
		}
	}
	return value.Throw("groovy.lang.MissingMethodException", "%s", fmt.Sprintf("channels have no operator `%s`%s", name, near(name, Names())))
}

func unknown(name, instead string) error {
	return value.Throw("groovy.lang.MissingMethodException", "%s", fmt.Sprintf("channels have no operator `%s`: %s", name, instead))
}
