package diag

// Near finds the candidate that name was probably meant to be: one edit away,
// in longer names two or three, counted per character, with a swap of
// neighbours as one. More than one edit counts only when the first letter is
// right. Case alone makes no difference. ok is false when none is near enough.
func Near(name string, candidates []string) (best string, ok bool) {
	a := []rune(lower(name))
	limit := 3
	switch n := len(a); {
	case n <= 4:
		limit = 1
	case n <= 8:
		limit = 2
	}
	bestRank := 4*limit + 4
	for _, c := range candidates {
		if c == name || c == "" {
			continue
		}
		b := []rune(lower(c))
		d := distance(a, b)
		if d > limit || d >= len(a) || d > 1 && a[0] != b[0] {
			continue
		}
		rank := 4 * d
		if a[0] != b[0] && !swapped(a, b) {
			rank += 2
		}
		if name[0] != c[0] {
			rank++ // another case, all else being equal
		}
		if rank < bestRank {
			best, bestRank = c, rank
		}
	}
	return best, best != ""
}

// swapped says whether the first two letters have changed places.
func swapped(a, b []rune) bool {
	return len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0]
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
