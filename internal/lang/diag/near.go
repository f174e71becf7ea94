package diag

// Near finds the candidate that name was probably meant to be: few edits away,
// counted per character, with a swap of neighbours as one. Case alone makes no
// difference. ok is false when none is near enough.
func Near(name string, candidates []string) (best string, ok bool) {
	limit := len(name)/3 + 1
	if len(name) < 3 {
		limit = 1
	}
	bestDist := limit + 1
	for _, c := range candidates {
		if c == name || c == "" {
			continue
		}
		if d := distance([]rune(lower(name)), []rune(lower(c))); d < bestDist && d < len(name) {
			best, bestDist = c, d
		}
	}
	return best, bestDist <= limit
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// distance counts insertions, deletions, replacements and swaps of neighbours.
func distance(a, b []rune) int {
	before := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
