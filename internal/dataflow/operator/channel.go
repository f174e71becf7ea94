package operator

import (
	"strings"

	"sluice/internal/dataflow"
	"sluice/internal/lang/value"
)

// FactoryClass is the class of the namespace `channel`.
var FactoryClass = &value.Class{Name: "nextflow.Channel", Parents: []*value.Class{value.ObjectClass}}

// Stop ends `interval` and `reduce`: channel.STOP.
var Stop value.Value = stopToken{}

type stopToken struct{}

func (stopToken) Class() *value.Class { return stopClass }
func (stopToken) ToString() string    { return "STOP" }

var stopClass = &value.Class{Name: "nextflow.extension.StopToken", Parents: []*value.Class{value.ObjectClass}}

// Factory is the namespace `channel`, also written `Channel`.
func Factory(env *Env) value.Value { return &factory{env} }

type factory struct{ env *Env }

func (*factory) Class() *value.Class { return FactoryClass }
func (*factory) ToString() string    { return "channel" }

// Property answers channel.STOP.
func (*factory) Property(name string) (value.Value, bool) {
	if name == "STOP" || name == "VOID" {
		return Stop, true
	}
	return nil, false
}

// makers are the channel factories; names are without `channel.`.
func makers() []*operator {
	return []*operator{
		emptyMaker, fromMaker, fromFilePairsMaker, fromLineageMaker, fromListMaker, fromPathMaker, fromQueryMaker, fromSRAMaker,
		intervalMaker, ofMaker, topicMaker, valueMaker, watchPathMaker,
	}
}

// FactoryNames are the names of the channel factories, sorted.
func FactoryNames() []string {
	var names []string
	for _, m := range makers() {
		names = append(names, m.name)
	}
	return names
}

// InvokeMethod calls a channel factory.
func (f *factory) InvokeMethod(th *value.Thread, name string, args []value.Value) (value.Value, bool, error) {
	for _, m := range makers() {
		if m.name == name {
			v, err := m.make(f.env, th, args)
			return v, true, err
		}
	}
	if added, ok := f.env.Factories[name]; ok {
		v, err := added.CallWith(th, args)
		return v, true, err
	}
	return nil, true, f.missing(name)
}

// FromList is channel.fromList for other packages: a channel of the elements.
func FromList(env *Env, name string, elems []value.Value) value.Value {
	return fromElements(env.Graph, name, elems)
}

func (f *factory) missing(name string) error {
	instead := map[string]string{
		"create": "use `channel.of(...)`", "just": "use `channel.value(...)` or `channel.of(...)`",
		"bind": "use `channel.value(...)`", "fromFile": "use `channel.fromPath(...)`", "readPairs": "use `channel.fromFilePairs(...)`",
	}[name]
	if instead != "" {
		return value.Throw("groovy.lang.MissingMethodException", "%s", "there is no channel factory `"+name+"`: "+instead)
	}
	return value.Throw("groovy.lang.MissingMethodException", "%s", "there is no channel factory `"+name+"`"+near(name, FactoryNames())+
		": there are `"+strings.Join(FactoryNames(), "`, `")+"`")
}

// make calls a factory.
func (op *operator) make(env *Env, th *value.Thread, args []value.Value) (value.Value, error) {
	named := *op
	named.name = "channel." + op.name
	c := &call{env: env, th: th, graph: env.Graph, args: args, op: &named, where: th.At}
	if len(op.opts) > 0 && len(args) > 0 && isMap(args[0]) {
		c.opts, c.args = args[0].(*value.Map), args[1:]
	}
	if err := c.checkOptions(); err != nil {
		return nil, err
	}
	if err := c.checkArity(); err != nil {
		return nil, err
	}
	v, err := c.placed(op.run(c))
	if err == nil && op != valueMaker && op != topicMaker {
		c.graph.Sketch.Source("Channel."+op.name, channelsOf(v)...)
	}
	return v, err
}

// chunk is how many items a source emits before others get their turn.
const chunk = 64

// fromElements emits elems, a chunk at a time.
func fromElements(g *dataflow.Graph, name string, elems []value.Value) *dataflow.Channel {
	i := 0
	return g.Source(name, func(out *dataflow.Channel) (bool, error) {
		end := min(i+chunk, len(elems))
		for ; i < end; i++ {
			out.Emit(elems[i])
		}
		return i < len(elems), nil
	})
}

// Nextflow docs: reference/channel#of
var ofMaker = &operator{
	name: "of", gives: givesQueue, max: -1,
	doc:  "emits its arguments, in order; a range gives its elements",
	args: []param{{"values...", "value", "what is emitted"}},
	run: func(c *call) (value.Value, error) {
		at, within := 0, 0
		args := append([]value.Value(nil), c.args...)
		return c.source(func(out *dataflow.Channel) (bool, error) {
			for n := 0; n < chunk && at < len(args); n++ {
				r, isRange := args[at].(*value.Range)
				if !isRange {
					out.Emit(args[at])
					at++
					continue
				}
				if within < r.Len() {
					out.Emit(r.At(within))
					within++
				}
				if within >= r.Len() {
					at, within = at+1, 0
				}
			}
			return at < len(args), nil
		}), nil
	},
}

// Nextflow docs: reference/channel#value
var valueMaker = &operator{
	name: "value", gives: givesValue, max: 1,
	doc:  "is a value channel, which can be read any number of times",
	args: []param{{"value?", "value", "what it holds; without it the channel stays unbound"}},
	run: func(c *call) (value.Value, error) {
		if c.arg(0) == nil { // never bound: a run that waits for it is told so
			return c.graph.Variable(c.op.name), nil
		}
		return c.graph.Bound(c.op.name, c.arg(0)), nil
	},
}

// Nextflow docs: reference/channel#empty
var emptyMaker = &operator{
	name: "empty", gives: givesQueue,
	doc: "is a channel without items",
	run: func(c *call) (value.Value, error) {
		out := c.graph.Queue(c.op.name)
		out.Close()
		return out, nil
	},
}

// Nextflow docs: reference/channel#fromlist
var fromListMaker = &operator{
	name: "fromList", gives: givesQueue, min: 1, max: 1,
	doc:  "emits the elements of a list, in order",
	args: []param{{"values", "Collection", "what is emitted"}},
	run: func(c *call) (value.Value, error) {
		v := c.arg(0)
		if v == nil {
			return fromElements(c.graph, c.op.name, nil), nil
		}
		if r, ok := v.(*value.Range); ok {
			c.args = []value.Value{r}
			return ofMaker.run(c)
		}
		if !value.IsCollection(v) {
			return nil, c.fail("takes a list, not %s", describe(v))
		}
		elems, _ := value.Elements(v)
		return fromElements(c.graph, c.op.name, append([]value.Value(nil), elems...)), nil
	},
}

// Nextflow docs: channel.from is deprecated for of and fromList.
var fromMaker = &operator{
	name: "from", gives: givesQueue, max: -1, deprecated: "use `channel.of` or `channel.fromList`",
	doc:  "emits its arguments, or the elements of the one list given",
	args: []param{{"values...", "value", "what is emitted"}},
	run: func(c *call) (value.Value, error) {
		if len(c.args) == 1 && value.IsCollection(c.arg(0)) {
			return fromListMaker.run(c)
		}
		return fromElements(c.graph, c.op.name, append([]value.Value(nil), c.args...)), nil
	},
}

// Nextflow docs: reference/channel#topic
var topicMaker = &operator{
	name: "topic", gives: givesQueue, min: 1, max: 1, since: "24.04",
	doc:  "receives what processes send to a topic",
	args: []param{{"name", "String", "the topic"}},
	run: func(c *call) (value.Value, error) {
		name, ok := value.Str(c.arg(0))
		if !ok {
			return nil, c.fail("takes a name, not %s", describe(c.arg(0)))
		}
		return c.graph.Topic(name), nil
	},
}

// Nextflow docs: reference/stdlib-namespaces#fromlineage
var fromLineageMaker = &operator{
	name: "fromLineage", max: -1, refused: true, since: "25.10",
	doc: "is refused: no lineage is recorded. Read the files with `channel.fromPath(...)`, or the index file of a workflow output with `splitCsv`",
	run: func(c *call) (value.Value, error) {
		return nil, c.fail("is not available, because no lineage is recorded: read the files with `channel.fromPath(...)`, or the index file of a workflow output with `splitCsv`")
	},
}

var fromQueryMaker = &operator{
	name: "fromQuery", max: -1, refused: true,
	doc: "is refused: it belongs to the plugin `nf-sqldb`, which is not built in. Export the table to a file and read it with `channel.fromPath(...).splitCsv()`",
	run: func(c *call) (value.Value, error) {
		return nil, c.fail("belongs to the plugin `nf-sqldb`, which is not built in: export the table to a file and read it with `channel.fromPath(...).splitCsv()`")
	},
}

// Nextflow docs: reference/channel#fromsra
var fromSRAMaker = &operator{
	name: "fromSRA", max: -1, refused: true,
	doc: "is refused: it asks the NCBI servers while the pipeline is being built. List the FASTQ files with `channel.fromFilePairs(...)`, or fetch them in a process",
	run: func(c *call) (value.Value, error) {
		return nil, c.fail("is not available, because it asks the NCBI servers while the pipeline is being built: list the FASTQ files with `channel.fromFilePairs(...)`, or fetch them in a process")
	},
}
