package stdlib

import (
	"errors"
	"strings"
	"time"

	"sluice/internal/lang/value"
)

// A Date is java.util.Date, in milliseconds since 1970.
type Date int64

// Class is java.util.Date.
func (Date) Class() *value.Class { return value.DateClass }

// Time is the date in the zone of this machine.
func (d Date) Time() time.Time { return time.UnixMilli(int64(d)) }

// ToString prints as Java does.
func (d Date) ToString() string { return d.Time().Format("Mon Jan 02 15:04:05 MST 2006") }

// EqualTo compares the instants.
func (d Date) EqualTo(other value.Value) bool { o, ok := other.(Date); return ok && d == o }

// HashCode mixes the halves as Java does.
func (d Date) HashCode() int32 { return int32(d) ^ int32(int64(d)>>32) }

// CompareTo orders the instants.
func (d Date) CompareTo(other value.Value) (int, bool) {
	o, ok := other.(Date)
	switch {
	case !ok:
		return 0, false
	case d < o:
		return -1, true
	case d > o:
		return 1, true
	}
	return 0, true
}

// timeOf is the instant of a date or of a time of java.time.
func timeOf(v value.Value) (time.Time, bool) {
	switch x := v.(type) {
	case Date:
		return x.Time(), true
	case *Temporal:
		return x.T, true
	case value.Long:
		return time.UnixMilli(int64(x)), true
	}
	return time.Time{}, false
}

func dateConstructors() []def {
	return []def{
		{"<init>", "", "is now", func(c call) (value.Value, error) { return Date(time.Now().UnixMilli()), nil }},
		{"<init>", "millis: Number", "is that many milliseconds after 1970", func(c call) (value.Value, error) { return Date(toInt64(c.arg(0))), nil }},
		{"<init>", "year: Integer, month: Integer, day: Integer", "is a day; years count from 1900, months from 0", func(c call) (value.Value, error) {
			return Date(time.Date(c.intArg(0)+1900, time.Month(c.intArg(1)+1), c.intArg(2), 0, 0, 0, 0, time.Local).UnixMilli()), nil
		}},
	}
}

func dateStatics() []def {
	return []def{
		{"from", "instant", "is the date of an instant", func(c call) (value.Value, error) {
			t, ok := timeOf(c.arg(0))
			if !ok {
				return nil, c.missing()
			}
			return Date(t.UnixMilli()), nil
		}},
	}
}

func dateMethods() []def {
	get := func(c call) time.Time { return c.recv.(Date).Time() }
	number := func(name, doc string, f func(time.Time) int) def {
		return def{name, "", doc, func(c call) (value.Value, error) { return value.Int(f(get(c))), nil }}
	}
	return []def{
		{"format", "pattern: String, zone = null", "prints with a pattern", func(c call) (value.Value, error) {
			t := get(c)
			if z, ok := c.arg(1).(*Zone); ok {
				t = t.In(z.L)
			}
			s, err := formatTime(t, c.strArg(0))
			return value.String(s), err
		}},
		{"getTime", "", "is milliseconds since 1970", func(c call) (value.Value, error) { return value.Long(c.recv.(Date)), nil }},
		{"setTime", "millis: Number", "throws: dates do not change here", func(c call) (value.Value, error) { return nil, unsupported() }},
		{"after", "other", "says whether this is later", func(c call) (value.Value, error) {
			o, ok := c.arg(0).(Date)
			return value.MakeBool(ok && c.recv.(Date) > o), nil
		}},
		{"before", "other", "says whether this is earlier", func(c call) (value.Value, error) {
			o, ok := c.arg(0).(Date)
			return value.MakeBool(ok && c.recv.(Date) < o), nil
		}},
		number("getYear", "is the year less 1900", func(t time.Time) int { return t.Year() - 1900 }),
		number("getMonth", "is the month from 0", func(t time.Time) int { return int(t.Month()) - 1 }),
		number("getDate", "is the day of the month", time.Time.Day),
		number("getDay", "is the day of the week from Sunday", func(t time.Time) int { return int(t.Weekday()) }),
		number("getHours", "is the hour", time.Time.Hour),
		number("getMinutes", "is the minute", time.Time.Minute),
		number("getSeconds", "is the second", time.Time.Second),
		{"toInstant", "", "is the instant", func(c call) (value.Value, error) { return &Temporal{get(c).UTC(), instantClass}, nil }},
		{"clone", "", "is the date", func(c call) (value.Value, error) { return c.recv, nil }},
	}
}

var (
	simpleDateFormatClass = javaClass("java.text.SimpleDateFormat")
	timeFormatterClass    = javaClass("java.time.format.DateTimeFormatter")
	numberFormatClass     = javaClass("java.text.NumberFormat")
	decimalSymbolsClass   = javaClass("java.text.DecimalFormatSymbols")
	decimalFormatClass    = javaClass("java.text.DecimalFormat", numberFormatClass)
)

// A TimeFormat is SimpleDateFormat or DateTimeFormatter.
type TimeFormat struct {
	of      *value.Class
	pattern string
	iso     bool // pattern is the name of a class whose own form is meant
	zone    *time.Location
}

// Class is the Java class that was asked for.
func (f *TimeFormat) Class() *value.Class { return f.of }

func (f *TimeFormat) format(t time.Time, of *value.Class) (string, error) {
	if f.zone != nil {
		t = t.In(f.zone)
	}
	if f.iso {
		return isoText(t, f.pattern, of), nil
	}
	return formatTime(t, f.pattern)
}

func newTimeFormat(c call) (value.Value, error) {
	class := timeFormatterClass
	if ref, ok := c.recv.(value.ClassRef); ok {
		class = ref.Of
	}
	if _, err := formatTime(time.Unix(0, 0), c.strOr(0, "yyyy-MM-dd")); err != nil {
		var ex *value.Exception
		if class == timeFormatterClass && errors.As(err, &ex) {
			ex.Message = strings.NewReplacer("Illegal pattern character '", "Unknown pattern letter: ", "'", "").Replace(ex.Message)
		}
		return nil, err
	}
	return &TimeFormat{of: class, pattern: c.strOr(0, "M/d/yy, h:mm a")}, nil
}

func timeFormatConstructors() []def {
	return []def{{"<init>", "pattern: String = '', locale = null", "prints and reads dates", newTimeFormat}}
}

func timeFormatMethods() []def {
	get := func(c call) *TimeFormat { return c.recv.(*TimeFormat) }
	return []def{
		{"format", "date", "prints a date", func(c call) (value.Value, error) {
			t, ok := timeOf(c.arg(0))
			if !ok {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Cannot format given Object as a Date")
			}
			s, err := get(c).format(t, c.arg(0).Class())
			return value.String(s), err
		}},
		{"parse", "text: String", "reads a date", func(c call) (value.Value, error) {
			zone := get(c).zone
			if zone == nil {
				zone = time.Local
			}
			t, err := parseTime(c.strArg(0), get(c).pattern, zone)
			if err != nil {
				return nil, value.Throw("java.text.ParseException", "Unparseable date: %q", c.strArg(0))
			}
			return Date(t.UnixMilli()), nil
		}},
		{"setTimeZone", "zone", "sets the zone", func(c call) (value.Value, error) {
			if z, ok := c.arg(0).(*Zone); ok {
				get(c).zone = z.L
			}
			return nil, nil
		}},
		{"setLenient", "lenient", "is not kept", func(c call) (value.Value, error) { return nil, nil }},
		{"withZone", "zone", "is the format in a zone", func(c call) (value.Value, error) {
			f := *get(c)
			if z, ok := c.arg(0).(*Zone); ok {
				f.zone = z.L
			}
			return &f, nil
		}},
		{"withLocale", "locale", "is the format", func(c call) (value.Value, error) { return c.recv, nil }},
		{"toPattern", "", "is the pattern", func(c call) (value.Value, error) { return value.String(get(c).pattern), nil }},
	}
}

func timeFormatStatics() []def {
	return []def{{"ofPattern", "pattern: String, locale = null", "prints and reads dates", newTimeFormat}}
}

func timeFormatConstants(*Table) map[string]value.Value {
	out := map[string]value.Value{}
	for _, name := range []string{"ISO_LOCAL_DATE", "ISO_LOCAL_TIME", "ISO_LOCAL_DATE_TIME", "ISO_OFFSET_DATE_TIME", "ISO_DATE_TIME", "ISO_DATE", "ISO_INSTANT", "ISO_ZONED_DATE_TIME", "ISO_TIME"} {
		out[name] = &TimeFormat{of: timeFormatterClass, pattern: name, iso: true}
	}
	out["BASIC_ISO_DATE"] = &TimeFormat{of: timeFormatterClass, pattern: "yyyyMMdd"}
	return out
}

func isoText(t time.Time, name string, of *value.Class) string {
	date, clock := t.Format("2006-01-02"), secondsText(t, true)
	offset := t.Format("Z07:00")
	if of == localDateTimeClass || of == localDateClass || of == localTimeClass {
		offset = ""
	}
	switch {
	case name == "ISO_INSTANT":
		t = t.UTC()
		return t.Format("2006-01-02") + "T" + secondsText(t, true) + "Z"
	case strings.HasSuffix(name, "LOCAL_DATE"):
		return date
	case name == "ISO_DATE":
		return date + offset
	case name == "ISO_LOCAL_TIME":
		return clock
	case name == "ISO_TIME":
		return clock + offset
	case name == "ISO_LOCAL_DATE_TIME":
		return date + "T" + clock
	}
	return date + "T" + clock + offset
}

// secondsText prints the time of day; seconds that are zero only when full is set.
func secondsText(t time.Time, full bool) string {
	s := t.Format("15:04")
	if n := t.Nanosecond(); n != 0 {
		digits := t.Format(".000000000")
		for strings.HasSuffix(digits, "000") {
			digits = strings.TrimSuffix(digits, "000")
		}
		return s + t.Format(":05") + digits
	}
	if full || t.Second() != 0 {
		s += t.Format(":05")
	}
	return s
}
