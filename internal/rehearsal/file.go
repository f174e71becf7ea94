package rehearsal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"sluice/internal/lang/diag"
	"sluice/internal/rehearsal/iam"
	"sluice/internal/rehearsal/state"
)

// ReadState reads a state from a file, completes and checks it. Errors say
// where in the file.
func ReadState(path string) (*state.State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the state of the rehearsal: %w", err)
	}
	st, err := ParseState(data)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return st, nil
}

// ParseState is ReadState for text that is at hand. Its errors begin with
// line and column.
func ParseState(data []byte) (*state.State, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	st := &state.State{}
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(st)
	if err != nil && !errors.Is(err, io.EOF) { // an empty file is the default
		return nil, yamlError(err)
	}
	st.Complete()
	err = st.Check()
	if err == nil {
		_, err = iam.New(iam.Options{State: st}) // knows the roles
	}
	if err == nil {
		_, err = newFaults(st.Faults)
	}
	var p *state.Problem
	if errors.As(err, &p) {
		line, column := position(file, p.At)
		return nil, fmt.Errorf("%d:%d: %s: %s", line, column, p.At, p.Message)
	}
	return st, err
}

var unknownField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^unknown field "(.*)"$`) })

func yamlError(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("1:1: %w", err)
	}
	message := at.GetMessage()
	if m := unknownField().FindStringSubmatch(message); m != nil {
		message = fmt.Sprintf("there is no key `%s`", m[1])
		if near, ok := diag.Near(m[1], keys(reflect.TypeFor[state.State]())); ok {
			message += fmt.Sprintf(" (`%s` is there)", near)
		}
	}
	p := at.GetToken().Position
	return fmt.Errorf("%d:%d: %s", p.Line, p.Column, message)
}

// keys are all that a state knows, at any depth.
func keys(t reflect.Type) []string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return nil
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return keys(t.Elem())
	case t.Kind() != reflect.Struct:
		return nil
	}
	var all []string
	for f := range t.Fields() {
		if tag := f.Tag.Get("yaml"); tag != "" {
			all = append(all, tag)
		}
		all = append(all, keys(f.Type)...)
	}
	return all
}

// position finds where a path such as grants[2].role is, or what of it is there.
func position(file *ast.File, at string) (line, column int) {
	for at != "" {
		path, err := yaml.PathString("$." + at)
		if err == nil {
			if node, err := path.FilterFile(file); err == nil && node != nil {
				p := node.GetToken().Position
				return p.Line, p.Column
			}
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	return 1, 1
}
