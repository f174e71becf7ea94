package stdlib

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// The classes of org.everit.json.schema, which check values of org.json against
// a JSON Schema. As those of org.json they come with a jar of the pipeline's in
// the original, and are built in here. Drafts 4 to 7 are read alike.
var (
	schemaClass       = javaClass("org.everit.json.schema.Schema")
	schemaLoaderClass = javaClass("org.everit.json.schema.loader.SchemaLoader")
	violationClass    = value.ExceptionClass("org.everit.json.schema.ValidationException")
)

const schemaException = "org.everit.json.schema.SchemaException"

// A jsonSchema is org.everit.json.schema.Schema.
type jsonSchema struct{ root *JSONObject }

func (*jsonSchema) Class() *value.Class { return schemaClass }

// ToString is the text of the schema.
func (s *jsonSchema) ToString() string { return s.root.ToString() }

// A violation is what is wrong with a value, or a group of such.
type violation struct {
	location string // in the schema; "" where the library has none
	pointer  string // in the value
	keyword  string
	message  string
	causes   []*violation
}

// Class is that of the exception the violation is attached to.
func (*violation) Class() *value.Class { return violationClass }

// count is the number of single violations.
func (v *violation) count() int {
	if len(v.causes) == 0 {
		return 1
	}
	n := 0
	for _, c := range v.causes {
		n += c.count()
	}
	return n
}

// all are the messages of the single violations, those without a group first.
func (v *violation) all() []string {
	if len(v.causes) == 0 {
		return []string{v.pointer + ": " + v.message}
	}
	var out []string
	for _, c := range v.causes {
		if len(c.causes) == 0 {
			out = append(out, c.all()...)
		}
	}
	for _, c := range v.causes {
		if len(c.causes) > 0 {
			out = append(out, c.all()...)
		}
	}
	return out
}

// json is the exception as toJSON gives it.
func (v *violation) json() *JSONObject {
	causes := &JSONArray{}
	for _, c := range v.causes {
		causes.list = append(causes.list, c.json())
	}
	o := &JSONObject{value.NewHashMap(-1)}
	set := func(key, text string) {
		if text != "" {
			o.m.Set(value.String(key), value.String(text))
		}
	}
	set("schemaLocation", v.location)
	set("keyword", v.keyword)
	o.m.Set(value.String("pointerToViolation"), value.String(v.pointer))
	o.m.Set(value.String("message"), value.String(v.message))
	o.m.Set(value.String("causingExceptions"), causes)
	return o
}

// group makes one violation of several.
func group(location, pointer string, found []*violation) *violation {
	switch len(found) {
	case 0:
		return nil
	case 1:
		return found[0]
	}
	g := &violation{location: location, pointer: pointer, causes: found}
	g.message = strconv.Itoa(g.count()) + " schema violations found"
	return g
}

// A checker checks values against one schema.
type checker struct {
	root  *JSONObject
	depth int
}

const maxSchemaDepth = 200

// A schemaPart is what one group of keywords of a schema says: the library makes a
// schema of its own of each, and joins them if there are several.
type schemaPart func(at place, v value.Value) *violation

// A place is where the check is, in schema and value.
type place struct{ location, pointer string }

func (p place) in(step string) place { return place{p.location, p.pointer + "/" + escapePointer(step)} }

func escapePointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}

// check is the violation of a schema by a value, nil if there is none.
// location is the schema's, whatever of it the violations show.
func (k *checker) check(schema value.Value, location string, at place, v value.Value) *violation {
	if k.depth++; k.depth > maxSchemaDepth {
		panic(value.Throw(schemaException, "%s: the schema refers to itself without end", location))
	}
	defer func() { k.depth-- }()
	switch s := schema.(type) {
	case value.Bool:
		if s {
			return nil
		}
		return &violation{location: at.location, pointer: at.pointer, keyword: "false", message: "false schema always fails"}
	case *JSONObject:
		parts := k.parts(s, location)
		if len(parts) == 1 {
			at.location = location
			return parts[0](at, v)
		}
		return k.together(parts, location, at, v)
	}
	panic(value.Throw(schemaException, "%s: expected type is one of JsonObject or Boolean, found: %s", location, schema.Class().Simple()))
}

// together joins the parts of a schema; they have no location of their own.
func (k *checker) together(parts []schemaPart, location string, at place, v value.Value) *violation {
	var failures []*violation
	for _, p := range parts {
		if f := p(place{"", at.pointer}, v); f != nil {
			failures = append(failures, f)
		}
	}
	return allOf(location, at.pointer, len(parts), failures)
}

func allOf(location, pointer string, total int, failures []*violation) *violation {
	if len(failures) == 0 {
		return nil
	}
	return &violation{
		location: location, pointer: pointer, keyword: "allOf", causes: failures,
		message: fmt.Sprintf("#: only %d subschema matches out of %d", total-len(failures), total),
	}
}

// parts takes a schema apart.
func (k *checker) parts(s *JSONObject, location string) []schemaPart {
	if ref, ok := s.get("$ref").(value.String); ok {
		return []schemaPart{func(at place, v value.Value) *violation {
			return k.check(k.resolve(string(ref)), string(ref), at, v)
		}}
	}
	var parts []schemaPart
	if list, ok := s.get("enum").(*JSONArray); ok {
		parts = append(parts, enumPart(list))
	}
	if s.m.Has(value.String("const")) {
		want := s.get("const")
		parts = append(parts, func(at place, v value.Value) *violation {
			if sameJSON(want, v) {
				return nil
			}
			return &violation{location: at.location, pointer: at.pointer, keyword: "const"}
		})
	}
	if p := k.typePart(s, location); p != nil {
		parts = append(parts, p)
	}
	for _, name := range []string{"allOf", "oneOf", "anyOf"} {
		if list, ok := s.get(name).(*JSONArray); ok {
			parts = append(parts, k.combined(name, list, location))
		}
	}
	if not := s.get("not"); not != nil {
		parts = append(parts, func(at place, v value.Value) *violation {
			if k.check(not, location+"/not", place{location + "/not", at.pointer}, v) != nil {
				return nil
			}
			return &violation{location: at.location, pointer: at.pointer, keyword: "not", message: "subject must not be valid against schema " + value.ToString(not)}
		})
	}
	if s.get("if") != nil {
		parts = append(parts, k.conditional(s, location))
	}
	return parts
}

// resolve follows a reference within the schema.
func (k *checker) resolve(ref string) value.Value {
	var v value.Value = k.root
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#"), "/") {
		if step == "" {
			continue
		}
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch x := v.(type) {
		case *JSONObject:
			v = x.get(step)
		case *JSONArray:
			v = nil
			if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(x.list) {
				v = x.list[i]
			}
		default:
			v = nil
		}
	}
	if v == nil || !strings.HasPrefix(ref, "#") {
		panic(value.Throw(schemaException, "failed to resolve the reference %s of the schema", ref))
	}
	return v
}

func enumPart(list *JSONArray) schemaPart {
	return func(at place, v value.Value) *violation {
		for _, e := range list.list {
			if sameJSON(e, v) {
				return nil
			}
		}
		return &violation{location: at.location, pointer: at.pointer, keyword: "enum", message: value.ToString(v) + " is not a valid enum value"}
	}
}

func (k *checker) combined(name string, list *JSONArray, location string) schemaPart {
	return func(at place, v value.Value) *violation {
		var failures []*violation
		for i, s := range list.list {
			loc := fmt.Sprintf("%s/%s/%d", location, name, i)
			if f := k.check(s, loc, place{loc, at.pointer}, v); f != nil {
				failures = append(failures, f)
			}
		}
		matching := len(list.list) - len(failures)
		message := ""
		switch {
		case name == "allOf":
			return allOf(at.location, at.pointer, len(list.list), failures)
		case name == "oneOf" && matching != 1:
			message = fmt.Sprintf("#: %d subschemas matched instead of one", matching)
		case name == "anyOf" && matching == 0:
			message = fmt.Sprintf("#: no subschema matched out of the total %d subschemas", len(list.list))
		default:
			return nil
		}
		return &violation{location: at.location, pointer: at.pointer, keyword: name, causes: failures, message: message}
	}
}

func (k *checker) conditional(s *JSONObject, location string) schemaPart {
	return func(at place, v value.Value) *violation {
		branch := "then"
		if k.check(s.get("if"), location+"/if", place{location + "/if", at.pointer}, v) != nil {
			branch = "else"
		}
		then := s.get(branch)
		if then == nil {
			return nil
		}
		f := k.check(then, location+"/"+branch, place{location + "/" + branch, at.pointer}, v)
		if f == nil {
			return nil
		}
		return &violation{
			location: at.location, pointer: at.pointer, keyword: branch, causes: []*violation{f},
			message: fmt.Sprintf("input is invalid against the \"%s\" schema", branch),
		}
	}
}

func schemaLoaderStatics() []def {
	return []def{{"load", "schema: Object", "reads a JSON Schema", func(c call) (value.Value, error) {
		o, ok := c.arg(0).(*JSONObject)
		if !ok {
			return nil, c.missing()
		}
		return &jsonSchema{o}, nil
	}}}
}

func schemaMethods() []def {
	return []def{{"validate", "subject: Object", "checks a value; what is wrong is a ValidationException", func(c call) (_ value.Value, err error) {
		defer func() {
			if r := recover(); r != nil {
				e, ok := r.(*value.Exception)
				if !ok {
					panic(r)
				}
				err = e
			}
		}()
		k := checker{root: c.recv.(*jsonSchema).root}
		v := k.check(k.root, "#", place{"#", "#"}, orgJSON(c.arg(0)))
		if v == nil {
			return nil, nil
		}
		return nil, &value.Exception{Of: violationClass, Message: v.pointer + ": " + v.message, Data: v}
	}}}
}

func violationMethods() []def {
	of := func(c call) *violation {
		if v, ok := c.recv.(*value.Exception).Data.(*violation); ok {
			return v
		}
		return &violation{pointer: "#", message: c.recv.(*value.Exception).Message}
	}
	get := func(name, doc string, f func(v *violation) value.Value) def {
		return def{name, "", doc, func(c call) (value.Value, error) { return f(of(c)), nil }}
	}
	return []def{
		get("toJSON", "is the violations as a JSONObject", func(v *violation) value.Value { return v.json() }),
		get("getAllMessages", "is the list of all messages", func(v *violation) value.Value {
			list := value.NewList()
			for _, m := range v.all() {
				list.Elems = append(list.Elems, value.String(m))
			}
			return list
		}),
		get("getViolationCount", "is the number of violations", func(v *violation) value.Value { return value.Int(v.count()) }),
		get("getErrorMessage", "is the message without the place", func(v *violation) value.Value { return value.String(v.message) }),
		get("getPointerToViolation", "is the place in the value", func(v *violation) value.Value { return value.String(v.pointer) }),
		get("getKeyword", "is the keyword that is violated", func(v *violation) value.Value { return value.String(v.keyword) }),
		get("getSchemaLocation", "is the place in the schema", func(v *violation) value.Value { return value.String(v.location) }),
		get("getCausingExceptions", "is the list of violations in this one", func(v *violation) value.Value {
			list := value.NewList()
			for _, c := range v.causes {
				list.Elems = append(list.Elems, &value.Exception{Of: violationClass, Message: c.pointer + ": " + c.message, Data: c})
			}
			return list
		}),
	}
}
