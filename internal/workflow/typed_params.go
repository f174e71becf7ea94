package workflow

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sluice/internal/dataflow/splitter"
	"sluice/internal/lang/source"
	"sluice/internal/lang/stdlib"
	"sluice/internal/lang/syntax"
	"sluice/internal/lang/value"
)

// paramsBlock applies the defaults of params { name: Type = default }, asks
// for what has none and converts the values to their types. All mistakes are
// told at once.
func (s *Script) paramsBlock(b *syntax.ParamsBlock) error {
	var wrong []string
	var first source.Span
	for _, p := range b.Params {
		text, err := s.param(p)
		if err != nil {
			return err
		}
		if text == "" {
			continue
		}
		if len(wrong) == 0 {
			first = p.Where
		}
		wrong = append(wrong, text)
	}
	if len(wrong) == 0 {
		return nil
	}
	return &value.Exception{Of: value.ExceptionClass("java.lang.IllegalArgumentException"), Where: first, Message: strings.Join(wrong, "\n")}
}

// param gives one parameter its value; text says what is wrong with it.
func (s *Script) param(p *syntax.TypedParam) (text string, err error) {
	if s.Params.Has(p.Name) {
		return s.typed(p), nil
	}
	switch {
	case p.Default != nil:
		v, err := s.Inst.Expr(p.Default).Run(s.frame)
		if err != nil {
			return "", err
		}
		s.Params.Default(p.Name, v)
		return s.typed(p), nil
	case p.Type != nil && p.Type.Nullable:
		s.Params.Default(p.Name, nil)
	case p.Type != nil && p.Type.Name == "Boolean":
		s.Params.Default(p.Name, value.False)
	default:
		return fmt.Sprintf("parameter `%s` is required but was not given on the command line, in a params file or in the configuration", p.Name), nil
	}
	return "", nil
}

// typed converts a declared parameter to its type, or says why it cannot.
func (s *Script) typed(p *syntax.TypedParam) string {
	v := s.Params.Map().GetString(p.Name)
	if p.Type == nil || v == nil {
		return ""
	}
	refused := fmt.Sprintf("parameter `%s` is declared as %s, its value is %s", p.Name, p.Type.Span().Text(), value.Inspect(v))
	text, isText := value.Str(v)
	switch p.Type.Name {
	case "List", "Set", "Bag":
		if !isText {
			break
		}
		rows, err := readRows(text)
		if err != nil {
			return refused + ": " + err.Error()
		}
		v = rows
		s.Params.replace(p.Name, v)
	case "Boolean":
		if isText && text != "true" && text != "false" {
			return refused
		}
		if isText {
			s.Params.replace(p.Name, value.MakeBool(text == "true"))
			return ""
		}
	}
	class, ok := s.rt.Interp.Table.Class(p.Type.Name)
	if ok && !value.InstanceOf(v, class) {
		w, err := value.AsType(s.rt.Thread, v, class)
		if err != nil {
			return refused
		}
		v = w
		s.Params.replace(p.Name, v)
	}
	return s.exists(p, v)
}

// exists refuses a file that is not there: a Path is an input of the run.
func (s *Script) exists(p *syntax.TypedParam, v value.Value) string {
	path, ok := v.(*value.Path)
	if !ok || p.Type.Name != "Path" || strings.Contains(path.String(), "://") {
		return ""
	}
	if _, err := os.Stat(path.String()); os.IsNotExist(err) {
		return fmt.Sprintf("parameter `%s`: the file %s does not exist (declare it as String if the pipeline makes it)", p.Name, path)
	}
	return ""
}

// readRows reads a collection from a file: CSV with a header, JSON or YAML.
func readRows(name string) (value.Value, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("a collection is read from a file: %w", err)
	}
	var v value.Value
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".csv":
		rows := value.NewList()
		err = splitter.Split(splitter.CSV, strings.NewReader(string(b)), &splitter.Options{Header: true, Sep: ",", Quote: `"`}, func(v value.Value) (bool, error) {
			rows.Elems = append(rows.Elems, v)
			return true, nil
		})
		v = rows
	case ".json":
		v, err = stdlib.ParseJSON(string(b))
	case ".yml", ".yaml":
		v, err = stdlib.ParseYAML(string(b), false)
	default:
		return nil, fmt.Errorf("a collection is read from a .csv, .json, .yml or .yaml file, not %q", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !value.IsCollection(v) {
		return nil, fmt.Errorf("%s holds no list", name)
	}
	return v, nil
}
