package nfschema

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// formatNames are formats whose message is a sentence with their name.
var formatNames = map[string]string{
	"email": "email address", "idn-email": "email address", "hostname": "hostname", "idn-hostname": "hostname", "ipv4": "IPv4 address", "ipv6": "IPv6 address",
	"duration": "duration string", "uri-template": "URI template", "json-pointer": "json-pointer", "relative-json-pointer": "relative-json-pointer",
}

// formatText says that a text is not of a format, as the plugin does.
func formatText(format, text string) string {
	if name := formatNames[format]; name != "" {
		return fmt.Sprintf(`"%s" is not a valid %s`, text, name)
	}
	why := ""
	switch format {
	case "uuid":
		why = "Invalid UUID string: " + text
	case "date":
		why = newMoment(text).date().end()
	case "time":
		why = newMoment(text).time().end()
	case "date-time":
		why = newMoment(text).date().literal("T").time().end()
	case "uri", "iri":
		if why = wrongURI(text); why == "" {
			why = fmt.Sprintf(`"%s" is a relative URI`, text)
		}
	case "uri-reference", "iri-reference":
		why = wrongURI(text)
	}
	if why == "" {
		return fmt.Sprintf("%q is not in the valid format (%s)", text, format)
	}
	return why
}

// A moment reads a date or a time and keeps the first thing that is wrong.
type moment struct {
	text string
	at   int
	why  string
	late string // wrong as a whole: told when all could be read
}

func newMoment(text string) *moment { return &moment{text: text} }

// fail says that nothing fits at a place.
func (m *moment) fail(at int) *moment {
	if m.why == "" {
		m.why = fmt.Sprintf("Text '%s' could not be parsed at index %d", m.text, at)
	}
	return m
}

func (m *moment) literal(s string) *moment {
	if m.why == "" && !strings.HasPrefix(m.text[m.at:], s) {
		return m.fail(m.at)
	}
	if m.why == "" {
		m.at += len(s)
	}
	return m
}

// number reads digits and checks their range.
func (m *moment) number(digits int, name string, low, high int) int {
	n := 0
	for n < digits+1 && m.at+n < len(m.text) && m.text[m.at+n] >= '0' && m.text[m.at+n] <= '9' {
		n++
	}
	if m.why != "" || n < digits || n > digits && digits == 4 {
		m.fail(m.at)
		return low
	}
	x, err := strconv.Atoi(m.text[m.at : m.at+digits])
	if err != nil {
		m.fail(m.at)
		return low
	}
	m.at += digits
	if (x < low || x > high) && m.late == "" {
		span := fmt.Sprintf("%d - %d", low, high)
		if name == "DayOfMonth" {
			span = "1 - 28/31"
		}
		m.late = fmt.Sprintf("Invalid value for %s (valid values %s): %d", name, span, x)
	}
	return x
}

func (m *moment) date() *moment {
	year := m.number(4, "Year", 0, 9999)
	month := m.literal("-").number(2, "MonthOfYear", 1, 12)
	day := m.literal("-").number(2, "DayOfMonth", 1, 31)
	if m.why != "" || m.late != "" {
		return m
	}
	if time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		m.late = fmt.Sprintf("Invalid date '%s %d'", strings.ToUpper(time.Month(month).String()), day)
		if month == 2 && day == 29 {
			m.late = fmt.Sprintf("Invalid date 'February 29' as '%d' is not a leap year", year)
		}
	}
	return m
}

func (m *moment) time() *moment {
	m.number(2, "HourOfDay", 0, 23)
	m.literal(":").number(2, "MinuteOfHour", 0, 59)
	if m.why == "" && strings.HasPrefix(m.text[m.at:], ":") {
		m.literal(":").number(2, "SecondOfMinute", 0, 59)
	}
	return m
}

// end is what is wrong, "" if that is not seen here.
func (m *moment) end() string {
	switch rest := m.text[min(m.at, len(m.text)):]; {
	case m.why != "":
		return m.why
	case m.late != "":
		return fmt.Sprintf("Text '%s' could not be parsed: %s", m.text, m.late)
	case rest != "" && !strings.ContainsAny(rest[:1], "Z+-.["):
		return fmt.Sprintf("Text '%s' could not be parsed, unparsed text found at index %d", m.text, m.at)
	}
	return ""
}

// wrongURI is the first character of an address that may not be there.
func wrongURI(text string) string {
	if strings.HasPrefix(text, ":") {
		return "Expected scheme name at index 0: " + text
	}
	part, slashes, begin := "path", 0, 0
	for i, c := range text {
		switch {
		case c == '#':
			part = "fragment"
		case c == '?' && part != "fragment":
			part = "query"
		case c == '/' && (part == "path" || part == "authority") && slashes < 3:
			slashes++
			if slashes == 2 && strings.HasSuffix(text[:i], "/") {
				part, begin = "authority", i+1
			} else if part == "authority" {
				part = "path"
			}
		case c <= ' ' || strings.ContainsRune("<>\"{}|\\^`", c):
			if part == "authority" {
				i = begin
			}
			return fmt.Sprintf("Illegal character in %s at index %d: %s", part, i, text)
		}
	}
	return ""
}
