package stdlib

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sluice/internal/lang/value"
)

var periodClass = javaClass("java.time.Period")

// A Period is java.time.Period.
type Period struct{ years, months, days int }

// Class is java.time.Period.
func (Period) Class() *value.Class { return periodClass }

// ToString prints in ISO form: P1Y2M3D.
func (p Period) ToString() string {
	if p == (Period{}) {
		return "P0D"
	}
	var b strings.Builder
	b.WriteByte('P')
	for _, part := range []struct {
		n    int
		unit byte
	}{{p.years, 'Y'}, {p.months, 'M'}, {p.days, 'D'}} {
		if part.n != 0 {
			fmt.Fprintf(&b, "%d%c", part.n, part.unit)
		}
	}
	return b.String()
}

// periodBetween counts years, months and days.
func periodBetween(from, to time.Time) Period {
	m := monthsBetween(from, to)
	return Period{m / 12, m % 12, int(unitsBetween("DAYS", addMonths(from, m), to))}
}

var isoPeriod = regexp.MustCompile(`^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?$`)

func periodStatics() []def {
	make1 := func(name string, f func(n int) Period) def {
		return def{name, "n: Integer", "is a period", func(c call) (value.Value, error) { return f(c.intArg(0)), nil }}
	}
	return []def{
		make1("ofDays", func(n int) Period { return Period{days: n} }),
		make1("ofWeeks", func(n int) Period { return Period{days: 7 * n} }),
		make1("ofMonths", func(n int) Period { return Period{months: n} }),
		make1("ofYears", func(n int) Period { return Period{years: n} }),
		{"of", "years: Integer, months: Integer, days: Integer", "is a period", func(c call) (value.Value, error) {
			return Period{c.intArg(0), c.intArg(1), c.intArg(2)}, nil
		}},
		{"between", "start, end", "is the period from one date to another", func(c call) (value.Value, error) {
			from, to, ok := instants(c.arg(0), c.arg(1))
			if !ok {
				return nil, c.missing()
			}
			return periodBetween(from, to), nil
		}},
		{"parse", "text: String", "reads a period in ISO form: P1Y2M3D", func(c call) (value.Value, error) {
			m := isoPeriod.FindStringSubmatch(strings.ToUpper(c.strArg(0)))
			if m == nil || len(c.strArg(0)) < 3 {
				return nil, value.Throw("java.time.format.DateTimeParseException", "Text cannot be parsed to a Period")
			}
			n := [5]int{}
			for i := 1; i < len(m); i++ {
				n[i], _ = strconv.Atoi("0" + m[i])
				if strings.HasPrefix(m[i], "-") {
					n[i], _ = strconv.Atoi(m[i])
				}
			}
			return Period{n[1], n[2], 7*n[3] + n[4]}, nil
		}},
	}
}

func periodMethods() []def {
	get := func(c call) Period { return c.recv.(Period) }
	number := func(name, doc string, f func(Period) int) def {
		return def{name, "", doc, func(c call) (value.Value, error) { return value.Int(f(get(c))), nil }}
	}
	return []def{
		number("getYears", "is the years", func(p Period) int { return p.years }),
		number("getMonths", "is the months", func(p Period) int { return p.months }),
		number("getDays", "is the days", func(p Period) int { return p.days }),
		{"toTotalMonths", "", "is the years and months in months", func(c call) (value.Value, error) {
			return value.Long(12*get(c).years + get(c).months), nil
		}},
		{"isZero", "", "says whether the period is none", func(c call) (value.Value, error) { return value.MakeBool(get(c) == Period{}), nil }},
		{"isNegative", "", "says whether a part is negative", func(c call) (value.Value, error) {
			p := get(c)
			return value.MakeBool(p.years < 0 || p.months < 0 || p.days < 0), nil
		}},
	}
}

var isoDuration = regexp.MustCompile(`^([-+])?P(?:([-+]?\d+)D)?(?:T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$`)

// parseJavaDuration reads the ISO form: PT1H30M.
func parseJavaDuration(s string) (value.Value, error) {
	m := isoDuration.FindStringSubmatch(strings.ToUpper(s))
	if m == nil || len(s) < 3 || strings.HasSuffix(strings.ToUpper(s), "T") {
		return nil, value.Throw("java.time.format.DateTimeParseException", "Text cannot be parsed to a Duration")
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+2] != "" {
			n, err := strconv.Atoi(m[i+2])
			if err != nil {
				return nil, value.Throw("java.time.format.DateTimeParseException", "Text cannot be parsed to a Duration: days")
			}
			total += time.Duration(n) * unit
		}
	}
	if m[6] != "" {
		n, _ := strconv.Atoi((m[6] + "000000000")[:9])
		if strings.HasPrefix(m[5], "-") {
			n = -n
		}
		total += time.Duration(n)
	}
	if m[1] == "-" {
		total = -total
	}
	return JavaDuration(total), nil
}

func javaDurationConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"ZERO": JavaDuration(0)}
}

// amountOf is an amount to add to a time: a number of a unit, a duration or a period.
func (c call) amountOf(t time.Time, sign int) (time.Time, bool) {
	switch a := c.arg(0).(type) {
	case JavaDuration:
		return t.Add(time.Duration(sign) * time.Duration(a)), c.n() == 1
	case Period:
		t = addMonths(t, sign*(12*a.years+a.months))
		return t.AddDate(0, 0, sign*a.days), c.n() == 1
	}
	unit, ok := c.arg(1).(*Enum)
	if !ok || !value.IsNumber(c.arg(0)) {
		return t, false
	}
	return addUnits(t, int64(sign)*toInt64(c.arg(0)), unit.name), true
}
