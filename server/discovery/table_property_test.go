package discovery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is heard in whatever order, the table keeps its bounds, its events
// tell all that changed, and it forgets.
func TestTheTableKeepsItsInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most = 5
		tab := newTable(testInterval, most)
		ids := make([]string, 12)
		for i := range ids {
			ids[i] = fmt.Sprintf("hob-%06x", i)
		}
		now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		told := map[string]Announcement{} // what the events say
		tell := func(ev event) {
			told[ev.about.ID] = ev.about
			if ev.change == Gone {
				delete(told, ev.about.ID)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"hear": func(t *rapid.T) {
				s := drawSighting(t, ids)
				_, had := told[s.id]
				evs, why := tab.see(s, now)
				if why != "" {
					return
				}
				for _, ev := range evs {
					tell(ev)
				}
				ev := evs[len(evs)-1]
				if (ev.change == Appeared) == had {
					t.Fatalf("%v, listed before: %v", ev.change, had)
				}
				checkFound(t, ev, s)
			},
			"wait": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 60_000).Draw(t, "ms")) * time.Millisecond)
				for _, ev := range tab.sweep(now) {
					if ev.change == Seen || ev.change == Appeared {
						t.Fatalf("sweep says %v", ev.change)
					}
					tell(ev)
				}
				for _, a := range tab.all() {
					if !a.Gone && now.Sub(a.Seen) > 10*testInterval {
						t.Fatalf("listed though silent for %v", now.Sub(a.Seen))
					}
				}
			},
			"known": func(t *rapid.T) {
				tab.setKnown(rapid.SliceOfDistinct(rapid.SampledFrom(ids), rapid.ID).Draw(t, "known"))
				for _, ev := range tab.sweep(now) {
					tell(ev)
				}
			},
			"": func(t *rapid.T) { checkTable(t, tab, told, most) },
		})
	})
}

func drawSighting(t *rapid.T, ids []string) sighting {
	host := rapid.IntRange(1, 6).Draw(t, "host")
	s := boardAt(rapid.SampledFrom(ids).Draw(t, "id"), fmt.Sprintf("10.0.0.%d:80", host))
	if rapid.Bool().Draw(t, "v6") {
		s.addresses = append(s.addresses, at(fmt.Sprintf("[fd00::%d]:80", host))...)
	}
	s.iface = rapid.SampledFrom([]string{"eth0", "wlan0"}).Draw(t, "iface")
	s.renamed = rapid.IntRange(0, 9).Draw(t, "renamed") == 0
	return s
}

func checkFound(t *rapid.T, ev event, s sighting) {
	for _, a := range s.addresses {
		if !slices.Contains(ev.about.Addresses, a) {
			t.Fatalf("%v was announced but is not offered: %v", a, ev.about.Addresses)
		}
	}
	if ev.about.Gone {
		t.Fatal("gone though just heard")
	}
}

func checkTable(t *rapid.T, tab *table, told map[string]Announcement, most int) {
	if n := tab.unknown(); n > most {
		t.Fatalf("%d unknown boards", n)
	}
	live := map[string]bool{}
	for _, a := range tab.all() {
		if len(a.Addresses) == 0 {
			t.Fatalf("%s has no address", a.ID)
		}
		b := tab.boards[a.ID]
		if len(b.candidates) > maxCandidates {
			t.Fatalf("%d candidates", len(b.candidates))
		}
		if a.Conflict != "" && len(b.candidates) < 2 {
			t.Fatalf("conflict of one: %s", a.Conflict)
		}
		if a.Gone {
			continue
		}
		live[a.ID] = true
		was, ok := told[a.ID]
		if !ok || !slices.Equal(was.Addresses, a.Addresses) || was.Conflict != a.Conflict {
			t.Fatalf("events say %+v, the table %+v", was, a)
		}
	}
	for id := range told {
		if !live[id] {
			t.Fatalf("%s vanished silently", id)
		}
	}
}
