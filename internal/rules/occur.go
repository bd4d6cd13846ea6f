package rules

import (
	"fmt"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// due is an occurrence to be dealt with.
type due struct {
	state  *state
	text   string
	at     time.Time
	missed entity.Said // why it does not run; without a message it does
	more   int         // how many more it stands for
	late   bool        // it is one of those that are made up for
	notice bool        // it is no occurrence, and missed says what there is to say
}

// occur deals with the occurrences of some rules that have come. down says that no
// engine ran.
func (e *Engine) occur(list []*state, down bool) {
	var all []due
	for _, s := range list {
		for i := range s.triggers {
			if t := &s.triggers[i]; t.kind == KindTime {
				all = append(all, e.occurrences(s, t, down)...)
			}
		}
		e.touch(s)
	}
	slices.SortStableFunc(all, func(a, b due) int { return a.at.Compare(b.at) })
	for _, d := range all {
		fired := Fired{Kind: KindTime, Text: d.text, Due: d.at.UnixMilli()}
		switch {
		case !d.state.rule.spec.Enabled:
		case d.notice:
			fired.Due = 0
			e.record(d.state, fired, Missed, d.missed, 0)
		case d.more == 0 && d.state.lastDue == fired.Due: // two triggers of one rule at one moment
		case d.missed.Message != "":
			d.state.lastDue = fired.Due
			e.record(d.state, fired, Missed, d.missed, d.more)
		default:
			d.state.lastDue = fired.Due
			e.fire(d.state, fired, d.late)
		}
	}
}

// moved says whether the clock was set to where the rule's triggers have to know it,
// though none of them is due.
func (s *state) moved(wall time.Time, jump time.Duration) bool {
	return slices.ContainsFunc(s.triggers, func(t armed) bool {
		return t.kind == KindTime && (t.cursor.Sub(wall) > t.backward() || t.lands(wall, jump))
	})
}

// backward is how far the clock can be behind the cursor and nothing comes again.
// What follows elapsed time is not to stand still for a day.
func (t *armed) backward() time.Duration {
	if t.elapsed {
		return BackwardElapsed
	}
	return Backward
}

// occurrences are those of one trigger from its cursor on; the cursor is now then,
// or where it was before the clock was set, if that is only a little ahead.
func (e *Engine) occurrences(s *state, t *armed, down bool) []due {
	now, jump := e.now.Wall, e.jump
	if down { // nobody knows what the clock has done meanwhile
		jump = now.Sub(t.cursor)
	}
	why := wasDown
	var told []due
	if t.cursor.Sub(now) > t.backward() {
		told, why = e.giveUp(s, t), clockWasWrong
	}
	after := t.cursor
	if !after.Before(now) { // it was dealt with before the clock was set back
		return told
	}
	var out []due
	if far, ok := t.before.far(now); ok && jump > Late && far.After(after) { // the clock is where it was before
		upTo := earlier(far, now)
		out, after = again(s, t, after, upTo), upTo
	}
	from := after
	if down {
		out = append(out, missed(s, t, after, now, now, s.rule.spec.Missed, why)...)
	} else {
		fresh := now.Add(-Late)
		if after.Before(fresh) {
			out = append(out, missed(s, t, after, fresh, now, s.rule.spec.Missed, foundLate)...)
			after = fresh
		}
		out = append(out, late(s, t, after, now)...)
		if len(out) > 0 {
			t.dealt, t.live = e.now.Up, true
		}
	}
	for i := range out {
		if d := &out[i]; d.missed.Message == "" && d.at.Equal(t.soon) {
			d.missed = entity.Say("run_again_soon", "the clock was set back, and it has run already, less than half of its interval ago")
		}
	}
	t.arrive(now, from, jump, out)
	return append(told, out...)
}

// giveUp takes a clock that is far behind the cursor for another one: what it comes
// to runs, also if the clock has shown it before. Where it was before, it goes on.
func (e *Engine) giveUp(s *state, t *armed) []due {
	now, was := e.now.Wall, t.cursor
	t.before = t.before.with(stretch{t.begun, was})
	back := now
	if !t.elapsed {
		back = t.before.last(now)
	}
	t.begun, s.lastDue = back, 0
	t.wind(back)
	t.soon = e.tooSoon(t, was)
	if was.Sub(now) <= Backward {
		return nil
	}
	return []due{{state: s, text: t.text, at: now, notice: true,
		missed: entity.Say("run_clock_back", "the clock was set back by more than {_back}; what was dealt with until then does not count",
			"hours", int(Backward.Hours()), "_back", schedule.DurationText(Backward))}}
}

// arrive moves the cursor to now, after the occurrences from a time on were dealt
// with. Over a time that the clock did not show the stretch does not go on: should
// the clock be wrong now, that time is still to come.
func (t *armed) arrive(now, from time.Time, jump time.Duration, list []due) {
	if jump > Backward && now.Sub(from) > Backward {
		t.before = t.before.with(stretch{t.begun, from})
		t.begun = now
		for i := range list {
			if list[i].missed.Message == "" {
				t.begun = earlier(t.begun, list[i].at)
			}
		}
	}
	if t.lands(now, jump) {
		now, _ = t.before.far(now)
	}
	t.wind(now)
}

// lands says whether a clock that was set forward is a little behind where it was
// before: nothing comes again then.
func (t *armed) lands(now time.Time, jump time.Duration) bool {
	far, ok := t.before.far(now)
	return ok && jump > Backward && far.After(now) && far.Sub(now) <= t.backward()
}

// tooSoon is the next occurrence of a trigger that follows elapsed time, if it was
// dealt with before the clock was set back and would come again too soon after
// that; else the zero time. after is where the cursor was.
func (e *Engine) tooSoon(t *armed, after time.Time) time.Time {
	if !t.elapsed || !t.live || !t.has || t.next.After(after) {
		return time.Time{}
	}
	following, ok := t.occurs.Next(t.next)
	since := e.now.Up - t.dealt + t.next.Sub(e.now.Wall)
	if !ok || since >= following.Sub(t.next)/2 {
		return time.Time{}
	}
	return t.next
}

// longestAgain is how far before the end of a time that comes again its occurrences
// are counted.
const longestAgain = 400 * 24 * time.Hour

// again is one record of the occurrences up to a time that the clock had shown
// before it was set back: they may have run then.
func again(s *state, t *armed, after, upTo time.Time) []due {
	list, older, _ := newest(t.occurs, later(after, upTo.Add(-longestAgain)), upTo, 1)
	if len(list) == 0 {
		return nil
	}
	why := entity.Say("run_may_have_been", "it may have run already, before the clock was set back{_more}", "_more", standsFor(older+1))
	return []due{{state: s, text: t.text, at: list[0], more: older, missed: why}}
}

// wind moves the cursor.
func (t *armed) wind(to time.Time) {
	t.cursor = to
	var whole stretch
	whole, t.before = t.before.join(stretch{t.begun, to})
	t.begun = whole.from
	t.next, t.has = t.occurs.Next(to)
}

// late are the occurrences that run though their time may have passed.
func late(s *state, t *armed, after, until time.Time) []due {
	var out []due
	if !t.elapsed {
		list := slices.Collect(schedule.Between(t.occurs, after, until)) // all of an hour
		for _, at := range list {
			out = append(out, due{state: s, text: t.text, at: at, late: len(list) > 1})
		}
		return out
	}
	list, older, _ := newest(t.occurs, after, until, 2)
	if n := len(list); n > 1 {
		out = append(out, due{state: s, text: t.text, at: list[0], more: older,
			missed: entity.Say("run_newest_only", "the clock was set over it, or the server was held up: of an interval only the newest runs")})
		list = list[1:]
	}
	for _, at := range list {
		out = append(out, due{state: s, text: t.text, at: at})
	}
	return out
}

// missed are occurrences that could not run in time, by a policy.
func missed(s *state, t *armed, after, until, now time.Time, policy entity.Missed, why whyMissed) []due {
	list, older, at := newest(t.occurs, after, until, MostMadeUp)
	runs := 0 // how many of the newest run
	switch policy.Policy {
	case entity.MissedRun:
		runs = len(list)
	case entity.MissedLatest:
		runs = min(1, len(list))
	}
	for runs > 0 && policy.Within > 0 && now.Sub(list[len(list)-runs]) > policy.Within {
		runs--
	}
	skipped, run := list[:len(list)-runs], list[len(list)-runs:]
	var out []due
	if n := len(skipped) + older; n > MostMissed || older > 0 {
		shown := min(MostMissed-1, len(skipped))
		cut := len(skipped) - shown
		if cut > 0 {
			at = skipped[cut-1]
		}
		out = append(out, due{state: s, text: t.text, at: at, missed: why(policyText(policy), standsFor(n-shown)), more: n - shown - 1})
		skipped = skipped[cut:]
	}
	for _, at := range skipped {
		out = append(out, due{state: s, text: t.text, at: at, missed: why(policyText(policy), "")})
	}
	for _, at := range run {
		out = append(out, due{state: s, text: t.text, at: at, late: true})
	}
	return out
}

// whyMissed is why occurrences were missed, by the policy in the words of config.yaml, and
// for how many a record stands.
type whyMissed func(policy, more string) entity.Said

func wasDown(policy, more string) entity.Said {
	return entity.Say("run_missed_down", "the server was not running, and missed is {policy}{_more}", "policy", policy, "_more", more)
}

func clockWasWrong(policy, more string) entity.Said {
	return entity.Say("run_missed_clock", "the clock was wrong, and missed is {policy}{_more}", "policy", policy, "_more", more)
}

func foundLate(policy, more string) entity.Said {
	return entity.Say("run_missed_late", "it was found more than {_late} late: the clock was set, or the computer slept, and missed is {policy}{_more}",
		"minutes", int(Late.Minutes()), "policy", policy, "_late", schedule.DurationText(Late), "_more", more)
}

// standsFor is the end of a sentence of a record that stands for several occurrences.
func standsFor(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("; this record stands for %d of them", n)
}

func policyText(m entity.Missed) string {
	if m.Policy == "" {
		return string(entity.MissedSkip)
	}
	if m.Within > 0 {
		return fmt.Sprintf("%s within %s", m.Policy, schedule.DurationText(m.Within))
	}
	return string(m.Policy)
}

// newest are the last n occurrences after one time up to another, how many there are
// before those, and the last one of these.
func newest(o schedule.Occurrences, after, until time.Time, n int) (list []time.Time, older int, one time.Time) {
	list = schedule.Newest(o, after, until, n+1)
	if len(list) <= n {
		return list, 0, time.Time{}
	}
	return list[1:], schedule.Count(o, after, list[0]), list[0]
}
