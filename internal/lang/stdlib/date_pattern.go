package stdlib

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sluice/internal/lang/value"
)

// datePart is a run of one pattern letter, or a text to print as it is.
type datePart struct {
	letter byte // 0 for text
	width  int
	text   string
}

// dateParts cuts a pattern of SimpleDateFormat or DateTimeFormatter.
func dateParts(pattern string) ([]datePart, error) {
	var out []datePart
	for i := 0; i < len(pattern); {
		ch := pattern[i]
		switch {
		case ch == '\'':
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Unterminated quote")
			}
			text := pattern[i+1 : i+1+end]
			if text == "" {
				text = "'"
			}
			out = append(out, datePart{text: text})
			i += end + 2
		case ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z':
			n := 1
			for i+n < len(pattern) && pattern[i+n] == ch {
				n++
			}
			if strings.IndexByte("GyYuMLdDEeaHhKkmsSnzZXxVOwWFcQq", ch) < 0 {
				return nil, value.Throw("java.lang.IllegalArgumentException", "Illegal pattern character '%s'", string(ch))
			}
			out = append(out, datePart{letter: ch, width: n})
			i += n
		case ch == '[' || ch == ']':
			i++
		default:
			out = append(out, datePart{text: string(ch)})
			i++
		}
	}
	return out, nil
}

// formatTime prints with Java's pattern letters.
func formatTime(t time.Time, pattern string) (string, error) {
	parts, err := dateParts(pattern)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range parts {
		if p.letter == 0 {
			b.WriteString(p.text)
			continue
		}
		b.WriteString(dateText(t, p))
	}
	return b.String(), nil
}

func dateText(t time.Time, p datePart) string {
	pad := func(n int) string { return fmt.Sprintf("%0*d", p.width, n) }
	switch p.letter {
	case 'G':
		return "AD"
	case 'y', 'u', 'Y':
		year := t.Year()
		if p.letter == 'Y' {
			year, _ = t.ISOWeek()
		}
		if p.letter == 'u' && p.width == 1 {
			return strconv.Itoa((int(t.Weekday())+6)%7 + 1)
		}
		if p.width == 2 {
			return fmt.Sprintf("%02d", year%100)
		}
		return pad(year)
	case 'M', 'L':
		switch {
		case p.width == 3:
			return t.Format("Jan")
		case p.width > 3:
			return t.Format("January")
		}
		return pad(int(t.Month()))
	case 'd':
		return pad(t.Day())
	case 'D':
		return pad(t.YearDay())
	case 'E', 'c', 'e':
		if p.width > 3 {
			return t.Format("Monday")
		}
		return t.Format("Mon")
	case 'a':
		return t.Format("PM")
	case 'H':
		return pad(t.Hour())
	case 'k':
		return pad((t.Hour()+23)%24 + 1)
	case 'K':
		return pad(t.Hour() % 12)
	case 'h':
		return pad((t.Hour()+11)%12 + 1)
	case 'm':
		return pad(t.Minute())
	case 's':
		return pad(t.Second())
	case 'S':
		return fractionText(t, p.width)
	case 'n':
		return pad(t.Nanosecond())
	case 'w':
		_, week := t.ISOWeek()
		return pad(week)
	case 'W', 'F':
		return pad((t.Day()-1)/7 + 1)
	case 'Q', 'q':
		return pad((int(t.Month())-1)/3 + 1)
	}
	return zoneText(t, p)
}

// fractionText prints milliseconds for up to three letters, more digits for more.
func fractionText(t time.Time, width int) string {
	digits := fmt.Sprintf("%09d", t.Nanosecond())
	if width > 9 {
		return digits
	}
	if width < 3 {
		return fmt.Sprintf("%0*d", width, t.Nanosecond()/1e6)
	}
	return digits[:width]
}

func zoneText(t time.Time, p datePart) string {
	switch p.letter {
	case 'z':
		return t.Format("MST")
	case 'V':
		return t.Location().String()
	case 'Z':
		return t.Format("-0700")
	case 'O':
		return "GMT" + t.Format("-07:00")
	}
	if _, offset := t.Zone(); offset == 0 && p.letter == 'X' {
		return "Z"
	}
	switch p.width {
	case 1:
		return t.Format("-07")
	case 2:
		return t.Format("-0700")
	}
	return t.Format("-07:00")
}

// parseTime reads a text that a pattern printed.
func parseTime(s, pattern string, zone *time.Location) (time.Time, error) {
	parts, err := dateParts(pattern)
	if err != nil {
		return time.Time{}, err
	}
	r := timeReader{rest: s, year: 1970, month: 1, day: 1, zone: zone}
	for i, p := range parts {
		adjacent := i+1 < len(parts) && parts[i+1].letter != 0
		if err := r.read(p, adjacent); err != nil {
			return time.Time{}, err
		}
	}
	if r.pm {
		r.hour += 12
	}
	return time.Date(r.year, time.Month(r.month), r.day, r.hour, r.minute, r.second, r.nano, r.zone), nil
}

type timeReader struct {
	rest                                         string
	year, month, day, hour, minute, second, nano int
	pm                                           bool
	zone                                         *time.Location
}

func (r *timeReader) unparseable() error { return fmt.Errorf("read time at %q", r.rest) }

func (r *timeReader) read(p datePart, adjacent bool) error {
	if p.letter == 0 {
		rest, ok := strings.CutPrefix(r.rest, p.text)
		if !ok {
			return r.unparseable()
		}
		r.rest = rest
		return nil
	}
	switch p.letter {
	case 'a':
		if len(r.rest) < 2 {
			return r.unparseable()
		}
		r.pm = strings.EqualFold(r.rest[:2], "PM") && r.hour < 12
		r.rest = r.rest[2:]
		return nil
	case 'z', 'Z', 'X', 'x', 'V', 'O':
		return r.readZone()
	case 'E', 'G':
		r.rest = strings.TrimLeftFunc(r.rest, isLetter)
		return nil
	case 'M', 'L':
		if p.width > 2 {
			return r.readMonth()
		}
	}
	return r.readNumber(p, adjacent)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func (r *timeReader) readMonth() error {
	for m := time.January; m <= time.December; m++ {
		for _, name := range []string{m.String(), m.String()[:3]} {
			if len(r.rest) >= len(name) && strings.EqualFold(r.rest[:len(name)], name) {
				r.month, r.rest = int(m), r.rest[len(name):]
				return nil
			}
		}
	}
	return r.unparseable()
}

func (r *timeReader) readZone() error {
	for _, layout := range []string{"-07:00", "-0700", "-07", "MST"} {
		for n := len(r.rest); n > 0; n-- {
			if t, err := time.Parse(layout, r.rest[:n]); err == nil {
				r.zone, r.rest = t.Location(), r.rest[n:]
				return nil
			}
		}
	}
	if rest, ok := strings.CutPrefix(r.rest, "Z"); ok {
		r.zone, r.rest = time.UTC, rest
		return nil
	}
	return r.unparseable()
}

func (r *timeReader) readNumber(p datePart, adjacent bool) error {
	n := 0
	for n < len(r.rest) && r.rest[n] >= '0' && r.rest[n] <= '9' && (!adjacent || n < p.width) {
		n++
	}
	x, err := strconv.Atoi(r.rest[:n])
	if err != nil {
		return r.unparseable()
	}
	digits := r.rest[:n]
	r.rest = r.rest[n:]
	switch p.letter {
	case 'y', 'u', 'Y':
		r.year = x
		if p.width == 2 && n == 2 {
			r.year = 2000 + x
			if r.year > time.Now().Year()+20 {
				r.year -= 100
			}
		}
	case 'M', 'L':
		r.month = x
	case 'd':
		r.day = x
	case 'H', 'K':
		r.hour = x
	case 'h', 'k':
		r.hour = x % 12
		if p.letter == 'k' {
			r.hour = x % 24
		}
	case 'm':
		r.minute = x
	case 's':
		r.second = x
	case 'S', 'n':
		nanos, err := strconv.Atoi((digits + "000000000")[:9])
		if err != nil {
			return r.unparseable()
		}
		r.nano = nanos
	}
	return nil
}

// timePart is what %tX of String.format prints.
func timePart(t time.Time, letter byte) (string, error) {
	layouts := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "2", 'B': "January", 'b': "Jan", 'h': "Jan", 'A': "Monday", 'a': "Mon",
		'H': "15", 'I': "03", 'l': "3", 'M': "04", 'S': "05", 'p': "pm", 'Z': "MST", 'z': "-0700",
		'F': "2006-01-02", 'T': "15:04:05", 'R': "15:04", 'D': "01/02/06", 'r': "03:04:05 PM", 'c': "Mon Jan 02 15:04:05 MST 2006",
	}
	if layout, ok := layouts[letter]; ok {
		return t.Format(layout), nil
	}
	switch letter {
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), nil
	case 'k':
		return strconv.Itoa(t.Hour()), nil
	case 'L':
		return fmt.Sprintf("%03d", t.Nanosecond()/1e6), nil
	case 'N':
		return fmt.Sprintf("%09d", t.Nanosecond()), nil
	case 's':
		return strconv.FormatInt(t.Unix(), 10), nil
	case 'Q':
		return strconv.FormatInt(t.UnixMilli(), 10), nil
	}
	return "", value.Throw("java.util.UnknownFormatConversionException", "Conversion = 't%s'", string(letter))
}
