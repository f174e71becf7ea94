package engine

import (
	"strings"
	"testing"

	"sluice/internal/config/load"
	"sluice/internal/lang/value"
)

// `params` is a map wherever a map is wanted. The expectations are what the
// original printed.
func TestParamsAreAMap(t *testing.T) {
	t.Parallel()
	p := newPipeline(t, map[string]string{"main.nf": `
params.zed = 'z'
def show(Map m) { "fn ${m.size()}" }
workflow {
    println params
    println params instanceof Map
    println params.keySet()
    def l = []
    params.each { k, v -> l << "$k=$v" }
    println l
    println params.findAll { k, v -> k == 'zed' }
    println params.collect { k, v -> "$k:$v" }
    println(params + [a: 1])
    println([a: 1] + params)
    println new groovy.json.JsonBuilder(params).toString()
    println groovy.json.JsonOutput.toJson(params)
    println show(params)
    println((params as Map).size())
    println new LinkedHashMap(params).keySet()
    println([params, [x: 1]].collectMany { it.keySet() })
    println(params == [fooBar: 1, a: [b: 2], zed: 'z'])
    println('zed' in params)
    println params.getOrDefault('nope', 'dflt')
    println params.fooBar
    params.fooBar = 5
    params.zed = 'other'
    println params.subMap(['fooBar', 'zed'])
    def copy = params.clone()
    copy.fooBar = 6
    println copy.fooBar
    println params['foo-bar']
    println params.nope
}`})
	out, code := p.run(func(o *Options) {
		o.Quiet = false
		load.SetParam(o.Params, "foo-bar", value.Int(1))
		load.SetParam(o.Params, "a.b", value.Int(2))
	})
	if code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	var lines []string
	warned := 0
	for line := range strings.Lines(out) {
		switch {
		case strings.HasPrefix(line, "WARN: Access to undefined parameter"):
			warned++
		case strings.HasPrefix(line, "WARN:"), strings.HasPrefix(line, "S L U I C E"), strings.HasPrefix(line, "Launching"):
		default:
			lines = append(lines, line)
		}
	}
	want := `[fooBar:1, a:[b:2], zed:z]
true
[fooBar, a, zed]
[fooBar=1, a=[b:2], zed=z]
[zed:z]
[fooBar:1, a:[b:2], zed:z]
[fooBar:1, a:1, zed:z]
[a:[b:2], fooBar:1, zed:z]
{"fooBar":1,"a":{"b":2},"zed":"z"}
{"fooBar":1,"a":{"b":2},"zed":"z"}
fn 3
3
[fooBar, a, zed]
[fooBar, a, zed, x]
true
true
dflt
1
[fooBar:1, zed:z]
6
null
null
`
	if got := strings.Join(lines, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if warned != 2 {
		t.Errorf("%d warnings of undefined parameters, want 2: %s", warned, out)
	}
}

// -cache false runs every task again, as `cache false` of all processes does.
func TestNoCache(t *testing.T) {
	t.Parallel()
	no := false
	p := newPipeline(t, map[string]string{"main.nf": "process P {\n    script:\n    \"echo ran >> ${launchDir}/ran\"\n}\nworkflow { P() }"})
	for i, tc := range []struct {
		cache *bool
		want  int
	}{{nil, 1}, {nil, 1}, {&no, 2}, {nil, 2}} {
		if out, code := p.run(func(o *Options) { o.Resume, o.Cache = "last", tc.cache }); code != 0 {
			t.Fatalf("exit %d: %s", code, out)
		}
		if got := strings.Count(p.read("ran"), "ran"); got != tc.want {
			t.Errorf("after run %d the task ran %d times, want %d", i+1, got, tc.want)
		}
	}
}
