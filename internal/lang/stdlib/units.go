package stdlib

import (
	"fmt"
	"time"

	"sluice/internal/lang/value"
)

func durationMethods() []def {
	var out []def
	for _, u := range []struct {
		name string
		get  func(value.Duration) int64
	}{
		{"Millis", value.Duration.Millis},
		{"Seconds", value.Duration.Seconds},
		{"Minutes", value.Duration.Minutes},
		{"Hours", value.Duration.Hours},
		{"Days", value.Duration.Days},
	} {
		f := func(c call) (value.Value, error) { return value.Long(u.get(c.recv.(value.Duration))), nil }
		out = append(out,
			def{"to" + u.name, "", "is the duration in " + u.name, f},
			def{"get" + u.name, "", "is the duration in " + u.name, f})
	}
	return append(append(out,
		def{"format", "pattern: String", "prints with a pattern of hours, minutes, seconds", func(c call) (value.Value, error) {
			return value.String(formatDuration(int64(c.recv.(value.Duration)), c.strArg(0))), nil
		}},
		def{"sleep", "", "waits", func(c call) (value.Value, error) {
			c.args = []value.Value{value.Long(c.recv.(value.Duration))}
			return sleepFunction(c)
		}},
	), operatorMethods()...)
}

func durationStatics() []def {
	return []def{
		{"of", "text", "reads a duration, or takes milliseconds", newDuration},
		{"between", "start, end", "is the time from start to end", func(c call) (value.Value, error) {
			from, to, ok := instants(c.arg(0), c.arg(1))
			if !ok {
				return nil, c.missing()
			}
			return value.Duration(to.Sub(from).Milliseconds()), nil
		}},
	}
}

func newDuration(c call) (value.Value, error) {
	if value.IsNumber(c.arg(0)) {
		return value.NewDuration(toInt64(c.arg(0)))
	}
	if d, ok := c.arg(0).(value.Duration); ok {
		return d, nil
	}
	return value.ParseDuration(c.strArg(0))
}

// formatDuration fills in H, m, s and S as often as they stand, with leading zeros.
func formatDuration(ms int64, pattern string) string {
	units := []struct {
		letter byte
		size   int64
	}{{'d', 86_400_000}, {'H', 3_600_000}, {'m', 60_000}, {'s', 1000}, {'S', 1}}
	amounts := map[byte]int64{}
	for _, u := range units {
		for i := range len(pattern) {
			if pattern[i] == u.letter {
				amounts[u.letter], ms = ms/u.size, ms%u.size
				break
			}
		}
	}
	var b []byte
	for i := 0; i < len(pattern); {
		n, ok := amounts[pattern[i]]
		width := 1
		for ok && i+width < len(pattern) && pattern[i+width] == pattern[i] {
			width++
		}
		if ok {
			b = fmt.Appendf(b, "%0*d", width, n)
		} else {
			b = append(b, pattern[i])
		}
		i += width
	}
	return string(b)
}

func memoryMethods() []def {
	var out []def
	for _, u := range []struct {
		name string
		get  func(value.Memory) int64
	}{
		{"Bytes", value.Memory.Bytes}, {"Kilo", value.Memory.Kilo}, {"Mega", value.Memory.Mega}, {"Giga", value.Memory.Giga},
	} {
		f := func(c call) (value.Value, error) { return value.Long(u.get(c.recv.(value.Memory))), nil }
		out = append(out,
			def{"to" + u.name, "", "is the size in " + u.name, f},
			def{"get" + u.name, "", "is the size in " + u.name, f})
	}
	return append(append(out,
		def{"getSize", "", "is the size in bytes", func(c call) (value.Value, error) { return value.Long(c.recv.(value.Memory)), nil }},
		def{"toUnit", "unit: String", "is the size in a unit", func(c call) (value.Value, error) {
			n, err := c.recv.(value.Memory).ToUnit(c.strArg(0))
			return value.Long(n), err
		}},
	), operatorMethods()...)
}

func memoryStatics() []def {
	return []def{{"of", "text", "reads a size, or takes bytes", newMemory}}
}

func newMemory(c call) (value.Value, error) {
	if value.IsNumber(c.arg(0)) {
		return value.NewMemory(toInt64(c.arg(0)))
	}
	if m, ok := c.arg(0).(value.Memory); ok {
		return m, nil
	}
	return value.ParseMemory(c.strArg(0))
}

func instants(a, b value.Value) (from, to time.Time, ok bool) {
	from, ok = timeOf(a)
	if !ok {
		return from, to, false
	}
	to, ok = timeOf(b)
	return from, to, ok
}
