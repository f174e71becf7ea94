package co2footprint

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

var prefixes = []string{"p", "n", "u", "m", "", "k", "M", "G", "T", "P", "E"}

// readable is a quantity with a prefix that leaves one to three digits.
func readable(x float64, prefix, unit string, step float64) string {
	at := 0
	for i, p := range prefixes {
		if p == prefix {
			at = i
		}
	}
	if x == 0 {
		return "0 " + unit
	}
	up := int(math.Floor(math.Log(math.Abs(x)) / math.Log(step)))
	up = min(len(prefixes)-1-at, max(-at, up))
	return plain(x/math.Pow(step, float64(up))) + " " + prefixes[at+up] + unit
}

// plain has at most two digits behind the point.
func plain(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

// readableHours is 1h 2min 3s 450ms, down to a smallest unit.
func readableHours(hours float64, smallest string) string {
	ms := hours * 3600 * 1000
	var parts []string
	for _, u := range []struct {
		name string
		ms   float64
	}{
		{"year", 12 * 4.35 * 7 * 24 * 3600 * 1000},
		{"month", 4.35 * 7 * 24 * 3600 * 1000},
		{"week", 7 * 24 * 3600 * 1000},
		{"day", 24 * 3600 * 1000},
		{"h", 3600 * 1000},
		{"min", 60 * 1000},
		{"s", 1000},
		{"ms", 1},
	} {
		if u.name == smallest {
			return strings.Join(append(parts, plain(ms/u.ms)+u.name), " ")
		}
		n := math.Floor(ms/u.ms + 1e-9)
		if n < 1 {
			continue
		}
		name := u.name
		if len(name) > 2 && name != "min" && n != 1 {
			name += "s"
		}
		parts = append(parts, strconv.FormatFloat(n, 'f', -1, 64)+name)
		if ms -= n * u.ms; ms < 1e-6 {
			break
		}
	}
	return strings.Join(parts, " ")
}

// scientific is a number for comparisons.
func scientific(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x <= 999 && x >= 0.001:
		return strconv.FormatFloat(math.Round(x*1000)/1000, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'E', 2, 64), "E")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		panic("internal error: exponent " + exponent)
	}
	return fmt.Sprintf("%sE%d", mantissa, n)
}

// oldReadable is a quantity as releases before 1.1 wrote it: x is in thousandths.
func oldReadable(x float64) string {
	at := 3
	for x >= 1000 && at < len(prefixes)-1 {
		x /= 1000
		at++
	}
	for x <= 1 && at > 0 {
		x *= 1000
		at--
	}
	p := prefixes[at]
	switch p {
	case "":
		p = " "
	case "k":
		p = "K"
	}
	return decimal(math.Round(x*100)/100) + " " + p
}

// decimal is a number as Java writes a double of middling size.
func decimal(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// oldTime is a time as those releases wrote it.
func oldTime(hours float64) string {
	ms := hours * 3600 * 1000
	if ms < 1000 {
		return decimal(math.Round(ms)) + "ms"
	}
	h, m, s := int(ms/3600000), int(math.Mod(ms, 3600000)/60000), int(math.Mod(ms, 60000)/1000)
	switch {
	case ms < 60000:
		return fmt.Sprintf("%ds", s)
	case ms < 3600000:
		return fmt.Sprintf("%dm %ds", m, s)
	}
	return fmt.Sprintf("%dh %dm %ds", h, m, s)
}

// oldBytes is a size as those releases wrote it.
func oldBytes(n float64) string {
	units := []string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	return decimal(n) + " " + units[i]
}
