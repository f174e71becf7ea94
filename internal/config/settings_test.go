package config

import (
	"slices"
	"strings"
	"testing"

	"sluice/internal/lang/value"
)

func selectors() *Config {
	c := New(nil)
	set := func(v value.Value, path ...string) { c.Set(v, append([]string{"process"}, path...)...) }
	s := func(t string) value.Value { return value.String(t) }
	one := value.Int(1)
	set(one, "cpus")
	set(value.Memory(1<<30), "memory")
	set(s("cfgtag"), "tag")
	set(s("cfg"), "ext", "args")
	set(s("cfgonly"), "ext", "only")
	set(value.MapOf("path", s("cfg")), "publishDir")
	set(s("A"), "withName:A", "ext", "n")
	set(s("1h"), "withName:A", "time")
	set(s("ALIAS"), "withName:ALIAS", "ext", "n")
	set(s("2h"), "withName:ALIAS", "time")
	set(s("FULL"), "withName:.*:ALIAS", "ext", "f")
	set(s("3h"), "withName:.*:ALIAS", "time")
	set(s("WFA"), "withName:WF:A", "ext", "f")
	set(one, "withName:WF:A", "ext", "g")
	set(one, "withName:!A", "ext", "notA")
	set(one, "withName:ALI", "ext", "partial")
	set(s("big"), "withLabel:big", "ext", "lab")
	set(s("labargs"), "withLabel:big", "ext", "args")
	set(value.Memory(2<<30), "withLabel:big", "memory")
	set(value.Int(2), "withLabel:big", "cpus")
	set(s("bre"), "withLabel:b.*", "ext", "labre")
	set(value.Memory(3<<30), "withLabel:b.*", "memory")
	set(one, "withLabel:!big", "ext", "notbig")
	set(one, "withLabel:small|x", "ext", "alt")
	set(value.Int(2), "withName:C|D", "cpus")
	set(value.NewList(value.MapOf("path", s("d1"))), "withName:D", "publishDir")
	set(one, "withName:D", "ext", "zap")
	c.Scope("process", "withName:ALIAS", "ext").Set(s("n"), s("ALIAS2"))
	set(s("9h"), "withName:A.*", "time")
	return c
}

// The processes and the configuration are those of a run of Nextflow 25.04.4,
// whose tasks printed what is expected here.
func TestProcessSettings(t *testing.T) {
	t.Parallel()
	c := selectors()
	text := func(s string) value.Value { return value.String(s) }
	ownA := value.MapOf("cpus", value.Int(2), "ext", value.MapOf("own", value.Int(1), "args", text("ownargs")), "publishDir", text("own1"))
	ownD := value.MapOf("tag", text("owntag"), "publishDir", text("own1"), "ext", value.MapOf("own", value.Int(1)), "cpus", value.Int(1))
	for _, tc := range []struct {
		base, alias, full, labels string
		own                       *value.Map
		want                      map[string]string
	}{
		{"A", "A", "WF:A", "big two", ownA, map[string]string{
			"cpus": "2", "memory": "3 GB", "time": "9h", "tag": "cfgtag", "publishDir": "own1",
			"ext": "args:labargs f:WFA g:1 lab:big labre:bre n:A notA:1 only:cfgonly own:1",
		}},
		{"A", "ALIAS", "WF:ALIAS", "big two", ownA, map[string]string{
			"memory": "3 GB", "time": "3h", "ext": "args:labargs f:FULL lab:big labre:bre n:ALIAS2 notA:1 only:cfgonly own:1",
		}},
		{"B", "B", "B", "small", nil, map[string]string{
			"cpus": "1", "memory": "1 GB", "time": "null", "ext": "alt:1 args:cfg notA:1 notbig:1 only:cfgonly", "publishDir": "[path:cfg]",
		}},
		{"C", "C", "C", "", nil, map[string]string{"cpus": "2", "ext": "args:cfg notA:1 notbig:1 only:cfgonly"}},
		{"D", "D", "D", "", ownD, map[string]string{
			"cpus": "2", "tag": "owntag", "publishDir": "[[path:d1]]", "ext": "args:cfg notA:1 notbig:1 only:cfgonly own:1 zap:1",
		}},
	} {
		got := c.ProcessSettings(tc.base, tc.alias, tc.full, strings.Fields(tc.labels), tc.own)
		for name, want := range tc.want {
			v := got.GetString(name)
			have := value.ToString(v)
			if m, ok := v.(*value.Map); ok && name == "ext" {
				var parts []string
				sorted(m).Entries(func(k, v value.Value) bool {
					parts = append(parts, value.ToString(k)+":"+value.ToString(v))
					return true
				})
				have = strings.Join(parts, " ")
			}
			if have != want {
				t.Errorf("%s: %s is %s, want %s", tc.full, name, have, want)
			}
		}
		if got.Has(value.String("withName:A")) {
			t.Errorf("%s: selectors are left in the settings", tc.full)
		}
	}
	if got := strings.Join(c.UnusedSelectors([]string{"A", "WF:A", "ALIAS", "WF:ALIAS", "B", "C", "D"}), ","); got != "ALI" {
		t.Errorf("unused selectors: %s", got)
	}
	if value.ToString(ownA.GetString("ext")) != "[own:1, args:ownargs]" {
		t.Error("the definition's own settings were changed")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c := New(nil)
	one := value.Int(1)
	for _, path := range []string{
		"proces.cpus", "process.cpuss", "docker.enable", "foo.bar", "executor.queueSiz", "trace.field", "cleanupp",
		"executor.$slurm.queueSize", "azure.batch.pools.x.vmType", "mail.smtp.starttls.enable", "params.anything", "retry.x",
	} {
		c.Set(one, strings.Split(path, ".")...)
	}
	c.Set(value.String("x"), "process", "withName:NOPE", "errorStrategi")
	c.Set(one, "process", "withName:[", "cpus")
	c.Set(value.String("yes"), "docker", "enabled")
	want := []string{
		"warning: unknown config scope `proces`", "warning: `cpuss` is no process directive", "warning: `errorStrategi` is no process directive",
		"error: selector `withName:[` is no regular expression", "warning: unknown config option `docker.enable`",
		"error: `docker.enabled` cannot be `yes` (String), it is true or false",
		"warning: unknown config option `executor.queueSiz`", "warning: unknown config option `trace.field`", "warning: unknown config option `cleanupp`",
	}
	got := c.Check()
	for i, d := range got {
		if i >= len(want) || !strings.HasPrefix(d.Severity.String()+": "+d.Message, want[i]) {
			t.Errorf("%d: %s: %s", i, d.Severity, d.Message)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, want %d:\n%s", len(got), len(want), got.Short())
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, s := range Scopes() {
		if s.Doc == "" || !s.Open && len(s.Options) == 0 {
			t.Errorf("scope %q is incomplete", s.Name)
		}
		seen := map[string]bool{}
		for _, o := range s.Options {
			if o.Name == "" || o.Doc == "" || seen[o.Name] {
				t.Errorf("%s: option %q is double or incomplete", s.Name, o.Name)
			}
			seen[o.Name] = true
		}
	}
}

func TestTypedScopes(t *testing.T) {
	t.Parallel()
	c := New(nil)
	c.Set(value.Int(5), "executor", "queueSize")
	c.Set(value.Int(9), "executor", "$slurm", "queueSize")
	c.Set(value.String("2 GB"), "executor", "memory")
	c.Set(value.Bool(true), "trace", "enabled")
	c.Set(value.String("name, status"), "trace", "fields")
	c.Set(value.Bool(true), "docker", "enabled")
	c.Set(value.String("yes"), "report", "enabled")
	if e, p := c.Executor("slurm"); e.QueueSize != 9 || e.Memory != 2<<30 || e.PollInterval != 5000 || len(p) != 0 {
		t.Errorf("%+v %v", e, p)
	}
	if e, _ := c.Executor("local"); e.QueueSize != 5 || e.PollInterval != 100 {
		t.Errorf("%+v", e)
	}
	if tr, p := c.Trace(); !tr.Enabled || strings.Join(tr.Fields, "|") != "name|status" || tr.Sep != "\t" || len(p) != 0 {
		t.Errorf("%+v %v", tr, p)
	}
	if _, p := c.Report("report"); !p.HasErrors() {
		t.Error("report.enabled = 'yes' passed")
	}
	if k, p := c.EnabledContainer(); k.Engine != "docker" || len(p) != 0 {
		t.Errorf("%+v %v", k, p)
	}
	c.Set(value.Bool(true), "singularity", "enabled")
	if _, p := c.EnabledContainer(); !p.HasErrors() {
		t.Error("two container engines passed")
	}
	if c.ExecutorName() != "" {
		t.Errorf("executor name %q", c.ExecutorName())
	}
	c.Set(value.String("slurm"), "executor", "name")
	if c.ExecutorName() != "slurm" {
		t.Errorf("executor name %q", c.ExecutorName())
	}
}

func sorted(m *value.Map) *value.Map {
	keys := m.Keys()
	slices.SortFunc(keys, func(a, b value.Value) int { return strings.Compare(value.ToString(a), value.ToString(b)) })
	c := value.NewMap(len(keys))
	for _, k := range keys {
		v, _ := m.Get(k)
		c.Set(k, v)
	}
	return c
}
