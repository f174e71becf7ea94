package directive

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// A Strategy is what follows when a task fails.
type Strategy string

const (
	Terminate Strategy = "terminate"
	Finish    Strategy = "finish"
	Ignore    Strategy = "ignore"
	Retry     Strategy = "retry"
)

// A CacheMode is how tasks are looked up by -resume.
type CacheMode string

const (
	CacheStandard CacheMode = "standard"
	CacheOff      CacheMode = "false"
	CacheDeep     CacheMode = "deep"
	CacheLenient  CacheMode = "lenient"
)

func wrong(name string, v value.Value) error {
	d := Lookup(name)
	return errorf(help(d), "directive `%s` cannot be %s", name, describe(v))
}

// Int converts a directive that counts: cpus, maxForks, maxRetries, maxErrors,
// array. Text of digits counts; null is def.
func Int(name string, v value.Value, def int) (int, error) {
	switch n := v.(type) {
	case nil:
		return def, nil
	case value.Int:
		return int(n), nil
	case value.Long:
		return int(n), nil
	case value.Double:
		if whole := math.Trunc(float64(n)); whole == float64(n) {
			return int(whole), nil
		}
	case value.Decimal:
		if i, err := n.Int64(); err == nil {
			return int(i), nil
		}
	}
	if text, ok := value.Str(v); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			return n, nil
		}
	}
	return 0, wrong(name, v)
}

// Cpus is the number of CPUs, at least 1.
func Cpus(v value.Value) (int, error) {
	n, err := Int("cpus", v, 1)
	if err == nil && n < 1 {
		return 0, errorf("", "directive `cpus` is %d, a task needs at least 1", n)
	}
	return n, err
}

// Size converts memory and disk; 0 means not set.
func Size(name string, v value.Value) (value.Memory, error) {
	switch n := v.(type) {
	case nil:
		return 0, nil
	case value.Memory:
		return n, nil
	case value.Int:
		return value.Memory(n), nil
	case value.Long:
		return value.Memory(n), nil
	}
	if text, ok := value.Str(v); ok {
		if isDigits(text) {
			n, err := strconv.ParseInt(text, 10, 64)
			if err == nil {
				return value.Memory(n), nil
			}
		}
		if m, err := value.ParseMemory(text); err == nil {
			return m, nil
		}
	}
	return 0, wrong(name, v)
}

// A Disk is a size and the kind of disk.
type Disk struct {
	Size value.Memory
	Type string
}

// DiskOf converts the directive disk.
func DiskOf(v value.Value) (Disk, error) {
	m, ok := v.(*value.Map)
	if !ok {
		size, err := Size("disk", v)
		return Disk{Size: size}, err
	}
	size, err := Size("disk", m.GetString("request"))
	return Disk{Size: size, Type: text(m.GetString("type"))}, err
}

// Time converts a duration; 0 means not set.
func Time(name string, v value.Value) (value.Duration, error) {
	switch n := v.(type) {
	case nil:
		return 0, nil
	case value.Duration:
		return n, nil
	case value.Int:
		return value.Duration(n), nil
	case value.Long:
		return value.Duration(n), nil
	}
	if text, ok := value.Str(v); ok {
		if isDigits(text) {
			n, err := strconv.ParseInt(text, 10, 64)
			if err == nil {
				return value.Duration(n), nil
			}
		}
		if d, err := value.ParseDuration(text); err == nil {
			return d, nil
		}
	}
	return 0, wrong(name, v)
}

// Flag converts a directive that is on or off; null is def.
func Flag(name string, v value.Value, def bool) (bool, error) {
	if v == nil {
		return def, nil
	}
	if b, ok := v.(value.Bool); ok {
		return bool(b), nil
	}
	switch text, _ := value.Str(v); text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	if Lookup(name) == nil {
		return false, errorf("", "`%s` cannot be %s, it is true or false", name, describe(v))
	}
	return false, wrong(name, v)
}

// Text is a directive of one string; null is "".
func Text(v value.Value) string { return text(v) }

func text(v value.Value) string {
	if v == nil {
		return ""
	}
	return value.ToString(v)
}

// Words converts a directive of one string or a list of strings: label,
// module, secret, clusterOptions.
func Words(v value.Value) []string {
	if v == nil {
		return nil
	}
	if _, isMap := v.(*value.Map); !isMap {
		if elems, ok := value.Elements(v); ok {
			words := make([]string, 0, len(elems))
			for _, e := range elems {
				if e != nil {
					words = append(words, value.ToString(e))
				}
			}
			return words
		}
	}
	return []string{value.ToString(v)}
}

// Modules splits each `a:b` into names.
func Modules(v value.Value) []string {
	var names []string
	for _, w := range Words(v) {
		for _, n := range strings.Split(w, ":") {
			if n = strings.TrimSpace(n); n != "" {
				names = append(names, n)
			}
		}
	}
	return names
}

// DefaultShell runs task scripts unless the directive shell says otherwise.
var DefaultShell = []string{"/bin/bash", "-ue"}

// Shell converts the directive shell; a string is split at blanks.
func Shell(v value.Value) ([]string, error) {
	if v == nil {
		return DefaultShell, nil
	}
	words := Words(v)
	if s, ok := value.Str(v); ok {
		if words = strings.Fields(s); strings.ContainsRune(s, '\n') {
			words = []string{s} // what follows the first line runs before the script
		}
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errorf("", "directive `shell` is empty")
	}
	return words, nil
}

// ErrorStrategy converts the directive errorStrategy.
func ErrorStrategy(v value.Value) (Strategy, error) {
	if v == nil {
		return Terminate, nil
	}
	if err := checkWord("errorStrategy", strategies, v); err != nil {
		return "", err
	}
	s, ok := value.Str(v)
	if !ok {
		return "", wrong("errorStrategy", v)
	}
	return Strategy(s), nil
}

// Cache converts the directive cache.
func Cache(v value.Value) (CacheMode, error) {
	switch text(v) {
	case "", "true", "standard":
		return CacheStandard, nil
	case "false":
		return CacheOff, nil
	case "deep":
		return CacheDeep, nil
	case "lenient":
		return CacheLenient, nil
	}
	return "", checkOr(checkWord("cache", Lookup("cache").Values, v), wrong("cache", v))
}

func checkOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Scratch is where a task runs: "" in its work directory, "true" in $TMPDIR
// or a new temporary directory, "ram-disk", or a path or variable as written.
func Scratch(v value.Value) string {
	switch s := text(v); s {
	case "false":
		return ""
	default:
		return s
	}
}

// An Accelerator is what the directive of that name asks for.
type Accelerator struct {
	Request, Limit int
	Type, Runtime  string
}

// AcceleratorOf converts the directive accelerator; nil means none.
func AcceleratorOf(v value.Value) (*Accelerator, error) {
	if v == nil {
		return nil, nil
	}
	m, ok := v.(*value.Map)
	if !ok {
		n, err := Int("accelerator", v, 0)
		if err != nil || n == 0 {
			return nil, err
		}
		return &Accelerator{Request: n, Limit: n}, nil
	}
	request, err := Int("accelerator", m.GetString("request"), 0)
	if err != nil {
		return nil, err
	}
	limit, err := Int("accelerator", m.GetString("limit"), request)
	if err != nil {
		return nil, err
	}
	if request == 0 {
		request = limit
	}
	return &Accelerator{Request: request, Limit: limit, Type: text(m.GetString("type")), Runtime: text(m.GetString("runtime"))}, nil
}

// ContainerOptions is the text put on the container engine's command line.
func ContainerOptions(v value.Value) string {
	m, ok := v.(*value.Map)
	if !ok {
		return strings.Join(Words(v), " ")
	}
	var parts []string
	m.Entries(func(k, v value.Value) bool {
		for _, w := range Words(v) {
			parts = append(parts, fmt.Sprintf("--%s %s", value.ToString(k), w))
		}
		return true
	})
	return strings.Join(parts, " ")
}

// Limits are the bounds of resourceLimits; zero means unbounded.
type Limits struct {
	Cpus         int
	Memory, Disk value.Memory
	Time         value.Duration
}

// LimitsOf converts the directive resourceLimits.
func LimitsOf(v value.Value) (l Limits, err error) {
	if v == nil {
		return l, nil
	}
	m, ok := v.(*value.Map)
	if !ok {
		return l, wrong("resourceLimits", v)
	}
	if err := checkOptions(Lookup("resourceLimits"), m); err != nil {
		return l, err
	}
	if l.Cpus, err = Int("cpus", m.GetString("cpus"), 0); err != nil {
		return l, err
	}
	if l.Memory, err = Size("memory", m.GetString("memory")); err != nil {
		return l, err
	}
	if l.Disk, err = Size("disk", m.GetString("disk")); err != nil {
		return l, err
	}
	l.Time, err = Time("time", m.GetString("time"))
	return l, err
}

// Cap lowers n to the limit.
func Cap[T int | value.Memory | value.Duration](n, limit T) T {
	if limit > 0 && n > limit {
		return limit
	}
	return n
}
