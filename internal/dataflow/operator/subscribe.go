package operator

import (
	"errors"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// Nextflow docs: reference/operator#subscribe
var subscribeOp = &operator{
	name: "subscribe", gives: givesSame, max: 1,
	doc: "calls closures for each item, after the last, and on an error of the first; gives the channel itself",
	args: []param{
		{"onNext?", "Closure", "is called for each item"},
	},
	opts:  subscribeOptions,
	forms: []string{"subscribe { v -> ... }", "subscribe(onNext: { v -> ... }, onComplete: { ... }, onError: { e -> ... })"},
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
