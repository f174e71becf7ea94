package stdlib

import (
	"time"

	"sluice/internal/lang/value"
)

// An ExitError ends the run: exit() and System.exit.
type ExitError struct {
	Code    int
	Message string
}

// Error is the message, if there is one.
func (e *ExitError) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return "exit"
}

// globalFunctions are those every script can call.
// Nextflow docs: reference/stdlib-namespaces#global-namespace
func globalFunctions() []def {
	return append([]def{
		{"println", "value: Object = ''", "prints a line", printLine},
		{"print", "value", "prints", func(c call) (value.Value, error) {
			s, err := value.Text(c.arg(0))
			if err == nil {
				c.th.Host.Print(s)
			}
			return nil, err
		}},
		{"printf", "format: String, values...", "prints as String.format does", func(c call) (value.Value, error) {
			s, err := formatArgs(c)
			if err == nil {
				c.th.Host.Print(s)
			}
			return nil, err
		}},
		{"sprintf", "format: String, values...", "is a text as String.format makes it", func(c call) (value.Value, error) {
			s, err := formatArgs(c)
			return value.String(s), err
		}},
		{"sleep", "milliseconds", "waits", sleepFunction},
		{"error", "message = null", "stops the script with a message", func(c call) (value.Value, error) {
			ex := value.Throw("nextflow.exception.WorkflowScriptErrorException", "")
			if c.arg(0) != nil {
				ex.Message = value.ToString(c.arg(0))
			}
			return nil, ex
		}},
		{"exit", "message: String", "ends the run with a message", func(c call) (value.Value, error) {
			return nil, &ExitError{Message: c.strArg(0)}
		}},
		{"exit", "exitCode: Number = 0, message = null", "ends the run", func(c call) (value.Value, error) {
			e := &ExitError{Code: c.intOr(0, 0)}
			if c.arg(1) != nil {
				e.Message = value.ToString(c.arg(1))
			}
			return nil, e
		}},
		{"env", "name: String", "is a variable of the environment", func(c call) (value.Value, error) { return getenv(c, c.strArg(0)), nil }},
		{"tuple", "elements...", "is a tuple", func(c call) (value.Value, error) {
			list := append([]value.Value(nil), c.args...)
			if len(list) == 1 && value.IsCollection(list[0]) {
				list = elems(list[0])
			}
			return &value.List{Elems: list, Kind: value.Tuple}, nil
		}},
		{"groupKey", "key, size: Number", "is a key for groupTuple with the size of its group", func(c call) (value.Value, error) {
			return &value.GroupKey{Key: c.arg(0), Size: c.intArg(1)}, nil
		}},
		{"record", "options: Map = null", "is a record of named values", func(c call) (value.Value, error) {
			if m, ok := c.arg(0).(*value.Map); ok {
				return m.Copy(), nil
			}
			return value.NewMap(0), nil
		}},
		{"branchCriteria", "criteria: Closure", "is the closure", func(c call) (value.Value, error) { return c.arg(0), nil }},
		{"multiMapCriteria", "criteria: Closure", "is the closure", func(c call) (value.Value, error) { return c.arg(0), nil }},
	}, fileFunctions()...)
}

func printLine(c call) (value.Value, error) {
	s := ""
	if c.n() > 0 {
		var err error
		if s, err = value.Text(c.arg(0)); err != nil {
			return nil, err
		}
	}
	c.th.Host.Print(s + "\n")
	return nil, nil
}

// formatArgs opens a single list of values, as printf does.
func formatArgs(c call) (string, error) {
	args := c.args[1:]
	if len(args) == 1 && value.IsCollection(args[0]) {
		args = elems(args[0])
	}
	return formatJava(c.strArg(0), args)
}

// formatOwn is String.format, which opens an array alone. Arrays are lists
// here, so a list is opened where the format has places for its elements.
func formatOwn(c call, locale value.Value) (string, error) {
	args := c.args[1:]
	if len(args) == 1 && value.IsCollection(args[0]) && places(c.strArg(0)) > 1 {
		args = elems(args[0])
	}
	l, _ := locale.(Locale)
	return formatIn(l, c.strArg(0), args)
}

// places counts what a format takes arguments for.
func places(format string) int {
	n := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		s, length, ok := parseSpecifier(format[i:])
		if !ok {
			return n
		}
		if s.conversion != '%' && s.conversion != 'n' && !s.relative {
			n++
		}
		i += length - 1
	}
	return n
}

// sleepFunction waits without the interpreter lock; the run's end cuts it short.
func sleepFunction(c call) (value.Value, error) {
	var wait time.Duration
	switch v := c.arg(0).(type) {
	case value.Duration:
		wait = time.Duration(v) * time.Millisecond
	default:
		if s, ok := value.Str(v); ok {
			d, err := value.ParseDuration(s)
			if err != nil {
				return nil, err
			}
			wait = time.Duration(d) * time.Millisecond
			break
		}
		if !value.IsNumber(v) {
			return nil, c.missing()
		}
		wait = time.Duration(toInt64(v)) * time.Millisecond
	}
	ctx := threadContext(c.th)
	var err error
	c.th.Block(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			err = value.Throw("java.lang.InterruptedException", "sleep interrupted")
		}
	})
	return nil, err
}

func getenv(c call, name string) value.Value {
	if s, ok := c.th.Host.Getenv(name); ok {
		return value.String(s)
	}
	return nil
}
