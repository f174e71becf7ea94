package resolve

import "sluice/internal/lang/syntax"

// A function is a frame being laid out: a FuncDef, closure, workflow, process
// or the top level of a script.
type function struct {
	parent  *function
	info    *syntax.FuncInfo
	scope   *scope
	free    map[*variable]int32
	dynamic bool   // unknown names are asked of the delegate at run time
	bare    *scope // where assignments to unknown names declare: workflows, processes
	kind    frameKind
	uses    []use // patched when the function is complete
	vars    []*variable
}

type frameKind uint8

const (
	topFrame frameKind = iota
	functionFrame
	closureFrame
	workflowFrame
	processFrame
)

// A variable is a declared local.
type variable struct {
	name     string
	slot     int32
	owner    *function
	captured bool
	assigned bool
	single   bool // surely one channel or value, not the outputs of a process
	take     bool // a workflow's input: its body may declare the name again
}

type use struct {
	binding *syntax.Binding
	v       *variable
}

type scope struct {
	parent *scope
	vars   map[string]*variable
}

func (r *resolver) open(kind frameKind) *function {
	f := &function{parent: r.fn, info: &syntax.FuncInfo{}, free: map[*variable]int32{}, kind: kind}
	f.scope = &scope{vars: map[string]*variable{}}
	if r.fn != nil {
		f.dynamic = r.fn.dynamic
	}
	r.fn = f
	return f
}

// close completes the current function: now it is known which locals are captured.
func (r *resolver) close() *syntax.FuncInfo {
	f := r.fn
	for _, u := range f.uses {
		kind := syntax.Local
		if u.v.captured {
			kind = syntax.Cell
		}
		*u.binding = syntax.Binding{Kind: kind, Index: u.v.slot}
	}
	f.info.Cells = make([]bool, f.info.Slots)
	for _, v := range f.vars {
		f.info.Cells[v.slot] = v.captured
	}
	r.fn = f.parent
	return f.info
}

func (r *resolver) push() { r.fn.scope = &scope{parent: r.fn.scope, vars: map[string]*variable{}} }
func (r *resolver) pop()  { r.fn.scope = r.fn.scope.parent }

// declare makes a local in the innermost scope.
func (r *resolver) declare(name string, b *syntax.Binding) *variable {
	return r.declareIn(r.fn, r.fn.scope, name, b)
}

func (r *resolver) declareIn(f *function, s *scope, name string, b *syntax.Binding) *variable {
	v := &variable{name: name, slot: int32(f.info.Slots), owner: f}
	f.info.Slots++
	f.info.Names = append(f.info.Names, name)
	f.vars = append(f.vars, v)
	s.vars[name] = v
	if b != nil {
		f.uses = append(f.uses, use{b, v})
	}
	return v
}

func (s *scope) find(name string) *variable {
	for ; s != nil; s = s.parent {
		if v := s.vars[name]; v != nil {
			return v
		}
	}
	return nil
}

// lookup finds a local of the current or an enclosing function and binds b to it.
func (r *resolver) lookup(name string, b *syntax.Binding) bool {
	for f := r.fn; f != nil; f = f.parent {
		if v := f.scope.find(name); v != nil {
			r.bindTo(v, b)
			return true
		}
		if f.kind == functionFrame {
			return false // functions do not see the locals around them
		}
	}
	return false
}

func (r *resolver) bindTo(v *variable, b *syntax.Binding) {
	if v.owner == r.fn {
		r.fn.uses = append(r.fn.uses, use{b, v})
		return
	}
	v.captured = true
	*b = syntax.Binding{Kind: syntax.Free, Index: capture(r.fn, v)}
}

// capture makes v a free variable of f and of every function between.
func capture(f *function, v *variable) int32 {
	if i, ok := f.free[v]; ok {
		return i
	}
	free := syntax.FreeVar{Name: v.name, Index: v.slot}
	if f.parent != v.owner {
		free.FromFree, free.Index = true, capture(f.parent, v)
	}
	i := int32(len(f.info.Free))
	f.info.Free = append(f.info.Free, free)
	f.free[v] = i
	return i
}

// visible lists the locals in reach, for near-name hints.
func (r *resolver) visible() []string {
	var names []string
	for f := r.fn; f != nil; f = f.parent {
		for s := f.scope; s != nil; s = s.parent {
			for name := range s.vars {
				names = append(names, name)
			}
		}
		if f.kind == functionFrame {
			break
		}
	}
	return names
}
