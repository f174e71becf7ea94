package nfschema

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/internal/lang/value"
)

// number keeps the lines of entries, if they are those of what was read.
func (u *use) number(read value.Value, lines []int) {
	u.lines = nil
	if elems, ok := value.Elements(read); ok && len(elems) == len(lines) {
		u.lines = lines
	}
}

// numberedYAML are the lines in which the entries of a list begin.
func numberedYAML(text string) []int {
	var all []int
	indent := -1
	for i, line := range strings.Split(text, "\n") {
		rest := strings.TrimLeft(line, " ")
		switch {
		case indent < 0 && strings.HasPrefix(rest, "["):
			return numberedJSON(text)
		case rest != "-" && !strings.HasPrefix(rest, "- "):
			continue
		case indent < 0:
			indent = len(line) - len(rest)
		}
		if len(line)-len(rest) == indent {
			all = append(all, i+1)
		}
	}
	return all
}

// numberedJSON are the lines in which the elements of a list begin.
func numberedJSON(text string) []int {
	var all []int
	line, depth, quoted, escaped, due := 1, 0, false, false, false
	for _, c := range text {
		if c == '\n' {
			line++
		}
		switch {
		case escaped:
			escaped = false
			continue
		case quoted:
			escaped = c == '\\'
			quoted = c != '"'
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		}
		if depth == 1 && due && c != ']' {
			all, due = append(all, line), false
		}
		switch c {
		case '"':
			quoted = true
		case '[', '{':
			depth++
			due = due || depth == 1
		case ']', '}':
			depth--
		case ',':
			due = depth == 1
		}
	}
	return all
}

// numberedRows are the lines of rows of text that hold entries.
func numberedRows(text string, header bool) []int {
	var all []int
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if header {
			header = false
			continue
		}
		all = append(all, i+1)
	}
	return all
}

// shownPlaces is how many entries are told their line.
const shownPlaces = 10

// places says in which lines of the file the entries of messages are.
func (u *use) places(messages []string) []string {
	var told []string
	seen := map[int]bool{}
	for _, m := range messages {
		rest, ok := strings.CutPrefix(m, "-> Entry ")
		if !ok {
			continue
		}
		digits, _, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(digits)
		if err != nil || seen[n] || n > len(u.lines) {
			continue
		}
		seen[n] = true
		if len(told) == shownPlaces {
			told = append(told, "…")
			break
		}
		told = append(told, fmt.Sprintf("entry %d is line %d", n, u.lines[n-1]))
	}
	if len(told) == 0 {
		return nil
	}
	return []string{"   (" + strings.Join(told, ", ") + ")"}
}
