package strict

import (
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// Config lists what the strict grammar refuses in a configuration file. exists
// says whether a file that is included by a plain name is there; nil: not asked.
func Config(f *syntax.File, known Known, exists func(name string) bool) diag.List {
	g := &grammar{}
	for _, o := range f.Older {
		if o.Syntax {
			g.syntax(older(o))
		}
	}
	g.block(f.Body, nil)
	if g.first != nil {
		return diag.List{g.first}
	}
	c := &checker{known: configNames{known}, exports: map[string]syntax.Decl{}, diags: g.diags}
	c.open(config)
	c.body = nil
	c.configStmts(f.Body, nil, exists)
	c.diags.Sort()
	return c.diags
}

// A grammar finds statements that the strict grammar of configuration files
// does not have. The first that its parser would stop at is kept apart.
type grammar struct {
	first *diag.Diagnostic
	diags diag.List
}

func (g *grammar) syntax(d *diag.Diagnostic) {
	if g.first == nil || d.Span.Start < g.first.Span.Start {
		g.first = d
	}
}

func (g *grammar) stop(at syntax.Node, offset int32, message, help string) {
	s := at.Span()
	s.Start += offset
	s.End = s.Start + 1
	g.syntax(&diag.Diagnostic{Span: s, Message: message, Help: help})
}

func (g *grammar) refuse(at syntax.Node, message, help string) {
	d := g.diags.Add(start(at.Span()), message)
	d.Help = help
}

const equals = "write `name = value`"

// block checks the statements in the blocks of these names.
func (g *grammar) block(list []syntax.Stmt, path []string) {
	for _, s := range list {
		g.stmt(s, path)
	}
}

func (g *grammar) stmt(s syntax.Stmt, path []string) {
	selector := len(path) > 0 && strings.HasPrefix(path[len(path)-1], "with")
	switch s := s.(type) {
	case *syntax.ConfigInclude:
	case *syntax.ConfigBlock:
		if hasCommand(s.Body) && s.Name != "plugins" {
			g.refuse(s, "a setting without `=`", equals)
			return
		}
		if s.Name != "plugins" {
			g.block(s.Body, append(path[:len(path):len(path)], s.Name))
		}
	case *syntax.ConfigSelector:
		if len(path) == 0 || selector || path[len(path)-1] != "process" {
			g.stop(s, int32(strings.IndexByte(s.Span().Text(), ':')), "`"+s.Kind+":` stands only in the `process` scope", "move it into `process { … }`")
			return
		}
		if x, ok := s.Pattern.(*syntax.Unary); ok {
			g.stop(x, 0, "a selector is a name or a string", "write the pattern in quotes")
		}
		g.block(s.Body, append(path[:len(path):len(path)], s.Kind))
	case *syntax.If:
		g.ifStmt(s, selector)
	case *syntax.VarDecl:
		g.refuse(s, "a variable in a configuration file is of the older grammar", "make it a parameter: `params.name = …`")
	case *syntax.FuncDef:
		g.stop(s, int32(strings.IndexByte(s.Span().Text(), '(')), "a function in a configuration file is of the older grammar", "use a closure, or a function of a file in `lib/`")
	case *syntax.Try:
		if at := includeIn(s.Body); at != nil {
			g.stop(at, 0, "`try` in a configuration file is of the older grammar", "make the file name depend on a condition: `includeConfig x ? 'a' : '/dev/null'`")
			return
		}
		g.refuse(s, "`try` in a configuration file is of the older grammar", "")
	case *syntax.ExprStmt:
		g.exprStmt(s)
	case *syntax.ForIn, *syntax.ForC, *syntax.Switch, *syntax.While:
		g.stop(s, int32(strings.IndexByte(s.Span().Text(), '(')), "loops and `switch` in a configuration file are of the older grammar", "")
	default:
		g.stop(s, 0, "this statement is of the older grammar of configuration files", equals)
	}
}

func (g *grammar) ifStmt(s *syntax.If, selector bool) {
	if selector {
		g.stop(s, 0, "`if` in a configuration file is of the older grammar", "give the setting a value that depends on the condition")
		return
	}
	g.refuse(s, "`if` in a configuration file is of the older grammar", "give the setting a value that depends on the condition")
	for _, part := range []syntax.Stmt{s.Then, s.Else} {
		b, ok := part.(*syntax.Block)
		if !ok {
			continue
		}
		for _, inner := range b.Stmts {
			if sel, ok := inner.(*syntax.ConfigSelector); ok {
				g.stmt(sel, nil)
			}
		}
	}
}

func includeIn(b *syntax.Block) syntax.Node {
	var found syntax.Node
	syntax.Walk(b, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ConfigInclude:
			if found == nil {
				found = n
			}
		case *syntax.Call:
			if id, ok := n.Fun.(*syntax.Ident); ok && id.Name == "includeConfig" && found == nil {
				found = n
			}
		}
		return found == nil
	})
	return found
}

// hasCommand says whether a block has a setting without `=`.
func hasCommand(list []syntax.Stmt) bool {
	for _, s := range list {
		if x, ok := s.(*syntax.ExprStmt); ok {
			if call, ok := x.X.(*syntax.Call); ok && call.Command {
				return true
			}
		}
	}
	return false
}

func (g *grammar) exprStmt(s *syntax.ExprStmt) {
	switch x := s.X.(type) {
	case *syntax.Assign:
		if x.Op != syntax.OpNone {
			g.stop(s, int32(strings.IndexByte(s.Span().Text(), '=')-1), "settings are assigned with `=` alone", equals)
			return
		}
		if ix, ok := x.Target.(*syntax.Index); ok {
			g.stop(s, int32(strings.IndexByte(ix.Span().Text(), '[')), "a setting is named with dots", "write `a.b = value`")
		}
	case *syntax.Call:
		switch {
		case x.Command && len(x.Args) > 0:
			g.stop(x.Args[0].Value, 0, "a setting without `=`", equals)
		default:
			g.stop(s, int32(strings.IndexAny(s.Span().Text(), "({")), "a call in a configuration file is of the older grammar", equals)
		}
	default:
		g.stop(s, 0, "a setting without a value", equals)
	}
}

// configNames is what the code of a configuration file sees.
type configNames struct{ Known }

func (configNames) Variable(name string) bool {
	switch name {
	case "params", "projectDir", "baseDir", "launchDir", "outputDir", "secrets", "it":
		return true
	}
	return false
}

func (configNames) Function(name string) bool { return name == "env" }

func (c *checker) configStmts(list []syntax.Stmt, path []string, exists func(string) bool) {
	for _, s := range list {
		switch s := s.(type) {
		case *syntax.ConfigBlock:
			if s.Name != "plugins" && !hasCommand(s.Body) {
				c.configStmts(s.Body, append(path[:len(path):len(path)], s.Name), exists)
			}
		case *syntax.ConfigSelector:
			c.configStmts(s.Body, path, exists)
		case *syntax.ConfigInclude:
			c.configInclude(s, path, exists)
		case *syntax.ExprStmt:
			if a, ok := s.X.(*syntax.Assign); ok {
				c.setting(a, path)
			}
		}
	}
}

func (c *checker) configInclude(s *syntax.ConfigInclude, path []string, exists func(string) bool) {
	if len(path) > 0 && path[0] != "profiles" {
		c.add(start(s.Span()), "`includeConfig` stands only at the top and in profiles")
	}
	if lit, ok := s.X.(*syntax.Literal); ok && exists != nil {
		if name, ok := value.Str(lit.Value); ok && !strings.Contains(name, "://") && !exists(name) {
			c.add(start(s.Span()), "config file `%s` does not exist", name)
			return
		}
	}
	c.expr(s.X)
}

// setting is a.b = value: closures are left to the task, in the process scope.
func (c *checker) setting(a *syntax.Assign, path []string) {
	full := append(path[:len(path):len(path)], strings.Split(target(a.Target), ".")...)
	if len(full) > 2 && full[0] == "profiles" {
		full = full[2:]
	}
	if _, ok := a.Value.(*syntax.Closure); ok && full[0] != "process" {
		c.add(start(a.Span()), "only settings of the `process` scope can be closures").Help = "write the value itself"
	}
	if full[0] != "process" {
		c.expr(a.Value)
		return
	}
	syntax.Walk(a.Value, func(n syntax.Node) bool {
		cl, ok := n.(*syntax.Closure)
		if !ok {
			return true
		}
		c.taskClosure(cl)
		return false
	})
	c.outsideClosures(a.Value)
}

// taskClosure is code of a task: inputs and task properties are variables
// there, whatever their names; functions are not.
func (c *checker) taskClosure(cl *syntax.Closure) {
	c.push()
	c.dynamic++
	c.closure(cl)
	c.dynamic--
	c.pop()
}

// outsideClosures walks an expression without the closures in it, unless they
// are arguments of a method that calls them at once.
func (c *checker) outsideClosures(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Closure:
	case *syntax.List:
		for _, e := range x.Elems {
			c.outsideClosures(e)
		}
	case *syntax.Map:
		for _, e := range x.Entries {
			c.outsideClosures(e.Value)
		}
	case *syntax.Ternary:
		c.expr(x.Cond)
		c.outsideClosures(x.Then)
		c.outsideClosures(x.Else)
	case *syntax.Paren:
		c.outsideClosures(x.X)
	default:
		c.expr(x)
	}
}
