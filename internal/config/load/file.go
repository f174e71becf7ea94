package load

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"sluice/internal/config"
	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// A unit is one file being evaluated. What it sets stays in own until it is
// done, because within a file an assignment replaces, while a file merges
// into those before it.
type unit struct {
	l       *loader
	name    string
	own     *value.Map
	over    *value.Map      // of profiles in the older grammar: goes over own at the end
	lenient bool            // an unknown name is an empty scope
	leaked  map[string]bool // blocks that profiles made in over
	base    *value.Map      // parameters of the files before, nil if none
	view    *value.Map      // parameters as expressions see them
	root    *scope

	circle error // a value that contains itself, found in this statement
}

func (l *loader) newUnit(name string, before *value.Map) *unit {
	u := &unit{l: l, name: name, own: value.NewMap(8), over: value.NewMap(0), leaked: map[string]bool{}}
	u.base, _ = before.GetString("params").(*value.Map)
	u.see(u.base)
	u.root = &scope{u: u}
	return u
}

// see makes what these and the given parameters come to the view.
func (u *unit) see(params value.Value) {
	u.view = mergeParams(params, u.l.Params)
	if u.l.older() {
		u.view.Missing = u.readUnset
	}
}

// run reads and evaluates the file; at is the include that asked for it.
func (u *unit) run(at source.Span) error {
	f, err := u.parse(at)
	if err != nil {
		return err
	}
	u.lenient = u.l.Parser == "v1" || u.l.Parser == "" && olderStatements(f)
	for _, st := range f.Body { // functions may be called before they are defined
		if fn, ok := st.(*syntax.FuncDef); ok {
			if err := u.stmt(fn, u.root); err != nil {
				return err
			}
		}
	}
	if err := u.stmts(f.Body, u.root); err != nil {
		return err
	}
	u.l.knowShared()
	u.warnEmptyProfiles(f)
	config.MergeTree(u.own, u.over)
	return nil
}

func (u *unit) parse(at source.Span) (*syntax.File, error) {
	f, known := u.l.parsed[u.name]
	if known {
		u.l.config.Files = append(u.l.config.Files, u.name)
		return f, nil
	}
	text, err := u.l.Read(u.name)
	if err != nil {
		var problems diag.List
		if errors.Is(err, fs.ErrNotExist) {
			d := problems.Add(at, fmt.Sprintf("config file `%s` does not exist", u.name))
			noteNearFile(d, u.name)
			return nil, problems
		}
		problems.Add(at, fmt.Sprintf("cannot read config file `%s`: %s", u.name, err))
		return nil, problems
	}
	u.l.config.Files = append(u.l.config.Files, u.name)
	var problems diag.List
	f, problems = syntax.ParseConfig(source.NewFile(u.l.shown(u.name), string(text)))
	for _, d := range problems {
		if d.Severity == diag.Warning {
			u.l.warnings = append(u.l.warnings, d)
		}
	}
	return f, problems.Err()
}

// shown is the name of a file in messages.
func (l *loader) shown(name string) string {
	if rel, err := filepath.Rel(l.LaunchDir, name); err == nil && filepath.IsLocal(rel) && !isURL(name) {
		return rel
	}
	return name
}

func (u *unit) stmts(list []syntax.Stmt, s *scope) error {
	for _, st := range list {
		err := u.stmt(st, s)
		if err == nil && u.circle != nil {
			err = u.fail(u.circle, st)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *unit) stmt(st syntax.Stmt, s *scope) error {
	switch st := st.(type) {
	case *syntax.ExprStmt:
		if a, ok := st.X.(*syntax.Assign); ok {
			return u.assign(a, s)
		}
		if c, ok := includeCall(st.X); ok {
			return u.include(&syntax.ConfigInclude{At: c.At, X: c.Args[0].Value}, s)
		}
		_, err := u.eval(st.X, s)
		u.absorb()
		return err
	case *syntax.ConfigBlock:
		return u.block(st, s)
	case *syntax.ConfigSelector:
		v, err := u.eval(st.Pattern, s)
		if err != nil {
			return err
		}
		return u.enter(config.SelectorKey(st.Kind, value.ToString(v)), st.Where, st.Body, s)
	case *syntax.ConfigInclude:
		return u.include(st, s)
	case *syntax.FuncDef:
		fn, err := u.l.Eval.Function(st, u.root)
		if err != nil {
			return u.fail(err, st)
		}
		u.root.declare(st.Name, fn)
		if f, ok := fn.(value.Callable); ok {
			u.l.functions[st.Name] = f
		}
		return nil
	case *syntax.VarDecl:
		return u.declare(st, s)
	case *syntax.Import:
		return u.importClass(st)
	case *syntax.Block:
		return u.stmts(st.Stmts, s.nested())
	case *syntax.If:
		v, err := u.eval(st.Cond, s)
		if err != nil {
			return err
		}
		if value.Truth(v) {
			return u.body(st.Then, s)
		}
		return u.body(st.Else, s)
	case *syntax.ForIn:
		return u.forIn(st, s)
	case *syntax.Try:
		return u.try(st, s)
	case *syntax.Labeled:
		return u.labeled(st, s)
	default:
		err := u.l.Eval.Exec(st, s)
		u.absorb()
		return u.fail(err, st)
	}
}

func (u *unit) body(st syntax.Stmt, s *scope) error {
	if st == nil {
		return nil
	}
	return u.stmt(st, s.nested())
}

// labeled: a label means nothing, but a selector with a slip in it is one.
func (u *unit) labeled(st *syntax.Labeled, s *scope) error {
	near, ok := diag.Near(st.Label, []string{"withName", "withLabel"})
	if !ok && !strings.HasPrefix(st.Label, "with") {
		return u.stmt(st.Body, s)
	}
	var problems diag.List
	d := problems.Add(st.LabelAt, "`"+st.Label+"` is not a selector")
	if d.Help = "the selectors are `withName` and `withLabel`"; ok {
		d.Help = "`" + near + "` is one"
	}
	return problems
}

// importClass makes a class known by its simple name in this file.
func (u *unit) importClass(d *syntax.Import) error {
	var problems diag.List
	if d.Static || d.Star {
		p := problems.Add(d.Where, "only `import` of one class is understood in a configuration file")
		p.Help = "write the full name of the class where it is used"
		return problems
	}
	x, _ := syntax.ParseExpr(source.NewFile(u.l.shown(u.name), d.Name))
	v, err := u.l.Eval.Eval(x, u.root)
	if _, isClass := v.(value.ClassRef); !isClass || err != nil {
		problems.Add(d.Where, "the class `"+d.Name+"` is not known")
		return problems
	}
	name := d.Alias
	if name == "" {
		name = d.Name[strings.LastIndexByte(d.Name, '.')+1:]
	}
	u.root.declare(name, v)
	return nil
}

func includeCall(x syntax.Expr) (*syntax.Call, bool) {
	c, ok := x.(*syntax.Call)
	if !ok || len(c.Args) != 1 {
		return nil, false
	}
	id, ok := c.Fun.(*syntax.Ident)
	return c, ok && id.Name == "includeConfig"
}

func (u *unit) eval(x syntax.Expr, s *scope) (value.Value, error) {
	v, err := u.l.Eval.Eval(x, s)
	return v, u.fail(err, x)
}

// fail makes an error of evaluation a problem with a place.
func (u *unit) fail(err error, at syntax.Node) error {
	if err == nil {
		return nil
	}
	var list diag.List
	if errors.As(err, &list) {
		return err
	}
	span := at.Span()
	var exception *value.Exception
	if errors.As(err, &exception) && !exception.Where.IsZero() {
		span = exception.Where
	}
	d := list.Add(span, err.Error())
	if name, ok := strings.CutPrefix(d.Message, "the function `"); ok { // as directives of a process are written
		name, _, _ = strings.Cut(name, "`")
		d.Help = fmt.Sprintf("an option is set with `%s = …`", name)
	}
	return &evalError{List: diag.List{d}, cause: err}
}

// An evalError keeps the exception for `catch`, and is a diag.List to others.
type evalError struct {
	diag.List
	cause error
}

func (e *evalError) Unwrap() []error { return []error{e.List, e.cause} }

// ---- blocks

func (u *unit) block(b *syntax.ConfigBlock, s *scope) error {
	if len(s.path) == 0 && !s.profiles {
		switch b.Name {
		case "profiles":
			if u.l.AllProfiles {
				return u.enter(b.Name, b.NameAt, b.Body, s)
			}
			return u.profiles(b.Body, s)
		case "plugins":
			return u.plugins(b.Body, s)
		}
	}
	if s.profiles {
		u.know(b.Name)
		if !contains(u.l.profiles, b.Name) {
			return nil
		}
		u.applied(b.Name)
		frame := u.root.nested()
		frame.over = u.l.older()
		return u.stmts(b.Body, frame)
	}
	return u.enter(b.Name, b.NameAt, b.Body, s)
}

func (u *unit) enter(name string, at source.Span, body []syntax.Stmt, s *scope) error {
	inner := s.nested()
	inner.path = append(s.path[:len(s.path):len(s.path)], name)
	u.begin(inner, s)
	delete(u.l.config.Values, config.Key(inner.path...))
	u.l.config.Spans[config.Key(inner.path...)] = at
	return u.stmts(body, inner)
}

// profiles applies those that are asked for, in the order in which they are
// asked for, at this place of the file.
func (u *unit) profiles(body []syntax.Stmt, s *scope) error {
	inner := s.nested()
	inner.profiles = true
	if u.l.older() {
		return u.stmts(body, inner)
	}
	blocks := map[string][]*syntax.ConfigBlock{}
	for _, st := range body {
		b, ok := st.(*syntax.ConfigBlock)
		if !ok {
			if err := u.stmt(st, inner); err != nil {
				return err
			}
			continue
		}
		u.know(b.Name)
		blocks[b.Name] = append(blocks[b.Name], b)
	}
	for _, name := range u.l.profiles {
		for _, b := range blocks[name] {
			if err := u.block(b, inner); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *unit) know(profile string) {
	if !contains(u.l.config.Known, profile) {
		u.l.config.Known = append(u.l.config.Known, profile)
	}
}

func (u *unit) applied(profile string) {
	if !contains(u.l.config.Profiles, profile) {
		u.l.config.Profiles = append(u.l.config.Profiles, profile)
	}
}

func (u *unit) plugins(body []syntax.Stmt, s *scope) error {
	list := value.NewList()
	for _, st := range body {
		x, ok := st.(*syntax.ExprStmt)
		if !ok {
			return u.fail(errors.New("only `id 'name@version'` may stand in `plugins`"), st)
		}
		c, ok := x.X.(*syntax.Call)
		if id, isIdent := callee(c); !ok || !isIdent || id != "id" || len(c.Args) != 1 {
			return u.fail(errors.New("only `id 'name@version'` may stand in `plugins`"), st)
		}
		v, err := u.eval(c.Args[0].Value, s)
		if err != nil {
			return err
		}
		if name := value.ToString(v); !contains(u.l.config.Plugins, name) {
			u.l.config.Plugins = append(u.l.config.Plugins, name)
			u.l.config.Spans[config.Key("plugins", name)] = c.Args[0].Value.Span()
		}
		list.Elems = append(list.Elems, v)
	}
	if len(body) > 0 {
		u.own.Set(value.String("plugins"), list) // as printing shows it
	}
	return nil
}

func callee(c *syntax.Call) (string, bool) {
	if c == nil {
		return "", false
	}
	id, ok := c.Fun.(*syntax.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}

// include evaluates another file at this place.
func (u *unit) include(inc *syntax.ConfigInclude, s *scope) error {
	v, err := u.eval(inc.X, s)
	if err != nil {
		return err
	}
	if v == nil {
		return u.fail(errors.New("`includeConfig` was given null"), inc)
	}
	return u.includeFile(value.ToString(v), inc.X.Span(), s)
}

func (u *unit) includeFile(name string, at source.Span, s *scope) error {
	l := u.l
	if l.IgnoreIncludes && l.Parser == "v1" {
		return nil
	}
	if l.depth++; l.depth > maxIncludes {
		var problems diag.List
		d := problems.Add(at, fmt.Sprintf("config files include each other more than %d levels deep", maxIncludes))
		d.Notes = append(d.Notes, "the last one is `"+name+"`")
		return problems
	}
	defer func() { l.depth-- }()
	if l.older() {
		return u.includeInline(resolveInclude(name, u.name), at, s)
	}
	inner := l.newUnit(resolveInclude(name, u.name), value.MapOf("params", u.view))
	f, err := inner.parse(at)
	if err != nil {
		return err
	}
	for _, fn := range u.root.functions() {
		inner.root.declare(fn.name, fn.value)
	}
	if s.profiles {
		err = inner.profiles(f.Body, inner.root)
	} else {
		in := inner.root
		if len(s.path) > 0 {
			in = in.nested()
			in.path = s.path
			inner.open(s.path)
		}
		err = inner.stmts(f.Body, in)
	}
	if err != nil {
		return err
	}
	config.MergeTree(u.own, inner.own)
	if params, ok := inner.own.GetString("params").(*value.Map); ok {
		for _, k := range params.Keys() {
			u.touch(value.ToString(k))
		}
	}
	return nil
}

// ---- control

func (u *unit) forIn(st *syntax.ForIn, s *scope) error {
	v, err := u.eval(st.X, s)
	if err != nil {
		return err
	}
	elems, ok := value.Elements(v)
	if !ok {
		return u.fail(fmt.Errorf("cannot walk through `%s`", value.ToString(v)), st.X)
	}
	for _, e := range elems {
		inner := s.nested()
		inner.declare(st.Var.Name, e)
		if err := u.stmt(st.Body, inner); err != nil {
			return err
		}
	}
	return nil
}

func (u *unit) try(st *syntax.Try, s *scope) error {
	err := u.stmts(st.Body.Stmts, s.nested())
	if err != nil {
		exception := asException(err)
		for _, c := range st.Catches {
			if !catches(c, exception) {
				continue
			}
			inner := s.nested()
			if c.Var != nil {
				inner.declare(c.Var.Name, exception)
			}
			err = u.stmts(c.Body.Stmts, inner)
			break
		}
	}
	if st.Finally != nil {
		if e := u.stmts(st.Finally.Stmts, s.nested()); e != nil {
			return e
		}
	}
	return err
}

func asException(err error) *value.Exception {
	var exception *value.Exception
	if errors.As(err, &exception) {
		return exception
	}
	return value.Throw("java.io.IOException", "%s", err)
}

func catches(c *syntax.Catch, e *value.Exception) bool {
	if len(c.Types) == 0 {
		return true
	}
	for _, t := range c.Types {
		for of := []*value.Class{e.Of}; len(of) > 0; of = of[1:] {
			if of[0].Name == t.Name || of[0].Simple() == t.Name {
				return true
			}
			of = append(of, of[0].Parents...)
		}
	}
	return false
}

// declare is `def x = …`: a variable of the file, not a setting.
func (u *unit) declare(st *syntax.VarDecl, s *scope) error {
	var v value.Value
	if st.Init != nil {
		var err error
		if v, err = u.eval(st.Init, s); err != nil {
			return err
		}
	}
	if !st.Multi {
		for _, n := range st.Names {
			s.declare(n.Name, v)
		}
		return nil
	}
	elems, ok := value.Elements(v)
	if !ok && v != nil {
		return u.fail(fmt.Errorf("cannot take `%s` apart", value.ToString(v)), st)
	}
	for i, n := range st.Names {
		if i < len(elems) {
			s.declare(n.Name, elems[i])
		} else {
			s.declare(n.Name, nil)
		}
	}
	return nil
}
