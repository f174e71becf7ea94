package stdlib

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"sluice/internal/lang/value"
)

var (
	localDateClass      = javaClass("java.time.LocalDate", value.ComparableClass)
	localTimeClass      = javaClass("java.time.LocalTime", value.ComparableClass)
	localDateTimeClass  = javaClass("java.time.LocalDateTime", value.ComparableClass)
	offsetDateTimeClass = javaClass("java.time.OffsetDateTime", value.ComparableClass)
	zonedDateTimeClass  = javaClass("java.time.ZonedDateTime", value.ComparableClass)
	instantClass        = javaClass("java.time.Instant", value.ComparableClass)
	yearClass           = javaClass("java.time.Year", value.ComparableClass)
	zoneIDClass         = javaClass("java.time.ZoneId")
	zoneOffsetClass     = javaClass("java.time.ZoneOffset", zoneIDClass)
	timeZoneClass       = javaClass("java.util.TimeZone")
	javaDurationClass   = javaClass("java.time.Duration", value.ComparableClass)
	yearMonthClass      = javaClass("java.time.YearMonth", value.ComparableClass)
)

// A Temporal is a date or time of java.time; Of says which.
type Temporal struct {
	T  time.Time
	Of *value.Class
}

// NewOffsetDateTime is t as java.time.OffsetDateTime: workflow.start and complete.
func NewOffsetDateTime(t time.Time) *Temporal { return &Temporal{t, offsetDateTimeClass} }

// Class is one of java.time.
func (t *Temporal) Class() *value.Class { return t.Of }

// ToString prints in ISO form.
func (t *Temporal) ToString() string {
	date := t.T.Format("2006-01-02")
	switch t.Of {
	case localDateClass:
		return date
	case localTimeClass:
		return secondsText(t.T, false)
	case localDateTimeClass:
		return date + "T" + secondsText(t.T, false)
	case instantClass:
		u := t.T.UTC()
		return u.Format("2006-01-02") + "T" + secondsText(u, true) + "Z"
	case zonedDateTimeClass:
		s := date + "T" + secondsText(t.T, false) + t.T.Format("Z07:00")
		if name := t.T.Location().String(); name != "" && !strings.HasPrefix(name, "+") {
			s += "[" + name + "]"
		}
		return s
	case yearClass:
		return t.T.Format("2006")
	case yearMonthClass:
		return t.T.Format("2006-01")
	}
	return date + "T" + secondsText(t.T, false) + t.T.Format("Z07:00")
}

// EqualTo compares what is printed.
func (t *Temporal) EqualTo(other value.Value) bool {
	o, ok := other.(*Temporal)
	return ok && o.Of == t.Of && o.ToString() == t.ToString()
}

// HashCode is equal for equal times.
func (t *Temporal) HashCode() int32 {
	y, m, d := int32(t.T.Year()), int32(t.T.Month()), int32(t.T.Day())
	nanos := int64(t.T.Hour()*3600+t.T.Minute()*60+t.T.Second())*1e9 + int64(t.T.Nanosecond())
	date := y&-2048 ^ (y<<11 + m<<6 + d)
	switch t.Of {
	case localDateClass:
		return date
	case localTimeClass:
		return value.HashCode(value.Long(nanos))
	case localDateTimeClass:
		return date ^ value.HashCode(value.Long(nanos))
	case instantClass:
		return value.HashCode(value.Long(t.T.Unix())) + 51*int32(t.T.Nanosecond())
	}
	return value.HashCode(value.String(t.ToString()))
}

// CompareTo orders times of one class.
func (t *Temporal) CompareTo(other value.Value) (int, bool) {
	o, ok := other.(*Temporal)
	if !ok || o.Of != t.Of {
		return 0, false
	}
	return t.T.Compare(o.T), true
}

// A Zone is ZoneId, ZoneOffset or TimeZone.
type Zone struct {
	L  *time.Location
	Of *value.Class
}

// Class is the Java class that was asked for.
func (z *Zone) Class() *value.Class { return z.Of }

// ToString is the name of the zone.
func (z *Zone) ToString() string {
	if z.Of == zoneOffsetClass && z.L == time.UTC {
		return "Z"
	}
	return z.L.String()
}

// now, of and parse make a Temporal of the class they are called on.
func temporalStatics() []def {
	class := func(c call) *value.Class { return c.recv.(value.ClassRef).Of }
	moment := func(c call, t time.Time) (value.Value, error) {
		of := class(c)
		switch of {
		case localDateClass:
			t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		case localTimeClass:
			t = time.Date(1970, 1, 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		case localDateTimeClass:
			t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		case instantClass:
			t = t.UTC()
		}
		return &Temporal{t, of}, nil
	}
	return []def{
		{"now", "zone = null", "is now", func(c call) (value.Value, error) {
			t := time.Now().Truncate(time.Microsecond)
			if z, ok := c.arg(0).(*Zone); ok {
				t = t.In(z.L)
			}
			return moment(c, t)
		}},
		{"of", "parts...", "is the date of its parts", func(c call) (value.Value, error) {
			p := [7]int{1970, 1, 1}
			at := 0
			if class(c) == localTimeClass {
				at = 3
			}
			zone := time.UTC
			for i, a := range c.args {
				if z, ok := a.(*Zone); ok {
					zone = z.L
					continue
				}
				if m, ok := a.(*Enum); ok && m.of == monthClass && i == 1 {
					p[1] = m.ordinal + 1
					continue
				}
				if !value.IsNumber(a) || at+i > 6 {
					return nil, c.missing()
				}
				p[at+i] = c.intArg(i)
			}
			if err := checkDate(p); err != nil {
				return nil, err
			}
			return moment(c, time.Date(p[0], time.Month(p[1]), p[2], p[3], p[4], p[5], p[6], zone))
		}},
		{"parse", "text, format = null", "reads a date", func(c call) (value.Value, error) {
			t, err := parseISO(c.strArg(0))
			if f, ok := c.arg(1).(*TimeFormat); ok && !f.iso {
				t, err = parseTime(c.strArg(0), f.pattern, time.UTC)
			}
			if err != nil {
				return nil, value.Throw("java.time.format.DateTimeParseException", "Text '%s' could not be parsed at index %d", c.strArg(0), badPlace(c.strArg(0)))
			}
			return moment(c, t)
		}},
		{"ofEpochDay", "days: Number", "is the day so many days after the first of January 1970", func(c call) (value.Value, error) {
			return moment(c, time.Unix(toInt64(c.arg(0))*86400, 0).UTC())
		}},
		{"ofYearDay", "year: Integer, day: Integer", "is a day of a year", func(c call) (value.Value, error) {
			return moment(c, time.Date(c.intArg(0), 1, c.intArg(1), 0, 0, 0, 0, time.UTC))
		}},
		{"ofSecondOfDay", "seconds: Number", "is the time so many seconds after midnight", func(c call) (value.Value, error) {
			return moment(c, time.Unix(toInt64(c.arg(0)), 0).UTC())
		}},
		{"isLeap", "year: Number", "says whether a year has 366 days", func(c call) (value.Value, error) {
			return value.MakeBool(daysOfYear(int(toInt64(c.arg(0)))) == 366), nil
		}},
		{"ofEpochMilli", "millis: Number", "is an instant", func(c call) (value.Value, error) { return moment(c, time.UnixMilli(toInt64(c.arg(0)))) }},
		{"ofEpochSecond", "seconds: Number, nanos: Number = 0, zone: Object = null", "is an instant", func(c call) (value.Value, error) {
			t := time.Unix(toInt64(c.arg(0)), toInt64(c.arg(1)))
			if z, ok := c.arg(2).(*Zone); ok {
				t = t.In(z.L)
			}
			return moment(c, t)
		}},
		{"ofInstant", "instant, zone", "is an instant in a zone", func(c call) (value.Value, error) {
			t, ok := timeOf(c.arg(0))
			z, isZone := c.arg(1).(*Zone)
			if !ok || !isZone {
				return nil, c.missing()
			}
			return moment(c, t.In(z.L))
		}},
		{"from", "time", "is the date of a time", func(c call) (value.Value, error) {
			t, ok := timeOf(c.arg(0))
			if !ok {
				return nil, c.missing()
			}
			return moment(c, t)
		}},
	}
}

func daysOfYear(year int) int { return time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay() }

// checkDate refuses parts that no date has.
func checkDate(p [7]int) error {
	for i, part := range []struct {
		name      string
		low, high int
	}{{"", 0, 0}, {"MonthOfYear", 1, 12}, {"DayOfMonth", 1, 31}, {"HourOfDay", 0, 23}, {"MinuteOfHour", 0, 59}, {"SecondOfMinute", 0, 59}} {
		if part.name != "" && (p[i] < part.low || p[i] > part.high) {
			limits := fmt.Sprintf("%d - %d", part.low, part.high)
			if part.name == "DayOfMonth" {
				limits = "1 - 28/31"
			}
			return value.Throw("java.time.DateTimeException", "Invalid value for %s (valid values %s): %d", part.name, limits, p[i])
		}
	}
	if p[2] > time.Date(p[0], time.Month(p[1])+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		if p[2] == 29 {
			return value.Throw("java.time.DateTimeException", "Invalid date 'February 29' as '%d' is not a leap year", p[0])
		}
		return value.Throw("java.time.DateTimeException", "Invalid date '%s %d'", months[p[1]-1].name, p[2])
	}
	return nil
}

// badPlace is where a text stops being a date in ISO form.
func badPlace(s string) int {
	const form = "dddd-dd-ddTdd:dd"
	for i := range len(form) {
		if i >= len(s) || form[i] == 'd' && (s[i] < '0' || s[i] > '9') || form[i] != 'd' && s[i] != form[i] {
			for i > 0 && form[i] == 'd' && form[i-1] == 'd' {
				i--
			}
			return i
		}
	}
	return 0
}

func parseISO(s string) (time.Time, error) {
	s, region, hasRegion := strings.Cut(s, "[")
	if hasRegion {
		l, err := time.LoadLocation(strings.TrimSuffix(region, "]"))
		if err != nil {
			return time.Time{}, err
		}
		t, err := parseISO(s)
		return t.In(l), err
	}
	var err error
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "15:04:05", "15:04", "2006"} {
		var t time.Time
		if t, err = time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, err
}

func temporalMethods() []def {
	get := func(c call) *Temporal { return c.recv.(*Temporal) }
	number := func(name, doc string, f func(time.Time) int) def {
		return def{name, "", doc, func(c call) (value.Value, error) { return value.Int(f(get(c).T)), nil }}
	}
	out := []def{
		{"format", "format", "prints with a format", func(c call) (value.Value, error) {
			if f, ok := c.arg(0).(*TimeFormat); ok {
				s, err := f.format(get(c).T, get(c).Of)
				return value.String(s), err
			}
			s, ok := value.Str(c.arg(0))
			if !ok || get(c).Of == localDateClass || get(c).Of == localDateTimeClass {
				return nil, c.missing()
			}
			s, err := formatTime(get(c).T, s)
			return value.String(s), err
		}},
		number("getYear", "is the year", time.Time.Year), number("getValue", "is the year", time.Time.Year),
		number("getMonthValue", "is the month", func(t time.Time) int { return int(t.Month()) }),
		number("getDayOfMonth", "is the day of the month", time.Time.Day),
		number("getDayOfYear", "is the day of the year", time.Time.YearDay),
		number("getHour", "is the hour", time.Time.Hour), number("getMinute", "is the minute", time.Time.Minute),
		number("getSecond", "is the second", time.Time.Second), number("getNano", "is the nanosecond", time.Time.Nanosecond),
		{"getMonth", "", "is the name of the month", func(c call) (value.Value, error) {
			return months[get(c).T.Month()-1], nil
		}},
		{"getDayOfWeek", "", "is the name of the day", func(c call) (value.Value, error) {
			return daysOfWeek[(get(c).T.Weekday()+6)%7], nil
		}},
		{"isBefore", "other", "says whether this is earlier", func(c call) (value.Value, error) {
			o, ok := timeOf(c.arg(0))
			return value.MakeBool(ok && get(c).T.Before(o)), nil
		}},
		{"isAfter", "other", "says whether this is later", func(c call) (value.Value, error) {
			o, ok := timeOf(c.arg(0))
			return value.MakeBool(ok && get(c).T.After(o)), nil
		}},
		{"isEqual", "other", "says whether this is the same time", func(c call) (value.Value, error) {
			o, ok := timeOf(c.arg(0))
			return value.MakeBool(ok && get(c).T.Equal(o)), nil
		}},
		{"toEpochMilli", "", "is milliseconds since 1970", func(c call) (value.Value, error) { return value.Long(get(c).T.UnixMilli()), nil }},
		{"toMillis", "", "is milliseconds since 1970, of a file's time", func(c call) (value.Value, error) { return value.Long(get(c).T.UnixMilli()), nil }},
		{"toEpochSecond", "zone = null", "is seconds since 1970", func(c call) (value.Value, error) { return value.Long(get(c).T.Unix()), nil }},
		{"getEpochSecond", "", "is seconds since 1970", func(c call) (value.Value, error) { return value.Long(get(c).T.Unix()), nil }},
		{"atZone", "zone", "is the time in a zone", inZone},
		{"atOffset", "zone", "is the time in a zone", inZone},
		{"withZoneSameInstant", "zone", "is the time in a zone", inZone},
		{"withOffsetSameInstant", "offset", "is the time at an offset", inZone},
		{"getOffset", "", "is the offset from UTC", func(c call) (value.Value, error) {
			_, offset := get(c).T.Zone()
			return &Zone{fixedZone(offset), zoneOffsetClass}, nil
		}},
		{"getZone", "", "is the zone", func(c call) (value.Value, error) { return &Zone{get(c).T.Location(), zoneIDClass}, nil }},
		{"toEpochDay", "", "is the days since the first of January 1970", func(c call) (value.Value, error) {
			t := get(c).T
			days := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
			return value.Long(days), nil
		}},
		number("toSecondOfDay", "is the seconds since midnight", func(t time.Time) int { return t.Hour()*3600 + t.Minute()*60 + t.Second() }),
		number("lengthOfMonth", "is the number of days of the month", func(t time.Time) int {
			return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		}),
		number("lengthOfYear", "is the number of days of the year", func(t time.Time) int { return daysOfYear(t.Year()) }),
		number("length", "is the number of days of the year", func(t time.Time) int { return daysOfYear(t.Year()) }),
		{"isLeapYear", "", "says whether the year has 366 days", func(c call) (value.Value, error) {
			return value.MakeBool(daysOfYear(get(c).T.Year()) == 366), nil
		}},
		{"isLeap", "", "says whether the year has 366 days", func(c call) (value.Value, error) {
			return value.MakeBool(daysOfYear(get(c).T.Year()) == 366), nil
		}},
		{"atStartOfDay", "zone = null", "is the midnight at which the day begins", func(c call) (value.Value, error) {
			if z, ok := c.arg(0).(*Zone); ok {
				t := get(c).T
				return &Temporal{time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, z.L), zonedDateTimeClass}, nil
			}
			return &Temporal{get(c).T, localDateTimeClass}, nil
		}},
		{"atTime", "hour: Integer, minute: Integer, second: Integer = 0", "is a time of the day", func(c call) (value.Value, error) {
			t := get(c).T
			return &Temporal{time.Date(t.Year(), t.Month(), t.Day(), c.intArg(0), c.intArg(1), c.intOr(2, 0), 0, time.UTC), localDateTimeClass}, nil
		}},
		{"atDay", "day: Integer", "is a day of the month", func(c call) (value.Value, error) {
			t := get(c).T
			return &Temporal{time.Date(t.Year(), t.Month(), c.intArg(0), 0, 0, 0, 0, time.UTC), localDateClass}, nil
		}},
		{"until", "end, unit", "is the number of whole units until end", func(c call) (value.Value, error) {
			o, ok := timeOf(c.arg(0))
			unit, isUnit := c.arg(1).(*Enum)
			if !ok || !isUnit {
				return nil, c.missing()
			}
			return value.Long(unitsBetween(unit.name, get(c).T, o)), nil
		}},
		{"until", "end", "is the period until end", func(c call) (value.Value, error) {
			o, ok := timeOf(c.arg(0))
			if !ok {
				return nil, c.missing()
			}
			return periodBetween(get(c).T, o), nil
		}},
		movedBy("plus", 1), movedBy("minus", -1),
		with("Year", "the year", func(t time.Time, n int) time.Time { return addMonths(t, 12*(n-t.Year())) }),
		with("Month", "the month", func(t time.Time, n int) time.Time { return addMonths(t, n-int(t.Month())) }),
		with("DayOfMonth", "the day of the month", func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n-t.Day()) }),
		with("DayOfYear", "the day of the year", func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n-t.YearDay()) }),
		with("Hour", "the hour", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n-t.Hour()) * time.Hour) }),
		with("Minute", "the minute", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n-t.Minute()) * time.Minute) }),
		with("Second", "the second", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n-t.Second()) * time.Second) }),
		with("Nano", "the nanosecond", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n - t.Nanosecond())) }),
		{"truncatedTo", "unit", "cuts smaller units off", func(c call) (value.Value, error) {
			t := get(c).T
			unit, ok := c.arg(0).(*Enum)
			if !ok {
				return nil, c.missing()
			}
			switch unit.name {
			case "DAYS":
				t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
			case "HOURS":
				t = t.Truncate(time.Hour)
			case "MINUTES":
				t = t.Truncate(time.Minute)
			case "SECONDS":
				t = t.Truncate(time.Second)
			case "MILLIS":
				t = t.Truncate(time.Millisecond)
			}
			return &Temporal{t, get(c).Of}, nil
		}},
	}
	for _, as := range []struct {
		name string
		of   *value.Class
	}{
		{"toLocalDate", localDateClass},
		{"toLocalTime", localTimeClass},
		{"toLocalDateTime", localDateTimeClass},
		{"toInstant", instantClass},
		{"toOffsetDateTime", offsetDateTimeClass},
		{"toZonedDateTime", zonedDateTimeClass},
	} {
		out = append(out, def{as.name, "zone = null", "is the time as another class", func(c call) (value.Value, error) {
			return &Temporal{get(c).T, as.of}, nil
		}})
	}
	for _, u := range []struct {
		name string
		add  func(t time.Time, n int) time.Time
	}{
		{"Years", func(t time.Time, n int) time.Time { return addMonths(t, 12*n) }},
		{"Months", addMonths},
		{"Weeks", func(t time.Time, n int) time.Time { return t.AddDate(0, 0, 7*n) }},
		{"Days", func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }},
		{"Hours", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * time.Hour) }},
		{"Minutes", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * time.Minute) }},
		{"Seconds", func(t time.Time, n int) time.Time { return t.Add(time.Duration(n) * time.Second) }},
	} {
		for sign, verb := range map[int]string{1: "plus", -1: "minus"} {
			out = append(out, def{verb + u.name, "n: Integer", "is the time some " + u.name + " away", func(c call) (value.Value, error) {
				return &Temporal{u.add(get(c).T, sign*c.intArg(0)), get(c).Of}, nil
			}})
		}
	}
	return out
}

// movedBy is plus and minus: a duration, a period, or a number of a unit.
func movedBy(name string, sign int) def {
	return def{name, "amount, unit = null", "is the time an amount away", func(c call) (value.Value, error) {
		t := c.recv.(*Temporal)
		to, ok := c.amountOf(t.T, sign)
		if ok {
			return &Temporal{to, t.Of}, nil
		}
		return nil, c.missing()
	}}
}

// with is withYear() and the like.
func with(part, doc string, f func(t time.Time, n int) time.Time) def {
	return def{"with" + part, "n: Integer", "is the time with " + doc + " replaced", func(c call) (value.Value, error) {
		t := c.recv.(*Temporal)
		return &Temporal{f(t.T, c.intArg(0)), t.Of}, nil
	}}
}

// fixedZone is named as Java prints offsets: +02:00.
func fixedZone(seconds int) *time.Location {
	if seconds == 0 {
		return time.UTC
	}
	return time.FixedZone(time.Unix(0, 0).In(time.FixedZone("", seconds)).Format("-07:00"), seconds)
}

func inZone(c call) (value.Value, error) {
	z, ok := c.arg(0).(*Zone)
	if !ok {
		return nil, c.missing()
	}
	t := c.recv.(*Temporal).T.In(z.L)
	if of := c.recv.(*Temporal).Of; of == localDateTimeClass {
		u := c.recv.(*Temporal).T
		t = time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), u.Nanosecond(), z.L)
	}
	of := zonedDateTimeClass
	if c.name == "atOffset" || c.name == "withOffsetSameInstant" {
		of = offsetDateTimeClass
	}
	return &Temporal{t, of}, nil
}

func zoneStatics() []def {
	find := func(c call) (value.Value, error) {
		of := c.recv.(value.ClassRef).Of
		name := c.strArg(0)
		if name == "Z" || name == "GMT" {
			return &Zone{time.UTC, of}, nil
		}
		if l, err := time.LoadLocation(name); err == nil {
			return &Zone{l, of}, nil
		}
		if t, err := time.Parse("-07:00", strings.TrimPrefix(strings.TrimPrefix(name, "GMT"), "UTC")); err == nil {
			_, offset := t.Zone()
			return &Zone{time.FixedZone(name, offset), of}, nil
		}
		return nil, value.Throw("java.time.zone.ZoneRulesException", "Unknown time-zone ID: %s", name)
	}
	local := func(c call) (value.Value, error) { return &Zone{time.Local, c.recv.(value.ClassRef).Of}, nil }
	return []def{
		{"of", "name: String", "is a zone", find},
		{"getTimeZone", "name: String", "is a zone", find},
		{"systemDefault", "", "is the zone of this machine", local},
		{"getDefault", "", "is the zone of this machine", local},
		{"ofHours", "hours: Integer", "is an offset", func(c call) (value.Value, error) {
			return &Zone{fixedZone(c.intArg(0) * 3600), zoneOffsetClass}, nil
		}},
	}
}

func zoneMethods() []def {
	name := func(c call) (value.Value, error) { return value.String(c.recv.(*Zone).ToString()), nil }
	return []def{{"getId", "", "is the name of the zone", name}, {"getID", "", "is the name of the zone", name}}
}

func zoneConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"UTC": &Zone{time.UTC, zoneOffsetClass}}
}

// A JavaDuration is java.time.Duration.
type JavaDuration time.Duration

// Class is java.time.Duration.
func (JavaDuration) Class() *value.Class { return javaDurationClass }

// ToString prints in ISO form: PT1M30S.
func (d JavaDuration) ToString() string {
	if d == 0 {
		return "PT0S"
	}
	s := time.Duration(d).String()
	s = strings.ToUpper(s)
	for _, zero := range []string{"M0S", "H0M"} {
		if strings.HasSuffix(s, zero) {
			s = strings.TrimSuffix(s, zero[1:])
		}
	}
	if strings.HasSuffix(s, "MS") || strings.Contains(s, "µ") || strings.HasSuffix(s, "NS") {
		s = strings.TrimRight(value.NewDecimal(big.NewInt(int64(d)), 9).Plain(), "0") + "S"
	}
	return "PT" + s
}

// CompareTo orders durations.
func (d JavaDuration) CompareTo(other value.Value) (int, bool) {
	o, ok := other.(JavaDuration)
	return int(min(max(d-o, -1), 1)), ok
}

func javaDurationStatics() []def {
	var out []def
	for name, unit := range map[string]time.Duration{"ofDays": 24 * time.Hour, "ofHours": time.Hour, "ofMinutes": time.Minute, "ofSeconds": time.Second, "ofMillis": time.Millisecond, "ofNanos": 1} {
		out = append(out, def{name, "n: Number", "is a duration", func(c call) (value.Value, error) {
			return JavaDuration(toInt64(c.arg(0)) * int64(unit)), nil
		}})
	}
	return append(out, def{"parse", "text: String", "reads a duration in ISO form: PT1H30M", func(c call) (value.Value, error) {
		return parseJavaDuration(c.strArg(0))
	}}, def{"between", "start, end", "is the time between", func(c call) (value.Value, error) {
		from, to, ok := instants(c.arg(0), c.arg(1))
		if !ok {
			return nil, c.missing()
		}
		return JavaDuration(to.Sub(from)), nil
	}})
}

func javaDurationMethods() []def {
	var out []def
	for name, unit := range map[string]time.Duration{"toDays": 24 * time.Hour, "toHours": time.Hour, "toMinutes": time.Minute, "toSeconds": time.Second, "getSeconds": time.Second, "toMillis": time.Millisecond, "toNanos": 1} {
		out = append(out, def{name, "", "is the duration in a unit", func(c call) (value.Value, error) {
			return value.Long(int64(c.recv.(JavaDuration)) / int64(unit)), nil
		}})
	}
	for name, unit := range map[string]time.Duration{"Days": 24 * time.Hour, "Hours": time.Hour, "Minutes": time.Minute, "Seconds": time.Second, "Millis": time.Millisecond, "Nanos": 1} {
		for verb, sign := range map[string]int64{"plus": 1, "minus": -1} {
			out = append(out, def{verb + name, "n: Number", "is a longer or shorter duration", func(c call) (value.Value, error) {
				return c.recv.(JavaDuration) + JavaDuration(sign*toInt64(c.arg(0))*int64(unit)), nil
			}})
		}
	}
	part := func(name string, unit, of time.Duration) def {
		return def{name, "", "is a part of the duration", func(c call) (value.Value, error) {
			return value.Int(time.Duration(c.recv.(JavaDuration)) % of / unit), nil
		}}
	}
	scaled := func(name, doc string, f func(d JavaDuration, n int64) JavaDuration) def {
		return def{name, "n: Number", doc, func(c call) (value.Value, error) {
			if toInt64(c.arg(0)) == 0 && name == "dividedBy" {
				return nil, value.Throw("java.lang.ArithmeticException", "Cannot divide by zero")
			}
			return f(c.recv.(JavaDuration), toInt64(c.arg(0))), nil
		}}
	}
	sum := func(name string, sign JavaDuration) def {
		return def{name, "other", "is a longer or shorter duration", func(c call) (value.Value, error) {
			o, ok := c.arg(0).(JavaDuration)
			if !ok {
				return nil, c.missing()
			}
			return c.recv.(JavaDuration) + sign*o, nil
		}}
	}
	times := func(d JavaDuration, n int64) JavaDuration { return d * JavaDuration(n) }
	by := func(d JavaDuration, n int64) JavaDuration { return d / JavaDuration(n) }
	return append(out,
		part("toHoursPart", time.Hour, 24*time.Hour), part("toMinutesPart", time.Minute, time.Hour), part("toSecondsPart", time.Second, time.Minute),
		part("toMillisPart", time.Millisecond, time.Second), part("getNano", 1, time.Second), part("toNanosPart", 1, time.Second),
		def{"toDaysPart", "", "is the duration in whole days", func(c call) (value.Value, error) {
			return value.Long(time.Duration(c.recv.(JavaDuration)) / (24 * time.Hour)), nil
		}},
		sum("plus", 1), sum("minus", -1),
		scaled("multipliedBy", "is n times the duration", times),
		scaled("dividedBy", "is an n-th of the duration", by),
		def{"negated", "", "is the duration with the other sign", func(c call) (value.Value, error) { return -c.recv.(JavaDuration), nil }},
		def{"abs", "", "is the duration without its sign", func(c call) (value.Value, error) { return max(c.recv.(JavaDuration), -c.recv.(JavaDuration)), nil }},
		def{"isNegative", "", "says whether the duration is below zero", func(c call) (value.Value, error) { return value.MakeBool(c.recv.(JavaDuration) < 0), nil }},
		def{"isZero", "", "says whether the duration is none", func(c call) (value.Value, error) { return value.MakeBool(c.recv.(JavaDuration) == 0), nil }},
	)
}

func temporalConstants(of *value.Class) func(*Table) map[string]value.Value {
	return func(*Table) map[string]value.Value {
		at := func(hour int) value.Value { return &Temporal{time.Date(1970, 1, 1, hour, 0, 0, 0, time.UTC), of} }
		if of == instantClass {
			return map[string]value.Value{"EPOCH": at(0)}
		}
		return map[string]value.Value{"MIDNIGHT": at(0), "NOON": at(12), "MIN": at(0)}
	}
}
