package stdlib

import (
	"time"

	"sluice/internal/lang/value"
)

var (
	calendarClass          = javaClass("java.util.Calendar", value.ComparableClass)
	gregorianCalendarClass = javaClass("java.util.GregorianCalendar", calendarClass)
)

// A Calendar is java.util.Calendar: a date whose fields can be set.
type Calendar struct{ t time.Time }

// Class is java.util.GregorianCalendar.
func (*Calendar) Class() *value.Class { return gregorianCalendarClass }

// CompareTo orders the instants.
func (k *Calendar) CompareTo(other value.Value) (int, bool) {
	o, ok := other.(*Calendar)
	if !ok {
		return 0, false
	}
	return k.t.Compare(o.t), true
}

// The numbers of Calendar's fields.
const (
	calendarYear       = 1
	calendarMonth      = 2
	calendarDate       = 5
	calendarDayOfYear  = 6
	calendarDayOfWeek  = 7
	calendarAmPm       = 9
	calendarHour       = 10
	calendarHourOfDay  = 11
	calendarMinute     = 12
	calendarSecond     = 13
	calendarMillis     = 14
	calendarWeekOfYear = 3
)

func calendarConstants(*Table) map[string]value.Value {
	out := map[string]value.Value{
		"YEAR": value.Int(calendarYear), "MONTH": value.Int(calendarMonth), "WEEK_OF_YEAR": value.Int(calendarWeekOfYear), "DATE": value.Int(calendarDate),
		"DAY_OF_MONTH": value.Int(calendarDate), "DAY_OF_YEAR": value.Int(calendarDayOfYear), "DAY_OF_WEEK": value.Int(calendarDayOfWeek), "AM_PM": value.Int(calendarAmPm),
		"HOUR": value.Int(calendarHour), "HOUR_OF_DAY": value.Int(calendarHourOfDay), "MINUTE": value.Int(calendarMinute), "SECOND": value.Int(calendarSecond), "MILLISECOND": value.Int(calendarMillis),
	}
	for i, m := range months {
		out[m.name] = value.Int(i)
	}
	for i, d := range daysOfWeek {
		out[d.name] = value.Int((i+1)%7 + 1)
	}
	return out
}

func calendarStatics() []def {
	return []def{{"getInstance", "zone = null, locale = null", "is now", func(c call) (value.Value, error) {
		t := time.Now()
		if z, ok := c.arg(0).(*Zone); ok {
			t = t.In(z.L)
		}
		return &Calendar{t}, nil
	}}}
}

func calendarConstructors() []def {
	return []def{{"<init>", "parts: Integer...", "is now, or the time of year, month from 0, day, hour, minute and second", func(c call) (value.Value, error) {
		if c.n() == 0 {
			return &Calendar{time.Now()}, nil
		}
		p := [6]int{}
		for i := range min(c.n(), len(p)) {
			p[i] = c.intArg(i)
		}
		return &Calendar{time.Date(p[0], time.Month(p[1]+1), p[2], p[3], p[4], p[5], 0, time.Local)}, nil
	}}}
}

func (k *Calendar) field(n int) (int, bool) {
	t := k.t
	switch n {
	case calendarYear:
		return t.Year(), true
	case calendarMonth:
		return int(t.Month()) - 1, true
	case calendarWeekOfYear: // weeks begin on Sunday, the first holds the first of January
		first := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
		return (t.YearDay()-1+int(first.Weekday()))/7 + 1, true
	case calendarDate:
		return t.Day(), true
	case calendarDayOfYear:
		return t.YearDay(), true
	case calendarDayOfWeek:
		return int(t.Weekday()) + 1, true
	case calendarAmPm:
		return t.Hour() / 12, true
	case calendarHour:
		return t.Hour() % 12, true
	case calendarHourOfDay:
		return t.Hour(), true
	case calendarMinute:
		return t.Minute(), true
	case calendarSecond:
		return t.Second(), true
	case calendarMillis:
		return t.Nanosecond() / 1e6, true
	}
	return 0, false
}

// add moves a field by n, carrying into the others.
func (k *Calendar) add(field, n int) bool {
	unit, ok := map[int]string{
		calendarYear: "YEARS", calendarMonth: "MONTHS", calendarWeekOfYear: "WEEKS", calendarDate: "DAYS", calendarDayOfYear: "DAYS", calendarDayOfWeek: "DAYS",
		calendarAmPm: "HALF_DAYS", calendarHour: "HOURS", calendarHourOfDay: "HOURS", calendarMinute: "MINUTES", calendarSecond: "SECONDS", calendarMillis: "MILLIS",
	}[field]
	if ok {
		k.t = addUnits(k.t, int64(n), unit)
	}
	return ok
}

func calendarMethods() []def {
	get := func(c call) *Calendar { return c.recv.(*Calendar) }
	read := func(c call) (value.Value, error) {
		n, ok := get(c).field(c.intArg(0))
		if !ok {
			return nil, value.Throw("java.lang.ArrayIndexOutOfBoundsException", "Index %d out of bounds for length 17", c.intArg(0))
		}
		return value.Int(n), nil
	}
	set := func(c call) (value.Value, error) {
		now, ok := get(c).field(c.intArg(0))
		if !ok || !get(c).add(c.intArg(0), c.intArg(1)-now) {
			return nil, value.Throw("java.lang.ArrayIndexOutOfBoundsException", "Index %d out of bounds for length 17", c.intArg(0))
		}
		return nil, nil
	}
	return []def{
		{"get", "field: Integer", "is a field: Calendar.YEAR, MONTH (from 0), DAY_OF_MONTH and so on", read},
		{"getAt", "field: Integer", "is a field", read},
		{"set", "field: Integer, n: Integer", "sets a field", set},
		{"putAt", "field: Integer, n: Integer", "sets a field", set},
		{"set", "year: Integer, month: Integer, day: Integer", "sets the date; months count from 0", func(c call) (value.Value, error) {
			t := get(c).t
			get(c).t = time.Date(c.intArg(0), time.Month(c.intArg(1)+1), c.intArg(2), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
			return nil, nil
		}},
		{"add", "field: Integer, n: Integer", "moves a field, carrying into the others", func(c call) (value.Value, error) {
			if !get(c).add(c.intArg(0), c.intArg(1)) {
				return nil, value.Throw("java.lang.IllegalArgumentException", "")
			}
			return nil, nil
		}},
		{"getTime", "", "is the date", func(c call) (value.Value, error) { return Date(get(c).t.UnixMilli()), nil }},
		{"setTime", "date", "sets the date", func(c call) (value.Value, error) {
			t, ok := timeOf(c.arg(0))
			if !ok {
				return nil, c.missing()
			}
			get(c).t = t.In(get(c).t.Location())
			return nil, nil
		}},
		{"getTimeInMillis", "", "is milliseconds since 1970", func(c call) (value.Value, error) { return value.Long(get(c).t.UnixMilli()), nil }},
		{"setTimeInMillis", "millis: Number", "sets the time", func(c call) (value.Value, error) {
			get(c).t = time.UnixMilli(toInt64(c.arg(0))).In(get(c).t.Location())
			return nil, nil
		}},
		{"setTimeZone", "zone", "sets the zone", func(c call) (value.Value, error) {
			z, ok := c.arg(0).(*Zone)
			if !ok {
				return nil, c.missing()
			}
			get(c).t = get(c).t.In(z.L)
			return nil, nil
		}},
		{"getTimeZone", "", "is the zone", func(c call) (value.Value, error) { return &Zone{get(c).t.Location(), timeZoneClass}, nil }},
		{"format", "pattern: String", "prints with a pattern", func(c call) (value.Value, error) {
			s, err := formatTime(get(c).t, c.strArg(0))
			return value.String(s), err
		}},
		{"toInstant", "", "is the instant", func(c call) (value.Value, error) { return &Temporal{get(c).t.UTC(), instantClass}, nil }},
		{"clone", "", "is a copy", func(c call) (value.Value, error) { return &Calendar{get(c).t}, nil }},
		{"before", "other", "says whether this is earlier", func(c call) (value.Value, error) {
			o, ok := c.arg(0).(*Calendar)
			return value.MakeBool(ok && get(c).t.Before(o.t)), nil
		}},
		{"after", "other", "says whether this is later", func(c call) (value.Value, error) {
			o, ok := c.arg(0).(*Calendar)
			return value.MakeBool(ok && get(c).t.After(o.t)), nil
		}},
	}
}
