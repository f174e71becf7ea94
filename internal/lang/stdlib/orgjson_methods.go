package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

func jsonTokenerConstructors() []def {
	return []def{{"<init>", "source", "reads JSON from a text or a stream", func(c call) (value.Value, error) {
		s, err := c.sourceText(c.arg(0))
		if err != nil {
			return nil, err
		}
		return &jsonTokener{s}, nil
	}}}
}

func jsonObjectConstructors() []def {
	return []def{{"<init>", "source = null", "makes an object of a text, a map or a JSONTokener", func(c call) (value.Value, error) {
		return c.newOrgJSON(jsonObjectClass, &JSONObject{value.NewHashMap(-1)})
	}}}
}

func jsonArrayConstructors() []def {
	return []def{{"<init>", "source = null", "makes an array of a text, a list or a JSONTokener", func(c call) (value.Value, error) {
		return c.newOrgJSON(jsonArrayClass, &JSONArray{})
	}}}
}

func (c call) newOrgJSON(class *value.Class, empty value.Value) (value.Value, error) {
	switch x := c.arg(0).(type) {
	case nil:
		return empty, nil
	case *jsonTokener:
		return readOrgJSON(x.text, class)
	default:
		if s, ok := value.Str(x); ok {
			return readOrgJSON(s, class)
		}
		if v := orgJSON(x); v.Class() == class {
			if m, ok := x.(*value.Map); ok { // null values are left out
				m.Entries(func(k, e value.Value) bool {
					if e == nil {
						v.(*JSONObject).m.Delete(value.String(value.ToString(k)))
					}
					return true
				})
			}
			return v, nil
		}
	}
	return nil, value.Throw(jsonException, "%s initial value should be a text, a %s or a JSONTokener, not %s",
		class.Simple(), map[*value.Class]string{jsonObjectClass: "map", jsonArrayClass: "list"}[class], c.arg(0).Class().Name)
}

func jsonObjectConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"NULL": JSONNull{}}
}

func (c call) object() *JSONObject { return c.recv.(*JSONObject) }

// found is the value of the key in the first argument, an error if there is none.
func (c call) found() (value.Value, error) {
	key := c.strArg(0)
	v, ok := c.object().m.Get(value.String(key))
	if !ok {
		return nil, value.Throw(jsonException, `JSONObject[%s] not found.`, quoteOrgJSON(key))
	}
	return v, nil
}

// typed is a method that gets a value of one class.
func typed(name string, class *value.Class) def {
	return def{name, "key: String", "is the value of a key, an error if it is none of its kind", func(c call) (value.Value, error) {
		v, err := c.found()
		if err != nil {
			return nil, err
		}
		if v.Class() != class {
			return nil, value.Throw(jsonException, `JSONObject[%s] is not a %s.`, quoteOrgJSON(c.strArg(0)), class.Simple())
		}
		return v, nil
	}}
}

// optional is a method that gets a value or a default.
func optional(name, fallback string, none value.Value) def {
	return def{name, "key: String, fallback = " + fallback, "is the value of a key, the fallback if there is none", func(c call) (value.Value, error) {
		if v, ok := c.object().m.Get(value.String(c.strArg(0))); ok {
			return v, nil
		}
		if c.n() > 1 {
			return c.arg(1), nil
		}
		return none, nil
	}}
}

func jsonObjectMethods() []def {
	keySet := func(c call) (value.Value, error) {
		set := value.NewSet()
		for _, k := range c.object().keys() {
			set.Add(value.String(k))
		}
		return set, nil
	}
	return []def{
		{"get", "key: String", "is the value of a key, an error if there is none", func(c call) (value.Value, error) { return c.found() }},
		{"getAt", "key: String", "is the value of a key, an error if there is none", func(c call) (value.Value, error) { return c.found() }},
		typed("getJSONObject", jsonObjectClass), typed("getJSONArray", jsonArrayClass), typed("getString", value.StringClass),
		typed("getInt", value.IntegerClass), typed("getBoolean", value.BooleanClass),
		optional("opt", "null", nil), optional("optString", "''", value.String("")), optional("optJSONObject", "null", nil), optional("optJSONArray", "null", nil),
		optional("optInt", "0", value.Int(0)), optional("optBoolean", "false", value.Bool(false)),
		{"has", "key: String", "says whether there is a key", func(c call) (value.Value, error) {
			return value.MakeBool(c.object().m.Has(value.String(c.strArg(0)))), nil
		}},
		{"isNull", "key: String", "says whether a key has no value", func(c call) (value.Value, error) {
			v, ok := c.object().m.Get(value.String(c.strArg(0)))
			return value.MakeBool(!ok || v == value.Value(JSONNull{})), nil
		}},
		{"put", "key: String, value", "sets a key; null removes it", func(c call) (value.Value, error) {
			if c.arg(1) == nil {
				c.object().m.Delete(value.String(c.strArg(0)))
			} else {
				c.object().m.Set(value.String(c.strArg(0)), orgJSON(c.arg(1)))
			}
			return c.recv, nil
		}},
		{"remove", "key: String", "removes a key and is its value", func(c call) (value.Value, error) {
			v, _ := c.object().m.Delete(value.String(c.strArg(0)))
			return v, nil
		}},
		{"keySet", "", "is the set of keys", keySet},
		{"keys", "", "walks the keys", func(c call) (value.Value, error) {
			set, err := keySet(c)
			if err != nil {
				return nil, err
			}
			return c.t.Call(c.th, set, "iterator")
		}},
		{"names", "", "is the array of keys", func(c call) (value.Value, error) {
			a := &JSONArray{}
			for _, k := range c.object().keys() {
				a.list = append(a.list, value.String(k))
			}
			return a, nil
		}},
		{"length", "", "is the number of keys", func(c call) (value.Value, error) { return value.Int(c.object().m.Len()), nil }},
		{"isEmpty", "", "says whether there is no key", func(c call) (value.Value, error) { return value.MakeBool(c.object().m.Len() == 0), nil }},
		{"toMap", "", "is a map of the keys and values", func(c call) (value.Value, error) { return plainJSON(c.recv), nil }},
		{"toString", "indent: Integer = 0", "prints JSON", printsOrgJSON},
		{"similar", "other", "compares by value", similarJSON},
		{"equals", "other: Object?", "says whether this is the same object", func(c call) (value.Value, error) { return value.MakeBool(c.recv == c.arg(0)), nil }},
	}
}

func printsOrgJSON(c call) (value.Value, error) {
	return value.String(printOrgJSON(c.recv, c.intOr(0, 0))), nil
}

func similarJSON(c call) (value.Value, error) {
	return value.MakeBool(sameJSON(c.recv, c.arg(0))), nil
}

func jsonArrayMethods() []def {
	at := func(c call) (value.Value, error) {
		list, i := c.recv.(*JSONArray).list, c.intArg(0)
		if i < 0 || i >= len(list) {
			return nil, value.Throw(jsonException, "JSONArray[%d] not found.", i)
		}
		return list[i], nil
	}
	return []def{
		{"get", "index: Integer", "is one element", at},
		{"getAt", "index: Integer", "is one element", at},
		{"getJSONObject", "index: Integer", "is one element", at},
		{"getString", "index: Integer", "is one element", at},
		{"opt", "index: Integer", "is one element, null if there is none", func(c call) (value.Value, error) {
			if list, i := c.recv.(*JSONArray).list, c.intArg(0); i >= 0 && i < len(list) {
				return list[i], nil
			}
			return nil, nil
		}},
		{"put", "value", "adds an element", func(c call) (value.Value, error) {
			a := c.recv.(*JSONArray)
			a.list = append(a.list, orgJSON(c.arg(0)))
			return a, nil
		}},
		{"remove", "index: Integer", "removes an element and is it", func(c call) (value.Value, error) {
			a, i := c.recv.(*JSONArray), c.intArg(0)
			if i < 0 || i >= len(a.list) {
				return nil, nil
			}
			v := a.list[i]
			a.list = append(a.list[:i:i], a.list[i+1:]...)
			return v, nil
		}},
		{"length", "", "is the number of elements", func(c call) (value.Value, error) { return value.Int(len(c.recv.(*JSONArray).list)), nil }},
		{"isEmpty", "", "says whether there is no element", func(c call) (value.Value, error) { return value.MakeBool(len(c.recv.(*JSONArray).list) == 0), nil }},
		{"join", "separator: String", "is the elements as JSON, with the separator between", func(c call) (value.Value, error) {
			var parts []string
			for _, e := range c.recv.(*JSONArray).list {
				parts = append(parts, printOrgJSON(e, 0))
			}
			return value.String(strings.Join(parts, c.strArg(0))), nil
		}},
		{"toList", "", "is a list of the elements", func(c call) (value.Value, error) { return plainJSON(c.recv), nil }},
		{"toString", "indent: Integer = 0", "prints JSON", printsOrgJSON},
		{"similar", "other", "compares by value", similarJSON},
	}
}
