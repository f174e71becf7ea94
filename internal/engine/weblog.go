package engine

import (
	"encoding/json"
	"fmt"

	"sluice/internal/lang/value"
	"sluice/internal/observe/trace"
	"sluice/internal/observe/web"
	"sluice/internal/task"
)

// openWeblog prepares the messages to a web address.
func (r *run) openWeblog() (keeper, error) {
	if !value.Truth(r.config.Get("weblog", "enabled")) {
		return nil, nil
	}
	address := "http://localhost"
	if v := r.config.Get("weblog", "url"); v != nil {
		address = value.ToString(v)
	}
	if err := web.CheckURL(address); err != nil {
		return nil, fmt.Errorf("config option `weblog.url`: %w", err)
	}
	token := ""
	if v := r.config.Get("weblog", "basicToken"); v != nil {
		token = value.ToString(v)
	}
	r.measures = true
	s, err := web.New(web.Options{
		URL: address, BasicToken: token, Params: plain(r.params), Trace: traced,
		// The bus may be closed by then: the warning goes to the terminal.
		Warn: func(text string) { fmt.Fprintln(r.o.Stderr, "WARN: "+text) },
	})
	if err != nil {
		return nil, fmt.Errorf("config option `weblog.url`: %w", err)
	}
	r.weblog = s
	return s, nil
}

// traced is a task's record by field, as the trace file has it.
func traced(t *task.Task) map[string]any {
	all := make(map[string]any, len(trace.Fields))
	for _, f := range trace.Fields {
		if v := f.Value(t); v != nil {
			all[f.Name] = plain(v)
		}
	}
	delete(all, "env") // may hold what nobody is to see
	return all
}

// plain is a value as JSON has it; what JSON does not know is text.
func plain(v value.Value) any {
	switch v := v.(type) {
	case nil:
		return nil
	case value.Bool:
		return bool(v)
	case *value.Map:
		m := make(map[string]any, v.Len())
		v.Entries(func(k, x value.Value) bool { m[value.ToString(k)] = plain(x); return true })
		return m
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
