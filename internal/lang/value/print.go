package value

import (
	"fmt"
	"strconv"
	"strings"
)

// ToString is v as println and GStrings show it. A lazy part of a GString
// that fails shows its error; use Text where the error must surface.
func ToString(v Value) string {
	switch x := v.(type) {
	case String:
		return string(x)
	case Int:
		return strconv.FormatInt(int64(x), 10)
	}
	p := printer{}
	p.value(v)
	return p.b.String()
}

// Text is ToString with the first error of lazy GString parts.
func Text(v Value) (string, error) {
	p := printer{}
	p.value(v)
	return p.b.String(), p.err
}

// Inspect is v as Groovy code: strings in quotes.
func Inspect(v Value) string {
	p := printer{quote: true}
	p.value(v)
	return p.b.String()
}

// Render is the text of a GString; lazy parts are computed now.
func Render(g *GString) (string, error) {
	switch {
	case len(g.Vals) == 0 && len(g.Strs) == 1:
		return g.Strs[0], nil
	case len(g.Lazy) == 0 && len(g.Vals) == 1 && len(g.Strs) == 2:
		if s, ok := g.Vals[0].(String); ok {
			return g.Strs[0] + string(s) + g.Strs[1], nil
		}
	}
	p := printer{}
	p.gstring(g)
	return p.b.String(), p.err
}

// Str is the text of a String, GString or Character.
func Str(v Value) (string, bool) {
	switch x := v.(type) {
	case String:
		return string(x), true
	case *GString:
		return ToString(x), true
	case Char:
		return string(rune(x)), true
	case *Buffer:
		return string(x.Bytes), true
	case *GroupKey:
		return Str(x.Key)
	}
	return "", false
}

// maxNesting ends the printing of values that contain themselves through others,
// where Java overflows its stack.
const maxNesting = 1000

type printer struct {
	b     strings.Builder
	quote bool
	depth int
	err   error
}

func (p *printer) value(v Value) {
	switch x := v.(type) {
	case nil:
		p.b.WriteString("null")
	case String:
		p.text(string(x))
	case *GString:
		if !p.quote {
			p.gstring(x)
			return
		}
		s, err := Render(x)
		p.fail(err)
		p.quoted(s, '"')
	case *List:
		if x.Kind == Blank && !p.quote {
			p.blank(x)
			return
		}
		p.list(v, x)
	case *Set:
		p.list(v, x)
	case *MapValues:
		p.list(v, x)
	case *Map:
		p.mapping(x)
	case *MapEntry:
		p.value(x.Key)
		p.b.WriteByte('=')
		p.value(x.Value)
	case *Range:
		p.span(x)
	case *ObjectRange:
		p.value(x.From)
		p.b.WriteString(x.dots())
		p.value(x.To)
	case Renderer:
		s, err := x.Render()
		p.fail(err)
		p.b.WriteString(s)
	default:
		p.b.WriteString(scalarText(v))
	}
}

// blank prints staged files side by side.
func (p *printer) blank(l *List) {
	for i, e := range l.Elems {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		p.value(e)
	}
}

func scalarText(v Value) string {
	switch x := v.(type) {
	case Bool:
		return strconv.FormatBool(bool(x))
	case Int:
		return strconv.FormatInt(int64(x), 10)
	case Long:
		return strconv.FormatInt(int64(x), 10)
	case BigInt:
		return x.Int.String()
	case Decimal:
		return x.ToString()
	case Float:
		return formatDouble(float64(x), 32)
	case Double:
		return formatDouble(float64(x), 64)
	case Char:
		return string(rune(x))
	case ClassRef:
		return classText(x.Of)
	case Stringer:
		return x.ToString()
	case *Closure, *Native:
		return fmt.Sprintf("Script1$_run_closure1@%x", uint32(HashCode(v)))
	}
	return fmt.Sprintf("%s@%x", v.Class().Name, uint32(HashCode(v)))
}

func (p *printer) text(s string) {
	if p.quote {
		p.quoted(s, '\'')
		return
	}
	p.b.WriteString(s)
}

var inspectEscapes = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\f", `\f`, `\`, `\\`, `'`, `\'`)

func (p *printer) quoted(s string, quote byte) {
	p.b.WriteByte(quote)
	p.b.WriteString(inspectEscapes.Replace(s))
	p.b.WriteByte(quote)
}

func (p *printer) gstring(g *GString) {
	for i, s := range g.Strs {
		p.b.WriteString(s)
		if i >= len(g.Vals) {
			continue
		}
		v := g.Vals[i]
		if f := g.Lazy[i]; f != nil {
			var err error
			if v, err = f(); err != nil {
				p.fail(err)
				p.b.WriteString(err.Error())
				continue
			}
		}
		switch x := v.(type) {
		case *Range: // all its elements, where println shows both ends
			p.list(x, x)
		case *ObjectRange:
			p.list(x, x)
		default:
			p.value(v)
		}
	}
}

func (p *printer) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *printer) list(self Value, elems Iterable) {
	if !p.enter() {
		return
	}
	defer p.leave()
	p.b.WriteByte('[')
	first := true
	elems.Iterate(func(e Value) bool {
		if !first {
			p.b.WriteString(", ")
		}
		first = false
		if isSelf(e, self) {
			p.b.WriteString("(this Collection)")
		} else {
			p.value(e)
		}
		return true
	})
	p.b.WriteByte(']')
}

func isSelf(e, self Value) bool {
	switch x := e.(type) {
	case *List:
		s, ok := self.(*List)
		return ok && s == x
	case *Set:
		s, ok := self.(*Set)
		return ok && s == x
	}
	return false
}

func (p *printer) mapping(m *Map) {
	if m.Len() == 0 {
		p.b.WriteString("[:]")
		return
	}
	if !p.enter() {
		return
	}
	defer p.leave()
	p.b.WriteByte('[')
	first := true
	m.Entries(func(k, v Value) bool {
		if !first {
			p.b.WriteString(", ")
		}
		first = false
		p.entryPart(k, m)
		p.b.WriteByte(':')
		p.entryPart(v, m)
		return true
	})
	p.b.WriteByte(']')
}

func (p *printer) entryPart(v Value, self *Map) {
	if m, ok := v.(*Map); ok && m == self {
		p.b.WriteString("(this Map)")
		return
	}
	p.value(v)
}

func (p *printer) enter() bool {
	p.depth++
	if p.depth > maxNesting {
		p.depth--
		p.b.WriteString("...")
		p.fail(Throw("java.lang.StackOverflowError", ""))
		return false
	}
	return true
}

func (p *printer) leave() { p.depth-- }

func (p *printer) span(r *Range) {
	if r.Chars {
		from, to := rune(r.From), rune(r.To)
		p.text(string(from))
		if r.Empty {
			p.b.WriteString("..<")
		} else {
			p.b.WriteString("..")
		}
		p.text(string(to))
		return
	}
	p.b.WriteString(strconv.FormatInt(r.From, 10))
	if r.Exclusive || r.Empty {
		p.b.WriteString("..<")
	} else {
		p.b.WriteString("..")
	}
	p.b.WriteString(strconv.FormatInt(r.bound(), 10))
}
