package nfschema

import (
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"sluice/internal/lang/value"
)

// oldTypes are types as nf-validation names those that are wanted, and those
// that are there.
var oldTypes = map[string]string{
	"string": "String", "integer": "Integer", "number": "Number", "boolean": "Boolean", "array": "JSONArray", "object": "JSONObject", "null": "Null",
}

func oldWrongType(want []string, got value.Value) string {
	have := oldTypes[kindOf(got)]
	if kindOf(got) == "number" {
		have = "BigDecimal"
	}
	if len(want) == 1 {
		return fmt.Sprintf("expected type: %s, found: %s", oldTypes[want[0]], have)
	}
	return fmt.Sprintf("#: no subschema matched out of the total %d subschemas", len(want))
}

// oldText is the message of nf-validation.
func (w *wording) oldText(k jsonschema.ErrorKind) string {
	got := jsonText(w.s.u.set.toJSON(w.got))
	switch k := k.(type) {
	case *kind.Enum:
		return got + " is not a valid enum value"
	case *kind.Pattern:
		return fmt.Sprintf("string [%s] does not match pattern %s", got, k.Want)
	case *kind.Format:
		return fmt.Sprintf("[%s] is not a valid %s", got, k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("%s is not greater or equal to %s", got, w.limit("minimum"))
	case *kind.Maximum:
		return fmt.Sprintf("%s is not less or equal to %s", got, w.limit("maximum"))
	case *kind.ExclusiveMinimum:
		return fmt.Sprintf("%s is not greater than %s", got, w.limit("exclusiveMinimum"))
	case *kind.ExclusiveMaximum:
		return fmt.Sprintf("%s is not less than %s", got, w.limit("exclusiveMaximum"))
	case *kind.MultipleOf:
		return fmt.Sprintf("%s is not a multiple of %s", got, w.limit("multipleOf"))
	case *kind.MinLength:
		return fmt.Sprintf("expected minLength: %d, actual: %d", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("expected maxLength: %d, actual: %d", k.Want, k.Got)
	case *kind.MinItems:
		return fmt.Sprintf("expected minimum item count: %d, found: %d", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("expected maximum item count: %d, found: %d", k.Want, k.Got)
	case *kind.UniqueItems:
		return "array items are not unique"
	case *kind.Dependency:
		return "property [" + k.Missing[0] + "] is required"
	case *kind.AnyOf:
		return fmt.Sprintf("#: no subschema matched out of the total %d subschemas", w.count("anyOf"))
	case *kind.OneOf:
		return fmt.Sprintf("#: %d subschemas matched instead of one", len(k.Subschemas))
	case *kind.Not:
		return "subject must not be valid against the schema of `not`"
	}
	return k.LocalizedString(printer)
}

func (w *wording) count(keyword string) int {
	elems, _ := value.Elements(w.keyword(keyword))
	return len(elems)
}
