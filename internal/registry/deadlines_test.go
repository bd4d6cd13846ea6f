package registry

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestADelayAndATimeOfDayAreOrderedByTheirOwnClocks(t *testing.T) {
	var d deadlines
	now := time.Now()
	delay, day := &item{}, &item{}
	d.set(delay, now.Add(45*time.Second))
	d.set(day, now.Round(0).Add(time.Minute))
	if len(d.steady) != 1 || d.steady[0] != delay || len(d.wall) != 1 || d.wall[0] != day {
		t.Fatalf("steady %v, wall %v", d.steady, d.wall)
	}
	d.set(day, now.Add(time.Second)) // the same item may change its clock
	if len(d.wall) != 0 || d.steady[0] != day {
		t.Errorf("steady %v, wall %v", d.steady, d.wall)
	}
	d.set(day, time.Time{})
	d.set(delay, time.Time{})
	if _, ok := d.wait(now); ok || d.pop(now.Add(time.Hour)) != nil {
		t.Error("something is left")
	}
}

func TestWhatIsDueIsWhatALookAtEveryItemWouldFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d deadlines
		start := time.Now()
		items := make([]*item, 8)
		want := map[*item]time.Time{}
		for i := range items {
			items[i] = &item{}
		}
		at := func(t *rapid.T) time.Time {
			when := start.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "at")) * time.Second)
			if rapid.Bool().Draw(t, "time of day") {
				when = when.Round(0)
			}
			return when
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				it, when := rapid.SampledFrom(items).Draw(t, "item"), at(t)
				d.set(it, when)
				want[it] = when
			},
			"clear": func(t *rapid.T) {
				it := rapid.SampledFrom(items).Draw(t, "item")
				d.set(it, time.Time{})
				delete(want, it)
			},
			"pop": func(t *rapid.T) {
				now := at(t)
				for it := d.pop(now); it != nil; it = d.pop(now) {
					if when, ok := want[it]; !ok || now.Before(when) {
						t.Fatalf("due %v at %v", when, now)
					}
					delete(want, it)
				}
				for _, when := range want {
					if !now.Before(when) {
						t.Fatalf("%v is left at %v", when, now)
					}
				}
			},
			"": func(t *rapid.T) {
				least, any := time.Duration(0), false
				for _, when := range want {
					if w := when.Sub(start); !any || w < least {
						least, any = w, true
					}
				}
				if got, ok := d.wait(start); ok != any || got.Round(time.Millisecond) != least.Round(time.Millisecond) {
					t.Fatalf("next in %v %v, want %v %v", got, ok, least, any)
				}
			},
		})
	})
}
