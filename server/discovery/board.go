package discovery

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// maxHeard bounds the sightings of one id within an interval. A round yields a
// few; more comes from somebody who alternates goodbyes and announcements.
const maxHeard = 100

// admit counts a sighting and tells whether it is still within bounds.
func (b *board) admit(interval time.Duration, now time.Time) bool {
	if now.Sub(b.window) >= interval {
		b.window, b.heard = now, 0
	}
	b.heard++
	return b.heard <= maxHeard
}

// appear starts afresh: nothing is left of what was known before.
func (b *board) appear(s sighting, now time.Time) event {
	b.candidates = []*candidate{newCandidate(s, now)}
	b.gone = false
	return event{Appeared, b.announcement()}
}

// enter adds s to the candidate that it belongs to, or makes it a new one.
func (b *board) enter(s sighting, now time.Time) {
	i := slices.IndexFunc(b.candidates, func(c *candidate) bool { return c.isSame(s) })
	if i < 0 {
		b.dropOldest()
		b.candidates = slices.Insert(b.candidates, 0, newCandidate(s, now))
		i = 0
	} else {
		b.candidates[i].update(s, now)
	}
	b.contest(i, now)
}

func (b *board) dropOldest() {
	if len(b.candidates) < maxCandidates {
		return
	}
	oldest := slices.MinFunc(b.candidates, func(x, y *candidate) int { return x.seen.Compare(y.seen) })
	b.candidates = slices.DeleteFunc(b.candidates, func(c *candidate) bool { return c == oldest })
}

// contest looks for evidence that candidate i, just seen, and another are two
// devices: it spoke again although a newer one had taken over (what has moved
// does not come back), or one of them was renamed because the other was there.
func (b *board) contest(i int, now time.Time) {
	c := b.candidates[i]
	for j, other := range b.candidates {
		if j == i || c.twoHomed(other) {
			continue
		}
		spoke := j < i && now.Sub(other.appeared) >= settle
		if spoke || c.renamed != other.renamed {
			c.contested, other.contested = now, now
		}
	}
}

// age drops addresses that were not heard for three and a half intervals (in a
// conflict ten, since of two devices often only the quicker one is heard), and
// devices that a newer one has replaced. The last device of a board stays, so
// that its last addresses are known when it is marked gone. It tells whether
// anything has changed.
func (b *board) age(interval time.Duration, now time.Time) bool {
	last := slices.MaxFunc(b.candidates, func(x, y *candidate) int { return x.seen.Compare(y.seen) })
	if now.Sub(last.seen) > patience(last, interval) {
		b.candidates = []*candidate{last}
		b.gone = true
		return true
	}
	n, newest := len(b.candidates), b.candidates[0]
	b.candidates = slices.DeleteFunc(b.candidates, func(c *candidate) bool {
		return c != last && (now.Sub(c.seen) > patience(c, interval) || c.replacedBy(newest, interval, now))
	})
	changed := len(b.candidates) < n
	for _, c := range b.candidates {
		if c.forget(now.Add(-patience(c, interval))) {
			changed = true
		}
	}
	if len(b.candidates) == 1 {
		b.candidates[0].contested = time.Time{}
	}
	return changed
}

func patience(c *candidate, interval time.Duration) time.Duration {
	if !c.contested.IsZero() {
		return 10 * interval
	}
	return 7 * interval / 2
}

// replacedBy tells whether c fell silent when the newest candidate appeared, and
// stayed so for all the extra questions that were asked because of it.
func (c *candidate) replacedBy(newest *candidate, interval time.Duration, now time.Time) bool {
	return c != newest && c.contested.IsZero() && !c.twoHomed(newest) &&
		now.Sub(newest.appeared) >= decideWithin(interval)
}

// undecided tells whether the newest candidate may yet turn out to be a move or
// a conflict.
func (b *board) undecided(interval time.Duration, now time.Time) bool {
	if b.gone || len(b.candidates) < 2 {
		return false
	}
	newest := b.candidates[0]
	if now.Sub(newest.appeared) >= decideWithin(interval) {
		return false
	}
	return slices.ContainsFunc(b.candidates[1:], func(c *candidate) bool {
		return c.contested.IsZero() && !c.twoHomed(newest)
	})
}

func decideWithin(interval time.Duration) time.Duration { return 2 * interval / 3 }

func (b *board) lastSeen() time.Time {
	var last time.Time
	for _, c := range b.candidates {
		if c.seen.After(last) {
			last = c.seen
		}
	}
	return last
}

// announcement is the board as others see it.
func (b *board) announcement() Announcement {
	c := b.candidates[0]
	a := Announcement{
		ID: b.id, Chip: c.chip, Firmware: c.firmware, Proto: c.proto, State: c.state,
		Interface: c.iface, Seen: b.lastSeen(), Conflict: b.conflict(), Gone: b.gone,
	}
	for _, c := range b.candidates {
		for _, to := range c.addresses {
			if !slices.Contains(a.Addresses, to) {
				a.Addresses = append(a.Addresses, to)
			}
		}
	}
	return a
}

// conflict names two devices that claim the id, or is empty.
func (b *board) conflict() string {
	var first *candidate
	for _, c := range b.candidates {
		if c.contested.IsZero() {
			continue
		}
		if first != nil {
			return fmt.Sprintf("two boards announce %s: %s and %s", b.id, first.where(), c.where())
		}
		first = c
	}
	return ""
}

// changeSince compares what others see.
func (b *board) changeSince(before Announcement) Change {
	now := b.announcement()
	same := slices.Equal(now.Addresses, before.Addresses)
	now.Addresses, before.Addresses = nil, nil
	now.Seen = before.Seen
	if same && reflect.DeepEqual(now, before) {
		return Seen
	}
	return Changed
}
