package value

import (
	"strings"
	"unicode"
)

// A charClass is a set of characters as it is translated: ranges that regexp2
// understands, united with other classes, cut with the class in `and`.
type charClass struct {
	items   string       // the inside of a [...]
	union   []*charClass // nested and negated classes
	and     []*charClass // each && operand
	negated bool
	set     bool // stands for several characters even where items look like one
	single  rune // the one character that items are, when isOne
	isOne   bool
}

func oneChar(r rune) *charClass {
	return &charClass{items: literal(r), single: r, isOne: true}
}

func knownProperty(name string) bool {
	_, category := unicode.Categories[name]
	_, script := unicode.Scripts[name]
	return category || script
}

// String is the class as an expression that takes one character.
func (c *charClass) String() string {
	if len(c.union) == 0 && len(c.and) == 0 {
		return simpleClass(c.items, c.negated)
	}
	var parts []string
	if c.items != "" {
		parts = append(parts, "["+c.items+"]")
	}
	for _, u := range c.union {
		parts = append(parts, u.String())
	}
	text := strings.Join(parts, "|")
	switch {
	case len(parts) == 0:
		text = anyChar // the left side of && was empty
	case len(parts) > 1:
		text = "(?:" + text + ")"
	}
	for _, a := range c.and {
		text = "(?:(?=" + a.String() + ")" + text + ")"
	}
	if c.negated {
		return "(?:(?!" + text + ")" + anyChar + ")"
	}
	return text
}

func simpleClass(items string, negated bool) string {
	switch {
	case items == "" && negated:
		return anyChar
	case items == "":
		return `(?!)`
	case negated:
		return "[^" + items + "]"
	}
	return "[" + items + "]"
}

// class reads a [...] with nested classes, intersections and escapes.
func (t *regexTranslator) class() (*charClass, error) {
	if t.depth++; t.depth > maxRegexDepth {
		return nil, t.fail(t.at, "Pattern nests too deeply")
	}
	defer func() { t.depth-- }()
	t.at++
	c := &charClass{set: true}
	if t.peek() == '^' {
		t.at++
		c.negated = true
	}
	first, current := true, c
	for {
		t.skipComments()
		switch r := t.peek(); {
		case r < 0:
			return nil, t.fail(len(t.in)-1, "Unclosed character class")
		case r == ']' && !first:
			t.at++
			return c, nil
		case t.has("&&"):
			t.at += 2
			for t.peek() == '&' {
				t.at++
			}
			current = &charClass{set: true}
			c.and = append(c.and, current)
			first = false
			continue
		}
		if err := t.classItem(current); err != nil {
			return nil, err
		}
		first = false
	}
}

// classItem adds a character, a range or a nested class to c.
func (t *regexTranslator) classItem(c *charClass) error {
	switch {
	case t.peek() == '[':
		nested, err := t.class()
		if err != nil {
			return err
		}
		c.unite(nested)
		return nil
	case t.has(`\Q`):
		t.at++
		t.quoted(func(r rune) { c.items += literal(r) })
		return nil
	}
	low, err := t.classChar()
	if err != nil {
		return err
	}
	if !low.isOne || t.peek() != '-' || t.at+1 >= len(t.in) || t.in[t.at+1] == ']' || t.in[t.at+1] == '[' {
		c.unite(low)
		return nil
	}
	t.at++
	high, err := t.classChar()
	switch {
	case err != nil:
		return err
	case !high.isOne:
		c.unite(low)
		c.items += `\-`
		c.unite(high)
		return nil
	case high.single < low.single:
		return t.fail(t.at-1, "Illegal character range")
	}
	c.items += low.items + "-" + high.items
	return nil
}

func (t *regexTranslator) classChar() (*charClass, error) {
	r := t.peek()
	if r == '\\' {
		return t.classEscape()
	}
	t.at++
	return oneChar(r), nil
}

// unite adds other's characters, inline where no negation or cut stands between.
func (c *charClass) unite(other *charClass) {
	if other.negated || len(other.union) > 0 || len(other.and) > 0 {
		c.union = append(c.union, other)
		return
	}
	c.items += other.items
}
