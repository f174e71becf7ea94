package syntax

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
)

// script reads the declarations and statements of a script.
func (p *parser) script(f *File) {
	for p.tok.Kind != EOF && !p.given {
		if p.got(Semicolon) {
			continue
		}
		if p.tok.Kind == RBrace {
			p.strayBrace()
			continue
		}
		start := p.tok
		decls := p.decl(f)
		p.endOfStmt()
		if p.bad {
			if len(decls) == 0 {
				decls = []Decl{&BadDecl{at(p.from(start))}}
			}
			p.resume(start)
		}
		f.Decls = append(f.Decls, decls...)
	}
}

func one(d Decl) []Decl { return []Decl{d} }

func (p *parser) decl(f *File) []Decl {
	p.notes = nil
	for p.tok.Kind == At_ && !p.bad {
		p.annotation()
	}
	start := p.tok
	word := p.text(start)
	next := p.peek()
	switch start.Kind {
	case Name:
		switch word {
		case "process":
			if next.Kind == LBrace || !next.NL && (next.Kind == Name || next.Kind == Keyword && next.End > next.Start || next.Kind == Quote) {
				return one(p.process())
			}
		case "workflow":
			if next.Kind == LBrace || next.Kind == Name && !next.NL {
				return one(p.workflow())
			}
		case "include":
			if next.Kind == LBrace || !next.NL && (next.Kind == Name || next.Kind == Quote || next.Kind == DoubleQuote) {
				return one(p.include())
			}
		case "params":
			if next.Kind == LBrace {
				return one(p.paramsBlock())
			}
		case "output":
			if next.Kind == LBrace {
				return one(p.outputBlock())
			}
		case "record", "trait":
			if next.Kind == Name && !next.NL && p.braceAfter(next) {
				return one(p.classDef())
			}
		}
	case Keyword:
		switch word {
		case "import":
			return one(p.importDecl())
		case "package":
			p.olderWord(start)
			p.next()
			f.Package = p.dotted()
			return nil
		case "class", "interface", "enum":
			return one(p.classDef())
		}
	}
	if d := p.funcOrClass(); d != nil {
		return one(d)
	}
	var list []Stmt
	p.stmt(&list)
	decls := make([]Decl, len(list))
	for i, s := range list {
		p.noteFlags(s)
		decls[i] = &TopStmt{At: at(s.Span()), Stmt: s}
	}
	return decls
}

func (p *parser) braceAfter(t Token) bool {
	n := p.scanner.scan(int(t.End))
	return n.Kind == LBrace || n.Kind == Keyword
}

// noteFlags remembers nextflow.enable.types, which changes process outputs.
func (p *parser) noteFlags(s Stmt) {
	x, ok := s.(*ExprStmt)
	if !ok {
		return
	}
	if a, ok := x.X.(*Assign); ok {
		switch a.Target.Span().Text() {
		case "nextflow.enable.types", "nextflow.preview.types":
			p.typed = a.Value.Span().Text() == "true"
		}
	}
}

// funcOrClass reads a function or class that begins with modifiers or a type;
// nil if something else stands here.
func (p *parser) funcOrClass() Decl {
	m := p.mark()
	start := p.tok
	for p.tok.Kind == Keyword && (isModifier(p.text(p.tok)) || p.isWord("def")) {
		p.next()
	}
	if p.tok.Kind == Keyword {
		switch p.text(p.tok) {
		case "class", "interface", "enum":
			return p.classDef()
		}
	}
	if p.tok.Kind == Less && p.prevEnd > start.Start {
		p.typeParams()
	}
	if first := p.text(start); start.Kind == Keyword && first != "def" && !isPrimitive(first) || p.isWord("void") {
		p.refused(p.span(start), "`"+first+"` before a function is of the older grammar", "write `def`")
	}
	modified := p.prevEnd > start.Start
	var typ *TypeRef
	if p.typeThenName() {
		typ = p.typeRef(false)
	}
	if !p.bad && (modified || typ != nil) && p.isName() && p.peek().Kind == LParen && !p.peek().NL && p.functionAhead(typ != nil && !modified) {
		def := p.words(start.Start, p.prevEnd)
		return p.funcDef(start, def, typ, false)
	}
	p.reset(m)
	return nil
}

// functionAhead: a type alone before `name(` is a function only if a brace
// follows the parentheses; otherwise it is a command.
func (p *parser) functionAhead(check bool) bool {
	if !check {
		return true
	}
	m := p.mark()
	defer p.reset(m)
	p.next()
	p.next()
	p.params(RParen)
	return p.got(RParen) && (p.tok.Kind == LBrace || p.isWord("throws"))
}

// funcDef reads name(params) [-> type] [throws …] { … }.
func (p *parser) funcDef(start Token, def string, ret *TypeRef, inClass bool) *FuncDef {
	f := &FuncDef{Def: def, Return: ret, Static: hasWord(def, "static")}
	f.Name, f.NameAt = p.text(p.tok), p.span(p.tok)
	p.next()
	open := p.tok
	p.expect(LParen, "of the function")
	f.Params = p.params(RParen)
	p.closing(RParen, open, "list of parameters")
	if p.got(Arrow) {
		f.Return = p.typeRef(true)
	}
	if p.gotWord("throws") {
		p.typeRef(false)
		for p.got(Comma) {
			p.typeRef(false)
		}
	}
	if inClass && p.tok.Kind != LBrace {
		f.Where = p.from(start)
		return f // abstract
	}
	if p.tok.Kind == Eq && !p.bad {
		d := p.errorAt(p.span(p.tok), "a function has a body in braces, not a value")
		d.Help = "write `" + f.Name + "(…) { … }`"
	}
	f.Body = p.codeBlock("function body")
	f.Where = p.from(start)
	return f
}

func hasWord(s, word string) bool {
	for _, w := range strings.Fields(s) {
		if w == word {
			return true
		}
	}
	return false
}

func (p *parser) dotted() string {
	var b strings.Builder
	for !p.bad {
		if !isNameOrKeyword(p.tok) {
			p.unexpected("a name")
			break
		}
		b.WriteString(p.text(p.tok))
		p.next()
		if p.tok.Kind != Dot || p.peek().Kind == Star {
			break
		}
		b.WriteByte('.')
		p.next()
	}
	return b.String()
}

// importDecl is import a.b.C, import a.b.*, import static a.B.c as d.
func (p *parser) importDecl() Decl {
	start := p.tok
	p.next()
	d := &Import{Static: p.gotWord("static")}
	first, alias := p.tok, Token{}
	d.Name = p.dotted()
	switch p.tok.Kind {
	case Dot:
		p.next()
		p.next()
		d.Star = true
	case SpreadDot:
		p.unexpected("a name")
	}
	if p.isWord("as") && !p.bad {
		alias = p.tok
		p.next()
		d.Alias, _ = p.name("another name for the import")
	}
	d.Where = p.from(start)
	switch {
	case d.Star:
		p.older(p.spanAt(p.prevEnd-1, p.prevEnd), "`import` is of the older grammar", importHelp)
	case alias.Kind == Keyword:
		p.older(p.span(alias), "`import` is of the older grammar", importHelp)
	case d.Static:
		p.older(p.span(first), "`import` is of the older grammar", importHelp)
	default:
		p.refused(p.span(start), "`import` is of the older grammar", importHelp)
	}
	return d
}

const importHelp = "write the full name of the class where it is used"

// include reads include { A; B as C } from './m'.
func (p *parser) include() Decl {
	start := p.tok
	p.next()
	d := &Include{}
	if p.tok.Kind != LBrace {
		e := p.errorAt(p.span(p.tok), "`include` without braces")
		e.Label = "names stand in braces since DSL2"
		e.Help = "write `include { NAME } from './path'`"
		return d
	}
	open := p.tok
	p.next()
	for p.tok.Kind != RBrace && p.tok.Kind != EOF && !p.bad {
		if p.got(Semicolon) {
			continue
		}
		d.Items = append(d.Items, p.includeItem())
		if p.bad {
			break
		}
		if p.tok.Kind == Comma {
			e := p.report(p.span(p.tok), "names of an include are separated by `;` or a new line")
			e.Label = "not by a comma"
			e.Help = "replace the comma by `;`"
			p.next()
			continue
		}
		if !p.tok.NL && p.tok.Kind != Semicolon && p.tok.Kind != RBrace {
			p.unexpected("`;` or `}`")
		}
	}
	p.closing(RBrace, open, "include")
	p.includedParams(d)
	if !p.gotWord("from") {
		e := p.unexpected("`from` after the included names")
		e.Help = "name the module: `from './path'`"
		d.Where = p.from(start)
		return d
	}
	if from := p.tok; from.Kind == DoubleQuote || from.Kind == LParen {
		d.From = p.postfixNoClosure()
		if _, plain := d.From.(*Literal); !plain {
			p.older(p.span(from), "the path of an include that has `${}` parts is of the older grammar", "write the path relative to this file: `'./…'`")
		}
	} else {
		d.From = p.postfixNoClosure()
	}
	p.includedParams(d)
	d.Where = p.from(start)
	return d
}

// includedParams reads addParams(…) and params(…), which stand behind the
// names or behind the path.
func (p *parser) includedParams(d *Include) {
	for !p.bad && !p.tok.NL && (p.isWord("addParams") || p.isWord("params")) {
		which := p.text(p.tok)
		p.older(p.span(p.tok), "`"+which+"` of an include is of the older grammar", "pass the values as inputs of the workflow or process")
		p.next()
		x := p.includeParams()
		if which == "addParams" {
			d.AddParams = x
		} else {
			d.Params = x
		}
	}
}

// includeItem is NAME or NAME as ALIAS.
func (p *parser) includeItem() *IncludeItem {
	start := p.tok
	it := &IncludeItem{}
	it.Name, _ = p.name("a name to include")
	if p.gotWord("as") {
		it.Alias, _ = p.name("another name for `" + it.Name + "`")
	}
	it.Where = p.from(start)
	return it
}

func (p *parser) postfixNoClosure() Expr {
	start := p.tok
	x := p.primary()
	for p.tok.Kind == Plus && !p.tok.NL && !p.bad {
		t := p.tok
		p.next()
		r := p.primary()
		x = &Binary{At: at(p.from(start)), Op: OpAdd, OpAt: p.span(t), L: x, R: r}
	}
	return x
}

// includeParams is (a: 1, b: 2) or (map), as a map expression.
func (p *parser) includeParams() Expr {
	start := p.tok
	if p.tok.Kind != LParen {
		p.unexpected("`(`")
		return &BadExpr{at(p.span(start))}
	}
	args := p.arguments()
	if len(args) == 1 && args[0].Name == nil && !args[0].SpreadMap {
		return args[0].Value
	}
	m := &Map{At: at(p.from(start))}
	for _, a := range args {
		if a.Name == nil && !a.SpreadMap {
			p.errorAt(a.Value.Span(), "expected `name: value`")
			break
		}
		m.Entries = append(m.Entries, MapEntry{Key: a.Name, Value: a.Value})
	}
	return m
}

// entries reads the items of a braced declaration, one a line.
func (p *parser) braced(what string, item func()) {
	open := p.tok
	if !p.expect(LBrace, "of the "+what) {
		return
	}
	saved := p.nestBlock()
	for p.tok.Kind != RBrace && p.tok.Kind != EOF && !p.given {
		if p.got(Semicolon) {
			continue
		}
		if p.forgottenBrace(open) {
			break
		}
		start := p.tok
		item()
		p.endOfStmt()
		if p.bad {
			p.resume(start)
		}
	}
	p.closing(RBrace, open, what)
	p.unnest(saved)
}

// paramsBlock is params { name: Type = default }.
func (p *parser) paramsBlock() Decl {
	start := p.tok
	p.next()
	d := &ParamsBlock{}
	p.braced("`params` block", func() {
		s := p.tok
		t := &TypedParam{}
		t.Name, _ = p.name("the name of a parameter")
		if p.got(Colon) {
			t.Type = p.typeRef(true)
		}
		if p.got(Eq) {
			t.Default = p.expr()
		}
		t.Where = p.from(s)
		d.Params = append(d.Params, t)
	})
	d.Where = p.from(start)
	return d
}

// outputBlock is output { name { … } }.
func (p *parser) outputBlock() Decl {
	start := p.tok
	p.next()
	d := &OutputBlock{}
	p.braced("`output` block", func() {
		s := p.tok
		o := &OutputDef{}
		if s.Kind == Quote || s.Kind == DoubleQuote {
			if lit, ok := p.stringLit().(*Literal); ok {
				o.Name = literalText(lit)
			} else {
				p.errorAt(p.from(s), "the name of an output cannot have `${}` parts")
			}
		} else {
			o.Name, _ = p.name("the name of an output")
		}
		if p.got(Colon) {
			o.Type = p.typeRef(true)
		}
		switch {
		case p.tok.Kind == LBrace:
			o.Body = p.codeBlock("`" + o.Name + "` output")
		case !p.bad && !p.tok.NL && p.tok.Kind != RBrace && p.tok.Kind != Semicolon:
			e := p.unexpected("`{` after `" + o.Name + "`")
			e.Help = fmt.Sprintf("settings of all outputs stand in the configuration: `workflow.output.%s`", o.Name)
		}
		o.Where = p.from(s)
		d.Outputs = append(d.Outputs, o)
	})
	d.Where = p.from(start)
	return d
}

// workflow is workflow [NAME] { take: main: emit: publish: onComplete: onError: }.
func (p *parser) workflow() Decl {
	start := p.tok
	p.next()
	d := &WorkflowDef{NameAt: p.span(start)}
	if p.isName() {
		d.Name, d.NameAt = p.text(p.tok), p.span(p.tok)
		p.next()
	}
	section := ""
	met, unlabeled := []sectionLabel{}, false
	p.sections("workflow", p.workflowLabel, func(label string, first bool) {
		section = label
		met = append(met, sectionLabel{label, first, true})
		p.emptySection(d, section)
	}, func() {
		unlabeled = unlabeled || section == ""
		filled(met)
		p.workflowItem(d, section)
	})
	d.Where = p.from(start)
	d.Misordered = !p.workflowOrder(start, met, unlabeled)
	if !d.Misordered {
		p.entrySections(d)
	}
	return d
}

var workflowSections = []string{"take", "main", "emit", "publish", "onComplete", "onError"}

// emptySection makes the block of a section that may have no statements.
func (p *parser) emptySection(d *WorkflowDef, section string) {
	if b := sectionBlock(d, section); b != nil && *b == nil {
		*b = &Block{At: at(p.spanAt(p.tok.Start, p.tok.Start))}
	}
}

func sectionBlock(d *WorkflowDef, section string) **Block {
	switch section {
	case "", "main":
		return &d.Main
	case "onComplete":
		return &d.OnComplete
	case "onError":
		return &d.OnError
	}
	return nil
}

// workflowLabel is the section that begins at tok, or "".
func (p *parser) workflowLabel() string { return p.label(workflowSections) }

func (p *parser) workflowItem(d *WorkflowDef, section string) {
	start := p.tok
	if p.unknownSection(workflowSections, "workflow") {
		p.resume(start)
		return
	}
	switch section {
	case "take":
		t := &TakeDecl{}
		t.Name, _ = p.name("the name of an input")
		if p.got(Colon) {
			t.Type = p.typeRef(true)
		}
		if p.got(Eq) {
			t.Default = p.expr()
		}
		t.Where = p.from(start)
		d.Take = append(d.Take, t)
	case "emit":
		d.Emit = append(d.Emit, p.emitDecl())
	case "publish":
		d.Publish = append(d.Publish, p.emitDecl())
	default:
		b := sectionBlock(d, section)
		if *b == nil {
			*b = &Block{At: at(p.span(start))}
		}
		p.stmtLine(&(*b).Stmts)
		(*b).Where = (*b).Where.To(p.from(start))
		return
	}
	p.endOfStmt()
	if p.bad {
		p.resume(start)
	}
}

// unknownSection reports a label alone on its line that is close to a section's.
func (p *parser) unknownSection(known []string, of string) bool {
	if !p.isName() || p.bad {
		return false
	}
	word, colon := p.text(p.tok), p.peek()
	if colon.Kind != Colon {
		return p.missingColon(known)
	}
	if after := p.scanner.scan(int(colon.End)); !after.NL {
		return false
	}
	near, ok := diag.Near(word, known)
	if !ok {
		return false
	}
	d := p.errorAt(p.span(p.tok), "a %s has no section `%s:`", of, word)
	d.Label = "unknown section"
	d.Help = "the section is called `" + near + ":`"
	return true
}

// missingColon reports `input` alone on its line.
func (p *parser) missingColon(known []string) bool {
	word, after := p.text(p.tok), p.peek()
	if !after.NL || !p.tok.NL || after.Kind == Dot || after.Kind == Eq {
		return false
	}
	for _, k := range known {
		if k == word && k != "stage" && k != "topic" && after.Kind != RBrace && after.Kind != Pipe {
			d := p.errorAt(p.span(p.tok), "expected `:` after the section name `%s`", word)
			d.Help = "write `" + word + ":`"
			return true
		}
	}
	return false
}

// emitDecl is name, name = expr, name: Type = expr, expr.
func (p *parser) emitDecl() *EmitDecl {
	start := p.tok
	e := &EmitDecl{}
	if p.isName() {
		switch p.peek().Kind {
		case Colon:
			e.Name = p.text(start)
			p.next()
			p.next()
			e.Type = p.typeRef(true)
			if p.got(Eq) {
				e.X = p.exprOrCommand()
			} else {
				e.X = &Ident{At: at(p.span(start)), Name: e.Name}
			}
			e.Where = p.from(start)
			return e
		case Eq:
			e.Name = p.text(start)
			p.next()
			p.next()
			e.X = p.exprOrCommand()
			e.Where = p.from(start)
			return e
		}
	}
	e.X = p.exprOrCommand()
	if id, ok := e.X.(*Ident); ok {
		e.Name = id.Name
	}
	e.Where = p.from(start)
	return e
}
