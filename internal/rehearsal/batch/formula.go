package batch

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A formula is a parsed autoscale formula: assignments, each with an
// expression. Documentation: "Create a formula to automatically scale compute
// nodes in a Batch pool".
type formula []assignment

type assignment struct {
	name string
	expr *expr
}

// expr is a node of an expression. op is an operator, or num, str, name,
// call (of a function), method, member.
type expr struct {
	op   string
	text string
	num  float64
	args []*expr
}

type formulaParser struct {
	tokens []string
	at     int
}

func parseFormula(text string) (formula, error) {
	tokens, err := formulaTokens(text)
	if err != nil {
		return nil, err
	}
	p := &formulaParser{tokens: tokens}
	var f formula
	for p.at < len(p.tokens) {
		name := p.next()
		if !isName(name) {
			return nil, fmt.Errorf("%q stands where a variable is to be assigned", name)
		}
		if t := p.next(); t != "=" {
			return nil, fmt.Errorf("= is missing behind %s", name)
		}
		e, err := p.ternary()
		if err != nil {
			return nil, err
		}
		if t := p.next(); t != ";" {
			return nil, fmt.Errorf("; is missing behind the value of %s", name)
		}
		f = append(f, assignment{name, e})
	}
	return f, nil
}

func isName(t string) bool {
	return t != "" && (t[0] == '$' || t[0] == '_' || t[0] >= 'a' && t[0] <= 'z' || t[0] >= 'A' && t[0] <= 'Z')
}

func formulaTokens(s string) ([]string, error) {
	var tokens []string
	word := func(i int) int {
		for i < len(s) && (s[i] == '_' || s[i] == '$' || s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z') {
			i++
		}
		return i
	}
	for i := 0; i < len(s); {
		c := s[i]
		j := i + 1
		switch {
		case strings.ContainsRune(" \t\r\n", rune(c)):
			i++
			continue
		case strings.HasPrefix(s[i:], "//"):
			for i < len(s) && s[i] != '\n' {
				i++
			}
			continue
		case strings.HasPrefix(s[i:], "/*"):
			end := strings.Index(s[i:], "*/")
			if end < 0 {
				return nil, fmt.Errorf("a comment does not end")
			}
			i += end + 2
			continue
		case c >= '0' && c <= '9' || c == '.' && j < len(s) && s[j] >= '0' && s[j] <= '9':
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.') {
				j++
			}
		case isName(string(c)):
			j = word(i)
		case c == '"' || c == '\'':
			end := strings.IndexByte(s[j:], c)
			if end < 0 {
				return nil, fmt.Errorf("a text does not end")
			}
			j += end + 1
		case j < len(s) && slices.Contains([]string{"<=", ">=", "==", "!=", "&&", "||"}, s[i:j+1]):
			j++
		case !strings.ContainsRune("=;,()?:+-*/<>!.", rune(c)):
			return nil, fmt.Errorf("%q is not understood", c)
		}
		tokens = append(tokens, s[i:j])
		i = j
	}
	return tokens, nil
}

func (p *formulaParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *formulaParser) next() string {
	t := p.peek()
	p.at++
	return t
}

func (p *formulaParser) ternary() (*expr, error) {
	cond, err := p.binary(0)
	if err != nil || p.peek() != "?" {
		return cond, err
	}
	p.at++
	yes, err := p.ternary()
	if err != nil {
		return nil, err
	}
	if t := p.next(); t != ":" {
		return nil, fmt.Errorf(": is missing behind ?")
	}
	no, err := p.ternary()
	return &expr{op: "?", args: []*expr{cond, yes, no}}, err
}

var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "/"}}

func (p *formulaParser) binary(level int) (*expr, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil && slices.Contains(levels[level], p.peek()) {
		op := p.next()
		var right *expr
		if right, err = p.binary(level + 1); err == nil {
			left = &expr{op: op, args: []*expr{left, right}}
		}
	}
	return left, err
}

func (p *formulaParser) unary() (*expr, error) {
	if t := p.peek(); t == "-" || t == "!" {
		p.at++
		e, err := p.unary()
		return &expr{op: "u" + t, args: []*expr{e}}, err
	}
	e, err := p.primary()
	for err == nil && p.peek() == "." {
		p.at++
		name := p.next()
		if !isName(name) {
			return nil, fmt.Errorf("%q stands behind a dot", name)
		}
		e = &expr{op: "member", text: name, args: []*expr{e}}
		if p.peek() == "(" {
			e.op = "method"
			var args []*expr
			args, err = p.list()
			e.args = append(e.args, args...)
		}
	}
	return e, err
}

func (p *formulaParser) primary() (*expr, error) {
	t := p.next()
	switch {
	case t == "":
		return nil, fmt.Errorf("the formula ends too early")
	case t == "(":
		e, err := p.ternary()
		if err == nil && p.next() != ")" {
			err = fmt.Errorf(") is missing")
		}
		return e, err
	case t[0] == '"' || t[0] == '\'':
		return &expr{op: "str", text: t[1 : len(t)-1]}, nil
	case t[0] >= '0' && t[0] <= '9' || t[0] == '.' && len(t) > 1:
		n, err := strconv.ParseFloat(t, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", t)
		}
		return &expr{op: "num", num: n}, nil
	case !isName(t):
		return nil, fmt.Errorf("%q stands where a value is to be", t)
	case p.peek() == "(":
		args, err := p.list()
		return &expr{op: "call", text: t, args: args}, err
	}
	return &expr{op: "name", text: t}, nil
}

func (p *formulaParser) list() ([]*expr, error) {
	p.at++ // (
	var args []*expr
	for p.peek() != ")" {
		e, err := p.ternary()
		if err != nil {
			return nil, err
		}
		args = append(args, e)
		if p.peek() == "," {
			p.at++
		} else if p.peek() != ")" {
			return nil, fmt.Errorf(") is missing behind the arguments")
		}
	}
	p.at++
	return args, nil
}

// A scope is what a formula sees.
type scope struct {
	now     time.Time
	current map[string]float64
	samples []sample
	vars    map[string]value
}

// value is a number, a vector, a text, a time or an interval of time.
type value struct {
	kind byte // n, v, s, t, i
	num  float64
	vec  []float64
	text string
	when time.Time
}

func number(n float64) value { return value{kind: 'n', num: n} }

func truth(b bool) value {
	if b {
		return number(1)
	}
	return number(0)
}

// run evaluates the formula; the results are its variables as the service
// writes them.
func (f formula) run(s *scope, got *scaled) (string, error) {
	s.vars = map[string]value{}
	for _, a := range f {
		v, err := s.eval(a.expr)
		if err != nil {
			return s.results(f, got), err
		}
		s.vars[a.name] = v
		if err := got.set(a.name, v); err != nil {
			return s.results(f, got), err
		}
	}
	return s.results(f, got), nil
}

// set takes a variable that the service reads.
func (g *scaled) set(name string, v value) error {
	switch name {
	case "$TargetDedicatedNodes", "$TargetDedicated", "$TargetLowPriorityNodes":
		if v.kind == 'v' && len(v.vec) > 0 {
			v = number(v.vec[len(v.vec)-1])
		}
		if v.kind != 'n' || math.IsNaN(v.num) || math.IsInf(v.num, 0) {
			return formulaErr("%s is not a number", name)
		}
		n := max(int(math.Round(v.num)), 0)
		if name == "$TargetLowPriorityNodes" {
			g.low = n
		} else {
			g.dedicated = n
		}
	case "$NodeDeallocationOption":
		g.dealloc = v.text
	}
	return nil
}

func (s *scope) results(f formula, got *scaled) string {
	out := []string{
		fmt.Sprintf("$TargetDedicatedNodes=%d", got.dedicated), fmt.Sprintf("$TargetLowPriorityNodes=%d", got.low),
		"$NodeDeallocationOption=" + got.dealloc,
	}
	done := map[string]bool{"$TargetDedicatedNodes": true, "$TargetLowPriorityNodes": true, "$NodeDeallocationOption": true}
	for _, a := range f {
		if v, ok := s.vars[a.name]; ok && !done[a.name] {
			done[a.name] = true
			out = append(out, a.name+"="+v.String())
		}
	}
	return strings.Join(out, ";")
}

func (v value) String() string {
	switch v.kind {
	case 's':
		return v.text
	case 't':
		return v.when.UTC().Format(time.RFC3339)
	case 'i':
		return time.Duration(v.num).String()
	case 'v':
		var parts []string
		for _, x := range v.vec {
			parts = append(parts, strconv.FormatFloat(x, 'g', -1, 64))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return strconv.FormatFloat(v.num, 'g', -1, 64)
}
