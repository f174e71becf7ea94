package nfschema

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"sluice/internal/lang/value"
)

// printer words the rare kinds that have no wording of their own here.
var printer = message.NewPrinter(language.English)

// subject is what is being checked: it decides how violations are written.
type subject string

const (
	parameter subject = "parameter"
	field     subject = "field"
	object    subject = "object"
)

// A violation is one thing that is wrong with a value.
type violation struct {
	at       []string // place in the value
	path     []int    // the same as numbers, for the order
	location string   // of the schema object that says so
	keyword  string
	text     string
	missing  []string // of `required`
}

// violations are all that is wrong with a value, one line each, in the order
// of the value.
func (s *schema) violations(v value.Value, what subject) ([]string, error) {
	found, err := s.find(v)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, x := range found {
		if what == parameter && strings.HasPrefix(x.text, "Value does not match against the schemas at indexes") {
			continue
		}
		lines = append(lines, s.line(x, v, what))
	}
	return unique(lines), nil
}

// find checks a value.
func (s *schema) find(v value.Value) ([]violation, error) {
	err := s.check.Validate(s.u.set.toJSON(v))
	if err == nil {
		return nil, nil
	}
	var e *jsonschema.ValidationError
	if !errors.As(err, &e) {
		return nil, s.u.fail("check against the schema %s: %v", s.u.show(s.path), err)
	}
	var found []violation
	s.walk(e, v, &found)
	for i := range found {
		found[i].path = order(v, found[i].at)
	}
	slices.SortStableFunc(found, func(a, b violation) int {
		if c := slices.Compare(a.path, b.path); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(rank(a), rank(b)), strings.Compare(a.location, b.location))
	})
	return found, nil
}

// rank orders violations at one place: what is missing, then the rest, then
// those that sum others up.
func rank(v violation) string {
	switch v.keyword {
	case "required":
		return "0"
	case "type":
		return "1"
	case "anyOf", "oneOf", "if":
		return "8"
	case "allOf":
		return "9"
	}
	return "5" + v.keyword + v.location
}

// walk collects what the library found.
func (s *schema) walk(e *jsonschema.ValidationError, v value.Value, found *[]violation) {
	for _, c := range e.Causes {
		if k, ok := c.ErrorKind.(*kind.PropertyNames); ok {
			s.wrongName(c, k.Property, e.InstanceLocation, found)
			continue
		}
		s.walk(c, v, found)
	}
	add := func(keyword, text string) *violation {
		*found = append(*found, violation{at: slices.Clone(e.InstanceLocation), location: e.SchemaURL, keyword: keyword, text: text})
		return &(*found)[len(*found)-1]
	}
	if tokens := pointer(e.SchemaURL); len(tokens) > 0 && tokens[len(tokens)-1] == "then" {
		add("if", "Value matches against schema from 'if' but does not match against schema from 'then'")
	}
	w := &wording{s: s, at: s.at(e.SchemaURL), got: inside(v, e.InstanceLocation)}
	switch k := e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
	case *kind.AllOf:
		add("allOf", "Value does not match against the schemas at indexes "+w.list(failedIndexes(e)))
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
		for _, p := range k.Properties {
			x := add("additionalProperties", w.extraneous(p))
			if !s.u.old {
				x.at = append(x.at, p)
			}
		}
	case *kind.Required:
		add("required", w.required(k.Missing)).missing = k.Missing
	case *kind.Type:
		add("type", w.wrongType(k.Want))
		if enum, ok := w.keyword("enum").(*value.List); ok && !s.u.old {
			add("enum", w.enum(enum))
		}
	default:
		path := e.ErrorKind.KeywordPath()
		keyword := "not"
		if len(path) > 0 {
			keyword = path[0]
		}
		add(keyword, w.text(e.ErrorKind))
	}
}

// wrongName is a name that may not be there: what the library tells of it has
// no place of its own.
func (s *schema) wrongName(e *jsonschema.ValidationError, name string, at []string, found *[]violation) {
	for _, c := range e.Causes {
		w := &wording{s: s, at: s.at(c.SchemaURL), got: value.String(name)}
		*found = append(*found, violation{at: slices.Clone(at), location: c.SchemaURL, keyword: "propertyNames", text: w.text(c.ErrorKind)})
	}
}

// failedIndexes are the positions of the schemas of an allOf that failed.
func failedIndexes(e *jsonschema.ValidationError) []string {
	base := len(pointer(e.SchemaURL)) + 1
	var failed []string
	for _, c := range e.Causes {
		if tokens := pointer(c.SchemaURL); len(tokens) > base {
			failed = append(failed, tokens[base])
		}
	}
	return unique(failed)
}

// line writes a violation as nf-schema does.
func (s *schema) line(x violation, v value.Value, what subject) string {
	shown := s.shown(inside(v, x.at))
	if what == object {
		at := ""
		if len(x.at) > 0 {
			at = "/" + strings.Join(x.at, "/") + " "
		}
		return fmt.Sprintf("%s(%s): %s", at, shown, x.text)
	}
	text, own := x.text, s.ownMessage(x)
	if strings.HasPrefix(x.text, "Validation of file failed:") {
		own = ""
	}
	if own != "" && s.u.set.ownOnly {
		text, own = own, ""
	} else if x.keyword == "required" {
		text = fmt.Sprintf("Missing required %s(s): %s", what, strings.Join(x.missing, ", "))
	}
	mark := "*"
	if what == field {
		mark = "->"
	}
	printed := mark + " " + text
	if row, ok := firstIndex(x.at); ok && what == field {
		if len(x.at) > 1 {
			text = fmt.Sprintf("Error for %s '%s' (%s): %s", what, strings.Join(x.at[1:], "/"), shown, text)
		}
		printed = fmt.Sprintf("-> Entry %d: %s", row+1, text)
	} else if name := strings.Join(x.at, "."); what == parameter && name != "" {
		printed = fmt.Sprintf("* --%s (%s): %s", name, shown, text)
	}
	if own != "" {
		printed += " (" + own + ")"
	}
	return printed
}

func firstIndex(at []string) (int, bool) {
	if len(at) == 0 {
		return 0, false
	}
	return index(at[0])
}

// ownMessage is the errorMessage beside the keyword in the schema.
func (s *schema) ownMessage(x violation) string {
	m, ok := s.at(x.location).(*value.Map)
	if !ok {
		return ""
	}
	if v := m.GetString("errorMessage"); value.Truth(v) {
		return value.ToString(v)
	}
	return ""
}

// shown is a value in a message, cut in the middle when it is long.
func (s *schema) shown(v value.Value) string {
	if v == nil {
		return ""
	}
	text := jsonText(s.u.set.toJSON(v))
	limit := s.u.set.maxValue
	if r := []rune(text); limit >= 1 && len(r) > limit {
		half := limit / 2
		return string(r[:half]) + "..." + string(r[len(r)-half:])
	}
	return text
}

// wording puts a kind of violation into words.
type wording struct {
	s   *schema
	at  value.Value // the schema object
	got value.Value // the value there
}

// keyword is what the schema says under a keyword.
func (w *wording) keyword(name string) value.Value {
	if m, ok := w.at.(*value.Map); ok {
		return m.GetString(name)
	}
	return nil
}

// limit is a keyword's value as it is written.
func (w *wording) limit(name string) string { return value.ToString(w.keyword(name)) }

// list writes items in the brackets that the release uses.
func (w *wording) list(items []string) string {
	return "[" + strings.Join(items, ", ") + "]"
}

// doubled writes a list whose brackets older releases double.
func (w *wording) doubled(items []string) string {
	if w.s.u.set.brackets {
		return "[" + w.list(items) + "]"
	}
	return w.list(items)
}

// single puts brackets around a text where older releases do.
func (w *wording) single(text string) string {
	if w.s.u.set.brackets {
		return "[" + text + "]"
	}
	return text
}

func (w *wording) wrongType(want []string) string {
	if asked, ok := w.keyword("type").(*value.List); ok {
		want = nil
		for _, e := range asked.Elems {
			want = append(want, value.ToString(e))
		}
	} else if one, ok := value.Str(w.keyword("type")); ok {
		want = []string{one}
	}
	if w.s.u.old {
		return oldWrongType(want, w.got)
	}
	return fmt.Sprintf("Value is [%s] but should be %s", kindOf(w.got), w.list(want))
}

func (w *wording) required(missing []string) string {
	if w.s.u.old {
		return "required key [" + strings.Join(missing, ", ") + "] not found"
	}
	return "Object does not have some of the required properties " + w.doubled(missing)
}

func (w *wording) extraneous(name string) string {
	if w.s.u.old {
		return "extraneous key [" + name + "] is not permitted"
	}
	return "False schema always fails"
}

func (w *wording) enum(enum *value.List) string {
	var all []string
	for _, e := range enum.Elems {
		all = append(all, jsonText(w.s.u.set.toJSON(e)))
	}
	return "Expected any of " + w.doubled(all)
}

// text is the message for the kinds that need nothing beside the schema.
func (w *wording) text(k jsonschema.ErrorKind) string {
	if own, ok := k.(*keywordError); ok {
		return own.text
	}
	if w.s.u.old {
		return w.oldText(k)
	}
	got := jsonText(w.s.u.set.toJSON(w.got))
	switch k := k.(type) {
	case *kind.Enum:
		if enum, ok := w.keyword("enum").(*value.List); ok {
			return w.enum(enum)
		}
	case *kind.Const:
		return "Expected " + jsonText(w.s.u.set.toJSON(w.keyword("const")))
	case *kind.Pattern:
		return fmt.Sprintf("\"%s\" does not match regular expression %s", got, w.single(k.Want))
	case *kind.Format:
		return fmt.Sprintf("%q is not in the valid format (%s)", got, k.Want)
	case *kind.Minimum:
		return got + " is less than " + w.limit("minimum")
	case *kind.Maximum:
		return got + " is greater than " + w.limit("maximum")
	case *kind.ExclusiveMinimum:
		return got + " is less than or equal to " + w.limit("exclusiveMinimum")
	case *kind.ExclusiveMaximum:
		if w.s.u.set.brackets {
			return got + " is greater or equal to " + w.limit("exclusiveMaximum")
		}
		return got + " is greater than or equal to " + w.limit("exclusiveMaximum")
	case *kind.MultipleOf:
		return got + " is not multiple of " + w.limit("multipleOf")
	case *kind.MinLength:
		return fmt.Sprintf("\"%s\" is shorter than %d characters", got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("\"%s\" is longer than %d characters", got, k.Want)
	case *kind.UniqueItems:
		return "Array contains non-unique item at index " + w.single(strconv.Itoa(k.Duplicates[1]))
	case *kind.DependentRequired:
		return "Object does not have some of the required properties " + w.doubled(k.Missing)
	}
	return w.applied(k)
}

// applied is the message for counts and for schemas in schemas.
func (w *wording) applied(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.MinItems:
		return fmt.Sprintf("Array has less than %d items", k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("Array has more than %d items", k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("Object has less than %d properties", k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("Object has more than %d properties", k.Want)
	case *kind.Contains:
		return "Array contains no matching items"
	case *kind.MinContains:
		return fmt.Sprintf("Array contains less than %d matching items", k.Want)
	case *kind.MaxContains:
		return fmt.Sprintf("Array contains more than %d matching items", k.Want)
	case *kind.FalseSchema:
		return "False schema always fails"
	case *kind.Not:
		return "Value matches against given schema but it must not"
	case *kind.AnyOf:
		return "Value does not match against any of the schemas"
	case *kind.OneOf:
		if len(k.Subschemas) == 0 {
			return "Value does not match against any of the schemas"
		}
		var all []string
		for _, i := range k.Subschemas {
			all = append(all, strconv.Itoa(i))
		}
		return "Value matches against more than one schema. Matched schema indexes " + w.list(all)
	}
	return k.LocalizedString(printer)
}
