package diag

import "strings"

// longestWord bounds what Nearest compares; longer words are not typing slips.
const longestWord = 64

// Nearest returns the candidate that word most likely means, "" if none is
// near: at most one slip in three letters, where a slip is a letter too many,
// missing, wrong, or two swapped. Letter case does not count as a slip. Of
// equally near candidates the alphabetically first wins. The cost is linear in
// the number of candidates.
func Nearest(word string, candidates []string) string {
	if len(word) > longestWord {
		return ""
	}
	lower := []rune(strings.ToLower(word))
	best, bestSlips := "", longestWord
	for _, c := range candidates {
		allowed := max(1, max(len(word), len(c))/3)
		if c == word || len(c) > longestWord || abs(len(c)-len(word)) > 4*allowed {
			continue // a code point has at most 4 bytes
		}
		other := []rune(strings.ToLower(c))
		slips := distance(lower, other)
		if slips > allowed || slips >= max(len(lower), len(other)) { // nothing in common
			continue
		}
		if slips < bestSlips || slips == bestSlips && c < best {
			best, bestSlips = c, slips
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// distance is the optimal string alignment distance of a and b, which are at
// most longestWord long.
func distance(a, b []rune) int {
	var rows [3][longestWord + 1]int
	before, last, row := rows[0][:], rows[1][:], rows[2][:]
	for j := range b {
		last[j+1] = j + 1
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
