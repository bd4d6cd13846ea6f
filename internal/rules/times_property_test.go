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
	switch rapid.IntRange(0, 4).Draw(t, "trigger") {
	case 0:
		return entity.AtTimes{Times: schedule.Times{Clocks: rapid.SliceOfN(clock, 1, 4).Draw(t, "clocks"), Days: days.Draw(t, "days")}}
	case 1:
		return atCron(rapid.SampledFrom([]string{"30 6 * * mon-fri", "*/15 * * * *", "0 2 * * *", "30 2 * * *", "0 0 29 2 *", "5 1-4 * * *", "* * * * *"}).Draw(t, "cron"))
	case 2:
		return entity.AtSun{Sun: schedule.Sun{
			Event:  rapid.SampledFrom([]schedule.SunEvent{schedule.Sunrise, schedule.Sunset, schedule.Dawn, schedule.Dusk}).Draw(t, "event"),
			Offset: time.Duration(rapid.IntRange(-90, 90).Draw(t, "offset")) * time.Minute,
		}, Days: days.Draw(t, "days")}
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
		return onDays{trigger.At(where, zone), trigger.Days, zone}, false, true
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

// ledger is what should have become of the occurrences of one rule with one
// trigger: a plain model, which looks at every one of them.
type ledger struct {
	occurs  schedule.Occurrences
	elapsed bool
	missed  entity.Missed
	cursor  time.Time
	wrong   time.Time     // a cursor that was given up: the clock had been, or is, wrong
	run     map[int64]int // how often, by unix ms: more than once only where the clock had been wrong
	skip    map[int64]int
	resets  int

	soon  time.Time     // an occurrence that comes again too soon
	dealt time.Duration // when, by Up, the newest was dealt with
	live  bool          // dealt is known
}

// meet deals with what has come by now; down: no engine has run since the cursor.
func (l *ledger) meet(now time.Time, up time.Duration, down bool) {
	if down {
		l.live = false
	}
	backward := rules.Backward
	if l.elapsed {
		backward = rules.BackwardElapsed
	}
	if ahead := l.cursor.Sub(now); ahead > backward {
		before := l.cursor
		l.wrong, l.cursor, l.soon = before, now, time.Time{}
		next, _ := l.occurs.Next(now)
		after, _ := l.occurs.Next(next)
		if l.elapsed && l.live && !next.After(before) && up-l.dealt+next.Sub(now) < after.Sub(next)/2 {
			l.soon = next
		}
		if ahead > rules.Backward {
			l.resets++
		}
		return
	}
	if next, ok := l.occurs.Next(l.cursor); !down && (!ok || next.After(now)) {
		return // a cursor stays where it is until there is something to deal with
	}
	if !l.wrong.IsZero() && !now.Before(l.wrong) {
		for at := range schedule.Between(l.occurs, l.cursor, l.wrong) {
			l.enter(at, false) // it may have run before
			l.deal(up, down)
		}
		if l.cursor.Before(l.wrong) {
			l.cursor = l.wrong
		}
		l.wrong = time.Time{}
	}
	var late, fresh []time.Time
	for at := range schedule.Between(l.occurs, l.cursor, now) {
		if down || now.Sub(at) >= rules.Late {
			late = append(late, at)
		} else {
			fresh = append(fresh, at)
		}
	}
	for i, at := range late {
		inTime := len(late)-i <= rules.MostMadeUp && (l.missed.Within == 0 || now.Sub(at) <= l.missed.Within)
		l.deal(up, down)
		runs := inTime && (l.missed.Policy == entity.MissedRun || l.missed.Policy == entity.MissedLatest && i == len(late)-1)
		l.enter(at, runs)
	}
	for i, at := range fresh {
		l.deal(up, down)
		l.enter(at, !l.elapsed || i == len(fresh)-1)
	}
	if now.After(l.cursor) {
		l.cursor = now
	}
}

func (l *ledger) deal(up time.Duration, down bool) {
	if !down {
		l.dealt, l.live = up, true
	}
}

func (l *ledger) enter(at time.Time, runs bool) {
	if runs && !at.Equal(l.soon) {
		l.run[at.UnixMilli()]++
	} else {
		l.skip[at.UnixMilli()]++
	}
}

// timeHouse is a server whose rules wait for times, and the ledger of each.
type timeHouse struct {
	*server
	ledgers map[entity.RuleID]*ledger
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
	h.server = newServer(t, house, start)
	for i := range house.Rules {
		r := &house.Rules[i]
		o, elapsed, _ := occurrences(h.program, house, r.When[0])
		h.ledgers[r.ID] = &ledger{occurs: o, elapsed: elapsed, missed: r.Missed, cursor: start, run: map[int64]int{}, skip: map[int64]int{}}
	}
	return h
}

func (h *timeHouse) meet(down bool) {
	for _, l := range h.ledgers {
		l.meet(h.now.Wall, h.now.Up, down)
	}
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
			switch rapid.IntRange(0, 5).Draw(t, "turn") {
			case 0:
				h.pass(minutes(t, "hours", 40*60))
			case 1:
				h.pass(minutes(t, "minutes", 90))
			case 2:
				h.set(h.now.Wall.Add(minutes(t, "set forward", 90)))
			case 3:
				h.set(h.now.Wall.Add(minutes(t, "set forward far", 5*24*60)))
			case 4:
				h.set(h.now.Wall.Add(-minutes(t, "set back", 3*24*60)))
			case 5:
				h.restart(minutes(t, "down", 4*24*60) - minutes(t, "set back while down", 2*24*60))
				h.meet(true)
			}
		}
		h.check(t)
	})
}
