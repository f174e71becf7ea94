package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"sluice/internal/config"
	"sluice/internal/config/show"
	"sluice/internal/lang/value"
	"sluice/internal/observe"
	"sluice/internal/secret"
	"sluice/internal/workflow"
)

// facts are the run as observers send it away; nil where none does.
func (r *run) facts() *observe.Facts {
	if !r.tells {
		return nil
	}
	f := &observe.Facts{Params: map[string]any{}, Workflow: map[string]any{}, Config: r.configText()}
	if m, ok := plain(r.params).(map[string]any); ok {
		f.Params = m
	}
	r.meta.Facts(func(name string, v value.Value) {
		if name != "stats" {
			f.Workflow[name] = plain(v)
		}
	})
	f.Workflow["nextflow"] = map[string]any{
		"version": r.o.Version, "build": followedBuild, "timestamp": followedAt().Format(time.RFC3339), "enable": map[string]any{"dsl": 2},
	}
	return f
}

// plain is a value as JSON has it: durations are milliseconds, what JSON does
// not know is text.
func plain(v value.Value) any {
	switch v := v.(type) {
	case nil:
		return nil
	case value.Bool:
		return bool(v)
	case value.Duration:
		return v.Millis()
	case value.Memory:
		n := v.Bytes()
		return map[string]any{"bytes": n, "kilo": n >> 10, "mega": n >> 20, "giga": n >> 30}
	case *value.Map:
		m := make(map[string]any, v.Len())
		v.Entries(func(k, x value.Value) bool { m[value.ToString(k)] = plain(x); return true })
		return m
	case *workflow.Facts:
		return plain(v.Values)
	case *workflow.Flags:
		return plain(v.Values())
	}
	if _, text := value.Str(v); !text {
		if elems, ok := value.Elements(v); ok {
			list := make([]any, 0, len(elems))
			for _, e := range elems {
				list = append(list, plain(e))
			}
			return list
		}
		if text := value.ToString(v); value.IsNumber(v) && json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return value.ToString(v)
}

// configText is the configuration as `config` prints it, without what nobody
// is to see.
func (r *run) configText() string {
	root, _ := hideSecrets(r.config.Root).(*value.Map)
	tree := show.Tree{Root: root}
	if r.config.Older {
		tree.Inline = func(path []string) bool { return r.config.Values[config.Key(path...)] }
	}
	text, ok := show.Print(tree, "canonical", false)
	if !ok {
		panic("internal error: the configuration has no canonical form")
	}
	return secret.Redact(text)
}

// private are the ends of names of options whose values are for the run alone.
var private = []string{"token", "password", "secret", "accesskey", "secretkey", "accountkey", "privatekey", "passphrase"}

// hideSecrets is a copy in which values of such names are not told.
func hideSecrets(v value.Value) value.Value {
	m, ok := v.(*value.Map)
	if !ok {
		return v
	}
	c := value.NewMap(m.Len())
	m.Entries(func(k, x value.Value) bool {
		if isPrivate(value.ToString(k)) && x != nil {
			x = value.String("[secret]")
		}
		c.Set(k, hideSecrets(x))
		return true
	})
	return c
}

func isPrivate(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	for _, end := range private {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// warnLate tells of what goes wrong when the bus may be closed already.
func (r *run) warnLate(text string) { fmt.Fprintln(r.o.Stderr, "WARN: "+text) }
