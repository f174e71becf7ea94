package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

// exceptionNames are the exceptions that scripts may name without package and
// that package value does not know.
var exceptionNames = map[string]string{
	"Throwable":                        "java.lang.Throwable",
	"UnsupportedEncodingException":     "java.io.UnsupportedEncodingException",
	"NegativeArraySizeException":       "java.lang.NegativeArraySizeException",
	"CloneNotSupportedException":       "java.lang.CloneNotSupportedException",
	"ProcessException":                 "nextflow.exception.ProcessException",
	"ProcessUnrecoverableException":    "nextflow.exception.ProcessUnrecoverableException",
	"AbortOperationException":          "nextflow.exception.AbortOperationException",
	"GroovyException":                  "org.codehaus.groovy.GroovyException",
	"groovy.lang.GroovyException":      "org.codehaus.groovy.GroovyException",
	"org.codehaus.GroovyException":     "org.codehaus.groovy.GroovyException",
	"groovy.json.JsonException":        "groovy.json.JsonException",
	"groovy.util.ResourceException":    "groovy.util.ResourceException",
	"TimeoutException":                 "java.util.concurrent.TimeoutException",
	"java.util.InputMismatchException": "java.util.InputMismatchException",
}

// isExceptionName says whether a full name is that of an exception.
func isExceptionName(name string) bool {
	return strings.Contains(name, ".") && (strings.HasSuffix(name, "Exception") || strings.HasSuffix(name, "Error"))
}

// newException makes an exception of a message and a cause, either left out.
func newException(c *value.Class, args []value.Value) (value.Value, error) {
	e := &value.Exception{Of: c}
	if len(args) > 2 {
		return nil, value.Throw("groovy.lang.GroovyRuntimeException", "Could not find matching constructor for: %s%s", c.Name, argClasses(args))
	}
	for _, a := range args {
		if cause, ok := a.(*value.Exception); ok {
			e.Cause = cause
			if len(args) == 1 {
				e.Message = cause.ToString()
			}
			continue
		}
		if a != nil {
			e.Message = value.ToString(a)
		}
	}
	return e, nil
}

func exceptionMethods() []def {
	get := func(c call) *value.Exception { return c.recv.(*value.Exception) }
	message := func(c call) (value.Value, error) {
		if get(c).Message == "" {
			return nil, nil
		}
		return value.String(get(c).Message), nil
	}
	return []def{
		{"getMessage", "", "is the message", message},
		{"getMethod", "", "is the name of the method that is missing", func(c call) (value.Value, error) { return get(c).Data, nil }},
		{"getLocalizedMessage", "", "is the message", message},
		{"toString", "", "prints class and message", func(c call) (value.Value, error) { return value.String(get(c).ToString()), nil }},
		{"getCause", "", "is what caused the exception", func(c call) (value.Value, error) {
			if cause, ok := get(c).Cause.(*value.Exception); ok {
				return cause, nil
			}
			if cause := get(c).Cause; cause != nil {
				return value.Throw("java.lang.Exception", "%s", cause.Error()), nil
			}
			return nil, nil
		}},
		{"initCause", "cause", "sets what caused the exception", func(c call) (value.Value, error) {
			if cause, ok := c.arg(0).(*value.Exception); ok {
				get(c).Cause = cause
			}
			return c.recv, nil
		}},
		{"printStackTrace", "target = null", "logs class and message", func(c call) (value.Value, error) {
			c.th.Host.Log("error", stackText(get(c)))
			return nil, nil
		}},
		{"getStackTrace", "", "is the calls that led here", func(c call) (value.Value, error) {
			out := []value.Value{}
			for _, s := range get(c).Calls {
				out = append(out, value.String(s.Name))
			}
			return value.NewList(out...), nil
		}},
		{"getSuppressed", "", "is empty", func(c call) (value.Value, error) { return value.NewList(), nil }},
		{"fillInStackTrace", "", "is the exception", func(c call) (value.Value, error) { return c.recv, nil }},
	}
}

func stackText(e *value.Exception) string {
	var b strings.Builder
	b.WriteString(e.ToString())
	for _, s := range e.Calls {
		b.WriteString("\n\tat " + s.Name)
	}
	return b.String()
}
