package syntax

// Op is an operator; its text is in the table below.
type Op uint8

const (
	OpNone Op = iota
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpMod
	OpPow
	OpShl
	OpShr
	OpUshr
	OpAnd
	OpOr
	OpXor
	OpLand
	OpLor
	OpEq
	OpNe
	OpIdent    // ===
	OpNotIdent // !==
	OpLt
	OpLe
	OpGt
	OpGe
	OpCmp   // <=>
	OpFind  // =~
	OpMatch // ==~
	OpIn
	OpNotIn
	OpNot
	OpBitNot
	OpElvis // ?= as an assignment
)

var opText = [...]string{
	OpNone: "", OpAdd: "+", OpSub: "-", OpMul: "*", OpDiv: "/", OpMod: "%", OpPow: "**",
	OpShl: "<<", OpShr: ">>", OpUshr: ">>>", OpAnd: "&", OpOr: "|", OpXor: "^",
	OpLand: "&&", OpLor: "||", OpEq: "==", OpNe: "!=", OpIdent: "===", OpNotIdent: "!==",
	OpLt: "<", OpLe: "<=", OpGt: ">", OpGe: ">=", OpCmp: "<=>", OpFind: "=~", OpMatch: "==~",
	OpIn: "in", OpNotIn: "!in", OpNot: "!", OpBitNot: "~", OpElvis: "?",
}

// String is the operator as written.
func (op Op) String() string { return opText[op] }
