package syntax

// A Kind is what a token is; kindText has how it is written.
type Kind uint8

const (
	EOF     Kind = iota
	Bad          // a character that starts no token
	Name         // identifier
	Keyword      // reserved word
	Number
	Quote       // ' or ''' : the parser reads on
	DoubleQuote // " or """ : the parser reads on
	DollarSlash // $/ : the parser reads on
	LParen
	RParen
	LBrack
	RBrack
	LBrace
	RBrace
	Comma
	Semicolon
	Colon
	ColonColon
	Dot
	SafeDot   // ?.
	SpreadDot // *.
	DotAmp    // .&
	DotAt     // .@
	Question
	ElvisOp // ?:
	SafeIndex
	Arrow
	At_
	Ellipsis
	RangeIncl // ..
	RangeExcl // ..<
	RangeExclLeft
	RangeExclBoth
	Eq // =
	PlusEq
	MinusEq
	StarEq
	SlashEq
	PercentEq
	PowEq
	ShlEq
	ShrEq
	UshrEq
	AndEq
	OrEq
	XorEq
	ElvisEq
	Plus
	Minus
	Star
	Slash // division, or the start of a slashy string: the parser knows
	Percent
	Pow
	PlusPlus
	MinusMinus
	Shl
	Shr
	Ushr
	Amp
	Pipe
	Caret
	AndAnd
	OrOr
	EqEq
	NotEq
	EqEqEq
	NotEqEq
	Less
	LessEq
	Greater
	GreaterEq
	Compare
	Find
	Match
	Not
	Tilde
	NotIn
	NotInstanceof
)

// A Token is a stretch of text. NL says that a line ended since the token
// before, Space that there was any white space.
type Token struct {
	Kind       Kind
	NL, Space  bool
	Start, End int32
}

var kindText = [...]string{
	EOF: "end of file", Bad: "character", Name: "name", Keyword: "keyword", Number: "number",
	Quote: "'", DoubleQuote: "\"", DollarSlash: "$/",
	LParen: "(", RParen: ")", LBrack: "[", RBrack: "]", LBrace: "{", RBrace: "}",
	Comma: ",", Semicolon: ";", Colon: ":", ColonColon: "::", Dot: ".", SafeDot: "?.",
	SpreadDot: "*.", DotAmp: ".&", DotAt: ".@", Question: "?", ElvisOp: "?:", SafeIndex: "?[",
	Arrow: "->", At_: "@", Ellipsis: "...", RangeIncl: "..", RangeExcl: "..<",
	RangeExclLeft: "<..", RangeExclBoth: "<..<",
	Eq: "=", PlusEq: "+=", MinusEq: "-=", StarEq: "*=", SlashEq: "/=", PercentEq: "%=", PowEq: "**=",
	ShlEq: "<<=", ShrEq: ">>=", UshrEq: ">>>=", AndEq: "&=", OrEq: "|=", XorEq: "^=", ElvisEq: "?=",
	Plus: "+", Minus: "-", Star: "*", Slash: "/", Percent: "%", Pow: "**", PlusPlus: "++", MinusMinus: "--",
	Shl: "<<", Shr: ">>", Ushr: ">>>", Amp: "&", Pipe: "|", Caret: "^", AndAnd: "&&", OrOr: "||",
	EqEq: "==", NotEq: "!=", EqEqEq: "===", NotEqEq: "!==", Less: "<", LessEq: "<=", Greater: ">",
	GreaterEq: ">=", Compare: "<=>", Find: "=~", Match: "==~", Not: "!", Tilde: "~",
	NotIn: "!in", NotInstanceof: "!instanceof",
}

// String is the token as written, or what it is called.
func (k Kind) String() string { return kindText[k] }

var keywords = map[string]bool{
	"abstract": true, "as": true, "assert": true, "boolean": true, "break": true, "byte": true,
	"case": true, "catch": true, "char": true, "class": true, "continue": true, "def": true,
	"default": true, "do": true, "double": true, "else": true, "enum": true, "extends": true,
	"false": true, "final": true, "finally": true, "float": true, "for": true, "if": true,
	"implements": true, "import": true, "in": true, "instanceof": true, "int": true,
	"interface": true, "long": true, "new": true, "null": true, "package": true, "private": true,
	"protected": true, "public": true, "return": true, "short": true, "static": true, "super": true,
	"switch": true, "synchronized": true, "this": true, "throw": true, "throws": true, "transient": true,
	"true": true, "try": true, "void": true, "volatile": true, "while": true,
}

func isPrimitive(word string) bool {
	switch word {
	case "boolean", "byte", "char", "double", "float", "int", "long", "short", "void":
		return true
	}
	return false
}

func isModifier(word string) bool {
	switch word {
	case "abstract", "final", "private", "protected", "public", "static", "synchronized", "transient", "volatile":
		return true
	}
	return false
}

// IsKeyword says whether word is reserved.
func IsKeyword(word string) bool { return keywords[word] }
