package value

import "testing"

func FuzzNewPattern(f *testing.F) {
	for _, s := range []string{"(a|b)*", `[a-z&&[^b]]\w+?`, `(?<n>x)\k<n>`, `\Q(\E{2,}+`, `(?im-s:a.b$)`, `\p{L}\x{41}\0101`, "[^[a]&&[b-d]]", "(?x) a # b\n c"} {
		f.Add(s, "abc x")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 60 || len(text) > 30 {
			return
		}
		p, err := NewPattern(source, 0)
		if err != nil {
			return
		}
		if p.Groups() < len(p.names) {
			t.Errorf("%q: %d groups, %d names", source, p.Groups(), len(p.names))
		}
	})
}

func FuzzSizes(f *testing.F) {
	for _, s := range []string{"1h 30m", "1.5 GB", "8.GB", "1:2:3", "1ms", "0", "..", "9999999999999999999d", "1 Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDuration(text); err == nil && d < 0 {
			t.Errorf("ParseDuration(%q) = %d", text, d)
		}
		if m, err := ParseMemory(text); err == nil {
			if m < 0 || m.ToString() == "" {
				t.Errorf("ParseMemory(%q) = %d", text, m)
			}
		}
		if v, err := ParseNumber(text); err == nil && !IsNumber(v) {
			t.Errorf("ParseNumber(%q) = %v", text, v)
		}
	})
}

func FuzzReplacement(f *testing.F) {
	f.Add("$1${n}\\$", "b")
	f.Fuzz(func(t *testing.T, replacement, text string) {
		p, err := NewPattern("(?<n>b)|(c)", 0)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.ReplaceAll(text, replacement)
		if found, _ := p.Find(text); err == nil && !found && out != text {
			t.Errorf("replaceAll changed %q to %q without a match", text, out)
		}
	})
}

func FuzzStringUnits(f *testing.F) {
	f.Add("é😀x", "\uffff")
	f.Fuzz(func(t *testing.T, a, b string) {
		if CompareStrings(a, b) != -CompareStrings(b, a) {
			t.Errorf("order of %q and %q is not symmetric", a, b)
		}
		g := &GString{Strs: []string{a, b}, Vals: []Value{String(b)}}
		text, err := Render(g)
		if err != nil || text != a+b+b {
			t.Errorf("Render = %q, %v", text, err)
		}
		for i := 0; i <= StringLen(a); i++ {
			if got := ByteOffset(a, i); got < 0 || got > len(a) {
				t.Errorf("ByteOffset(%q, %d) = %d", a, i, got)
			}
		}
	})
}

func BenchmarkAddInts(b *testing.B) {
	x, y := Value(Int(40)), Value(Int(2))
	for b.Loop() {
		if v, err := Add(nil, x, y); err != nil || v != Int(42) {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkEqualStrings(b *testing.B) {
	x, y := Value(String("sample_1")), Value(String("sample_1"))
	for b.Loop() {
		if !Equal(x, y) {
			b.Fatal("not equal")
		}
	}
}
