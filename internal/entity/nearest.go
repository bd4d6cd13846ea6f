package entity

// mostCompared bounds the words that nearest looks at: nobody misspells a word
// of that length, and the work grows with its square.
const mostCompared = 32

// nearest is the word that was most likely meant, or "" when none is near: at
// most one letter in three is missing, too many, another, or has changed places
// with its neighbour. It is diag's measure, which this package may not import.
func nearest(word string, words []string) string {
	best, limit := "", len(word)/3+1
	if len(word) > mostCompared || len(word) < 2 {
		return ""
	}
	for _, w := range words {
		if d := distance(word, w); d < limit {
			best, limit = w, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out, replaced or swapped
// with the next to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
