package batch

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// forever is Batch's default of durations that do not end.
const forever = time.Duration(math.MaxInt64)

// parseDuration reads an ISO 8601 duration, such as P1DT2H30M or PT0.5S.
func parseDuration(text string) (time.Duration, error) {
	rest, ok := strings.CutPrefix(text, "P")
	if !ok || rest == "" {
		return 0, fmt.Errorf("%q is not a duration such as PT1H30M", text)
	}
	var total float64
	inTime := false
	for rest != "" {
		if r, ok := strings.CutPrefix(rest, "T"); ok && !inTime {
			inTime, rest = true, r
			continue
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if i <= 0 {
			return 0, fmt.Errorf("%q is not a duration such as PT1H30M", text)
		}
		n, err := strconv.ParseFloat(rest[:i], 64)
		unit := durationUnit(rest[i], inTime)
		if err != nil || unit == 0 {
			return 0, fmt.Errorf("%q is not a duration such as PT1H30M", text)
		}
		total += n * float64(unit)
		rest = rest[i+1:]
	}
	if total >= float64(math.MaxInt64) {
		return forever, nil
	}
	return time.Duration(total), nil
}

func durationUnit(c byte, inTime bool) time.Duration {
	switch {
	case inTime && c == 'H':
		return time.Hour
	case inTime && c == 'M':
		return time.Minute
	case inTime && c == 'S':
		return time.Second
	case !inTime && c == 'D':
		return 24 * time.Hour
	case !inTime && c == 'W':
		return 7 * 24 * time.Hour
	}
	return 0
}

// formatDuration writes an ISO 8601 duration.
func formatDuration(d time.Duration) string {
	if d == forever {
		return "P10675199DT2H48M5.4775807S"
	}
	if d == 0 {
		return "PT0S"
	}
	var b strings.Builder
	b.WriteString("P")
	if days := d / (24 * time.Hour); days > 0 {
		fmt.Fprintf(&b, "%dD", days)
		d -= days * 24 * time.Hour
	}
	if d == 0 {
		return b.String()
	}
	b.WriteString("T")
	if h := d / time.Hour; h > 0 {
		fmt.Fprintf(&b, "%dH", h)
		d -= h * time.Hour
	}
	if m := d / time.Minute; m > 0 {
		fmt.Fprintf(&b, "%dM", m)
		d -= m * time.Minute
	}
	if d > 0 {
		b.WriteString(strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "S")
	}
	return b.String()
}
