package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

// regexStringMethods are the methods of strings that take patterns.
func regexStringMethods() []def {
	return []def{
		{"replaceAll", "regex, replacement: Closure", "replaces each match by what a closure makes of it", func(c call) (value.Value, error) {
			return c.replaceWith(c.arg(0), c.arg(1), -1)
		}},
		{"replaceAll", "regex, replacement: String", "replaces each match", func(c call) (value.Value, error) {
			p, err := patternOf(c.arg(0))
			if err != nil {
				return nil, err
			}
			s, err := p.ReplaceAll(c.str(), c.strArg(1))
			return value.String(s), err
		}},
		{"replaceFirst", "regex, replacement: Closure", "replaces the first match by what a closure makes of it", func(c call) (value.Value, error) {
			return c.replaceWith(c.arg(0), c.arg(1), 1)
		}},
		{"replaceFirst", "regex, replacement: String", "replaces the first match", func(c call) (value.Value, error) {
			s, err := c.replaceFirst(c.arg(0), c.strArg(1))
			return value.String(s), err
		}},
		{"matches", "regex: String", "says whether the whole string matches", matchesText},
		{"matches", "regex: Pattern", "says whether the whole string matches", matchesText},
		{"find", "regex: String", "is the first match, null if there is none", findText},
		{"find", "regex: Pattern", "is the first match, null if there is none", findText},
		{"find", "regex: String, transform: Closure", "is what transform makes of the first match", findText},
		{"find", "regex: Pattern, transform: Closure", "is what transform makes of the first match", findText},
		{"findAll", "regex: String", "is the list of matches", findAllText},
		{"findAll", "regex: Pattern", "is the list of matches", findAllText},
		{"findAll", "regex: String, transform: Closure", "is the list of what transform makes of the matches", findAllText},
		{"findAll", "regex: Pattern, transform: Closure", "is the list of what transform makes of the matches", findAllText},
		{"eachMatch", "regex, action: Closure", "calls action with each match", func(c call) (value.Value, error) {
			list, err := c.matches(c.arg(0))
			if err != nil {
				return nil, err
			}
			for _, m := range list {
				if _, err := c.run(c.arg(1), m.Value()); err != nil {
					return nil, err
				}
			}
			return c.recv, nil
		}},
		{"split", "", "cuts at white space", func(c call) (value.Value, error) {
			out := []value.Value{}
			for f := range strings.FieldsSeq(c.str()) {
				out = append(out, value.String(f))
			}
			return value.NewList(out...), nil
		}},
		{"split", "regex: String, limit: Integer = 0", "cuts at each match of regex; empty pieces at the end are dropped", splitText},
		{"bitwiseNegate", "", "is the pattern", func(c call) (value.Value, error) { return patternOf(c.recv) }},
	}
}

func matchesText(c call) (value.Value, error) {
	p, err := patternOf(c.arg(0))
	if err != nil {
		return nil, err
	}
	ok, err := p.Matches(c.str())
	return value.MakeBool(ok), err
}

// patternOf compiles a text; a pattern stays as it is.
func patternOf(v value.Value) (*value.Pattern, error) {
	if p, ok := v.(*value.Pattern); ok {
		return p, nil
	}
	return value.NewPattern(text(v), 0)
}

func splitText(c call) (value.Value, error) {
	p, err := patternOf(c.arg(0))
	if err != nil {
		return nil, err
	}
	out, err := splitPattern(c.str(), p, c.intOr(1, 0))
	return value.NewList(out...), err
}

func splitPattern(s string, p *value.Pattern, limit int) ([]value.Value, error) {
	pieces, err := p.Split(s, limit)
	if err != nil {
		return nil, err
	}
	out := []value.Value{}
	for _, piece := range pieces {
		out = append(out, value.String(piece))
	}
	return out, nil
}

// matches is all matches of a pattern in the receiver.
func (c call) matches(pattern value.Value) ([]*value.Match, error) {
	p, err := patternOf(pattern)
	if err != nil {
		return nil, err
	}
	var out []*value.Match
	for m := p.NewMatcher(c.str()); ; {
		ok, err := m.Find()
		if err != nil || !ok {
			return out, err
		}
		at, err := m.Current()
		if err != nil {
			return nil, err
		}
		out = append(out, at)
	}
}

func (c call) replaceFirst(pattern value.Value, replacement string) (string, error) {
	p, err := patternOf(pattern)
	if err != nil {
		return "", err
	}
	return p.ReplaceFirst(c.str(), replacement)
}

func (c call) replaceWith(pattern, f value.Value, n int) (value.Value, error) {
	p, err := patternOf(pattern)
	if err != nil {
		return nil, err
	}
	s, err := p.Replace(c.str(), n, func(m *value.Match) (string, error) {
		v, err := c.onMatch(m, f)
		return value.ToString(v), err
	})
	return value.String(s), err
}

// onMatch calls a closure with a match: its text, or all and the groups.
func (c call) onMatch(m *value.Match, f value.Value) (value.Value, error) {
	list, ok := m.Value().(*value.List)
	if !ok {
		return c.run(f, m.Value())
	}
	if closureParams(f) > 1 {
		return c.run(f, list.Elems...)
	}
	return c.run(f, list)
}

func findText(c call) (value.Value, error) {
	p, err := patternOf(c.arg(0))
	if err != nil {
		return nil, err
	}
	m := p.NewMatcher(c.str())
	ok, err := m.Find()
	if err != nil || !ok {
		return nil, err
	}
	at, err := m.Current()
	if err != nil {
		return nil, err
	}
	if c.n() > 1 {
		v, err := c.onMatch(at, c.arg(1))
		return value.String(value.ToString(v)), err
	}
	s, _ := at.Group(0)
	return value.String(s), nil
}

func findAllText(c call) (value.Value, error) {
	list, err := c.matches(c.arg(0))
	if err != nil {
		return nil, err
	}
	out := []value.Value{}
	for _, m := range list {
		if c.n() == 1 {
			s, _ := m.Group(0)
			out = append(out, value.String(s))
			continue
		}
		v, err := c.onMatch(m, c.arg(1))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return value.NewList(out...), nil
}

func patternMethods() []def {
	return []def{
		{"matcher", "text", "looks for the pattern in a text", func(c call) (value.Value, error) {
			return c.recv.(*value.Pattern).NewMatcher(c.strArg(0)), nil
		}},
		{"pattern", "", "is the text of the pattern", func(c call) (value.Value, error) { return value.String(c.recv.(*value.Pattern).Source), nil }},
		{"flags", "", "is the flags of the pattern", func(c call) (value.Value, error) { return value.Int(c.recv.(*value.Pattern).Flags), nil }},
		{"split", "text", "cuts a text at each match", func(c call) (value.Value, error) {
			out, err := splitPattern(c.strArg(0), c.recv.(*value.Pattern), 0)
			return value.NewList(out...), err
		}},
		{"splitAsStream", "text", "cuts a text at each match", func(c call) (value.Value, error) {
			out, err := splitPattern(c.strArg(0), c.recv.(*value.Pattern), 0)
			return &Stream{list: out}, err
		}},
		{"asPredicate", "", "is a closure that looks for the pattern", func(c call) (value.Value, error) {
			p := c.recv.(*value.Pattern)
			return native(1, func(_ *value.Thread, args []value.Value) (value.Value, error) {
				ok, err := p.Find(text(args[0]))
				return value.MakeBool(ok), err
			}), nil
		}},
	}
}

func matcherStatics() []def {
	return []def{
		{"quoteReplacement", "text: String", "is a replacement that stands for just the text", func(c call) (value.Value, error) {
			return value.String(strings.NewReplacer(`\`, `\\`, `$`, `\$`).Replace(c.strArg(0))), nil
		}},
	}
}

func patternStatics() []def {
	return []def{
		{"compile", "regex: String, flags: Integer = 0", "makes a pattern", func(c call) (value.Value, error) {
			p, err := value.NewPattern(c.strArg(0), c.intOr(1, 0))
			if err != nil {
				return nil, err
			}
			return p, nil
		}},
		{"quote", "text: String", "is a pattern that matches just the text", func(c call) (value.Value, error) {
			return value.String(`\Q` + strings.ReplaceAll(c.strArg(0), `\E`, `\E\\E\Q`) + `\E`), nil
		}},
		{"matches", "regex: String, text: String", "says whether the whole text matches", func(c call) (value.Value, error) {
			p, err := value.NewPattern(c.strArg(0), 0)
			if err != nil {
				return nil, err
			}
			ok, err := p.Matches(c.strArg(1))
			return value.MakeBool(ok), err
		}},
	}
}

func patternConstants(*Table) map[string]value.Value {
	return map[string]value.Value{
		"UNIX_LINES": value.Int(value.UnixLines), "CASE_INSENSITIVE": value.Int(value.CaseInsensitive),
		"COMMENTS": value.Int(value.Comments), "MULTILINE": value.Int(value.MultilineFlag),
		"LITERAL": value.Int(value.Literal), "DOTALL": value.Int(value.DotAll), "UNICODE_CASE": value.Int(64),
	}
}

func matcherMethods() []def {
	matcher := func(c call) *value.Matcher { return c.recv.(*value.Matcher) }
	truth := func(f func(*value.Matcher) (bool, error)) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			ok, err := f(matcher(c))
			return value.MakeBool(ok), err
		}
	}
	place := func(end bool) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			m, err := matcher(c).Current()
			if err != nil {
				return nil, err
			}
			from, to := m.Span(c.intOr(0, 0))
			if end {
				from = to
			}
			return value.Int(from), nil
		}
	}
	named := func(end bool) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			n, err := matcher(c).GroupNumber(c.strArg(0))
			if err != nil {
				return nil, err
			}
			c.args = []value.Value{value.Int(n)}
			return place(end)(c)
		}
	}
	replace := func(first bool) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			m := matcher(c)
			if _, ok := c.arg(0).(value.Callable); ok {
				n := -1
				if first {
					n = 1
				}
				s, err := m.Pattern.Replace(m.Text, n, func(at *value.Match) (string, error) {
					v, err := c.run(c.arg(0), at.Matcher())
					if err != nil {
						return "", err
					}
					return at.Expand(value.ToString(v))
				})
				return value.String(s), err
			}
			if first {
				s, err := m.Pattern.ReplaceFirst(m.Text, c.strArg(0))
				return value.String(s), err
			}
			s, err := m.Pattern.ReplaceAll(m.Text, c.strArg(0))
			return value.String(s), err
		}
	}
	return []def{
		{"find", "", "moves to the next match", truth((*value.Matcher).Find)},
		{"find", "start: Integer", "finds the first match from a place on", func(c call) (value.Value, error) {
			ok, err := matcher(c).FindFrom(c.intArg(0))
			return value.MakeBool(ok), err
		}},
		{"matches", "", "says whether the whole text matches", truth((*value.Matcher).Matches)},
		{"lookingAt", "", "says whether the text begins with a match", truth((*value.Matcher).LookingAt)},
		{"hitEnd", "", "says whether the last search came to the end of the text", func(c call) (value.Value, error) {
			return value.MakeBool(matcher(c).Exhausted()), nil
		}},
		{"group", "name: String", "is the text of a named group", func(c call) (value.Value, error) { return matcher(c).NamedGroup(c.strArg(0)) }},
		{"group", "index: Integer = 0", "is the text of a group", func(c call) (value.Value, error) { return matcher(c).Group(c.intOr(0, 0)) }},
		{"groupCount", "", "is the number of groups", func(c call) (value.Value, error) { return value.Int(matcher(c).Pattern.Groups()), nil }},
		{"hasGroup", "", "says whether there are groups", func(c call) (value.Value, error) {
			return value.MakeBool(matcher(c).Pattern.Groups() > 0), nil
		}},
		{"getCount", "", "is the number of matches", func(c call) (value.Value, error) {
			n, err := matcher(c).Count()
			return value.Int(n), err
		}},
		{"size", "", "is the number of matches", func(c call) (value.Value, error) {
			n, err := matcher(c).Count()
			return value.Long(n), err
		}},
		{"start", "group: Integer = 0", "is where a group begins", place(false)},
		{"end", "group: Integer = 0", "is where a group ends", place(true)},
		{"replaceAll", "replacement", "replaces each match", replace(false)},
		{"replaceFirst", "replacement", "replaces the first match", replace(true)},
		{"start", "group: String", "is where a named group begins", named(false)},
		{"end", "group: String", "is where a named group ends", named(true)},
		{"reset", "text: String? = null", "starts anew, with another text if one is given", func(c call) (value.Value, error) {
			if c.n() > 0 {
				matcher(c).Text = c.strArg(0)
			}
			matcher(c).Reset()
			return c.recv, nil
		}},
		{"usePattern", "pattern: Pattern", "goes on with another pattern", func(c call) (value.Value, error) {
			matcher(c).Use(c.arg(0).(*value.Pattern))
			return c.recv, nil
		}},
		{"appendReplacement", "buffer, replacement: String", "appends what stands before the match and then the replacement", appendReplacement},
		{"appendTail", "buffer", "appends what stands after the last match", appendTail},
		{"pattern", "", "is the pattern", func(c call) (value.Value, error) { return matcher(c).Pattern, nil }},
		{"toMatchResult", "", "is the last match, which stays as it is", func(c call) (value.Value, error) {
			m, err := matcher(c).Current()
			if err != nil {
				return nil, err
			}
			return m.Matcher(), nil
		}},
		{"results", "", "is a stream of the matches", func(c call) (value.Value, error) {
			list, err := matcher(c).All()
			return &Stream{list: list}, err
		}},
	}
}

func appendReplacement(c call) (value.Value, error) {
	m := c.recv.(*value.Matcher)
	at, err := m.Current()
	if err != nil {
		return nil, err
	}
	from, to := at.Span(0)
	filled, err := at.Expand(c.strArg(1))
	if err != nil {
		return nil, err
	}
	err = appendTo(c, value.Substring(m.Text, m.Appended, from)+filled)
	m.Appended = to
	return c.recv, err
}

func appendTail(c call) (value.Value, error) {
	m := c.recv.(*value.Matcher)
	return c.arg(0), appendTo(c, value.Substring(m.Text, m.Appended, value.StringLen(m.Text)))
}

func appendTo(c call, s string) error {
	b, ok := c.arg(0).(*value.Buffer)
	if !ok {
		return c.missing()
	}
	return b.Append(value.String(s))
}
