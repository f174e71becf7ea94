package reference

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Page is one entry of the reference.
type Page struct {
	Kind    string // its directory: "operator"
	Name    string // as scripts and commands write it
	File    string // within the directory, without ending; Name unless given
	Forms   []string
	Doc     string
	Facts   []Fact
	Tables  []Table
	Options []Row // each with a section of its own
	Errors  []string
	Script  string // an example
	Output  string // what it prints
	Follows string // page of the Nextflow documentation
}

// A Fact is a line such as `since: 24.04`.
type Fact struct{ Name, Text string }

// A Table has a row for each argument, method, field.
type Table struct {
	Title string
	Rows  []Row
}

// A Row describes one of them; what is empty in all rows makes no column.
type Row struct{ Name, Type, Default, Since, Deprecated, Doc string }

func (p *Page) file() string {
	if p.File != "" {
		return p.File
	}
	return p.Name
}

func (p *Page) fact(name, text string) {
	if text != "" {
		p.Facts = append(p.Facts, Fact{name, text})
	}
}

func (p *Page) table(title string, rows []Row) {
	if len(rows) > 0 {
		p.Tables = append(p.Tables, Table{title, rows})
	}
}

// documentation is where the pages of the Nextflow documentation are.
const documentation = "https://docs.seqera.io/nextflow/"

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(r)) + s[n:]
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, ":") {
		return s
	}
	return s + "."
}

// marks takes `[25.04]` and `[deprecated]` off the beginning of a text.
func marks(doc string) (since, deprecated, rest string) {
	for strings.HasPrefix(doc, "[") {
		mark, after, ok := strings.Cut(doc[1:], "]")
		if !ok {
			break
		}
		if mark == "deprecated" {
			deprecated = "yes"
		} else {
			since = mark
		}
		doc = strings.TrimSpace(after)
	}
	return since, deprecated, doc
}

// Path is where the page is below docs/reference.
func (p *Page) Path() string { return p.Kind + "/" + p.file() + ".md" }
