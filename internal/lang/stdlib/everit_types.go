package stdlib

import (
	"fmt"
	"math/big"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"time"
	"unicode/utf16"

	"sluice/internal/lang/value"
)

// keywords tell the type that a schema is about when it does not say.
var keywords = []struct {
	typ   string
	names []string
}{
	{"object", []string{"properties", "required", "minProperties", "maxProperties", "dependencies", "patternProperties", "additionalProperties", "propertyNames"}},
	{"array", []string{"items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"}},
	{"number", []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
	{"string", []string{"minLength", "maxLength", "pattern", "format"}},
}

// typePart is what a schema says by `type` and the keywords of types.
func (k *checker) typePart(s *JSONObject, location string) schemaPart {
	switch t := s.get("type").(type) {
	case value.String:
		return k.partOf(s, location, string(t), true)
	case *JSONArray:
		return func(at place, v value.Value) *violation {
			var failures []*violation
			for _, e := range t.list {
				f := k.partOf(s, location, value.ToString(e), true)(place{"", at.pointer}, v)
				if f == nil {
					return nil
				}
				failures = append(failures, f)
			}
			return &violation{
				location: at.location, pointer: at.pointer, keyword: "anyOf", causes: failures,
				message: fmt.Sprintf("#: no subschema matched out of the total %d subschemas", len(t.list)),
			}
		}
	}
	for _, k2 := range keywords {
		for _, name := range k2.names {
			if s.m.Has(value.String(name)) {
				return k.partOf(s, location, k2.typ, false)
			}
		}
	}
	return nil
}

func (k *checker) partOf(s *JSONObject, location, typ string, strict bool) schemaPart {
	switch typ {
	case "object":
		return k.objectPart(s, location, strict)
	case "array":
		return k.arrayPart(s, location, strict)
	case "string":
		return stringPart(s, strict)
	case "integer", "number":
		return numberPart(s, typ == "integer", strict)
	case "boolean":
		return func(at place, v value.Value) *violation {
			if _, ok := v.(value.Bool); ok {
				return nil
			}
			return wrongType(at, "Boolean", v)
		}
	case "null":
		return func(at place, v value.Value) *violation {
			if _, ok := v.(JSONNull); ok {
				return nil
			}
			return &violation{location: at.location, pointer: at.pointer, keyword: "type", message: "expected: null, found: " + foundName(v)}
		}
	}
	panic(value.Throw(schemaException, "%s: unknown type: [%s]", location, typ))
}

func foundName(v value.Value) string {
	if _, ok := v.(JSONNull); ok {
		return "Null"
	}
	return v.Class().Simple()
}

func wrongType(at place, want string, v value.Value) *violation {
	return &violation{location: at.location, pointer: at.pointer, keyword: "type", message: "expected type: " + want + ", found: " + foundName(v)}
}

// findings collects what is wrong with one value.
type findings struct {
	at   place
	list []*violation
}

func (f *findings) add(keyword, format string, args ...any) {
	f.list = append(f.list, &violation{location: f.at.location, pointer: f.at.pointer, keyword: keyword, message: fmt.Sprintf(format, args...)})
}

func (f *findings) also(v *violation) {
	if v != nil {
		f.list = append(f.list, v)
	}
}

func (f *findings) result() *violation { return group(f.at.location, f.at.pointer, f.list) }

func (k *checker) objectPart(s *JSONObject, location string, strict bool) schemaPart {
	return func(at place, v value.Value) *violation {
		o, ok := v.(*JSONObject)
		if !ok {
			if !strict {
				return nil
			}
			return wrongType(at, "JSONObject", v)
		}
		f := findings{at: at}
		for _, name := range items(s.get("required")) {
			if !o.m.Has(name) {
				f.add("required", "required key [%s] not found", value.ToString(name))
			}
		}
		if n, ok := limit(s, "minProperties"); ok && o.m.Len() < n {
			f.add("minProperties", "minimum size: [%d], found: [%d]", n, o.m.Len())
		}
		if n, ok := limit(s, "maxProperties"); ok && o.m.Len() > n {
			f.add("maxProperties", "maximum size: [%d], found: [%d]", n, o.m.Len())
		}
		deps, _ := s.get("dependencies").(*JSONObject)
		if deps != nil {
			for _, name := range deps.keys() {
				for _, need := range items(deps.get(name)) {
					if o.m.Has(value.String(name)) && !o.m.Has(need) {
						f.add("dependencies", "property [%s] is required", value.ToString(need))
					}
				}
			}
		}
		k.properties(&f, s, location, o)
		if deps != nil {
			for _, name := range deps.keys() {
				if d, ok := deps.get(name).(*JSONObject); ok && o.m.Has(value.String(name)) {
					loc := location + "/dependencies/" + name
					f.also(k.check(d, loc, place{loc, at.pointer}, o))
				}
			}
		}
		return f.result()
	}
}

// properties checks the members of an object: those without a schema first.
func (k *checker) properties(f *findings, s *JSONObject, location string, o *JSONObject) {
	named, _ := s.get("properties").(*JSONObject)
	patterns, _ := s.get("patternProperties").(*JSONObject)
	has := func(name string) bool {
		if named != nil && named.m.Has(value.String(name)) {
			return true
		}
		return patterns != nil && len(matching(patterns, name)) > 0
	}
	if more := s.get("additionalProperties"); more != nil {
		for _, name := range o.keys() {
			switch {
			case has(name):
			case more == value.Value(value.Bool(false)):
				f.add("additionalProperties", "extraneous key [%s] is not permitted", name)
			case more != value.Value(value.Bool(true)):
				f.also(k.check(more, location+"/additionalProperties", f.at.in(name).at(location+"/additionalProperties"), o.get(name)))
			}
		}
	}
	if patterns != nil {
		for _, name := range o.keys() {
			for _, p := range matching(patterns, name) {
				loc := location + "/patternProperties/" + p
				f.also(k.check(patterns.get(p), loc, f.at.in(name).at(loc), o.get(name)))
			}
		}
	}
	if named == nil {
		return
	}
	for _, name := range named.keys() {
		if o.m.Has(value.String(name)) {
			loc := location + "/properties/" + name
			f.also(k.check(named.get(name), loc, f.at.in(name).at(loc), o.get(name)))
		}
	}
}

func (p place) at(location string) place { return place{location, p.pointer} }

// matching are the patterns that a name matches.
func matching(patterns *JSONObject, name string) []string {
	var out []string
	for _, p := range patterns.keys() {
		if contains(p, name) {
			out = append(out, p)
		}
	}
	return out
}

// contains says whether a pattern is found in a text.
func contains(pattern, s string) bool {
	p, err := value.NewPattern(pattern, 0)
	found := false
	if err == nil {
		found, err = p.Find(s)
	}
	if err != nil {
		panic(value.Throw(schemaException, "the pattern %s of the schema: %s", pattern, err.Error()))
	}
	return found
}

func items(v value.Value) []value.Value {
	a, _ := v.(*JSONArray)
	if a == nil {
		return nil
	}
	return a.list
}

// limit is a keyword that is a whole number.
func limit(s *JSONObject, name string) (int, bool) {
	v := s.get(name)
	if v == nil || !v.Class().Is(value.NumberClass) {
		return 0, false
	}
	return int(toInt64(v)), true
}

func (k *checker) arrayPart(s *JSONObject, location string, strict bool) schemaPart {
	return func(at place, v value.Value) *violation {
		a, ok := v.(*JSONArray)
		if !ok {
			if !strict {
				return nil
			}
			return wrongType(at, "JSONArray", v)
		}
		f := findings{at: at}
		if n, ok := limit(s, "minItems"); ok && len(a.list) < n {
			f.add("minItems", "expected minimum item count: %d, found: %d", n, len(a.list))
		}
		if n, ok := limit(s, "maxItems"); ok && len(a.list) > n {
			f.add("maxItems", "expected maximum item count: %d, found: %d", n, len(a.list))
		}
		if s.get("uniqueItems") == value.Value(value.Bool(true)) && repeated(a.list) {
			f.add("uniqueItems", "array items are not unique")
		}
		for i, e := range a.list {
			item, loc := s.get("items"), location+"/items"
			if list, ok := item.(*JSONArray); ok {
				if item = nil; i < len(list.list) {
					item, loc = list.list[i], fmt.Sprintf("%s/items/%d", location, i)
				}
			}
			if item != nil {
				f.also(k.check(item, loc, at.in(strconv.Itoa(i)).at(loc), e))
			}
		}
		if want := s.get("contains"); want != nil {
			some := false
			for _, e := range a.list {
				some = some || k.check(want, location+"/contains", at, e) == nil
			}
			if !some {
				f.add("contains", "expected at least one array item to match 'contains' schema")
			}
		}
		return f.result()
	}
}

func repeated(list []value.Value) bool {
	for i := range list {
		for j := range i {
			if sameJSON(list[i], list[j]) {
				return true
			}
		}
	}
	return false
}

func stringPart(s *JSONObject, strict bool) schemaPart {
	return func(at place, v value.Value) *violation {
		text, ok := v.(value.String)
		if !ok {
			if !strict {
				return nil
			}
			return wrongType(at, "String", v)
		}
		f := findings{at: at}
		length := len(utf16.Encode([]rune(string(text))))
		if n, ok := limit(s, "minLength"); ok && length < n {
			f.add("minLength", "expected minLength: %d, actual: %d", n, length)
		}
		if n, ok := limit(s, "maxLength"); ok && length > n {
			f.add("maxLength", "expected maxLength: %d, actual: %d", n, length)
		}
		if p, ok := s.get("pattern").(value.String); ok && !contains(string(p), string(text)) {
			f.add("pattern", "string [%s] does not match pattern %s", text, p)
		}
		if name, ok := s.get("format").(value.String); ok {
			if format, known := formats[string(name)]; known && !format.ok(string(text)) {
				f.add("format", "[%s] is not a valid %s", text, format.what)
			}
		}
		return f.result()
	}
}

// formats are those checked; others say nothing.
var formats = map[string]struct {
	what string
	ok   func(string) bool
}{
	"date":      {"date. Expected [yyyy-MM-dd]", parsesTime("2006-01-02")},
	"date-time": {"date-time. Expected [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,9}Z, yyyy-MM-dd'T'HH:mm:ss[+-]HH:mm, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,9}[+-]HH:mm]", parsesTime(time.RFC3339Nano)},
	"time":      {"time. Expected [HH:mm:ssZ, HH:mm:ss.[0-9]{1,9}Z, HH:mm:ss[+-]HH:mm, HH:mm:ss.[0-9]{1,9}[+-]HH:mm]", parsesTime("15:04:05.999999999Z07:00")},
	"email": {"email address", func(s string) bool {
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s
	}},
	"uri": {"URI", func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && u.IsAbs()
	}},
	"ipv4": {"ipv4 address", func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is4()
	}},
	"ipv6": {"ipv6 address", func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is6()
	}},
	"regex": {"regular expression", func(s string) bool {
		_, err := value.NewPattern(s, 0)
		return err == nil
	}},
}

func parsesTime(layout string) func(string) bool {
	return func(s string) bool {
		_, err := time.Parse(layout, s)
		return err == nil
	}
}

func numberPart(s *JSONObject, whole, strict bool) schemaPart {
	return func(at place, v value.Value) *violation {
		n, ok := amount(v)
		if !ok {
			if !strict {
				return nil
			}
			return wrongType(at, "Number", v)
		}
		if _, isDouble := v.(value.Double); whole && isDouble {
			return wrongType(at, "Integer", v)
		}
		f := findings{at: at}
		bound := func(name string) (*big.Rat, value.Value) {
			r, _ := amount(s.get(name))
			return r, s.get(name)
		}
		strictly := func(name string) bool { return s.get(name) == value.Value(value.Bool(true)) }
		shown := func(v value.Value) string { return value.ToString(v) }
		if low, b := bound("minimum"); low != nil {
			if strictly("exclusiveMinimum") && n.Cmp(low) <= 0 {
				f.add("exclusiveMinimum", "%s is not greater than %s", shown(v), shown(b))
			} else if n.Cmp(low) < 0 {
				f.add("minimum", "%s is not greater or equal to %s", shown(v), shown(b))
			}
		}
		if low, b := bound("exclusiveMinimum"); low != nil && n.Cmp(low) <= 0 {
			f.add("exclusiveMinimum", "%s is not greater than %s", shown(v), shown(b))
		}
		if high, b := bound("maximum"); high != nil {
			if strictly("exclusiveMaximum") && n.Cmp(high) >= 0 {
				f.add("exclusiveMaximum", "%s is not less than %s", shown(v), shown(b))
			} else if n.Cmp(high) > 0 {
				f.add("maximum", "%s is not less or equal to %s", shown(v), shown(b))
			}
		}
		if high, b := bound("exclusiveMaximum"); high != nil && n.Cmp(high) >= 0 {
			f.add("exclusiveMaximum", "is not less than %s", shown(b))
		}
		if unit, b := bound("multipleOf"); unit != nil && unit.Sign() != 0 && !new(big.Rat).Quo(n, unit).IsInt() {
			f.add("multipleOf", "%s is not a multiple of %s", shown(v), shown(b))
		}
		return f.result()
	}
}
