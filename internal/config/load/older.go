package load

import (
	"sluice/internal/config"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// What this file holds is how profiles act where files are in the older
// grammar. There a configuration file is a program, and a name in a profile
// is first looked for in what the file has set so far:
//
//   - `docker.x = 1` in a profile sets the option at once when the file has set
//     something in docker before; otherwise it goes over the file at its end;
//   - a block `docker { }` likewise, and a block within it replaces what it finds;
//     a new one is what later lines of the file begin with;
//   - profiles act in the order of the file, not in that of -profile;
//   - an included file acts as if its text stood in the profile, or wherever
//     else it is included.
//
// With all profiles kept (`config -show-profiles`) a name that has a value in a
// block around means that one, and a block starts as a copy of the one whose
// name it has.

// target is where an assignment in a block stores: full path and tree.
func (u *unit) target(path []string, s *scope) ([]string, *value.Map) {
	full := append(s.path[:len(s.path):len(s.path)], path...)
	switch {
	case s.over && len(s.path) == 0 && path[0] == "params":
		return full, u.own
	case s.over && len(s.path) == 0:
		if len(path) > 1 && !has(u.over, path[:1]) && has(u.own, path[:1]) {
			return full, u.own
		}
		return full, u.over
	case s.over:
		return u.targetOver(full, path, s)
	case len(s.path) == 0 && len(path) > 1 && u.leaked[path[0]] && !has(u.own, path[:1]):
		return full, u.over
	case !u.l.older():
		return full, u.own
	case len(path) < 2 || has(u.own, full[:len(s.path)+1]):
		s.name(path[0])
		return full, u.own
	}
	for b := s.parent; b != nil; b = b.parent {
		if at, ok := setIn(u.own, b, path[0]); ok {
			return append(at, path[1:]...), u.own
		}
	}
	s.name(path[0])
	return full, u.own
}

// targetOver is target for what stands in a block of a profile.
func (u *unit) targetOver(full, path []string, s *scope) ([]string, *value.Map) {
	own := u.treeOf(s.path)
	if len(path) < 2 || has(own, full[:len(s.path)+1]) {
		s.name(path[0])
		return full, own
	}
	for b := s.parent; b != nil; b = b.parent {
		for _, tree := range []*value.Map{u.over, u.own} {
			if at, ok := setIn(tree, b, path[0]); ok {
				return append(at, path[1:]...), tree
			}
		}
	}
	s.name(path[0])
	return full, own
}

// name notes that a name was set in this block, while it is evaluated.
func (s *scope) name(name string) {
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[name] = true
}

// setIn is the path of a name that was set in the block of b and has content.
func setIn(tree *value.Map, b *scope, name string) ([]string, bool) {
	at := append(b.path[:len(b.path):len(b.path)], name)
	return at, (len(b.path) == 0 || b.names[name]) && has(tree, at)
}

// treeOf is the tree in which a block of a profile stands.
func (u *unit) treeOf(path []string) *value.Map {
	if path[0] != "params" && (has(u.over, path[:1]) || !has(u.own, path[:1])) {
		return u.over
	}
	return u.own
}

// readUnset keeps the place of a parameter that is read before it is set: it
// stands there in what is printed.
func (u *unit) readUnset(name value.Value) {
	params := u.open([]string{"params"})
	if !params.Has(name) {
		params.Set(name, value.NewMap(0))
		u.l.unset = append(u.l.unset, value.ToString(name))
	}
}

// forgetUnset takes out the parameters that were read and never set.
func (l *loader) forgetUnset(params *value.Map) {
	for _, name := range l.unset {
		m, isMap := params.GetString(name).(*value.Map)
		if isMap && m.Len() == 0 && !l.config.Values[config.Key("params", name)] {
			params.Delete(value.String(name))
		}
	}
}

// begin opens the block of inner, which stands in s.
func (u *unit) begin(inner, s *scope) {
	defer s.name(inner.path[len(inner.path)-1])
	switch {
	case s.over:
		u.beginOver(inner, s)
	case u.l.AllProfiles && u.l.older() && !has(u.own, inner.path) && len(s.path) > 1 && s.path[0] == "profiles":
		u.open(s.path).Set(value.String(inner.path[len(s.path)]), u.copyAround(inner, s))
	case len(s.path) == 0 && u.leaked[inner.path[0]] && !has(u.own, inner.path):
		if m, ok := u.over.GetString(inner.path[0]).(*value.Map); ok {
			u.own.Set(value.String(inner.path[0]), m.Copy())
		}
	case u.l.older() && u.l.config.Values[config.Key(inner.path...)]:
		u.open(s.path).Set(value.String(inner.path[len(s.path)]), value.NewMap(4))
	default:
		u.open(inner.path)
	}
}

func (u *unit) beginOver(inner, s *scope) {
	root := u.treeOf(inner.path)
	name := inner.path[len(inner.path)-1]
	if len(s.path) == 0 {
		if inner.replace = root == u.own; root == u.over {
			if !u.leaked[name] { // what `docker.x = 1` made is no block to add to
				root.Set(value.String(name), value.NewMap(4))
			}
			u.leaked[name] = true
		}
		u.openIn(root, inner.path)
		return
	}
	parent := u.openIn(root, s.path)
	if _, isMap := parent.GetString(name).(*value.Map); !isMap || s.replace {
		parent.Set(value.String(name), value.NewMap(2))
	}
	inner.replace = false
}

// profileParams are the parameters of the profile in which s stands, with all
// profiles kept: they began as a copy of those of the file.
func (u *unit) profileParams(s *scope) (*value.Map, bool) {
	if !u.l.AllProfiles || !u.l.older() || len(s.path) < 2 || s.path[0] != "profiles" {
		return nil, false
	}
	for b := s; b != nil && len(b.path) > 1; b = b.parent {
		at, ok := setIn(u.own, b, "params")
		if !ok {
			continue
		}
		m, ok := u.openIn(u.own, b.path).GetString(at[len(at)-1]).(*value.Map)
		return m, ok
	}
	return nil, false
}

// copyAround is the nearest block of the same name around, copied without
// what is in its blocks: those are shared.
func (u *unit) copyAround(inner, s *scope) *value.Map {
	name := inner.path[len(inner.path)-1]
	for b := s.parent; b != nil; b = b.parent {
		at, ok := setIn(u.own, b, name)
		if !ok {
			continue
		}
		if m, ok := u.open(b.path).GetString(name).(*value.Map); ok {
			u.l.copyValues(m, at, inner.path)
			c := m.Copy()
			u.l.copies = append(u.l.copies, copied{m, c, at, inner.path})
			return c
		}
	}
	return value.NewMap(2)
}

// A copied block shares its blocks with the one that it was copied from.
type copied struct {
	from, to         *value.Map
	fromPath, toPath []string
}

// knowShared makes maps known that later lines of the file set in a block
// through another path that leads to it.
func (l *loader) knowShared() {
	for _, c := range l.copies {
		c.from.Entries(func(k, v value.Value) bool {
			m, isMap := v.(*value.Map)
			if name := value.ToString(k); isMap && c.to.GetString(name) == v {
				from, to := c.fromPath, c.toPath
				l.copyValues(m, append(from[:len(from):len(from)], name), append(to[:len(to):len(to)], name))
			}
			return true
		})
	}
	l.copies = nil
}

// copyValues makes what is known of maps below one path known below another.
func (l *loader) copyValues(m *value.Map, from, to []string) {
	m.Entries(func(k, v value.Value) bool {
		inner, ok := v.(*value.Map)
		if !ok {
			return true
		}
		name := value.ToString(k)
		a, b := append(from[:len(from):len(from)], name), append(to[:len(to):len(to)], name)
		if l.config.Values[config.Key(a...)] {
			l.config.Values[config.Key(b...)] = true
		}
		l.copyValues(inner, a, b)
		return true
	})
}

// includeInline evaluates a file as if its text stood in s.
func (u *unit) includeInline(name string, at source.Span, s *scope) error {
	inner := *u
	inner.name = name
	f, err := inner.parse(at)
	if err != nil {
		return err
	}
	inner.root = &scope{u: &inner, parent: s, path: s.path, over: s.over, replace: s.replace, profiles: s.profiles, names: s.names}
	err = inner.stmts(f.Body, inner.root)
	u.view, u.circle = inner.view, inner.circle
	return err
}

// has says whether a tree has something at a path that counts as true.
func has(root *value.Map, path []string) bool {
	var v value.Value = root
	for _, name := range path {
		m, ok := v.(*value.Map)
		if !ok {
			return false
		}
		v = m.GetString(name)
	}
	return value.Truth(v)
}

// decideGrammar looks through the files, and those they include by name, for
// what the strict grammar refuses: statements, and names that it does not know.
func (l *loader) decideGrammar() {
	if l.Parser != "" {
		return
	}
	l.parsed = map[string]*syntax.File{}
	for _, name := range l.Files {
		l.decideFile(name)
	}
}

// decideFile leaves problems of a file to be found when it is loaded.
func (l *loader) decideFile(name string) {
	if _, known := l.parsed[name]; known || l.needsOlder || isURL(name) || len(l.parsed) >= maxIncludes {
		return
	}
	text, err := l.Read(name)
	if err != nil {
		return
	}
	f, problems := syntax.ParseConfig(source.NewFile(l.shown(name), string(text)))
	if len(problems) > 0 {
		return
	}
	l.parsed[name] = f
	if l.needsOlder = onlyOlder(f.Body, strangeName); l.needsOlder {
		return
	}
	for _, st := range f.Body {
		syntax.Walk(st, func(n syntax.Node) bool {
			if inc, ok := n.(*syntax.ConfigInclude); ok {
				if text, isText := literalText(inc.X); isText {
					l.decideFile(resolveInclude(text, name))
				}
			}
			return !l.needsOlder
		})
	}
}

func literalText(x syntax.Expr) (string, bool) {
	l, ok := x.(*syntax.Literal)
	if !ok {
		return "", false
	}
	return value.Str(l.Value)
}

// strictNames are what expressions of the strict grammar know, besides
// classes and the parameters of closures.
var strictNames = map[string]bool{
	"params": true, "projectDir": true, "baseDir": true, "launchDir": true, "outputDir": true, "secrets": true, "task": true, "it": true, "env": true,
}

// olderStatements says whether a file has statements that only the older
// grammar has, whatever its expressions name.
func olderStatements(f *syntax.File) bool {
	return onlyOlder(f.Body, func(syntax.Expr) bool { return false })
}

// onlyOlder says whether the strict grammar refuses one of the statements;
// strange says that of their expressions.
func onlyOlder(list []syntax.Stmt, strange func(syntax.Expr) bool) bool {
	for _, st := range list {
		refused := true
		switch st := st.(type) {
		case *syntax.ConfigBlock:
			refused = st.Name != "plugins" && onlyOlder(st.Body, strange)
		case *syntax.ConfigSelector:
			refused = onlyOlder(st.Body, strange)
		case *syntax.ConfigInclude:
			refused = strange(st.X)
		case *syntax.ExprStmt:
			if a, ok := st.X.(*syntax.Assign); ok {
				refused = strange(a.Value)
			} else if c, ok := includeCall(st.X); ok {
				refused = strange(c.Args[0].Value)
			}
		}
		if refused {
			return true
		}
	}
	return false
}

// closureNames are what closures of the strict grammar know besides: they see
// the run.
var closureNames = map[string]bool{"workflow": true, "nextflow": true, "moduleDir": true, "workDir": true, "log": true}

// strangeName says whether an expression has a name that the strict grammar
// does not know: such as inputs of processes in closures.
func strangeName(x syntax.Expr) bool { return hasStrange(x, map[string]bool{}, false) }

func hasStrange(x syntax.Node, known map[string]bool, inClosure bool) bool {
	strange := false
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Closure:
			for _, p := range n.Params {
				known[p.Name] = true
			}
			if !inClosure {
				strange = strange || hasStrange(n, known, true)
				return false
			}
		case *syntax.VarDecl:
			for _, v := range n.Names {
				known[v.Name] = true
			}
		case *syntax.Ident:
			isClass := n.Name[0] >= 'A' && n.Name[0] <= 'Z'
			strange = strange || !known[n.Name] && !strictNames[n.Name] && !isClass && !(inClosure && closureNames[n.Name])
		}
		return !strange
	})
	return strange
}

// warnEmptyProfiles names profiles that have nothing of their own: what they
// set may have gone to a block of the same name around, often another profile.
func (u *unit) warnEmptyProfiles(f *syntax.File) {
	if !u.l.AllProfiles || !u.l.older() {
		return
	}
	for _, st := range f.Body {
		b, ok := st.(*syntax.ConfigBlock)
		if !ok || b.Name != "profiles" {
			continue
		}
		for _, st := range b.Body {
			p, ok := st.(*syntax.ConfigBlock)
			if !ok || has(u.own, []string{b.Name, p.Name}) {
				continue
			}
			d := u.l.warnings.Warn(p.NameAt, "profile `"+p.Name+"` has no options of its own")
			if len(p.Body) > 0 {
				d.Notes = append(d.Notes, "a name in it means the profile of that name, if there is one before: `-show-profiles` shows what it sets there")
			}
		}
	}
}
