package source

import "testing"

func TestPositions(t *testing.T) {
	t.Parallel()
	f := NewFile("a.nf", "ab\r\nä𝄞c\n\nend")
	if n := f.NumLines(); n != 4 {
		t.Errorf("%d lines, want 4", n)
	}
	for _, tc := range []struct {
		offset int
		want   Position
	}{
		{-1, Position{1, 1}},
		{0, Position{1, 1}},
		{3, Position{1, 4}}, // the newline belongs to its line
		{4, Position{2, 1}},
		{6, Position{2, 2}},  // after a character of two bytes
		{10, Position{2, 3}}, // and one of four
		{12, Position{3, 1}},
		{16, Position{4, 4}},
		{99, Position{4, 4}},
	} {
		if got := f.Position(tc.offset); got != tc.want {
			t.Errorf("offset %d: got %v, want %v", tc.offset, got, tc.want)
		}
	}
	for n, want := range map[int]string{0: "", 1: "ab", 2: "ä𝄞c", 3: "", 4: "end", 5: ""} {
		if got := f.Line(n); got != want {
			t.Errorf("line %d: got %q, want %q", n, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	f, other := NewFile("a.nf", "one two three"), NewFile("b.nf", "x")
	one, two := Span{f, 0, 3}, Span{f, 4, 7}
	for _, tc := range []struct {
		name      string
		got, want Span
	}{
		{"forward", one.To(two), Span{f, 0, 7}},
		{"backward stays", two.To(one), two},
		{"from nowhere", Span{}.To(two), two},
		{"to another file stays", one.To(Span{other, 0, 1}), one},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.name, tc.got, tc.want)
		}
	}
	if got := two.Text(); got != "two" {
		t.Errorf("text %q", got)
	}
	if got := two.Position(); got != (Position{1, 5}) {
		t.Errorf("position %v", got)
	}
	if nowhere := (Span{}); !nowhere.IsZero() || nowhere.Text() != "" || nowhere.Position() != (Position{}) {
		t.Error("the zero span is somewhere")
	}
}
