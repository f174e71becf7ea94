package operator

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/internal/dataflow"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/value"
	"sluice/internal/storage"
	"sluice/internal/storage/local"
)

// A kit builds pipelines as a script would.
type kit struct {
	t       testing.TB
	env     *Env
	th      *value.Thread
	out     bytes.Buffer // what was printed
	methods map[string]*stdlib.Method
	factory value.Invoker
	dir     string
}

func newKit(t testing.TB) *kit {
	lock := &sync.Mutex{}
	lock.Lock()
	k := &kit{t: t, dir: t.TempDir(), methods: map[string]*stdlib.Method{}}
	k.env = &Env{
		Graph: dataflow.New(lock),
		TempDir: func(key string) (string, error) {
			dir := filepath.Join(k.dir, "tmp", key[:8])
			return dir, os.MkdirAll(dir, 0o777)
		},
		Storage: func(scheme string) (storage.Storage, error) {
			if scheme != "" {
				return nil, fmt.Errorf("no storage for %s", scheme)
			}
			return &local.Storage{}, nil
		},
	}
	k.th = &value.Thread{Context: context.Background(), Host: &host{k}, Lock: lock}
	for _, m := range Methods(k.env) {
		k.methods[m.Name] = m
	}
	k.factory = Factory(k.env).(value.Invoker)
	return k
}

type host struct{ k *kit }

func (h *host) Call(*value.Thread, value.Value, string, []value.Value) (value.Value, error) {
	return nil, fmt.Errorf("no calls here")
}

func (h *host) Property(*value.Thread, value.Value, string) (value.Value, error) {
	return nil, fmt.Errorf("no properties here")
}
func (h *host) Print(text string)            { h.k.out.WriteString(text) }
func (h *host) Log(level, message string)    { h.k.out.WriteString(level + ": " + message + "\n") }
func (h *host) Getenv(string) (string, bool) { return "", false }
func (h *host) LaunchDir() string            { return h.k.dir }

// val turns Go values into script values.
func val(x any) value.Value {
	switch x := x.(type) {
	case nil:
		return nil
	case value.Value:
		return x
	case int:
		return value.MakeInt(int64(x))
	case int64:
		return value.Long(x)
	case string:
		return value.String(x)
	case bool:
		return value.Bool(x)
	case float64:
		v, err := value.ParseNumber(fmt.Sprint(x))
		if err != nil {
			panic(err)
		}
		return v
	case []any:
		l := value.NewList()
		for _, e := range x {
			l.Elems = append(l.Elems, val(e))
		}
		return l
	case opts:
		m := value.NewMap(len(x) / 2)
		for i := 0; i < len(x); i += 2 {
			m.Set(val(x[i]), val(x[i+1]))
		}
		return m
	}
	panic(fmt.Sprintf("val of %T", x))
}

// opts is a map in order: opts{"by", 1}.
type opts []any

// l is a list.
func l(elems ...any) []any { return elems }

// fn is a closure of one parameter.
func fn(f func(v value.Value) any) value.Value {
	return &value.Closure{Implicit: true, Code: func(_ *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
		var a value.Value
		if len(args) > 0 {
			a = args[0]
		}
		r := f(a)
		if err, ok := r.(error); ok {
			return nil, err
		}
		return val(r), nil
	}}
}

// fn2 is a closure of two parameters.
func fn2(f func(a, b value.Value) any) value.Value {
	return &value.Closure{Params: 2, Required: 2, Code: func(_ *value.Thread, _ *value.Closure, args []value.Value) (value.Value, error) {
		return val(f(args[0], args[1])), nil
	}}
}

func num(v value.Value) int {
	n, _ := value.AsInt64(v)
	return int(n)
}

func rangeOf(from, to int64) value.Value { return &value.Range{From: from, To: to} }

func (k *kit) make(name string, args ...any) value.Value {
	k.t.Helper()
	v, _, err := k.factory.InvokeMethod(k.th, name, values(args))
	if err != nil {
		k.t.Fatalf("channel.%s: %v", name, err)
	}
	return v
}

func values(args []any) []value.Value {
	vals := make([]value.Value, len(args))
	for i, a := range args {
		vals[i] = val(a)
	}
	return vals
}

func (k *kit) of(args ...any) value.Value    { return k.make("of", args...) }
func (k *kit) value(args ...any) value.Value { return k.make("value", args...) }
func (k *kit) empty() value.Value            { return k.make("empty") }
func (k *kit) q() value.Value                { return k.of(3, 1, 2) }

// op calls an operator; errors are carried on as a failed channel.
func (k *kit) op(recv value.Value, name string, args ...any) value.Value {
	if f, ok := recv.(failed); ok {
		return f
	}
	v, err := k.methods[name].Fn(k.th, recv, values(args))
	if err != nil {
		return failed{err}
	}
	return v
}

type failed struct{ err error }

func (failed) Class() *value.Class { return value.ObjectClass }

// run drives the pipeline and shows what came out: "Q 1; 2" of a queue, "V 1"
// of a value channel, with "open" when it never closed; or the error.
func (k *kit) run(v value.Value) string {
	k.t.Helper()
	if f, ok := v.(failed); ok {
		return "error: " + f.err.Error()
	}
	ch := v.(*dataflow.Channel)
	kind := "Q"
	if ch.IsValue() {
		kind = "V"
	}
	var got []string
	done := false
	ch.Read("test", func(v value.Value) error {
		got = append(got, k.show(v))
		return nil
	}, func() error { done = true; return nil })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := k.env.Graph.Run(ctx); err != nil {
		return "error: " + err.Error()
	}
	if !done {
		kind += " open"
	}
	if len(got) == 0 {
		return kind
	}
	return kind + " " + strings.Join(got, "; ")
}

// show prints a value; files as name=content.
func (k *kit) show(v value.Value) string {
	if p, ok := v.(*value.Path); ok {
		b, err := os.ReadFile(p.Name)
		if err != nil {
			return err.Error()
		}
		return p.FileName() + "=" + strings.ReplaceAll(string(b), "\n", `\n`)
	}
	if t, ok := v.(*value.List); ok {
		for _, e := range t.Elems {
			if _, isPath := e.(*value.Path); isPath {
				parts := make([]string, len(t.Elems))
				for i, e := range t.Elems {
					parts[i] = k.show(e)
				}
				return "[" + strings.Join(parts, ", ") + "]"
			}
		}
	}
	return strings.ReplaceAll(value.ToString(v), "\n", `\n`)
}

// write makes a file and gives its path.
func (k *kit) write(name, content string) *value.Path {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		k.t.Fatal(err)
	}
	return &value.Path{Name: path}
}

type row struct {
	name  string
	build func(k *kit) value.Value
	want  string
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			if got := k.run(r.build(k)); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
		})
	}
}
