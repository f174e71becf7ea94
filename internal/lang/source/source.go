package source

import (
	"sort"
	"unicode/utf8"
)

// A File is one text of the user's: a script, a module or a configuration file.
type File struct {
	Name  string // as messages show it
	Text  string
	lines []int32 // offset of each line's first byte
}

// NewFile indexes the lines of text.
func NewFile(name, text string) *File {
	f := &File{Name: name, Text: text, lines: []int32{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, int32(i+1))
		}
	}
	return f
}

// Position is a place as editors show it: line and column count from 1,
// columns count characters.
type Position struct{ Line, Column int }

// Position translates a byte offset.
func (f *File) Position(offset int) Position {
	offset = min(max(offset, 0), len(f.Text))
	line := sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > offset })
	start := int(f.lines[line-1])
	return Position{Line: line, Column: utf8.RuneCountInString(f.Text[start:offset]) + 1}
}

// NumLines counts the lines; a text without a newline has one.
func (f *File) NumLines() int { return len(f.lines) }

// Line is the text of line n (from 1) without its line ending.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	start, end := int(f.lines[n-1]), len(f.Text)
	if n < len(f.lines) {
		end = int(f.lines[n]) - 1
	}
	if end > start && f.Text[end-1] == '\r' {
		end--
	}
	return f.Text[start:end]
}

// A Span is a stretch of a file, End exclusive. The zero Span is nowhere.
type Span struct {
	File       *File
	Start, End int32
}

// IsZero says that the span points nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Position is where the span starts.
func (s Span) Position() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(int(s.Start))
}

// Text is what the span covers.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return s.File.Text[s.Start:s.End]
}

// To is the span from the start of s to the end of t.
func (s Span) To(t Span) Span {
	if s.File == nil {
		return t
	}
	if t.File != s.File || t.End < s.Start {
		return s
	}
	return Span{File: s.File, Start: s.Start, End: t.End}
}
