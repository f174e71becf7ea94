package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/source"
	"sluice/internal/lang/value"
)

// ParamsFile reads the parameters of -params-file: JSON or YAML by the name's
// extension. Names nest at dots and lose hyphens as on the command line. The
// file is at path; messages call it name.
func ParamsFile(name, path string) (*value.Map, error) {
	var problems diag.List
	ext := strings.ToLower(filepath.Ext(name))
	if ext != ".json" && ext != ".yml" && ext != ".yaml" {
		d := problems.Add(source.Span{}, fmt.Sprintf("params file `%s` is neither JSON nor YAML by its name", name))
		d.Notes = append(d.Notes, "its name must end in `.json`, `.yml` or `.yaml`")
		return nil, problems
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		d := problems.Add(source.Span{}, fmt.Sprintf("params file `%s` does not exist", name))
		noteNearFile(d, path)
		return nil, problems
	}
	if err != nil {
		return nil, fmt.Errorf("read params file: %w", err)
	}
	f := source.NewFile(name, string(text))
	var m *value.Map
	if ext == ".json" {
		m, err = parseJSON(f)
	} else {
		m, err = parseYAML(f)
	}
	if err != nil {
		return nil, err
	}
	params := value.NewMap(m.Len())
	m.Entries(func(k, v value.Value) bool {
		SetParam(params, value.ToString(k), v)
		return true
	})
	return params, nil
}

func parseJSON(f *source.File) (*value.Map, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(f.Text)))
	dec.UseNumber()
	v, err := jsonValue(dec)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.New("text after the end of the object")
		}
	}
	if err != nil {
		return nil, at(f, jsonOffset(dec, err), "params file is no valid JSON: "+strings.TrimPrefix(err.Error(), "json: "))
	}
	m, ok := v.(*value.Map)
	if !ok {
		return nil, at(f, 0, "params file must hold an object of names and values")
	}
	return m, nil
}

func jsonOffset(dec *json.Decoder, err error) int {
	var s *json.SyntaxError
	if errors.As(err, &s) && s.Offset > 0 {
		return int(s.Offset) - 1
	}
	return int(dec.InputOffset())
}

func at(f *source.File, offset int, message string) error {
	offset = min(max(offset, 0), len(f.Text))
	var problems diag.List
	problems.Add(source.Span{File: f, Start: int32(offset), End: int32(min(offset+1, len(f.Text)))}, message)
	return problems
}

func jsonValue(dec *json.Decoder) (value.Value, error) {
	t, err := dec.Token()
	if err != nil {
		if err == io.EOF {
			err = errors.New("unexpected end")
		}
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return jsonObject(dec)
		}
		return jsonArray(dec)
	case json.Number:
		return jsonNumber(t.String())
	case string:
		return value.String(t), nil
	case bool:
		return value.Bool(t), nil
	}
	return nil, nil
}

func jsonObject(dec *json.Decoder) (value.Value, error) {
	m := value.NewMap(8)
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := jsonValue(dec)
		if err != nil {
			return nil, err
		}
		key, _ := k.(string)
		m.Set(value.String(key), v)
	}
	_, err := dec.Token()
	return m, err
}

func jsonArray(dec *json.Decoder) (value.Value, error) {
	l := value.NewList()
	for dec.More() {
		v, err := jsonValue(dec)
		if err != nil {
			return nil, err
		}
		l.Elems = append(l.Elems, v)
	}
	_, err := dec.Token()
	return l, err
}

func jsonNumber(text string) (value.Value, error) {
	if !strings.ContainsAny(text, ".eE") {
		return wholeNumber(text, 10)
	}
	return value.ParseNumber(text)
}

// wholeNumber is the smallest of Integer, Long and BigInteger that holds it.
func wholeNumber(text string, base int) (value.Value, error) {
	n, ok := new(big.Int).SetString(text, base)
	if !ok {
		return nil, fmt.Errorf("`%s` is no whole number", text)
	}
	switch {
	case !n.IsInt64():
		return value.BigInt{Int: n}, nil
	case n.Int64() >= math.MinInt32 && n.Int64() <= math.MaxInt32:
		return value.Int(n.Int64()), nil
	}
	return value.Long(n.Int64()), nil
}

// yamlScalar gives a plain YAML scalar its YAML 1.1 meaning: yes and off are
// booleans, 010 is octal, 1:30 counts in sixties.
func yamlScalar(text string) value.Value {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return value.Bool(true)
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return value.Bool(false)
	case ".nan", ".NaN", ".NAN":
		return value.Double(math.NaN())
	}
	sign, bare := "", text
	if text[0] == '-' || text[0] == '+' {
		bare = text[1:]
		if text[0] == '-' {
			sign = "-"
		}
	}
	if bare == ".inf" || bare == ".Inf" || bare == ".INF" {
		f := math.Inf(1)
		if sign != "" {
			f = -f
		}
		return value.Double(f)
	}
	if v, ok := yamlNumber(sign, bare); ok {
		return v
	}
	return value.String(text)
}

func yamlNumber(sign, bare string) (value.Value, bool) {
	if bare == "" || bare[0] == '_' || !strings.ContainsAny(bare[:1], "0123456789.") {
		return nil, false
	}
	if parts := strings.Split(bare, ":"); len(parts) > 1 {
		return sexagesimal(sign, parts)
	}
	clean := strings.ReplaceAll(bare, "_", "")
	base, number := 10, clean
	switch {
	case strings.HasPrefix(clean, "0x"):
		base, number = 16, clean[2:]
	case strings.HasPrefix(clean, "0b"):
		base, number = 2, clean[2:]
	case len(clean) > 1 && clean[0] == '0' && digits(clean):
		base, number = 8, clean[1:]
	}
	if base != 10 || digits(clean) {
		v, err := wholeNumber(sign+number, base)
		return v, err == nil
	}
	if strings.ContainsAny(clean, "xXpPnNiI") || !strings.ContainsAny(clean[:1], "0123456789.") || clean == "." {
		return nil, false
	}
	f, err := strconv.ParseFloat(sign+clean, 64)
	return value.Double(f), err == nil
}

func sexagesimal(sign string, parts []string) (value.Value, bool) {
	n := 0
	for i, p := range parts {
		d, err := strconv.Atoi(p)
		if err != nil || !digits(p) || i > 0 && (len(p) > 2 || d > 59) {
			return nil, false
		}
		n = n*60 + d
	}
	v, err := wholeNumber(sign+strconv.Itoa(n), 10)
	return v, err == nil
}
