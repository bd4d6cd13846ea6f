package config

import (
	"fmt"
	"slices"
	"strings"

	"hob/internal/diag"
)

// maxComparisons bounds the names that are compared for suggestions in one run:
// a large file full of mistakes gets suggestions for the first of them.
const maxComparisons = 500_000

// exhausted says whether suggestions are over for this run.
func (r *report) exhausted() bool { return len(r.list) >= maxProblems || r.compared > maxComparisons }

// nearest is diag.Nearest within the run's budget. A name with its kind in
// front, as other systems write it (switch.porch), is taken without.
func (r *report) nearest(word string, candidates []string) string {
	if r.exhausted() {
		return ""
	}
	r.compared += len(candidates)
	if near := diag.Nearest(word, candidates); near != "" {
		return near
	}
	if _, bare, ok := strings.Cut(word, "."); ok && slices.Contains(candidates, bare) {
		return bare
	}
	return ""
}

// didYouMean suggests the nearest candidate, failing that lists a few, failing
// that says none.
func (r *report) didYouMean(word string, candidates []string, none string) string {
	if near := r.nearest(word, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	if len(candidates) == 0 {
		return none
	}
	const most = 16
	if len(candidates) > most {
		return fmt.Sprintf("there are: %s, and %d more", strings.Join(candidates[:most], ", "), len(candidates)-most)
	}
	return "there is: " + strings.Join(candidates, ", ")
}

// didYouMeanSorted is didYouMean for names that come in no order.
func (r *report) didYouMeanSorted(word string, candidates []string, none string) string {
	slices.Sort(candidates)
	return r.didYouMean(word, candidates, none)
}

// oneOf writes choices for people: "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
