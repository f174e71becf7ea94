package directive

import (
	"fmt"
	"strings"

	"sluice/internal/lang/diag"
	"sluice/internal/lang/value"
)

// A Kind is a set of shapes a value may have.
type Kind uint16

const (
	Bool Kind = 1 << iota
	Integer
	Number // integers and decimals
	String
	Memory   // a memory size, or text such as "8 GB", or a number of bytes
	Duration // a duration, or text such as "1h 30m", or a number of milliseconds
	List
	Map
	Path
	Function // a closure that is called by the engine itself, as saveAs is
)

var kindNames = []struct {
	kind Kind
	name string
}{
	{Bool, "a boolean"},
	{Integer, "an integer"},
	{Number, "a number"},
	{String, "a string"},
	{Memory, "a memory size such as `8.GB`"},
	{Duration, "a duration such as `2.h`"},
	{List, "a list"},
	{Map, "a map"},
	{Path, "a path"},
	{Function, "a closure"},
}

// String lists the shapes: "an integer or a string".
func (k Kind) String() string {
	var names []string
	for _, e := range kindNames {
		if k&e.kind != 0 {
			names = append(names, e.name)
		}
	}
	if len(names) > 1 {
		last := len(names) - 1
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return strings.Join(names, "")
}

// An Option is a named argument of a directive, as `mode` of publishDir.
type Option struct {
	Name   string
	Types  Kind
	Values []string // the only words allowed, if any
	Doc    string
}

// A Directive is one line of the table.
type Directive struct {
	Name    string
	Types   Kind
	MaxArgs int      // positional arguments; -1 is any number
	First   string   // the option a positional argument stands for when the value is a map
	Options []Option // named arguments
	Open    bool     // named arguments of any name
	Values  []string // the only words allowed, if any
	Least   int64    // numbers below it are refused; 0 is no bound

	Static     bool // closures are refused: the value holds for the whole process
	Repeatable bool // several in one process add up
	InHash     bool // a change makes a task run again
	Default    string
	Since      string
	Deprecated string
	Doc        string
	Lost       string // why it has no effect here; "" if it has
	Refused    string // why a task that has it fails; "" if it does not
}

// Option finds a named argument.
func (d *Directive) Option(name string) *Option {
	for i := range d.Options {
		if d.Options[i].Name == name {
			return &d.Options[i]
		}
	}
	return nil
}

// All is the table in the order of the documentation.
func All() []Directive { return table }

// Lookup finds a directive by name, nil if there is none.
func Lookup(name string) *Directive {
	for i := range table {
		if table[i].Name == name {
			return &table[i]
		}
	}
	return nil
}

// Names lists all names in the order of the table.
func Names() []string {
	names := make([]string, len(table))
	for i := range table {
		names[i] = table[i].Name
	}
	return names
}

// An Error says what is wrong with a directive; Help proposes.
type Error struct {
	Message string
	Help    string
}

func (e *Error) Error() string {
	if e.Help == "" {
		return e.Message
	}
	return e.Message + " (" + e.Help + ")"
}

func errorf(help, format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...), Help: help}
}

// Unknown is the error for a name that is no directive.
func Unknown(name string) *Error {
	help := ""
	if near, ok := diag.Near(name, Names()); ok {
		help = fmt.Sprintf("a directive `%s` exists", near)
	}
	return errorf(help, "`%s` is no process directive", name)
}

// Setting turns the arguments of a directive in a process definition into the
// one value that a configuration file would give: `publishDir 'x', mode: 'copy'`
// is [path: 'x', mode: 'copy'], `label 'a'` is 'a', `ext args: 'x'` is [args: 'x'].
func Setting(name string, args []value.Value, named *value.Map) (value.Value, error) {
	d := Lookup(name)
	if d == nil {
		return nil, Unknown(name)
	}
	if d.MaxArgs >= 0 && len(args) > d.MaxArgs {
		return nil, errorf("", "directive `%s` takes %s, %d given", name, count(d.MaxArgs, "value"), len(args))
	}
	if named == nil || named.Len() == 0 {
		switch {
		case len(args) == 0:
			return nil, errorf(help(d), "directive `%s` has no value", name)
		case len(args) == 1:
			return args[0], Check(d, args[0])
		}
		v := value.NewList(args...)
		return v, Check(d, v)
	}
	if len(d.Options) == 0 && !d.Open && d.Types&Map == 0 {
		key := named.Keys()[0]
		return nil, errorf(help(d), "directive `%s` has no option `%s`", name, value.ToString(key))
	}
	m := value.NewMap(named.Len() + 1)
	if len(args) > 0 {
		if d.First == "" {
			return nil, errorf(help(d), "directive `%s` takes either a value or named options", name)
		}
		m.Set(value.String(d.First), args[0])
	}
	named.Entries(func(k, v value.Value) bool {
		m.Set(value.String(value.ToString(k)), v)
		return true
	})
	return m, Check(d, m)
}

func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func help(d *Directive) string {
	if d.Types == 0 {
		return ""
	}
	return fmt.Sprintf("`%s` takes %s", d.Name, d.Types)
}

// Check says whether v may be given to d. Closures pass where the directive
// is evaluated for each task; so does null, which unsets.
func Check(d *Directive, v value.Value) error {
	if isFunction(v) {
		if d.Static && d.Types&Function == 0 {
			return errorf(help(d), "directive `%s` cannot be a closure: it holds for all tasks of the process", d.Name)
		}
		return nil
	}
	if v == nil || lazy(v) {
		return nil
	}
	if m, ok := v.(*value.Map); ok && (len(d.Options) > 0 || d.Open) {
		return checkOptions(d, m)
	}
	if !d.Types.has(v) {
		return errorf(help(d), "directive `%s` cannot be %s", d.Name, describe(v))
	}
	if n, ok := value.AsInt64(v); ok && n < d.Least {
		return errorf("", "directive `%s` is %d, a task needs at least %d", d.Name, n, d.Least)
	}
	return checkWord(d.Name, d.Values, v)
}

func checkOptions(d *Directive, m *value.Map) (err error) {
	m.Entries(func(k, v value.Value) bool {
		name := value.ToString(k)
		o := d.Option(name)
		if o == nil {
			if !d.Open {
				err = unknownOption(d, name)
			}
			return err == nil
		}
		if v == nil || isFunction(v) || lazy(v) {
			return true
		}
		if !o.Types.has(v) {
			err = errorf("", "option `%s` of directive `%s` cannot be %s, it takes %s", name, d.Name, describe(v), o.Types)
			return false
		}
		err = checkWord(d.Name+" "+name, o.Values, v)
		return err == nil
	})
	return err
}

func unknownOption(d *Directive, name string) *Error {
	names := make([]string, len(d.Options))
	for i, o := range d.Options {
		names[i] = o.Name
	}
	help := "options are `" + strings.Join(names, "`, `") + "`"
	if near, ok := diag.Near(name, names); ok {
		help = fmt.Sprintf("an option `%s` exists", near)
	}
	return errorf(help, "directive `%s` has no option `%s`", d.Name, name)
}

func checkWord(name string, words []string, v value.Value) error {
	text, ok := value.Str(v)
	if len(words) == 0 || !ok {
		return nil
	}
	for _, w := range words {
		if w == text {
			return nil
		}
	}
	help := "valid are `" + strings.Join(words, "`, `") + "`"
	if near, isNear := diag.Near(text, words); isNear {
		help = fmt.Sprintf("a value `%s` exists", near)
	}
	return errorf(help, "`%s` is no value of `%s`", text, name)
}

// has says whether v has one of the shapes, text that converts included.
func (k Kind) has(v value.Value) bool {
	switch v := v.(type) {
	case value.Bool:
		return k&Bool != 0
	case value.Int, value.Long, value.BigInt:
		return k&(Integer|Number|Memory|Duration) != 0
	case value.Decimal, value.Double, value.Float:
		return k&Number != 0
	case value.Memory:
		return k&(Memory|String) != 0
	case value.Duration:
		return k&(Duration|String) != 0
	case *value.Path:
		return k&(Path|String) != 0
	case *value.Map:
		return k&Map != 0
	case value.Callable:
		return k&Function != 0
	default:
		if text, ok := value.Str(v); ok {
			return k.hasText(text)
		}
	}
	if value.IsCollection(v) {
		return k&List != 0
	}
	return false
}

func (k Kind) hasText(text string) bool {
	if k&(String|Path) != 0 {
		return true
	}
	text = strings.TrimSpace(text)
	if k&Memory != 0 {
		if _, err := value.ParseMemory(text); err == nil {
			return true
		}
	}
	if k&Duration != 0 {
		if _, err := value.ParseDuration(text); err == nil {
			return true
		}
	}
	if k&(Integer|Number) != 0 && isDigits(text) {
		return true
	}
	return k&Bool != 0 && (text == "true" || text == "false")
}

func isDigits(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func isFunction(v value.Value) bool {
	_, ok := v.(value.Callable)
	return ok
}

// lazy says that v is a string with parts computed when it is used: its text
// is not known yet.
func lazy(v value.Value) bool {
	g, ok := v.(*value.GString)
	return ok && len(g.Lazy) > 0
}

func describe(v value.Value) string {
	text := value.ToString(v)
	if len(text) > 60 {
		text = text[:57] + "..."
	}
	return fmt.Sprintf("`%s` (%s)", text, v.Class().Simple())
}
