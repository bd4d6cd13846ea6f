package app

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemoryIsGivenBackWhereThereIsSomethingToGive(t *testing.T) {
	const mb = 1 << 20
	for name, c := range map[string]struct {
		free, objects, live uint64
		want                bool
	}{
		"right after a collection that gave back":   {0, 30 * mb, 30 * mb, false},
		"much was freed and kept":                   {25 * mb, 31 * mb, 30 * mb, true},
		"much was allocated since":                  {0, 45 * mb, 30 * mb, true},
		"a large house, a little":                   {5 * mb, 80 * mb, 80 * mb, false},
		"a small house, a little":                   {mb / 2, 3 * mb, 3 * mb, false},
		"a small house, for which it is much":       {3 * mb / 2, 3 * mb, 3 * mb, true},
		"before the first collection":               {0, 5 * mb, 0, true},
		"live was counted while objects were freed": {0, 20 * mb, 30 * mb, false},
	} {
		if got := worthTrimming(c.free, c.objects, c.live); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	spare() // its metrics exist: it would panic
}

// TestAStartGivesBackAndLaterOnlyWhatIsWorthIt goes through ten minutes, in the third
// and the fourth of which there is something to give.
func TestAStartGivesBackAndLaterOnlyWhatIsWorthIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		begun := time.Now()
		var given []time.Duration
		much := func() bool { return time.Since(begun) > 2*time.Minute && time.Since(begun) < 4*time.Minute }
		if err := trimWhen(ctx, much, func() { given = append(given, time.Since(begun)) }); err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{trimLook, 2*time.Minute + trimLook, 3*time.Minute + trimLook}
		if !slices.Equal(given, want) {
			t.Errorf("given back after %v, want %v", given, want)
		}
	})
}
