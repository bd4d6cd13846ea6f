package rules_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// drawTimeTrigger is one of every sort, none oftener than each minute.
func drawTimeTrigger(t *rapid.T) entity.Trigger {
	clock := rapid.Custom(func(t *rapid.T) schedule.Clock {
		return schedule.Clock(rapid.IntRange(0, 24*60-1).Draw(t, "minute") * 60)
	})
	days := rapid.Map(rapid.IntRange(1, 127), func(n int) schedule.Days { return schedule.Days(n) })
	random := rapid.Custom(func(t *rapid.T) schedule.Random {
		return schedule.Random{Within: time.Duration(max(rapid.IntRange(-60, 90).Draw(t, "random"), 0)) * time.Minute, Seed: "r"}
	})
	switch rapid.IntRange(0, 4).Draw(t, "trigger") {
	case 0:
		return entity.AtTimes{Times: schedule.Times{Clocks: rapid.SliceOfN(clock, 1, 4).Draw(t, "clocks"), Days: days.Draw(t, "days"), Random: random.Draw(t, "clocks")}}
	case 1:
		return atCron(rapid.SampledFrom([]string{"30 6 * * mon-fri", "*/15 * * * *", "0 2 * * *", "30 2 * * *", "0 0 29 2 *", "5 1-4 * * *", "* * * * *"}).Draw(t, "cron"))
	case 2:
		return entity.AtSun{Sun: schedule.Sun{
			Event:  rapid.SampledFrom([]schedule.SunEvent{schedule.Sunrise, schedule.Sunset, schedule.Dawn, schedule.Dusk}).Draw(t, "event"),
			Offset: time.Duration(rapid.IntRange(-90, 90).Draw(t, "offset")) * time.Minute,
		}, Days: days.Draw(t, "days"), Random: random.Draw(t, "sun")}
	default:
		return every(time.Duration(rapid.IntRange(1, 1000).Draw(t, "minutes")) * time.Minute)
	}
}

func drawMissed(t *rapid.T) entity.Missed {
	within := time.Duration(rapid.SampledFrom([]int{0, 1, 60, 600, 3000}).Draw(t, "within")) * time.Minute
	switch rapid.IntRange(0, 2).Draw(t, "missed") {
	case 0:
		return entity.Missed{Policy: entity.MissedRun, Within: within}
	case 1:
		return entity.Missed{Policy: entity.MissedLatest, Within: within}
	}
	return entity.Missed{Policy: entity.MissedSkip}
}

// drawStart is a moment, more often than not within days of a transition to or
// from summer time, or of a leap day.
func drawStart(t *rapid.T, zone string) time.Time {
	day := rapid.SampledFrom([]string{"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2028-02-29", "2026-12-31", "2026-06-21"}).Draw(t, "day")
	return local(zone, day+" 00:00:00").Add(time.Duration(rapid.IntRange(-3*24*60, 24*60).Draw(t, "minutes from there")) * time.Minute)
}

// occurrences binds a trigger by time as the documentation says, with no help of
// the engine.
func occurrences(p *rules.Program, house *entity.House, trigger entity.Trigger) (o schedule.Occurrences, elapsed, byTime bool) {
	zone := p.Zone()
	switch trigger := trigger.(type) {
	case entity.AtTimes:
		return trigger.In(zone), false, true
	case entity.AtCron:
		return trigger.In(zone), trigger.FollowsElapsedTime(), true
	case entity.AtEvery:
		return trigger.From(time.Date(2000, 1, 1, 0, 0, 0, 0, zone)), true, true
	case entity.AtSun:
		where := schedule.Place{Latitude: house.Location.Latitude, Longitude: house.Location.Longitude}
		daily := onDays{trigger.At(where, zone), trigger.Days, zone}
		if trigger.Random.Within == 0 {
			return daily, false, true
		}
		return moved{daily, trigger, zone}, false, true
	}
	return nil, false, false
}

type onDays struct {
	of   schedule.Occurrences
	days schedule.Days
	zone *time.Location
}

func (o onDays) Next(after time.Time) (time.Time, bool) {
	at, ok := o.of.Next(after)
	for ; ok && !o.days.Contains(at, o.zone); at, ok = o.of.Next(at) {
	}
	return at, ok
}

// moved are a day's events, each at another time of its day.
type moved struct {
	of   onDays
	sun  entity.AtSun
	zone *time.Location
}

func (m moved) Next(after time.Time) (time.Time, bool) {
	at, ok := m.of.Next(after.Add(-48 * time.Hour))
	for ; ok; at, ok = m.of.Next(at) {
		if then := m.sun.Random.Move(at, m.sun.Sun.String(), m.zone); then.After(after) {
			return then, true
		}
	}
	return at, ok
}

// ledger is what should have become of the occurrences of one rule with one
// trigger: a plain model, which looks at every one of them.
type ledger struct {
	occurs  schedule.Occurrences
	elapsed bool
	missed  entity.Missed
	begun   time.Time // since when the clock went on to
	cursor  time.Time
	before  []stay        // where the clock was before it was set, apart from each other
	run     map[int64]int // how often, by unix ms: more than once only where the clock had been wrong
	skip    map[int64]int
	resets  int

	soon  time.Time     // an occurrence that comes again too soon
	dealt time.Duration // when, by Up, the newest was dealt with
	live  bool          // dealt is known
}

// stay is a time in which a clock went on.
type stay struct{ from, to time.Time }

// leave notes a stay, and makes one of those that overlap.
func (l *ledger) leave(s stay) {
	l.before = append(l.before, s)
	slices.SortFunc(l.before, func(a, b stay) int { return a.from.Compare(b.from) })
	var out []stay
	for _, s := range l.before {
		if n := len(out); n > 0 && !s.from.After(out[n-1].to) {
			out[n-1].to = latest(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	l.before = out
}

// known is up to when it may have been dealt with, seen from a time at or after the
// beginning of it.
func (l *ledger) known(now time.Time) (far time.Time) {
	for _, s := range l.before {
		if !s.from.After(now) {
			far = latest(far, s.to)
		}
	}
	return far
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (l *ledger) reach(now time.Time) {
	l.cursor = now
	l.before = slices.DeleteFunc(l.before, func(s stay) bool {
		within := !s.to.After(now) && !s.to.Before(l.begun)
		if within && s.from.Before(l.begun) {
			l.begun = s.from
		}
		return within
	})
}

// meet deals with what has come by now. set is by how much the clock was set; down:
// no engine has run since the cursor.
func (l *ledger) meet(now time.Time, up, set time.Duration, down bool) {
	if down {
		l.live, set = false, now.Sub(l.cursor)
	}
	backward := rules.Backward
	if l.elapsed {
		backward = rules.BackwardElapsed
	}
	ahead := l.cursor.Sub(now)
	far := l.known(now)
	lands := set > rules.Backward && far.After(now) && far.Sub(now) <= backward
	if ahead > backward {
		before := l.cursor
		l.leave(stay{l.begun, before})
		back := now
		if far := l.known(now); !l.elapsed && !far.IsZero() && far.Before(now) {
			back = far // it goes on where it was
		}
		l.begun = back
		l.reach(back)
		l.soon = time.Time{}
		next, _ := l.occurs.Next(now)
		after, _ := l.occurs.Next(next)
		if l.elapsed && l.live && !next.After(before) && up-l.dealt+next.Sub(now) < after.Sub(next)/2 {
			l.soon = next
		}
		if ahead > rules.Backward {
			l.resets++
		}
		if l.elapsed {
			return
		}
		far = time.Time{}
	} else if next, ok := l.occurs.Next(l.cursor); !down && !lands && (!ok || next.After(now)) {
		return // a cursor stays where it is until there is something to deal with
	}
	if !l.cursor.Before(now) {
		return
	}
	from := l.cursor
	if set > rules.Late && far.After(from) {
		if far.After(now) {
			from = now
		} else {
			from = far
		}
		for at := range schedule.Between(l.occurs, l.cursor, from) {
			l.enter(at, false) // it may have run before
			l.deal(up, down)
		}
	}
	var late, fresh []time.Time
	for at := range schedule.Between(l.occurs, from, now) {
		if down || now.Sub(at) >= rules.Late {
			late = append(late, at)
		} else {
			fresh = append(fresh, at)
		}
	}
	first := now // that runs
	enter := func(at time.Time, runs bool) {
		l.deal(up, down)
		if l.enter(at, runs) && at.Before(first) {
			first = at
		}
	}
	for i, at := range late {
		inTime := len(late)-i <= rules.MostMadeUp && (l.missed.Within == 0 || now.Sub(at) <= l.missed.Within)
		enter(at, inTime && (l.missed.Policy == entity.MissedRun || l.missed.Policy == entity.MissedLatest && i == len(late)-1))
	}
	for i, at := range fresh {
		enter(at, !l.elapsed || i == len(fresh)-1)
	}
	if set > rules.Backward && now.Sub(from) > rules.Backward {
		l.leave(stay{l.begun, from})
		l.begun = first
	}
	if lands {
		now = far
	}
	l.reach(now)
}

func (l *ledger) deal(up time.Duration, down bool) {
	if !down {
		l.dealt, l.live = up, true
	}
}

// enter notes an occurrence, and says whether it runs.
func (l *ledger) enter(at time.Time, runs bool) bool {
	runs = runs && !at.Equal(l.soon)
	if runs {
		l.run[at.UnixMilli()]++
	} else {
		l.skip[at.UnixMilli()]++
	}
	return runs
}

// timeHouse is a server whose rules wait for times, and the ledger of each.
type timeHouse struct {
	*server
	ledgers map[entity.RuleID]*ledger
	shown   []time.Time // what the clock was set to, and came to
}

func drawTimeHouse(t *rapid.T) *timeHouse {
	zone := rapid.SampledFrom([]string{berlin, newYork, "Australia/Lord_Howe", "UTC"}).Draw(t, "zone")
	house := houseIn(zone)
	for n := range rapid.IntRange(1, 4).Draw(t, "rules") {
		r := rule(entity.RuleID(fmt.Sprintf("r%d", n)), drawTimeTrigger(t), do("porch", entity.VerbToggle), do("fan", entity.VerbOn))
		r.Missed = drawMissed(t)
		r.Mode = rapid.SampledFrom([]entity.RunMode{entity.ModeSingle, entity.ModeQueued, entity.ModeRestart}).Draw(t, "mode")
		house.Rules = append(house.Rules, r)
	}
	h := &timeHouse{ledgers: map[entity.RuleID]*ledger{}}
	start := drawStart(t, zone)
	h.server, h.shown = newServer(t, house, start), []time.Time{start}
	for i := range house.Rules {
		r := &house.Rules[i]
		o, elapsed, _ := occurrences(h.program, house, r.When[0])
		h.ledgers[r.ID] = &ledger{occurs: o, elapsed: elapsed, missed: r.Missed, begun: start, cursor: start, run: map[int64]int{}, skip: map[int64]int{}}
	}
	return h
}

func (h *timeHouse) meet(down bool) {
	for _, l := range h.ledgers {
		l.meet(h.now.Wall, h.now.Up, h.jump, down)
	}
}

// turn is something that happens to a clock or a server; it says by how much the clock
// was set.
func (h *timeHouse) turn(t *rapid.T) (by time.Duration) {
	to := h.now.Wall
	down := false
	switch rapid.IntRange(0, 7).Draw(t, "turn") {
	case 0:
		h.pass(minutes(t, "hours", 40*60))
		to = h.now.Wall
	case 1:
		h.pass(minutes(t, "minutes", 90))
		to = h.now.Wall
	case 2:
		to = to.Add(minutes(t, "set forward", 90))
	case 3:
		to = to.Add(minutes(t, "set forward far", 5*24*60))
	case 4:
		to = to.Add(-minutes(t, "set back", 3*24*60))
	case 5:
		to, down = to.Add(minutes(t, "down", 4*24*60)-minutes(t, "set back while down", 4*24*60)), true
	default: // where it was before, or near it
		to = rapid.SampledFrom(h.shown).Draw(t, "as it was").Add(minutes(t, "and more", 26*60) - minutes(t, "and less", 26*60))
		down = rapid.Bool().Draw(t, "while down")
	}
	by = to.Sub(h.now.Wall)
	switch {
	case down:
		h.restart(by)
		h.meet(true)
	case by != 0:
		h.set(to)
	}
	h.shown = append(h.shown, to)
	return by
}

// check compares the records with the ledgers.
func (h *timeHouse) check(t *rapid.T) {
	for _, id := range slices.Sorted(maps.Keys(h.ledgers)) {
		h.ledgers[id].check(t, h.program.Zone(), h.recordsOf(id))
	}
}

func (l *ledger) check(t *rapid.T, zone *time.Location, records []rules.Run) {
	ran, missed, counted, resets := map[int64]int{}, map[int64]int{}, 0, 0
	for i := range records {
		r := &records[i]
		due := r.Trigger.Due
		switch {
		case r.Outcome != rules.Missed:
			ran[due]++
		case due == 0: // it tells that the clock had been wrong
			resets++
		default:
			missed[due]++
			counted += r.More
		}
	}
	when := func(due int64) string { return time.UnixMilli(due).In(zone).Format("2006-01-02 15:04:05.000 -07:00") }
	if resets != l.resets {
		t.Fatalf("the clock was given up %d times, and the records tell it %d times", l.resets, resets)
	}
	for due, n := range ran {
		if n != l.run[due] {
			t.Fatalf("the occurrence at %s ran %d times, not %d", when(due), n, l.run[due])
		}
	}
	for due, n := range l.run {
		if n != ran[due] {
			t.Fatalf("the occurrence at %s ran %d times, not %d", when(due), ran[due], n)
		}
	}
	silent := 0
	for due, n := range missed {
		if n > l.skip[due] {
			t.Fatalf("the occurrence at %s has %d records as missed, not %d", when(due), n, l.skip[due])
		}
	}
	for due, n := range l.skip {
		silent += n - missed[due]
	}
	if silent != counted {
		t.Fatalf("%d missed occurrences have no record of their own, and the records count %d", silent, counted)
	}
}

func minutes(t *rapid.T, label string, most int) time.Duration {
	return time.Duration(rapid.IntRange(0, most*60).Draw(t, label)) * time.Second
}

// Every occurrence runs once, or is recorded as missed by the rule's policy,
// whatever restarts and settings of the clock there are.
func TestEachOccurrenceRunsOnceOrIsRecordedAsMissed(t *testing.T) {
	rounds(t)
	rapid.Check(t, func(t *rapid.T) {
		h := drawTimeHouse(t)
		// The model follows each wake-up of the engine.
		h.woken = func() { h.meet(false) }
		for range rapid.IntRange(1, 12).Draw(t, "turns") {
			h.turn(t)
		}
		h.check(t)
	})
}

// However often a clock is set, what has run is not found late and run once more: only
// a clock that goes through a time again lets it come again.
func TestNoJumpOfAClockRunsAnythingTwice(t *testing.T) {
	roundsOf(t, 20)
	rapid.Check(t, func(t *rapid.T) {
		h := drawTimeHouse(t)
		known := map[rules.RunID]bool{}
		ran := map[entity.RuleID]map[int64]bool{} // which occurrences
		for id := range h.ledgers {
			ran[id] = map[int64]bool{}
		}
		for range rapid.IntRange(20, 40).Draw(t, "turns") {
			jumped := h.turn(t).Abs() > rules.Late
			for id, r := range h.disk.runs {
				if r.Outcome == rules.Missed || known[id] {
					continue
				}
				if jumped && ran[r.Rule][r.Trigger.Due] {
					t.Fatalf("%s had run for %s, and runs once more now that the clock was set to %s", r.Rule, time.UnixMilli(r.Trigger.Due), h.now.Wall)
				}
				known[id], ran[r.Rule][r.Trigger.Due] = true, true
			}
		}
	})
}
