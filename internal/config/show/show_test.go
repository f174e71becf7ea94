package show

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/internal/lang/value"
)

func sample() *value.Map {
	gstring := &value.GString{Strs: []string{"it's\n\\"}}
	return value.MapOf(
		"params", value.MapOf(
			"s", value.String("a\nb"), "q-r", value.Int(1), "dur", value.Duration(3600000), "mem", value.Memory(2<<30),
			"m", value.NewMap(0), "g", gstring, "again", gstring, "n", nil, "yes", value.String("yes"),
			"uni", value.String("é 😀"), "list", value.NewList(value.Int(1), value.String("it's $ q"), nil, value.NewMap(0), value.NewList()),
		),
		"cleanup", value.Bool(true),
		"process", value.MapOf("withName:A.*", value.MapOf("cpus", value.Int(1)), "withName:A", value.MapOf("cpus", value.Int(3))),
	)
}

func TestPrint(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"canonical": `params {
   s = 'a\nb'
   'q-r' = 1
   dur = '1h'
   mem = '2 GB'
   g = 'it's
\'
   again = 'it's
\'
   n = null
   yes = 'yes'
   uni = 'é 😀'
   list = [1, 'it\'s $ q', null, [], []]
}

cleanup = true

process {
   withName:'A.*' {
      cpus = 1
   }
   withName:A {
      cpus = 3
   }
}
`,
		"flat": `params.s = 'a\nb'
params.'q-r' = 1
params.dur = '1h'
params.mem = '2 GB'
params.g = 'it's
\'
params.again = 'it's
\'
params.n = null
params.yes = 'yes'
params.uni = 'é 😀'
params.list = [1, 'it\'s $ q', null, [], []]
cleanup = true
process.'withName:A.*'.cpus = 1
process.'withName:A'.cpus = 3
`,
		"json": `{
    "params": {
        "s": "a\nb",
        "q-r": 1,
        "dur": {
            "durationInMillis": 3600000,
            "days": 0,
            "hours": 1,
            "millis": 3600000,
            "minutes": 60,
            "seconds": 3600
        },
        "mem": {
            "bytes": 2147483648,
            "giga": 2,
            "kilo": 2097152,
            "mega": 2048
        },
        "m": {
            
        },
        "g": "it's\n\\",
        "again": "it's\n\\",
        "n": null,
        "yes": "yes",
        "uni": "\u00e9 \ud83d\ude00",
        "list": [
            1,
            "it's $ q",
            null,
            {
                
            },
            [
                
            ]
        ]
    },
    "cleanup": true,
    "process": {
        "withName:A.*": {
            "cpus": 1
        },
        "withName:A": {
            "cpus": 3
        }
    }
}
`,
		"yaml": `params:
  s: |-
    a
    b
  q-r: 1
  dur: !!nextflow.util.Duration {}
  mem: !!nextflow.util.MemoryUnit {}
  m: {}
  g: &id001 !!org.codehaus.groovy.runtime.GStringImpl {}
  again: *id001
  n: null
  'yes': 'yes'
  uni: é 😀
  list:
  - 1
  - it's $ q
  - null
  - {}
  - []
cleanup: true
process:
  withName:A.*:
    cpus: 1
  withName:A:
    cpus: 3
`,
	} {
		got, ok := Print(Tree{Root: sample()}, format, false)
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("%s (-want +got)\n%s", format, d)
		}
	}
	if _, ok := Print(Tree{Root: sample()}, "xml", false); ok {
		t.Error("xml is no format")
	}
	got, _ := Print(Tree{Root: sample()}, "properties", true)
	if want := "cleanup=true\nparams.again=it's\\n\\\\\nparams.dur=1h\n"; !strings.HasPrefix(got, want) || strings.Contains(got, "params.n=") {
		t.Errorf("properties:\n%s", got)
	}
}

// Maps that were given as values print as such where the caller says so.
func TestInline(t *testing.T) {
	t.Parallel()
	tree := Tree{Root: value.MapOf("a", value.MapOf("b", value.MapOf("z", value.Int(1), "c-d", value.NewMap(0)))), Inline: func(path []string) bool { return len(path) == 2 }}
	got, _ := Print(tree, "canonical", true)
	if want := "a {\n   b = [z:1, 'c-d':[]]\n}\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}

// The order of Java's hash table, two times over, as OpenJDK 17 printed it.
func TestTableOrder(t *testing.T) {
	t.Parallel()
	keys := strings.Fields("params.a params.b params.c params.d.e process.cpus process.memory docker.enabled docker.registry env.A env.B env.C manifest.name manifest.author workDir cleanup trace.file trace.fields report.file dag.file timeline.file")
	first := tableOrder(keys)
	if len(first) != len(keys) {
		t.Fatalf("%d keys became %d", len(keys), len(first))
	}
	if d := cmp.Diff(first, tableOrder(keys)); d != "" {
		t.Error("the order is not the same twice")
	}
}

func TestYAMLScalars(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "''",
		"plain text":              "plain text",
		"a: b":                    "'a: b'",
		"a #b":                    "'a #b'",
		"#b":                      "'#b'",
		"-x":                      "-x",
		"- x":                     "'- x'",
		"1":                       "'1'",
		"1.5":                     "'1.5'",
		"0x1f":                    "'0x1f'",
		"true":                    "'true'",
		"Off":                     "'Off'",
		"null":                    "'null'",
		"2024-01-02":              "'2024-01-02'",
		" lead":                   "' lead'",
		"it's":                    "it's",
		"'q'":                     "'''q'''",
		"a\tb":                    `"a\tb"`,
		"a\n  b\tc":               `"a\n  b\tc"`,
		"a\nb\n":                  "|\n    a\n    b",
		"a\n\n":                   "|+\n    a\n",
		" a\nb":                   "|2-\n     a\n    b",
		"\x1b[0m":                 "!!binary |-\n    G1swbQ==",
		strings.Repeat("ab ", 30): "'" + strings.Repeat("ab ", 25) + "ab\n    ab ab ab ab '",
	} {
		got, _ := Print(Tree{Root: value.MapOf("p", value.MapOf("k", value.String(text)))}, "yaml", false)
		if d := cmp.Diff("p:\n  k: "+want+"\n", got); d != "" {
			t.Errorf("%q (-want +got)\n%s", text, d)
		}
	}
}
