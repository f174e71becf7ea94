package storage

import "testing"

func TestJoin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		dir  string
		add  []string
		want string
	}{
		{"/work", []string{"ab", "cd"}, "/work/ab/cd"},
		{"az://c/work", []string{"ab", "cd"}, "az://c/work/ab/cd"},
		{"az://c/work/", []string{"./a b#?%.txt"}, "az://c/work/a b#?%.txt"},
		{"az://c", []string{"x"}, "az://c/x"},
	} {
		if got := Join(tt.dir, tt.add...); got != tt.want {
			t.Errorf("Join(%q, %q) is %q, want %q", tt.dir, tt.add, got, tt.want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ uri, scheme, name string }{
		{"/a/b", "", "/a/b"},
		{"az://c/a b", "az", "c/a b"},
	} {
		if scheme, name := Split(tt.uri); scheme != tt.scheme || name != tt.name || IsRemote(tt.uri) != (tt.scheme != "") {
			t.Errorf("Split(%q) is %q, %q", tt.uri, scheme, name)
		}
	}
}
