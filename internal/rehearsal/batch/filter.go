package batch

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A filter is a parsed $filter. Comparisons are of a property with a literal.
type filter struct {
	op          string // and, or, not, startswith, eq, ne, gt, ge, lt, le; "" is true
	left, right *filter
	name        string
	text        string
	when        time.Time
	isTime      bool
	number      float64
	isNumber    bool
}

// fields gives the value of a property: string, time.Time or float64; nil if
// there is none.
type fields func(name string) any

// parseFilter reads an OData expression. allowed are the properties that may
// be filtered on.
func parseFilter(text string, allowed ...string) (*filter, *failure) {
	if strings.TrimSpace(text) == "" {
		return &filter{}, nil
	}
	p := &filterParser{tokens: filterTokens(text), allowed: allowed}
	f, err := p.or()
	if err == nil && p.at < len(p.tokens) {
		err = fmt.Errorf("unexpected %q", p.tokens[p.at])
	}
	if err != nil {
		return nil, badRequest("InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid.").
			with("QueryParameterName", "$filter").with("QueryParameterValue", "%s", text).with("Reason", "%v", err)
	}
	return f, nil
}

func (f *filter) match(get fields) bool {
	switch f.op {
	case "":
		return true
	case "and":
		return f.left.match(get) && f.right.match(get)
	case "or":
		return f.left.match(get) || f.right.match(get)
	case "not":
		return !f.left.match(get)
	}
	v := get(f.name)
	if f.op == "startswith" {
		s, ok := v.(string)
		return ok && strings.HasPrefix(strings.ToLower(s), strings.ToLower(f.text))
	}
	var c int
	switch v := v.(type) {
	case string:
		if f.isTime || f.isNumber {
			return false
		}
		c = strings.Compare(strings.ToLower(v), strings.ToLower(f.text))
	case time.Time:
		if !f.isTime || v.IsZero() {
			return false
		}
		c = v.Compare(f.when)
	case float64:
		if !f.isNumber {
			return false
		}
		c = int(sign(v - f.number))
	default:
		return f.op == "ne"
	}
	switch f.op {
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	case "gt":
		return c > 0
	case "ge":
		return c >= 0
	case "lt":
		return c < 0
	}
	return c <= 0
}

func sign(x float64) float64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// state is the only state that can match; since, the earliest transition to
// it. They let a list start from an index.
func (f *filter) bounds() (state string, since time.Time) {
	switch f.op {
	case "and":
		s1, t1 := f.left.bounds()
		s2, t2 := f.right.bounds()
		if s1 == "" {
			s1 = s2
		}
		if t2.After(t1) {
			t1 = t2
		}
		return s1, t1
	case "eq":
		if f.name == "state" {
			return strings.ToLower(f.text), since
		}
		if f.name == "stateTransitionTime" {
			return "", f.when
		}
	case "ge", "gt":
		if f.name == "stateTransitionTime" {
			return "", f.when
		}
	}
	return "", since
}

type filterParser struct {
	tokens  []string
	at      int
	allowed []string
}

func (p *filterParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *filterParser) next() string {
	t := p.peek()
	p.at++
	return t
}

func (p *filterParser) expect(t string) error {
	if got := p.next(); got != t {
		if got == "" {
			return fmt.Errorf("%q is missing at the end", t)
		}
		return fmt.Errorf("%q is missing before %q", t, got)
	}
	return nil
}

func (p *filterParser) or() (*filter, error) {
	left, err := p.and()
	for err == nil && p.peek() == "or" {
		p.at++
		var right *filter
		if right, err = p.and(); err == nil {
			left = &filter{op: "or", left: left, right: right}
		}
	}
	return left, err
}

func (p *filterParser) and() (*filter, error) {
	left, err := p.unary()
	for err == nil && p.peek() == "and" {
		p.at++
		var right *filter
		if right, err = p.unary(); err == nil {
			left = &filter{op: "and", left: left, right: right}
		}
	}
	return left, err
}

func (p *filterParser) unary() (*filter, error) {
	switch t := p.next(); t {
	case "":
		return nil, fmt.Errorf("the expression ends too early")
	case "not":
		f, err := p.unary()
		return &filter{op: "not", left: f}, err
	case "(":
		f, err := p.or()
		if err != nil {
			return nil, err
		}
		return f, p.expect(")")
	case "startswith":
		return p.startsWith()
	default:
		return p.comparison(t)
	}
}

func (p *filterParser) startsWith() (*filter, error) {
	f := &filter{op: "startswith"}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	name, err := p.property(p.next())
	if err != nil {
		return nil, err
	}
	f.name = name
	if err := p.expect(","); err != nil {
		return nil, err
	}
	if err := f.literal(p.next()); err != nil {
		return nil, err
	}
	if f.isTime || f.isNumber {
		return nil, fmt.Errorf("startswith takes a string in single quotes")
	}
	return f, p.expect(")")
}

func (p *filterParser) comparison(t string) (*filter, error) {
	name, err := p.property(t)
	if err != nil {
		return nil, err
	}
	f := &filter{op: p.next(), name: name}
	switch f.op {
	case "eq", "ne", "gt", "ge", "lt", "le":
	default:
		return nil, fmt.Errorf("%q is not an operator: eq, ne, gt, ge, lt and le are", f.op)
	}
	literal := p.next()
	if err := f.literal(literal); err != nil {
		return nil, err
	}
	if strings.HasSuffix(f.name, "Time") && !f.isTime {
		return nil, fmt.Errorf("%s is compared with a time such as DateTime'2026-01-02T15:04:05Z', not with %s", f.name, literal)
	}
	return f, nil
}

func (p *filterParser) property(t string) (string, error) {
	for _, a := range p.allowed {
		if strings.EqualFold(a, t) {
			return a, nil
		}
	}
	return "", fmt.Errorf("%q cannot be filtered on: %s can", t, strings.Join(p.allowed, ", "))
}

// literal reads 'text', DateTime'…', a number, or a bare time.
func (f *filter) literal(t string) error {
	text, quoted := strings.CutPrefix(t, "'")
	if rest, ok := cutFold(t, "datetime'"); ok {
		when, err := time.Parse(time.RFC3339, strings.TrimSuffix(rest, "'"))
		if err != nil {
			return fmt.Errorf("%s is not a time such as DateTime'2026-01-02T15:04:05Z'", t)
		}
		f.when, f.isTime = when, true
		return nil
	}
	if quoted {
		f.text = strings.ReplaceAll(strings.TrimSuffix(text, "'"), "''", "'")
		return nil
	}
	if n, err := strconv.ParseFloat(t, 64); err == nil {
		f.number, f.isNumber = n, true
		return nil
	}
	if when, err := time.Parse(time.RFC3339, t); err == nil {
		f.when, f.isTime = when, true
		return nil
	}
	return fmt.Errorf("%q is not a literal: strings stand in single quotes, times in DateTime'…'", t)
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// filterTokens splits an expression into words, literals and punctuation.
func filterTokens(s string) []string {
	var tokens []string
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '(' || c == ')' || c == ',':
			tokens = append(tokens, string(c))
			i++
		default:
			j := i
			for j < len(s) && !strings.ContainsRune(" \t(),", rune(s[j])) {
				if s[j] == '\'' {
					j = endQuote(s, j)
					continue
				}
				j++
			}
			tokens = append(tokens, s[i:j])
			i = j
		}
	}
	return tokens
}

// endQuote is behind the quote that closes the one at i; two stand for one.
func endQuote(s string, i int) int {
	for i++; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}
