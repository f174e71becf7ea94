package task

import "strings"

// StripIndent removes the blanks that all lines but empty ones begin with.
func StripIndent(text string) string {
	lines := strings.Split(text, "\n")
	common := -1
	for _, l := range lines {
		trimmed := strings.TrimLeft(l, " \t")
		if trimmed == "" {
			continue
		}
		if n := len(l) - len(trimmed); common < 0 || n < common {
			common = n
		}
	}
	if common <= 0 {
		return text
	}
	for i, l := range lines {
		lines[i] = l[min(common, len(l)):]
	}
	return strings.Join(lines, "\n")
}
