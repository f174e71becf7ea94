package syntax

import (
	"sort"
	"strings"
)

// rank is where a kind of declaration stands in a sorted script; -1 for what
// cannot be moved.
func rank(d Decl) int {
	switch d := d.(type) {
	case *TopStmt:
		x, ok := d.Stmt.(*ExprStmt)
		if !ok {
			return -1
		}
		a, ok := x.X.(*Assign)
		if !ok {
			return -1
		}
		switch target := a.Target.Span().Text(); {
		case strings.HasPrefix(target, "nextflow."):
			return 0
		case strings.HasPrefix(target, "params."):
			return 3
		}
		return -1
	case *Import:
		return 1
	case *Include:
		return 2
	case *ParamsBlock:
		return 3
	case *WorkflowDef:
		if d.Name == "" {
			return 4
		}
		return 5
	case *OutputBlock:
		return 6
	case *ProcessDef:
		return 7
	case *FuncDef:
		return 8
	case *ClassDef:
		return 9
	}
	return -1
}

// sortDecls puts the declarations of a script in the usual order, each with
// the comments above it. Scripts with statements stay as they are: theirs is
// an order of events.
func sortDecls(f *File) (*File, error) {
	if len(f.Decls) < 2 {
		return f, nil
	}
	for _, d := range f.Decls {
		if rank(d) < 0 {
			return f, nil
		}
	}
	type part struct {
		text string
		rank int
	}
	text := f.Source.Text
	parts := make([]part, len(f.Decls))
	head := headEnd(text, int(f.Decls[0].Span().Start))
	start := head
	for i, d := range f.Decls {
		end := int(d.Span().End)
		end += strings.IndexByte(text[end:]+"\n", '\n')
		end = min(end, len(text))
		if i+1 < len(f.Decls) && end > int(f.Decls[i+1].Span().Start) {
			return f, nil // two on one line
		}
		parts[i] = part{strings.Trim(text[start:end], "\n"), rank(d)}
		start = end
	}
	tail := text[start:]
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].rank < parts[j].rank })
	var b strings.Builder
	b.WriteString(text[:head])
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('\n')
			if p.rank != parts[i-1].rank || p.rank > 3 {
				b.WriteByte('\n')
			}
		}
		b.WriteString(p.text)
	}
	b.WriteString(tail)
	return reparse(f, b.String())
}

// headEnd is where what belongs to the whole file ends: the `#!` line, and
// comments that an empty line parts from the first declaration.
func headEnd(text string, first int) int {
	head := text[:first]
	if i := strings.LastIndex(head, "\n\n"); i >= 0 {
		return i + 2
	}
	if strings.HasPrefix(head, "#!") {
		return strings.IndexByte(head, '\n') + 1
	}
	return 0
}
