package operator

import (
	"errors"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#subscribe
var subscribeOp = &operator{
	name: "subscribe", params: "onNext: Closure?, onComplete: Closure?, onError: Closure?", max: 1,
	opts: []option{{"onNext", "a closure", isClosure}, {"onComplete", "a closure", isClosure}, {"onError", "a closure", isClosure}},
	doc:  "calls closures for each item, after the last, and on an error",
	run: func(c *call) (value.Value, error) {
		if len(c.args) == 0 && c.opts == nil {
			return nil, c.fail("takes a closure, or the options `onNext`, `onComplete`, `onError`")
		}
		next, err := c.optionalClosure()
		if err != nil {
			return nil, err
		}
		if f, ok := c.opt("onNext").(value.Callable); ok {
			next = f
		}
		complete, _ := c.opt("onComplete").(value.Callable)
		onError, _ := c.opt("onError").(value.Callable)
		var r *dataflow.Reader
		r = c.read(func(v value.Value) error {
			if next == nil {
				return nil
			}
			_, err := c.invoke(next, v)
			if err == nil || onError == nil {
				return err
			}
			r.Stop()
			var e *value.Exception
			if !errors.As(err, &e) {
				e = value.Throw("java.lang.RuntimeException", "%s", err)
			}
			_, err = c.invoke(onError, e)
			return err
		}, func() error {
			if complete == nil {
				return nil
			}
			var args []value.Value
			if f, ok := complete.(*value.Closure); ok && f.Params > 0 {
				args = []value.Value{nil}
			}
			_, err := c.invoke(complete, args...)
			return err
		})
		return c.in, nil
	},
}
