package value

import "testing"

func TestPathAttributes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, text, name, base, simple, ext, parent string }{
		{"/a/b.tar.gz", "/a/b.tar.gz", "b.tar.gz", "b.tar", "b", "gz", "/a"},
		{"/a/.hid", "/a/.hid", ".hid", "", ".hid", "hid", "/a"},
		{"/a/.hid.x", "/a/.hid.x", ".hid.x", ".hid", ".hid", "x", "/a"},
		{"/a/b.", "/a/b.", "b.", "b", "b", "", "/a"},
		{"/", "/", "", "", "", "", "null"},
		{"/a", "/a", "a", "a", "a", "", "/"},
		{"a", "a", "a", "a", "a", "", "null"},
		{"a//b/../c/", "a/b/../c", "c", "c", "c", "", "a/b/.."},
		{"", "", "", "", "", "", "null"},
		{"file:///a/b", "/a/b", "b", "b", "b", "", "/a"},
		{"https://x.org/a/b.txt?c=d", "/a/b.txt", "b.txt", "b", "b", "txt", "https://x.org/a"},
		{"https://x.org", "", "", "", "", "", "null"},
		{"az://box/dir/f.txt", "/box/dir/f.txt", "f.txt", "f", "f", "txt", "az://box/dir"},
		{"s3://bucket", "/bucket", "", "", "", "", "null"},
	} {
		p := ParsePath(c.path)
		parent := "null"
		if q := p.Parent(); q != nil {
			parent = q.URI()
		}
		for _, pair := range [][2]string{{p.ToString(), c.text}, {p.FileName(), c.name}, {p.BaseName(), c.base}, {p.SimpleName(), c.simple}, {p.Extension(), c.ext}, {parent, c.parent}} {
			check(t, c.path, pair[0], pair[1])
		}
	}
	staged := &Path{Name: "/data/a.txt", Stage: "sub/b.fq.gz"}
	check(t, "staged name", staged.FileName()+" "+staged.SimpleName()+" "+staged.String(), "b.fq.gz b /data/a.txt")
}

func TestPathOperations(t *testing.T) {
	t.Parallel()
	a := ParsePath("/a")
	web := ParsePath("https://x.org/a/b.txt")
	for _, c := range []struct{ name, got, want string }{
		{"resolve b", a.ResolveName("b").Name, "/a/b"},
		{"resolve /b", a.ResolveName("/b").Name, "/b"},
		{"resolve ''", a.ResolveName("").Name, "/a"},
		{"resolve ../b", a.ResolveName("../b").Name, "/a/../b"},
		{"resolve b//c/", a.ResolveName("b//c/").Name, "/a/b/c"},
		{"resolve relative", ParsePath("x").ResolveName("y").Name, "x/y"},
		{"root", ParsePath("/").ResolveName("b").Name, "/b"},
		{"web", web.ResolveName("c").URI(), "https://x.org/a/b.txt/c"},
		{"web parent", web.Parent().ToString(), "/a"},
		{"a scheme is a name here", a.Sibling("https://x/y").URI(), "/https:/x/y"},
		{"sibling", ParsePath("/a/b").Sibling("c").Name, "/a/c"},
		{"normalize", ParsePath("/a/../b").Normalize().Name, "/b"},
		{"normalize relative", ParsePath("a/../../b").Normalize().Name, "../b"},
		{"normalize root", ParsePath("/../a").Normalize().Name, "/a"},
		{"az", ParsePath("az://box/dir").ResolveName("f").URI(), "az://box/dir/f"},
	} {
		check(t, c.name, c.got, c.want)
	}
	for _, c := range []struct{ from, to, want string }{{"/a/b", "/a/c/d", "../c/d"}, {"/a/b", "/a/b", ""}, {"/a/b", "/a", ".."}, {"/a", "/a/b/c", "b/c"}} {
		p, err := ParsePath(c.from).Relativize(ParsePath(c.to))
		if err != nil || p.Name != c.want {
			t.Errorf("%s to %s = %v, %v; want %s", c.from, c.to, p, err, c.want)
		}
	}
	if _, err := a.Relativize(ParsePath("x")); err == nil {
		t.Error("relativize of a relative path gives no error")
	}
	ab := ParsePath("/a/b")
	if !ab.StartsWith(a) || ab.StartsWith(ParsePath("/a/bc")) || !ab.EndsWith(ParsePath("b")) || ab.EndsWith(ParsePath("/b")) {
		t.Error("StartsWith or EndsWith is wrong")
	}
}
