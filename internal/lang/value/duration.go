package value

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

const (
	second = 1000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

var durationUnits = map[string]float64{
	"ms": 1, "milli": 1, "millis": 1,
	"s": second, "sec": second, "second": second, "seconds": second,
	"m": minute, "min": minute, "minute": minute, "minutes": minute,
	"h": hour, "hour": hour, "hours": hour,
	"d": day, "day": day, "days": day,
}

var (
	clockTime    = regexp.MustCompile(`^(\d{1,2}):(\d{1,2}):(\d{1,2})$`)
	durationPart = regexp.MustCompile(`^(\d+(?:\.\d*)?)\s*([a-z]+)\s*`)
)

// ParseDuration reads `1h 30m`, `2 days`, `500ms`, `1.5 h` and `1:30:00`.
func ParseDuration(text string) (Duration, error) {
	bad := illegalArgument("Not a valid duration value: %s", text)
	if m := clockTime.FindStringSubmatch(text); m != nil {
		total := int64(0)
		for i, unit := range []int64{hour, minute, second} {
			n, err := strconv.ParseInt(m[i+1], 10, 64)
			if err != nil {
				return 0, bad
			}
			total += n * unit
		}
		return Duration(total), nil
	}
	rest, total := text, int64(0)
	for rest != "" {
		m := durationPart.FindStringSubmatch(rest)
		if m == nil {
			return 0, bad
		}
		unit, known := durationUnits[m[2]]
		n, err := strconv.ParseFloat(m[1], 64)
		if !known || err != nil {
			return 0, bad
		}
		total += roundHalfUp(n * unit)
		rest = rest[len(m[0]):]
	}
	if text == "" {
		return 0, bad
	}
	return NewDuration(total)
}

// roundHalfUp is Math.round.
func roundHalfUp(f float64) int64 { return doubleToLong(math.Floor(f + 0.5)) }

// NewDuration is the duration of that many milliseconds, which Nextflow does
// not let be negative.
func NewDuration(millis int64) (Duration, error) {
	if millis < 0 {
		return 0, Throw("java.lang.AssertionError",
			"Duration unit cannot be a negative number. Expression: (duration >= 0). Values: duration = %d", millis)
	}
	return Duration(millis), nil
}

func (d Duration) Millis() int64  { return int64(d) }
func (d Duration) Seconds() int64 { return int64(d) / second }
func (d Duration) Minutes() int64 { return int64(d) / minute }
func (d Duration) Hours() int64   { return int64(d) / hour }
func (d Duration) Days() int64    { return int64(d) / day }

// ToString prints milliseconds below a second, tenths below a minute, and
// days, hours, minutes, seconds above.
func (d Duration) ToString() string {
	ms := int64(d)
	switch {
	case ms < second:
		return strconv.FormatInt(ms, 10) + "ms"
	case ms < minute:
		tenths := (ms + 50) / 100
		s := strconv.FormatInt(tenths/10, 10)
		if tenths%10 != 0 {
			s += "." + strconv.FormatInt(tenths%10, 10)
		}
		return s + "s"
	}
	rest := (ms + 500) / second
	var parts []string
	for _, u := range []struct {
		size int64
		name string
	}{{day / second, "d"}, {hour / second, "h"}, {minute / second, "m"}, {1, "s"}} {
		if n := rest / u.size; n > 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+u.name)
		}
		rest %= u.size
	}
	return strings.Join(parts, " ")
}

// scaled multiplies or divides a size by a number as Nextflow does: products
// are cut off, quotients rounded.
func scaled(size int64, by Value, divide bool) (int64, error) {
	if !divide {
		if n, ok := smallInt(by); ok {
			return size * n, nil
		}
		p, err := Mul(nil, Long(size), by)
		if err != nil {
			return 0, err
		}
		n, _ := AsInt64(p)
		return n, nil
	}
	q, err := Div(nil, Long(size), by)
	if err != nil {
		return 0, err
	}
	switch x := q.(type) {
	case Decimal:
		half := NewDecimal(big.NewInt(5), 1)
		sum, err := addDecimals(x, half)
		if err != nil {
			return 0, err
		}
		d := sum.(Decimal)
		n := d.Truncated()
		if d.Negative && compareDecimals(d, NewDecimal(n, 0)) != 0 {
			n.Sub(n, big.NewInt(1))
		}
		return low64(n), nil
	case Double:
		return roundHalfUp(float64(x)), nil
	}
	n, _ := AsInt64(q)
	return n, nil
}
