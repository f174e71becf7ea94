package nfschema

import (
	"encoding/json"
	"math"
	"strings"

	"sluice/internal/lang/value"
)

// toJSON is a value of a script as the checking library takes it. Nulls are
// left out of maps and lists.
func (s *settings) toJSON(v value.Value) any {
	switch x := v.(type) {
	case nil:
		return nil
	case value.Bool:
		return bool(x)
	case value.Int, value.Long, value.BigInt, value.Decimal:
		return json.Number(value.ToString(x))
	case value.Double:
		return floating(float64(x), v)
	case value.Float:
		return floating(float64(x), v)
	case value.Memory:
		if s.unitsAsText {
			return x.ToString()
		}
		return json.Number(value.ToString(value.Long(x.Bytes())))
	case value.Duration:
		if s.unitsAsText {
			return x.ToString()
		}
		return json.Number(value.ToString(value.Long(x.Millis())))
	case *value.Path:
		return x.URI()
	case *value.Map:
		m := make(map[string]any, x.Len())
		x.Entries(func(k, e value.Value) bool {
			if e != nil {
				m[value.ToString(k)] = s.toJSON(e)
			}
			return true
		})
		return m
	}
	if value.IsCollection(v) {
		elems, _ := value.Elements(v)
		list := make([]any, 0, len(elems))
		for _, e := range elems {
			if e != nil {
				list = append(list, s.toJSON(e))
			}
		}
		return list
	}
	return value.ToString(v)
}

func floating(f float64, v value.Value) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return value.ToString(v)
	}
	return json.Number(value.ToString(v))
}

// kindOf is the JSON type of a value.
func kindOf(v value.Value) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case value.Bool:
		return "boolean"
	case *value.Map:
		return "object"
	case value.Memory, value.Duration:
		return "string"
	case value.Decimal:
		if strings.TrimRight(strings.TrimPrefix(fraction(x.Plain()), "."), "0") == "" {
			return "integer"
		}
		return "number"
	case value.Double, value.Float:
		if f, _ := value.AsFloat64(v); f == math.Trunc(f) {
			return "integer"
		}
		return "number"
	}
	switch {
	case value.IsNumber(v):
		return "integer"
	case value.IsCollection(v):
		return "array"
	}
	return "string"
}

func fraction(plain string) string {
	if i := strings.IndexByte(plain, '.'); i >= 0 {
		return plain[i:]
	}
	return ""
}

// jsonText is a checked value as messages show it.
func jsonText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// inside is the part of a value at a place.
func inside(v value.Value, at []string) value.Value {
	for _, token := range at {
		switch n := v.(type) {
		case *value.Map:
			v = n.GetString(token)
		default:
			elems, ok := value.Elements(v)
			i, isIndex := index(token)
			if !ok || !isIndex || i >= len(elems) {
				return nil
			}
			v = elems[i]
		}
	}
	return v
}

// order is a place as numbers, so that places sort as they stand in the value.
func order(v value.Value, at []string) []int {
	var path []int
	for _, token := range at {
		switch n := v.(type) {
		case *value.Map:
			i := 0
			n.Entries(func(k, _ value.Value) bool {
				if value.ToString(k) == token {
					return false
				}
				i++
				return true
			})
			path = append(path, i)
			v = n.GetString(token)
		default:
			i, _ := index(token)
			path = append(path, i)
			v = inside(v, []string{token})
		}
	}
	return path
}
