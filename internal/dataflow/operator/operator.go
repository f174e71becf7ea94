package operator

import (
	"fmt"
	"sort"
	"strings"

	"sluice/internal/dataflow"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
)

// Env is what operators need from the run.
type Env struct {
	Graph *dataflow.Graph
	// Storage opens the storage of a scheme, "" being local files.
	Storage func(scheme string) (storage.Storage, error)
	// TempDir is a directory for generated files that is the same for equal
	// keys, also in a resumed run. It is made if missing.
	TempDir func(key string) (string, error)
	// Dump says whether `dump` prints for a tag; nil means never.
	Dump func(tag string) bool
	// Typed says whether a file asks for static types, which changes what
	// operators called there do; nil means never.
	Typed func(*source.File) bool
	// Factories are channel factories that scripts include from plugins.
	Factories map[string]value.Callable
}

// An operator is one row of the table.
type operator struct {
	name  string
	doc   string
	args  []param
	opts  []option
	forms []string // how it is written; made from args and opts if empty
	gives string
	since string

	deprecated string   // what to use instead
	errs       []string // what it refuses beside wrong names, types and numbers of arguments
	refused    bool     // known, never available

	min   int  // arguments beside options
	max   int  // -1: any number
	queue bool // not for value channels
	multi bool // also for several outputs at once: set, tap
	field bool // without an argument, options of any name are fields of records: combine
	run   func(c *call) (value.Value, error)
}

// A param is an argument beside the options. Its name ends in `?` if it may be
// left out, in `...` if there may be several.
type param struct{ name, typ, doc string }

// What an operator gives.
const (
	givesQueue   = "a queue channel"
	givesValue   = "a value channel"
	givesSame    = "a value channel if all its sources are value channels, otherwise a queue channel"
	givesOutputs = "several channels, each a value channel if the source is one, otherwise a queue channel"
	givesNothing = "no channel"
)

// A call is one use of an operator.
type call struct {
	env   *Env
	th    *value.Thread
	op    *operator
	graph *dataflow.Graph
	in    *dataflow.Channel
	recv  value.Value
	opts  *value.Map
	args  []value.Value
	where source.Span // where the script calls it
}

// typed says whether the operator is called where static types are asked for.
func (c *call) typed() bool {
	return c.env.Typed != nil && c.where.File != nil && c.env.Typed(c.where.File)
}

// Methods are all operators as methods of dataflow.Class.
func Methods(env *Env) []*stdlib.Method {
	var methods []*stdlib.Method
	for _, op := range table() {
		methods = append(methods, &stdlib.Method{
			Name: op.name, Params: op.signature(), Max: -1, Doc: op.doc,
			Fn: func(th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
				return op.apply(env, th, recv, args)
			},
		})
	}
	return append(append(methods, arithmeticMethods(env)...), goneMethods(env)...)
}

// Names are the names of all operators, sorted.
func Names() []string {
	var names []string
	for _, op := range table() {
		names = append(names, op.name)
	}
	sort.Strings(names)
	return names
}

func table() []*operator {
	return []*operator{
		branchOp, bufferOp, collateOp, collectOp, collectFileOp, combineOp, concatOp, countOp, crossOp,
		distinctOp, dumpOp, filterOp, firstOp, flatMapOp, flattenOp, getValOp, groupByOp, groupTupleOp, ifEmptyOp,
		joinOp, lastOp, mapOp, maxOp, meanOp, mergeOp, minOp, mixOp, multiMapOp, randomSampleOp, reduceOp,
		setOp, subscribeOp, sumOp, takeOp, tapOp, toDoubleOp, toFloatOp, toIntegerOp, toListOp, toLongOp,
		toSortedListOp, transposeOp, uniqueOp, untilOp, viewOp,
		countFastaOp, countFastqOp, countJSONOp, countLinesOp,
		splitCsvOp, splitFastaOp, splitFastqOp, splitJSONOp, splitTextOp,
	}
}

func (op *operator) apply(env *Env, th *value.Thread, recv value.Value, args []value.Value) (value.Value, error) {
	c := &call{env: env, th: th, op: op, graph: env.Graph, recv: recv, args: args, where: th.At}
	in, err := op.receiver(recv)
	if err != nil {
		return nil, err
	}
	c.in = in
	if in != nil && in.IsValue() && op.queue {
		return nil, c.fail("cannot be applied to a value channel")
	}
	if len(op.opts) > 0 && len(args) > 0 {
		if m, ok := args[0].(*value.Map); ok {
			c.opts, c.args = m, args[1:]
		}
	}
	if err := c.checkOptions(); err != nil {
		return nil, err
	}
	if err := c.checkArity(); err != nil {
		return nil, err
	}
	v, err := c.placed(op.run(c))
	if err == nil {
		c.sketch(v)
	}
	return v, err
}

// sketch notes the operator for a picture of the workflow.
func (c *call) sketch(gave value.Value) {
	same := gave == c.recv
	if c.graph.Sketch == nil || c.op == setOp || c.op == getValOp || c.op == dumpOp && same {
		return
	}
	in := append([]*dataflow.Channel(nil), channelsOf(c.recv)...)
	for _, a := range c.args {
		in = append(in, channelsOf(a)...)
	}
	var out []*dataflow.Channel
	if c.op != subscribeOp {
		out = channelsOf(gave)
	}
	c.graph.Sketch.Operator(c.op.name, in, out)
}

// channelsOf are the channels that a value stands for.
func channelsOf(v value.Value) []*dataflow.Channel {
	switch v := v.(type) {
	case *dataflow.Channel:
		return []*dataflow.Channel{v}
	case *dataflow.MultiChannel:
		return v.Channels()
	}
	return nil
}

func (c *call) checkArity() error {
	n := len(c.args)
	if n >= c.op.min && (c.op.max < 0 || n <= c.op.max) {
		return nil
	}
	return c.fail("takes %s, %d given: `%s(%s)`", arity(c.op.min, c.op.max), n, c.op.name, c.op.signature())
}

// signature is what stands between the parentheses.
func (op *operator) signature() string {
	var parts []string
	for _, o := range op.opts {
		switch {
		case o.def != "":
			parts = append(parts, o.name+": "+o.def)
		default:
			parts = append(parts, o.name+": "+o.is)
		}
	}
	for _, p := range op.args {
		parts = append(parts, p.name+": "+p.typ)
	}
	return strings.Join(parts, ", ")
}

// receiver is the channel an operator is called on.
func (op *operator) receiver(recv value.Value) (*dataflow.Channel, error) {
	switch r := recv.(type) {
	case *dataflow.Channel:
		return r, nil
	case *dataflow.MultiChannel:
		if op.multi {
			return nil, nil
		}
		if c, ok := r.Only(); ok {
			return c, nil
		}
		if r.Len() == 0 {
			return nil, throw("operator `%s` needs a channel, but %s has no outputs", op.name, r.Of)
		}
		return nil, throw("operator `%s` needs one channel, but %s has %d outputs: choose one of %s",
			op.name, r.Of, r.Len(), strings.Join(r.Labels(), ", "))
	}
	return nil, throw("operator `%s` needs a channel, not %s", op.name, describe(recv))
}

func throw(format string, args ...any) error {
	return value.Throw("java.lang.IllegalArgumentException", "%s", fmt.Sprintf(format, args...))
}

func (c *call) fail(format string, args ...any) error {
	return throw("operator `%s` %s", c.op.name, fmt.Sprintf(format, args...))
}

func arity(low, high int) string {
	plural := func(n int) string {
		if n == 1 {
			return "1 argument"
		}
		return fmt.Sprintf("%d arguments", n)
	}
	switch {
	case low == high && low == 0:
		return "no arguments"
	case low == high:
		return plural(low)
	case high < 0:
		return "at least " + plural(low)
	}
	return fmt.Sprintf("%d to %s", low, plural(high))
}

// describe names a value and its type for messages.
func describe(v value.Value) string {
	if v == nil {
		return "null"
	}
	if _, ok := v.(value.Callable); ok {
		return "a closure"
	}
	text := value.ToString(v)
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return "`" + text + "` [" + v.Class().Simple() + "]"
}

// invoke calls a closure.
func (c *call) invoke(f value.Callable, args ...value.Value) (value.Value, error) {
	return f.CallWith(c.th, args)
}

// arg is the i-th argument, nil when left out.
func (c *call) arg(i int) value.Value {
	if i < len(c.args) {
		return c.args[i]
	}
	return nil
}

// closure is the i-th argument as a closure.
func (c *call) closure(i int) (value.Callable, error) {
	if f, ok := c.arg(i).(value.Callable); ok {
		return f, nil
	}
	return nil, c.fail("takes a closure, not %s", describe(c.arg(i)))
}

// optionalClosure is the last argument as a closure, nil when there is none.
func (c *call) optionalClosure() (value.Callable, error) {
	if len(c.args) == 0 {
		return nil, nil
	}
	return c.closure(len(c.args) - 1)
}

// channelArg is the i-th argument as a channel.
func (c *call) channelArg(i int) (*dataflow.Channel, error) {
	switch a := c.arg(i).(type) {
	case *dataflow.Channel:
		return a, nil
	case *dataflow.MultiChannel:
		if ch, ok := a.Only(); ok {
			return ch, nil
		}
		return nil, c.fail("takes a channel, but %s has %d outputs: choose one of %s", a.Of, a.Len(), strings.Join(a.Labels(), ", "))
	}
	return nil, c.fail("takes a channel, not %s", describe(c.arg(i)))
}

// channelArgs are all arguments as channels; a multi-channel gives all of its own.
func (c *call) channelArgs() ([]*dataflow.Channel, error) {
	var chans []*dataflow.Channel
	for i := range c.args {
		if m, ok := c.args[i].(*dataflow.MultiChannel); ok {
			chans = append(chans, m.Channels()...)
			continue
		}
		ch, err := c.channelArg(i)
		if err != nil {
			return nil, err
		}
		chans = append(chans, ch)
	}
	return chans, nil
}

// intArg is the i-th argument as a number.
func (c *call) intArg(i int, what string) (int, error) {
	if n, ok := value.AsInt64(c.arg(i)); ok && value.IsNumber(c.arg(i)) {
		return int(n), nil
	}
	return 0, c.fail("takes an integer as %s, not %s", what, describe(c.arg(i)))
}

// like makes the output: a value channel if the input is one.
func (c *call) like() *dataflow.Channel { return c.graph.Like(c.in, c.op.name) }

// queueOut makes a queue channel as output.
func (c *call) queueOut(from ...*dataflow.Channel) *dataflow.Channel {
	return c.graph.Queue(c.op.name, append([]*dataflow.Channel{c.in}, from...)...)
}

// valueOut makes a value channel as output.
func (c *call) valueOut() *dataflow.Channel { return c.graph.Variable(c.op.name, c.in) }

// read attaches to the input.
func (c *call) read(item func(value.Value) error, done func() error) *dataflow.Reader {
	return c.readFrom(c.in, item, done)
}

// readFrom attaches to a channel. What goes wrong later happens where the
// script called the operator, unless a closure of the script threw it.
func (c *call) readFrom(in *dataflow.Channel, item func(value.Value) error, done func() error) *dataflow.Reader {
	end := done
	if done != nil {
		end = func() error { return c.located(done()) }
	}
	return in.Read(c.op.name, func(v value.Value) error { return c.located(item(v)) }, end)
}

// readBoth attaches to the operator's channel, side 0, and to another, side 1.
// When both have ended, finish runs, if there is one, and out is closed.
func (c *call) readBoth(other, out *dataflow.Channel, add func(side int, v value.Value) error, finish func() error) {
	open := 2
	done := func() error {
		if open--; open > 0 {
			return nil
		}
		if finish != nil {
			if err := finish(); err != nil {
				return err
			}
		}
		out.Close()
		return nil
	}
	c.read(func(v value.Value) error { return add(0, v) }, done)
	c.readFrom(other, func(v value.Value) error { return add(1, v) }, done)
}

// source makes a channel that is filled during the run.
func (c *call) source(emit func(out *dataflow.Channel) (bool, error)) *dataflow.Channel {
	return c.graph.Source(c.op.name, func(out *dataflow.Channel) (bool, error) {
		more, err := emit(out)
		return more, c.located(err)
	})
}

func (c *call) located(err error) error {
	if e, ok := err.(*value.Exception); ok && e.Where.IsZero() {
		e.Where = c.where
	}
	return err
}

// into reads the input and closes out after the last item.
func (c *call) into(out *dataflow.Channel, item func(value.Value) error) *dataflow.Channel {
	c.read(item, func() error { out.Close(); return nil })
	return out
}

// matcher tells whether an item meets a closure, pattern, class or literal.
func (c *call) matcher(criterion value.Value) func(value.Value) (bool, error) {
	if f, ok := criterion.(value.Callable); ok {
		return func(v value.Value) (bool, error) {
			r, err := c.invoke(f, v)
			return value.Truth(r), err
		}
	}
	return func(v value.Value) (bool, error) { return value.IsCase(c.th, criterion, v) }
}

// near says which of names resembles name, for the end of a message.
func near(name string, names []string) string {
	if n, ok := diag.Near(name, names); ok {
		return "; `" + n + "` exists"
	}
	return ""
}

// placed notes where the script made a channel, for messages.
func (c *call) placed(v value.Value, err error) (value.Value, error) {
	if ch, ok := v.(*dataflow.Channel); ok && c.th != nil && ch.Where.IsZero() {
		ch.Where = c.th.At
	}
	return v, err
}
