package syntax

import (
	"errors"
	"strings"

	"sluice/internal/lang/source"
)

// A Style says how Format lays code out.
type Style struct {
	Spaces int  // a level of indentation; 0 means 4
	Tabs   bool // indent by tabs instead
	Sort   bool // declarations in the usual order
}

// Format lays a file out anew: indentation, blanks between words, empty lines.
// It never breaks or joins lines, so every comment stays where it is, and it
// never changes a string. A text whose meaning or comments would not come out
// the same is refused.
func Format(f *File, style Style) (string, error) {
	text, err := formatOnce(f, style)
	if err != nil {
		return "", err
	}
	again, err := reparse(f, text)
	if err != nil {
		return "", err
	}
	if twice, err := formatOnce(again, style); err != nil || twice != text {
		return "", errors.New("formatting it twice would give another text than formatting it once")
	}
	return text, nil
}

func formatOnce(f *File, style Style) (string, error) {
	if style.Sort {
		sorted, err := sortDecls(f)
		if err != nil {
			return "", err
		}
		f = sorted
	}
	before := pieces(f.Source.Text)
	w := &layout{style: style}
	for i := range before {
		w.piece(before, i)
	}
	text := strings.TrimRight(w.b.String(), " \t\n") + "\n"
	after, err := reparse(f, text)
	if err != nil {
		return "", err
	}
	if Print(after) != Print(f) {
		return "", errors.New("its meaning would change")
	}
	if !sameComments(before, pieces(text)) {
		return "", errors.New("comments would be lost")
	}
	return text, nil
}

func reparse(f *File, text string) (*File, error) {
	src := source.NewFile(f.Source.Name, text)
	parse := ParseScript
	if f.Decls == nil && f.Body != nil {
		parse = ParseConfig
	}
	after, problems := parse(src)
	if problems.HasErrors() {
		return nil, errors.New("it could not be read again")
	}
	return after, nil
}

// A piece is a token or a comment.
type piece struct {
	text    string
	kind    Kind
	comment bool
	lines   int  // line ends before it
	space   bool // any blank before it
}

// pieces cuts a text up; what is between them is blank.
func pieces(text string) []piece {
	s := scanner{text: text, openComment: -1}
	var list []piece
	pos := 0
	if strings.HasPrefix(text, "#!") {
		end := strings.IndexByte(text+"\n", '\n')
		list = append(list, piece{text: text[:end], kind: Bad, comment: true})
		pos = end
	}
	for {
		t := s.scan(pos)
		list = append(list, comments(text[pos:t.Start])...)
		if t.Kind == EOF {
			return list
		}
		end := int(t.End)
		switch {
		case t.Kind == Quote, t.Kind == DoubleQuote, t.Kind == DollarSlash, (t.Kind == Slash || t.Kind == SlashEq) && !afterOperand(list):
			end = skipString(text, int(t.Start), 0)
		}
		gap := text[pos:t.Start]
		if i := strings.LastIndex(gap, "*/"); i >= 0 {
			gap = gap[i+2:]
		} else if i := strings.LastIndex(gap, "//"); i >= 0 {
			gap = gap[i+strings.IndexByte(gap[i:], '\n'):]
		}
		list = append(list, piece{text: text[t.Start:end], kind: t.Kind, lines: strings.Count(gap, "\n"), space: t.Space})
		pos = end
	}
}

// comments lists those of a gap between tokens.
func comments(gap string) []piece {
	var list []piece
	lines, space := 0, false
	for i := 0; i < len(gap); {
		switch {
		case strings.HasPrefix(gap[i:], "//"):
			end := strings.IndexByte(gap[i:]+"\n", '\n') + i
			list = append(list, piece{text: strings.TrimRight(gap[i:end], " \t\r"), comment: true, lines: lines, space: space})
			lines, space = 0, false
			i = end
			continue
		case strings.HasPrefix(gap[i:], "/*"):
			end := i + 2 + strings.Index(gap[i+2:], "*/") + 2
			list = append(list, piece{text: gap[i:end], comment: true, lines: lines, space: space})
			lines, space = 0, false
			i = end
			continue
		case gap[i] == '\n':
			lines++
		}
		space = true
		i++
	}
	return list
}

// afterOperand says whether a slash divides.
func afterOperand(list []piece) bool {
	for i := len(list) - 1; i >= 0; i-- {
		switch p := list[i]; {
		case p.comment:
			continue
		case p.kind == Keyword:
			switch p.text {
			case "true", "false", "null", "this", "super":
				return true
			}
			return false
		default:
			switch p.kind {
			case Name, Number, Quote, DoubleQuote, DollarSlash, RParen, RBrack, RBrace, Slash:
				return true
			}
			return false
		}
	}
	return false
}

func sameComments(a, b []piece) bool {
	return commentText(a) == commentText(b)
}

// commentText is all comments without the blanks at the ends of lines.
func commentText(list []piece) string {
	var b strings.Builder
	for _, p := range list {
		if !p.comment {
			continue
		}
		for _, line := range strings.Split(p.text, "\n") {
			b.WriteString(strings.TrimSpace(line))
			b.WriteByte('\n')
		}
	}
	return b.String()
}
