package value

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"sluice/internal/lang/source"
)

// A Host is the world as natives see it: everything a method may need beyond
// its receiver and arguments. The engine hands it in.
type Host interface {
	// Call invokes a method by name as a script would: method tables,
	// closures held in properties, category methods.
	Call(th *Thread, recv Value, name string, args []Value) (Value, error)
	// Property reads `recv.name` as a script would.
	Property(th *Thread, recv Value, name string) (Value, error)
	// Print writes to the run's standard output, in step with the progress display.
	Print(text string)
	// Log writes a message of `log.info` and its like; level is "error", "warn", "info", "debug" or "trace".
	Log(level, message string)
	// Getenv reads the environment of the run.
	Getenv(name string) (string, bool)
	// LaunchDir is where relative paths start.
	LaunchDir() string
}

// A Thread is one line of script execution. Only the holder of the
// interpreter lock runs script code; Block releases it meanwhile.
type Thread struct {
	Context context.Context
	Host    Host
	Lock    *sync.Mutex // nil where nothing else runs
	Depth   int         // calls under way, for the recursion limit
	Calls   []CallSite  // innermost last
	Stack   []Value     // slots of running functions; the interpreter's
	At      source.Span // the method call being made; the interpreter's
}

// A CallSite is one entry of the script's call stack.
type CallSite struct {
	Name string // function, closure or process
	Span source.Span
}

// MaxDepth is how deep script calls may nest before StackOverflowError.
const MaxDepth = 2500

// Block runs f without the interpreter lock: file and network I/O, sleep,
// child processes.
func (th *Thread) Block(f func()) {
	if th == nil || th.Lock == nil {
		f()
		return
	}
	th.Lock.Unlock()
	defer th.Lock.Lock()
	f()
}

// A Callable can be called: closures, functions, method pointers, processes, workflows.
type Callable interface {
	Value
	CallWith(th *Thread, args []Value) (Value, error)
}

// A Closure is Groovy's: code with captured variables, an owner, and a
// delegate that configuration and directives set.
type Closure struct {
	// Code runs the body; the closure is passed for owner and delegate.
	Code func(th *Thread, self *Closure, args []Value) (Value, error)
	// Params is the number of declared parameters; Implicit means none was
	// declared and the one argument is `it`.
	Params   int
	Required int  // parameters without a default
	Implicit bool // implicit `it`
	Variadic bool // last parameter is an array
	ParamIs  []*Class
	Owner    Value
	Delegate Value
	First    DelegateStrategy
	Curried  []Value // leading arguments already given
	Source   source.Span
	Labels   []string          // of a branch or multiMap criteria: see Branch
	Captured func() []Captured // the free variables and their values, for task hashes; nil for natives
}

// Captured is a variable that a closure closes over.
type Captured struct {
	Name  string
	Value Value
}

// DelegateStrategy is whom a closure asks first for a name it does not know.
type DelegateStrategy uint8

const (
	OwnerFirst DelegateStrategy = iota
	DelegateFirst
	OwnerOnly
	DelegateOnly
)

func (*Closure) Class() *Class { return ClosureClass }

// CallWith calls the closure. One list for several parameters is spread over
// them, as Groovy does.
func (c *Closure) CallWith(th *Thread, args []Value) (Value, error) {
	if len(c.Curried) > 0 {
		args = append(append(make([]Value, 0, len(c.Curried)+len(args)), c.Curried...), args...)
	}
	if c.Params > 1 && len(args) == 1 && !c.Variadic {
		if l, ok := args[0].(*List); ok {
			args = l.Elems
		}
	}
	return c.Code(th, c, args)
}

// A Branch is what a branch criteria returns for an item: the label of the
// first condition that holds and the value to emit there; null if none holds.
// A multiMap criteria returns a Map from label to value.
type Branch struct {
	Label string
	Value Value
}

func (*Branch) Class() *Class { return ObjectClass }

// WithDelegate is a copy that asks delegate first for unknown names.
func (c *Closure) WithDelegate(delegate Value) *Closure {
	d := *c
	d.Delegate, d.First = delegate, DelegateFirst
	return &d
}

// A NativeFunc is a method or function written in Go; recv is nil for functions.
type NativeFunc func(th *Thread, recv Value, args []Value) (Value, error)

// A Native is a Go function as a value.
type Native struct {
	Name string
	Fn   NativeFunc
}

func (*Native) Class() *Class { return ClosureClass }

func (n *Native) CallWith(th *Thread, args []Value) (Value, error) { return n.Fn(th, nil, args) }

// An Exception is a Java exception on its way through a script: an error to
// Go, a value to `catch`.
type Exception struct {
	Of      *Class
	Message string
	Cause   error
	Data    Value       // what the thrower attaches, e.g. the value of a failed assertion
	Where   source.Span // innermost script position, set by the interpreter
	Calls   []CallSite  // innermost first
}

func (e *Exception) Class() *Class { return e.Of }

// Error is the message as a user reads it: without the class when the class
// says nothing more.
func (e *Exception) Error() string {
	if e.Message == "" {
		return e.Of.Name
	}
	if sentence := fileSentences[e.Of.Name]; sentence != "" && !strings.Contains(e.Message, ": ") {
		return sentence + ": " + e.Message
	}
	return e.Message
}

// fileSentences say what is wrong with a file where the exception's message is
// the path alone.
var fileSentences = map[string]string{
	"java.nio.file.NoSuchFileException":        "No such file or directory",
	"java.nio.file.FileAlreadyExistsException": "File or directory already exists",
	"java.nio.file.AccessDeniedException":      "Permission denied",
}

// Unwrap is the cause.
func (e *Exception) Unwrap() error { return e.Cause }

// ToString is Java's: class and message.
func (e *Exception) ToString() string {
	if e.Message == "" {
		return e.Of.Name
	}
	return e.Of.Name + ": " + e.Message
}

// Throw makes an exception of a class known by its full Java name.
func Throw(className, format string, args ...any) *Exception {
	message := format
	if len(args) > 0 {
		message = fmt.Sprintf(format, args...)
	}
	return &Exception{Of: ExceptionClass(className), Message: message}
}

var (
	exceptionMu      sync.Mutex
	exceptionClasses = map[string]*Class{}
)

var exceptionParents = map[string]string{
	"java.lang.Exception":        "java.lang.Throwable",
	"java.lang.Error":            "java.lang.Throwable",
	"java.lang.RuntimeException": "java.lang.Exception",
	"java.lang.AssertionError":   "java.lang.Error",
	"org.codehaus.groovy.runtime.powerassert.PowerAssertionError": "java.lang.AssertionError",
	"java.lang.StackOverflowError":                                "java.lang.Error",
	"java.io.IOException":                                         "java.lang.Exception",
	"java.io.FileNotFoundException":                               "java.io.IOException",
	"java.nio.file.FileSystemException":                           "java.io.IOException",
	"java.nio.file.NoSuchFileException":                           "java.nio.file.FileSystemException",
	"java.nio.file.FileAlreadyExistsException":                    "java.nio.file.FileSystemException",
	"java.nio.file.AccessDeniedException":                         "java.nio.file.FileSystemException",
	"java.lang.InterruptedException":                              "java.lang.Exception",
	"java.lang.reflect.InvocationTargetException":                 "java.lang.Exception",
	"groovy.lang.MissingPropertyException":                        "groovy.lang.GroovyRuntimeException",
	"groovy.lang.MissingMethodException":                          "groovy.lang.GroovyRuntimeException",
	"groovy.lang.GroovyRuntimeException":                          "java.lang.RuntimeException",
	"java.lang.NumberFormatException":                             "java.lang.IllegalArgumentException",
	"java.lang.StringIndexOutOfBoundsException":                   "java.lang.IndexOutOfBoundsException",
	"java.lang.ArrayIndexOutOfBoundsException":                    "java.lang.IndexOutOfBoundsException",
}

// ExceptionClass finds or makes an exception class by its full Java name. Its
// parent is RuntimeException unless the table says otherwise.
func ExceptionClass(name string) *Class {
	exceptionMu.Lock()
	defer exceptionMu.Unlock()
	return exceptionClass(name)
}

func exceptionClass(name string) *Class {
	if name == ThrowableClass.Name {
		return ThrowableClass
	}
	if c := exceptionClasses[name]; c != nil {
		return c
	}
	parent, ok := exceptionParents[name]
	if !ok {
		parent = "java.lang.RuntimeException"
		if strings.HasSuffix(name, "Error") {
			parent = "java.lang.Error"
		}
	}
	c := class(name, exceptionClass(parent))
	exceptionClasses[name] = c
	return c
}
