package stdlib

import (
	"strings"
	"time"

	"sluice/internal/lang/value"
)

// An Enum is a constant of one of Java's enums that scripts meet.
type Enum struct {
	of      *value.Class
	name    string
	text    string // what it prints
	ordinal int
}

// Class is the enum.
func (e *Enum) Class() *value.Class { return e.of }

// ToString is mostly the name.
func (e *Enum) ToString() string { return e.text }

// CompareTo orders constants as they are declared.
func (e *Enum) CompareTo(other value.Value) (int, bool) {
	o, ok := other.(*Enum)
	if !ok || o.of != e.of {
		return 0, false
	}
	return e.ordinal - o.ordinal, true
}

var (
	chronoUnitClass = javaClass("java.time.temporal.ChronoUnit", value.ComparableClass)
	dayOfWeekClass  = javaClass("java.time.DayOfWeek", value.ComparableClass)
	monthClass      = javaClass("java.time.Month", value.ComparableClass)
	timeUnitClass   = javaClass("java.util.concurrent.TimeUnit", value.ComparableClass)

	chronoUnits = newEnum(chronoUnitClass, "NANOS", "MICROS", "MILLIS", "SECONDS", "MINUTES", "HOURS", "HALF_DAYS", "DAYS", "WEEKS", "MONTHS", "YEARS", "DECADES", "CENTURIES")
	daysOfWeek  = newEnum(dayOfWeekClass, "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
	months      = newEnum(monthClass, "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER")
	timeUnits   = newEnum(timeUnitClass, "NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS")
)

func newEnum(of *value.Class, names ...string) []*Enum {
	out := make([]*Enum, len(names))
	for i, name := range names {
		text := name
		if of == chronoUnitClass { // prints Days, HalfDays
			text = ""
			for word := range strings.SplitSeq(name, "_") {
				text += word[:1] + strings.ToLower(word[1:])
			}
		}
		out[i] = &Enum{of, name, text, i}
	}
	return out
}

func enumConstants(list []*Enum) func(*Table) map[string]value.Value {
	return func(*Table) map[string]value.Value {
		out := map[string]value.Value{}
		for _, e := range list {
			out[e.name] = e
		}
		return out
	}
}

func enumStatics(list []*Enum) func() []def {
	return func() []def {
		return []def{
			{"values", "", "is the list of constants", func(c call) (value.Value, error) {
				out := make([]value.Value, len(list))
				for i, e := range list {
					out[i] = e
				}
				return value.NewList(out...), nil
			}},
			{"valueOf", "name: String", "is the constant of a name", func(c call) (value.Value, error) {
				for _, e := range list {
					if e.name == c.strArg(0) {
						return e, nil
					}
				}
				return nil, value.Throw("java.lang.IllegalArgumentException", "No enum constant %s.%s", list[0].of.Name, c.strArg(0))
			}},
			{"of", "number: Integer", "is the constant of a number, from 1", func(c call) (value.Value, error) {
				n := c.intArg(0)
				if n < 1 || n > len(list) {
					return nil, value.Throw("java.time.DateTimeException", "Invalid value for %s: %d", list[0].of.Simple(), n)
				}
				return list[n-1], nil
			}},
		}
	}
}

// enumMethods are those of all enums; days and months count from 1.
func enumMethods(list []*Enum) func() []def {
	move := func(sign int) func(call) (value.Value, error) {
		return func(c call) (value.Value, error) {
			n := len(list)
			return list[((c.recv.(*Enum).ordinal+sign*c.intArg(0))%n+n)%n], nil
		}
	}
	return func() []def {
		return []def{
			{"name", "", "is the name", func(c call) (value.Value, error) { return value.String(c.recv.(*Enum).name), nil }},
			{"ordinal", "", "is the place among the constants, from 0", func(c call) (value.Value, error) { return value.Int(c.recv.(*Enum).ordinal), nil }},
			{"getValue", "", "is the number, from 1", func(c call) (value.Value, error) { return value.Int(c.recv.(*Enum).ordinal + 1), nil }},
			{"plus", "n: Integer", "is the constant n places on, round the end", move(1)},
			{"minus", "n: Integer", "is the constant n places back, round the end", move(-1)},
		}
	}
}

var unitLengths = map[string]time.Duration{
	"NANOS": 1, "MICROS": time.Microsecond, "MILLIS": time.Millisecond, "SECONDS": time.Second, "MINUTES": time.Minute, "HOURS": time.Hour,
	"HALF_DAYS": 12 * time.Hour, "DAYS": 24 * time.Hour, "WEEKS": 7 * 24 * time.Hour,
	"NANOSECONDS": 1, "MICROSECONDS": time.Microsecond, "MILLISECONDS": time.Millisecond,
}

var unitMonths = map[string]int{"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1200}

// unitsBetween counts whole units.
func unitsBetween(unit string, from, to time.Time) int64 {
	if n, ok := unitMonths[unit]; ok {
		return int64(monthsBetween(from, to) / n)
	}
	return int64(to.Sub(from) / unitLengths[unit])
}

// monthsBetween counts whole months.
func monthsBetween(from, to time.Time) int {
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if at := addMonths(from, n); n > 0 && at.After(to) {
		n--
	} else if n < 0 && at.Before(to) {
		n++
	}
	return n
}

// addMonths keeps within the month: the 31st of January and one month is the
// last of February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// addUnits moves a time by n of a unit.
func addUnits(t time.Time, n int64, unit string) time.Time {
	if m, ok := unitMonths[unit]; ok {
		return addMonths(t, int(n)*m)
	}
	if unit == "DAYS" || unit == "WEEKS" {
		return t.AddDate(0, 0, int(n)*int(unitLengths[unit]/unitLengths["DAYS"]))
	}
	return t.Add(time.Duration(n) * unitLengths[unit])
}

func chronoUnitMethods() []def {
	return append(enumMethods(chronoUnits)(),
		def{"between", "start, end", "is the number of whole units from start to end", func(c call) (value.Value, error) {
			from, to, ok := instants(c.arg(0), c.arg(1))
			if !ok {
				return nil, c.missing()
			}
			return value.Long(unitsBetween(c.recv.(*Enum).name, from, to)), nil
		}})
}

func timeUnitMethods() []def {
	out := enumMethods(timeUnits)()
	for _, to := range []struct{ method, unit string }{
		{"toNanos", "NANOSECONDS"},
		{"toMicros", "MICROSECONDS"},
		{"toMillis", "MILLISECONDS"},
		{"toSeconds", "SECONDS"},
		{"toMinutes", "MINUTES"},
		{"toHours", "HOURS"},
		{"toDays", "DAYS"},
	} {
		out = append(out, def{to.method, "n: Number", "is n of the unit in another one, cut to a whole number", func(c call) (value.Value, error) {
			from, unit := int64(unitLengths[c.recv.(*Enum).name]), int64(unitLengths[to.unit])
			n := toInt64(c.arg(0))
			if from >= unit {
				return value.Long(n * (from / unit)), nil
			}
			return value.Long(n / (unit / from)), nil
		}})
	}
	return append(out,
		def{"sleep", "n: Number", "waits for n of the unit", func(c call) (value.Value, error) {
			c.th.Block(func() { time.Sleep(time.Duration(toInt64(c.arg(0))) * unitLengths[c.recv.(*Enum).name]) })
			return nil, nil
		}})
}
