package automation

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// What hob simulate and hob test foresee is what the server does: random rules of
// every sort, and a week of things that happen, give the same firings and the same
// states in a simulated house and under the real drivers, registry and router with
// boards of the test's own.
//
// Within one moment a live house may do independent things in any order, so the
// weeks are made without such races: each thing that happens by itself has a
// moment of its own, a rule follows only outputs of the rules before it, and
// conditions on outputs stand only where nothing else can be under way.
func TestWhatIsForeseenIsWhatHappens(t *testing.T) {
	t.Run("in a house in which things happen", func(t *testing.T) {
		foreseen(t, false, []uint64{17, 45, 417}, "ran", "skipped", "refused", "failed", "stopped", "time", "state", "level", "button", "board", "startup", "webhook",
			"opening", "closing", "stopped", "obstructed", "waiting")
	})
	t.Run("in a house that is left to itself, whose rooms warm up and cool down", func(t *testing.T) {
		foreseen(t, true, []uint64{31, 898}, "ran", "skipped", "time", "state", "level", "opening", "closing", "heating", "cooling", "idle", "cut_off")
	})
}

// foreseen compares weeks of some seeds, which between them are to show all that is
// wanted: outcomes, sorts of triggers, states.
func foreseen(t *testing.T, quiet bool, seeds []uint64, wanted ...string) {
	t.Helper()
	if os.Getenv("HOB_CAMPAIGN") != "" {
		seeds = nil
		for seed := range uint64(2000) {
			seeds = append(seeds, seed)
		}
	}
	shown := map[string]int{}
	for _, seed := range seeds {
		w := newWeek(t, seed, quiet)
		foreseen, states := w.foresee(t)
		happened, seen := w.live(t)
		if !slices.Equal(w.told, w.held) {
			t.Fatalf("seed %d:\n%s\n%s\nheaters, < foreseen, > held:\n%s", seed, w.text, w.story(), differences(w.told, w.held))
		}
		if !slices.Equal(foreseen, happened) || !slices.Equal(states, seen) {
			t.Fatalf("seed %d:\n%s\n%s\nfirings, < foreseen, > happened:\n%sstates:\n%s", seed, w.text, w.story(), differences(foreseen, happened), differences(states, seen))
		}
		for _, row := range w.runs {
			shown[string(row.Outcome)]++
			shown[string(row.Trigger.Kind)]++
		}
		for _, state := range seen {
			shown[state[strings.LastIndexByte(state, ' ')+1:]]++
		}
	}
	for _, what := range wanted {
		if shown[what] == 0 {
			t.Errorf("in %d weeks none was %s: %v", len(seeds), what, shown)
		}
	}
}

// differences are the lines that only one of two sorted lists has.
func differences(a, b []string) string {
	var out strings.Builder
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i++
			j++
		case j == len(b) || i < len(a) && a[i] < b[j]:
			fmt.Fprintf(&out, "< %s\n", a[i])
			i++
		default:
			fmt.Fprintf(&out, "> %s\n", b[j])
			j++
		}
	}
	return out.String()
}
