package syntax

import (
	"slices"

	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// A Node is a piece of the tree that stands for a stretch of text.
type Node interface{ Span() source.Span }

// An Expr yields a value. A Stmt does something. A Decl stands at the top of a script.
type (
	Expr interface {
		Node
		expr()
	}
	Stmt interface {
		Node
		stmt()
	}
	Decl interface {
		Node
		decl()
	}
)

// At is the span of a node, embedded in each.
type At struct{ Where source.Span }

func (a At) Span() source.Span { return a.Where }

// A File is one parsed text.
type File struct {
	Source  *source.File
	Package string  // package line of lib/*.groovy
	Decls   []Decl  // scripts: everything at the top, in order; statements as *TopStmt
	Body    []Stmt  // configuration files: their statements
	Older   []Older // what the strict grammar does not read, in order
	Typed   bool    // the file sets nextflow.enable.types
}

// Span is the whole text.
func (f *File) Span() source.Span {
	if f.Source == nil {
		return source.Span{}
	}
	return source.Span{File: f.Source, End: int32(len(f.Source.Text))}
}

// ---- expressions

type (
	// Literal is null, true, false, a number or a string without `${}`.
	Literal struct {
		At
		Value value.Value
		Raw   string // as written, for printing
	}

	// GString is a string with parts: "a ${b} $c.d".
	GString struct {
		At
		Strs  []string // unescaped; one more than Exprs
		Raw   []string // Strs as written; nil in made-up trees
		Exprs []Expr   // a *Closure stands for ${-> x}
		Quote string   // `"`, `"""`, `/`, `$/`
	}

	// Ident is a name. Binding is filled in by resolve.
	Ident struct {
		At
		Name    string
		Binding Binding
	}

	// List is [a, b, *c].
	List struct {
		At
		Elems []Expr // *Spread for *c
	}

	// Map is [k: v, (x): y, *: m].
	Map struct {
		At
		Entries []MapEntry
	}

	// Range is lo..hi, lo..<hi, lo<..hi, lo<..<hi.
	Range struct {
		At
		Lo, Hi Expr
		ExclLo bool
		ExclHi bool
	}

	// Unary is -x, +x, !x, ~x.
	Unary struct {
		At
		Op Op
		X  Expr
	}

	// IncDec is x++, --x.
	IncDec struct {
		At
		X      Expr
		Op     Op // OpAdd or OpSub
		Prefix bool
	}

	// Binary is every operator of two values but assignment, `as`, `instanceof`, `?:`.
	Binary struct {
		At
		Op   Op
		OpAt source.Span
		L, R Expr
	}

	// InstanceOf is x instanceof T, x !instanceof T.
	InstanceOf struct {
		At
		X    Expr
		Type *TypeRef
		Not  bool
	}

	// Cast is x as T, (T) x.
	Cast struct {
		At
		X     Expr
		Type  *TypeRef
		Paren bool // written (T) x
	}

	// Ternary is c ? a : b; Else only (Then nil) is the elvis form c ?: b.
	Ternary struct {
		At
		Cond, Then, Else Expr
	}

	// Assign is target op= value. Op is OpNone for plain `=`.
	Assign struct {
		At
		Op     Op
		Target Expr // *Ident, *Index, *Prop, *Tuple
		Value  Expr
	}

	// Tuple is (a, b) as the target of an assignment.
	Tuple struct {
		At
		Elems []Expr
	}

	// Index is x[i], x?[i], x[i, j].
	Index struct {
		At
		X    Expr
		Args []Expr
		Safe bool
	}

	// Prop is x.name, x?.name, x*.name, x.@name, x."dyn".
	Prop struct {
		At
		X      Expr
		Name   string
		Dyn    Expr // name computed at run time; Name is empty
		NameAt source.Span
		Safe   bool // ?.
		Spread bool // *.
		Field  bool // .@
	}

	// MethodPointer is x.&name, x::name.
	MethodPointer struct {
		At
		X    Expr
		Name string
	}

	// Call is f(a, k: v) { … }. Fun is an *Ident, a *Prop (method call) or any
	// expression that yields a callable. A trailing closure is the last argument.
	Call struct {
		At
		Fun     Expr
		Args    []Arg
		Command bool   // written without parentheses: `foo a, b`
		Sets    *Ident // filled by resolve: the variable that ch.set { x } or ch.tap { x } assigns
	}

	// New is new T(args), new T[n], new T[]{…}.
	New struct {
		At
		Type *TypeRef
		Args []Arg
		Dims []Expr // array sizes
		Init []Expr // array initialiser
	}

	// Closure is { a, b -> … }. It is a function; resolve fills Func.
	Closure struct {
		At
		Params []*Param
		Arrow  bool // false: implicit `it`
		Body   *Block
		Func   *FuncInfo
	}

	// Spread is *x in a list or argument list.
	Spread struct {
		At
		X Expr
	}

	// Paren is (x), kept for printing.
	Paren struct {
		At
		X Expr
	}

	// BadExpr stands where the parser found no expression.
	BadExpr struct{ At }
)

// A MapEntry is one key and value; Key is a *Literal for a bare name. A spread
// map has a nil Key.
type MapEntry struct {
	Key, Value Expr
}

// An Arg is an argument; Name is set for `name: value`, Value is *Spread for `*x`.
// A spread map `*: m` has SpreadMap set and no Name.
type Arg struct {
	Name      Expr // *Literal for a bare name; nil when positional
	Value     Expr
	SpreadMap bool
}

// A Param is a parameter of a closure or function.
type Param struct {
	At
	Name     string
	Type     *TypeRef // nil if undeclared
	Default  Expr
	Variadic bool // Type... name, or an array type in last place
	Binding  Binding
}

// A TypeRef is a type as written: Map<String,List<Path>>[], String?.
type TypeRef struct {
	At
	Name     string // dots included
	Args     []*TypeRef
	Dims     int
	Nullable bool
}

// ---- statements

type (
	ExprStmt struct {
		At
		X Expr
	}

	// VarDecl is def x = 1, String x, final x, def (a, b) = e.
	VarDecl struct {
		At
		Names []*VarName
		Init  Expr   // nil if absent
		Multi bool   // (a, b) form
		Def   string // the keyword or type as written, for printing
		Final bool
	}

	Block struct {
		At
		Stmts []Stmt
	}

	If struct {
		At
		Cond Expr
		Then Stmt
		Else Stmt
	}

	// ForIn is for (x in e), for (T x : e).
	ForIn struct {
		At
		Var  *VarName
		X    Expr
		Body Stmt
	}

	// ForC is for (init; cond; update).
	ForC struct {
		At
		Init   []Stmt
		Cond   Expr
		Update []Expr
		Body   Stmt
	}

	// While is while (c) …; DoWhile has Do set.
	While struct {
		At
		Cond Expr
		Body Stmt
		Do   bool
	}

	Switch struct {
		At
		X     Expr
		Cases []*Case
	}

	Return struct {
		At
		X Expr // nil if absent
	}

	Break struct {
		At
		Label string
	}
	Continue struct {
		At
		Label string
	}

	Throw struct {
		At
		X Expr
	}

	Try struct {
		At
		Body    *Block
		Catches []*Catch
		Finally *Block
	}

	// Assert is assert c : message.
	Assert struct {
		At
		Cond, Message Expr
	}

	// Labeled is label: statement, as branch and multiMap criteria use it.
	Labeled struct {
		At
		Label   string
		LabelAt source.Span
		Body    Stmt
	}

	// BadStmt stands for text that could not be parsed.
	BadStmt struct{ At }

	// ConfigBlock is name { … } in a configuration file.
	ConfigBlock struct {
		At
		Name   string
		NameAt source.Span
		Body   []Stmt
	}

	// ConfigSelector is withName: pattern { … }, withLabel: pattern { … }.
	ConfigSelector struct {
		At
		Kind    string // "withName", "withLabel"
		Pattern Expr
		Body    []Stmt
	}

	// ConfigInclude is includeConfig expr.
	ConfigInclude struct {
		At
		X Expr
	}
)

// A VarName is a declared variable.
type VarName struct {
	At
	Name    string
	Type    *TypeRef
	Binding Binding
}

// A Case is one arm of a switch; Values is empty for default. The arm of
// `case 1 -> …` ends in a *Break.
type Case struct {
	At
	Values []Expr
	Body   []Stmt
}

// A Catch is catch (T | U name) { … }.
type Catch struct {
	At
	Types []*TypeRef // empty: any exception
	Var   *VarName
	Body  *Block
}

// ---- declarations

type (
	// TopStmt is a statement at the top of a script.
	TopStmt struct {
		At
		Stmt Stmt
	}

	// Import is import a.b.C, import a.b.*, import static a.B.c as d.
	Import struct {
		At
		Name   string
		Alias  string
		Static bool
		Star   bool
	}

	// Include is include { A; B as C } from './m'.
	Include struct {
		At
		Items     []*IncludeItem
		From      Expr // string literal or GString
		AddParams Expr // old forms addParams(…), params(…); nil if absent
		Params    Expr
	}

	FuncDef struct {
		At
		Name   string
		NameAt source.Span
		Params []*Param
		Return *TypeRef
		Body   *Block
		Static bool   // in classes
		Def    string // modifiers and return type as written, for printing
		Func   *FuncInfo
		Notes  []*Annotation // in classes
	}

	ProcessDef struct {
		At
		Name       string
		NameAt     source.Span
		Directives []*Entry
		Setup      []Stmt // `if` among the directives, run when the process is called
		Inputs     []*Entry
		Stage      []*Entry // typed processes
		Outputs    []*Entry
		Topics     []*Entry // typed processes
		When       Expr
		BodyKind   string // "script", "shell", "exec"; "" if there is no body
		Body       *Block
		Stub       *Block
		Typed      bool      // inputs are declared `name: Type`
		Func       *FuncInfo // the scope all sections share; filled by resolve

		unlabeled  bool // the body has no label
		Misordered bool // the strict grammar does not read sections in this order
	}

	WorkflowDef struct {
		At
		Name       string // "" for the entry workflow
		NameAt     source.Span
		Take       []*TakeDecl
		Main       *Block
		Emit       []*EmitDecl
		Publish    []*EmitDecl
		OnComplete *Block
		OnError    *Block
		Func       *FuncInfo // scope of main, emit, publish
		Misordered bool      // the strict grammar does not read sections in this order
	}

	// ParamsBlock is params { name: Type = default }.
	ParamsBlock struct {
		At
		Params []*TypedParam
	}

	// OutputBlock is output { name { … } }.
	OutputBlock struct {
		At
		Outputs []*OutputDef
	}

	ClassDef struct {
		At
		Name       string
		Extends    *TypeRef
		Kind       string // "class", "interface", "trait", "enum", "record"
		Fields     []*FieldDef
		Methods    []*FuncDef // a constructor has the name of its class
		Values     []*EnumValue
		Params     []string   // type parameters
		Implements []*TypeRef // the interfaces of an interface too
		Classes    []*ClassDef
		Inits      []*Block // static { … }
		Makes      []*Block // { … }, run for each object
		Static     bool     // an inner class without an object around
		Notes      []*Annotation
		FieldFunc  *FuncInfo // frame of the initial values of fields
		StaticFunc *FuncInfo // frame of the initial values of static fields, and of Inits
	}

	// BadDecl stands for text that could not be parsed.
	BadDecl struct{ At }
)

// Option is an argument `name = value` of an annotation.
func (a Arg) Option() (name string, x Expr, ok bool) {
	set, ok := a.Value.(*Assign)
	if !ok {
		return "", nil, false
	}
	id, ok := set.Target.(*Ident)
	if !ok {
		return "", nil, false
	}
	return id.Name, set.Value, true
}

// Note finds an annotation by name.
func Note(list []*Annotation, name string) *Annotation {
	for _, a := range list {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Inner is the classes inside: those with a name, and bodies of constants.
func (d *ClassDef) Inner() []*ClassDef {
	all := slices.Clone(d.Classes)
	for _, v := range d.Values {
		if v.Body != nil {
			all = append(all, v.Body)
		}
	}
	return all
}

// An EnumValue is a constant of an enum, with the arguments of its constructor
// and, if it has one, a body with what it overrides.
type EnumValue struct {
	At
	Name string
	Args []Arg
	Body *ClassDef
}

// An IncludeItem is one name of an include.
type IncludeItem struct {
	At
	Name, Alias string
}

// Local is the name the item has in the including script.
func (i *IncludeItem) Local() string {
	if i.Alias != "" {
		return i.Alias
	}
	return i.Name
}

// An Entry is a directive, or an input or output declaration: a name and
// arguments, as in `publishDir 'x', mode: 'copy'` and `tuple val(a), path(b), emit: c`.
// Nested qualifiers are *Call expressions in Args. Typed inputs and outputs
// have Type or Value set instead of Args.
type Entry struct {
	At
	Name   string
	NameAt source.Span
	Args   []Arg
	Type   *TypeRef   // typed input: `name: Type`
	Value  Expr       // typed output: `name = expr` or a bare expression; default of a typed input
	Names  []*VarName // typed tuple input: (a, b): Tuple<A,B>
}

// A TakeDecl is one input of a workflow.
type TakeDecl struct {
	At
	Name    string
	Type    *TypeRef
	Default Expr
	Binding Binding
}

// An EmitDecl is one output of a workflow: `name = expr`, `name`, or `expr`.
type EmitDecl struct {
	At
	Name string // "" for a bare expression
	Type *TypeRef
	X    Expr // the *Ident itself when only a name stands
}

// A TypedParam is one entry of a params block.
type TypedParam struct {
	At
	Name    string
	Type    *TypeRef
	Default Expr
}

// An OutputDef is one entry of the output block; Body is nil without braces.
type OutputDef struct {
	At
	Name string
	Type *TypeRef
	Body *Block
}

// A FieldDef is a field of a class or record.
type FieldDef struct {
	At
	Name   string
	Type   *TypeRef
	Static bool
	Final  bool
	Init   Expr
	Def    string // modifiers and type as written, for printing; "" for `name: Type` of records
	Notes  []*Annotation
}

// An Annotation is @Name(arguments) before a class or a member of it.
type Annotation struct {
	At
	Name string // without its package
	Args []Arg
}

// ---- what resolve fills in

// BindingKind says where a name's value lives.
type BindingKind uint8

const (
	Unbound   BindingKind = iota
	Local                 // slot of the running function
	Cell                  // slot of the running function, boxed because a closure captures it
	Free                  // captured from an enclosing function, by index into the closure's cells
	Global                // slot of the script's globals
	Builtin               // known to the host: params, channel, file, log, …
	ClassName             // a class
	Dynamic               // asked of owner and delegate at run time
	Operator              // a channel operator on the right of a pipe
	Member                // a field, property or method of the class around, `this` or `super`
	Null                  // nothing defines it, and the older grammar takes it as null
)

// A Binding is what a name means. Index counts within its kind.
type Binding struct {
	Kind  BindingKind
	Index int32
}

// FuncInfo is the frame of a function or closure.
type FuncInfo struct {
	Slots int       // number of local slots, parameters first
	Names []string  // of slots
	Cells []bool    // which slots hold cells
	Free  []FreeVar // what is captured when the function value is made
}

// A FreeVar is taken from the enclosing function: one of its cells or one of its own free variables.
type FreeVar struct {
	Name     string
	FromFree bool
	Index    int32
}

func (*Literal) expr()       {}
func (*GString) expr()       {}
func (*Ident) expr()         {}
func (*List) expr()          {}
func (*Map) expr()           {}
func (*Range) expr()         {}
func (*Unary) expr()         {}
func (*IncDec) expr()        {}
func (*Binary) expr()        {}
func (*InstanceOf) expr()    {}
func (*Cast) expr()          {}
func (*Ternary) expr()       {}
func (*Assign) expr()        {}
func (*Tuple) expr()         {}
func (*Index) expr()         {}
func (*Prop) expr()          {}
func (*MethodPointer) expr() {}
func (*Call) expr()          {}
func (*New) expr()           {}
func (*Closure) expr()       {}
func (*Spread) expr()        {}
func (*Paren) expr()         {}
func (*BadExpr) expr()       {}

func (*ExprStmt) stmt()       {}
func (*VarDecl) stmt()        {}
func (*Block) stmt()          {}
func (*If) stmt()             {}
func (*ForIn) stmt()          {}
func (*ForC) stmt()           {}
func (*While) stmt()          {}
func (*Switch) stmt()         {}
func (*Return) stmt()         {}
func (*Break) stmt()          {}
func (*Continue) stmt()       {}
func (*Throw) stmt()          {}
func (*Try) stmt()            {}
func (*Assert) stmt()         {}
func (*Labeled) stmt()        {}
func (*BadStmt) stmt()        {}
func (*ConfigBlock) stmt()    {}
func (*ConfigSelector) stmt() {}
func (*ConfigInclude) stmt()  {}
func (*FuncDef) stmt()        {} // in configuration files
func (*Import) stmt()         {} // in configuration files
func (*Include) stmt()        {} // in blocks of the older grammar

func (*TopStmt) decl()     {}
func (*Import) decl()      {}
func (*Include) decl()     {}
func (*FuncDef) decl()     {}
func (*ProcessDef) decl()  {}
func (*WorkflowDef) decl() {}
func (*ParamsBlock) decl() {}
func (*OutputBlock) decl() {}
func (*ClassDef) decl()    {}
func (*BadDecl) decl()     {}
