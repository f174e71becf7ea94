package diag

import (
	"sort"

	"sluice/internal/lang/source"
)

// Severity orders problems: an Error stops the run, a Warning does not.
type Severity int

const (
	Error Severity = iota
	Warning
)

// A Label points at a place and says why it matters.
type Label struct {
	Span source.Span
	Text string
}

// A Diagnostic is one problem. Message states the fact: lower case, no full
// stop, code in backticks. Label says why here; Related shows other places;
// Notes add facts; Help proposes, with text that can be pasted.
type Diagnostic struct {
	Severity Severity
	Message  string
	Span     source.Span
	Label    string
	Related  []Label
	Notes    []string
	Help     string
	Hidden   bool // the lines hold a secret: places are named, their text is not shown
}

// List collects problems and is an error when it holds one.
type List []*Diagnostic

// Add appends an error and returns it for further detail.
func (l *List) Add(span source.Span, message string) *Diagnostic {
	d := &Diagnostic{Span: span, Message: message}
	*l = append(*l, d)
	return d
}

// Warn appends a warning and returns it for further detail.
func (l *List) Warn(span source.Span, message string) *Diagnostic {
	d := l.Add(span, message)
	d.Severity = Warning
	return d
}

// HasErrors says whether any entry is more than a warning.
func (l List) HasErrors() bool {
	for _, d := range l {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// Err is the list as an error, nil when it holds no error.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

// Sort orders by file name and position, and keeps the order of equals.
func (l List) Sort() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i].Span, l[j].Span
		if a.File != b.File {
			return fileName(a) < fileName(b)
		}
		return a.Start < b.Start
	})
}

func fileName(s source.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Name
}

// Error is the short form of all entries, one a line.
func (l List) Error() string { return l.Short() }
