package resolve

import (
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// TaskOutput is the hidden variable of a typed process through which its
// outputs ask for what a finished task left: files, its standard output,
// variables of its environment. `file('x')` is called as `file(n, 'x')`, where n
// counts the calls of the process, so that each is found with its options.
const TaskOutput = "task output"

var taskCalls = map[string]bool{"file": true, "files": true, "env": true, "eval": true, "stdout": true}

// typedOutput resolves an expression in which file, files, env, eval and
// stdout are those of the task.
func (r *resolver) typedOutput(x syntax.Expr) {
	syntax.Walk(x, func(n syntax.Node) bool {
		call, ok := n.(*syntax.Call)
		if !ok {
			return true
		}
		fun, ok := call.Fun.(*syntax.Ident)
		if !ok || !taskCalls[fun.Name] || r.taskCalls[fun] {
			return true
		}
		if r.taskCalls == nil {
			r.taskCalls = map[*syntax.Ident]bool{}
		}
		r.taskCalls[fun] = true
		number := &syntax.Literal{At: call.At, Value: value.Int(int32(len(r.taskCalls))), Raw: "0"}
		call.Args = append([]syntax.Arg{{Value: number}}, call.Args...)
		return true
	})
	r.expr(x)
}

// topicTarget splits `expr >> 'topic'` of a `topic:` section.
func topicTarget(e *syntax.Entry) (x, topic syntax.Expr, ok bool) {
	b, ok := e.Value.(*syntax.Binary)
	if !ok || b.Op != syntax.OpShr {
		return nil, nil, false
	}
	return b.L, b.R, true
}

func (r *resolver) topic(e *syntax.Entry) {
	x, topic, ok := topicTarget(e)
	if !ok {
		d := r.diags.Add(e.Span(), "a topic entry sends a value: `value >> 'topic'`")
		d.Help = "write `" + e.Span().Text() + " >> 'name'`"
		return
	}
	if call, isCall := x.(*syntax.Call); isCall {
		if fun, isName := call.Fun.(*syntax.Ident); isName && fun.Name == "val" && len(call.Args) == 1 {
			d := r.diags.Add(fun.Span(), "`val` is a qualifier of untyped processes")
			d.Help = "write `" + call.Args[0].Value.Span().Text() + " >> " + topic.Span().Text() + "`"
			return
		}
	}
	r.typedOutput(x)
	r.expr(topic)
}

// stage resolves a directive of the `stage:` section.
func (r *resolver) stage(e *syntax.Entry) {
	switch e.Name {
	case "stageAs", "env", "stdin":
	default:
		r.notStage(e)
	}
	r.args(e.Args)
}

func (r *resolver) notStage(e *syntax.Entry) {
	d := r.diags.Add(e.NameAt, "`"+e.Name+"` is not a stage directive")
	d.Help = "stage directives are `stageAs value, 'name'`, `env 'NAME', value` and `stdin value`"
}
