package simulate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// Failure is what a test expected and did not find.
type Failure struct {
	Place    entity.Place
	At       time.Time // on the test's clock
	Expected string    // in the words of the file
	Got      string    // a sentence
}

// Tried is how a test went.
type Tried struct {
	Test     *entity.Test
	Failures []Failure // none: it passed
	Timeline Timeline
}

// longest bounds how far a test may go: what it waits for must come.
const longest = 400 * 24 * time.Hour

// Try runs a test of a house. In a test rooms keep the temperature that was given,
// and nobody comes or goes unless it says so. The error is that of ctx, or says that
// the rules cannot be run.
func Try(ctx context.Context, declared *entity.House, test *entity.Test) (Tried, error) {
	zone, err := Zone(declared)
	if err != nil {
		return Tried{}, err
	}
	start := schedule.At(test.Date, test.Clock, zone).At
	h := newHouse(declared, zone, start.Add(-settling(declared)))
	t := &trial{test: test, start: start, out: Tried{Test: test}}
	if declared.Location != nil {
		t.place = schedule.Place{Latitude: declared.Location.Latitude, Longitude: declared.Location.Longitude}
	}
	if wrong := h.prepare(test.Given, start); wrong != nil {
		t.fail(test.At, start, "the house as it is given", wrong.Error())
		return t.out, nil
	}
	for _, name := range test.Away {
		h.byName[name].detach()
	}
	if t.run, err = newRunner(ctx, h, start); err != nil {
		return Tried{}, err
	}
	err = t.carryOut()
	if ctx.Err() != nil {
		return Tried{}, ctx.Err()
	}
	if err != nil {
		t.fail(test.At, h.now, "a test of which people can read what happens", err.Error())
	}
	t.out.Timeline = t.run.timeline(start)
	return t.out, nil
}

// trial is a test that runs.
type trial struct {
	test  *entity.Test
	start time.Time
	place schedule.Place
	run   *runner
	out   Tried
}

// act is something that the test does, or looks at, at a time.
type act struct {
	at     time.Time
	happen *entity.Happening
	check  *entity.Check
}

// plan gives everything its time. What happens comes one after the other; what is
// looked at goes by the test's beginning where it names a time, and otherwise
// follows the last thing that happened.
func (t *trial) plan() ([]act, bool) {
	var acts []act
	at := t.start
	for i := range t.test.When {
		h := &t.test.When[i]
		next, ok := t.moment(h.When, at, at)
		if !ok {
			t.fail(h.At, at, "a time that comes", fmt.Sprintf("there is none within %d days", longest/(24*time.Hour)))
			return nil, false
		}
		at = next
		acts = append(acts, act{at: at, happen: h})
	}
	named := t.start
	for i := range t.test.Then {
		c := &t.test.Then[i]
		next, ok := t.moment(c.When, named, at)
		if !ok {
			t.fail(c.At, at, "a time that comes", fmt.Sprintf("there is none within %d days", longest/(24*time.Hour)))
			return nil, false
		}
		if c.When.Clock != nil || c.When.Sun != nil {
			named = next
		}
		at = next
		acts = append(acts, act{at: at, check: c})
	}
	slices.SortStableFunc(acts, func(a, b act) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(kindOf(a), kindOf(b)))
	})
	return acts, true
}

// kindOf sorts what happens before what is looked at in the same moment.
func kindOf(a act) int {
	if a.happen != nil {
		return 0
	}
	return 1
}

// moment is when a moment is: a time or an event of the sun is the first one not
// before from, everything else goes by at.
func (t *trial) moment(m entity.Moment, from, at time.Time) (time.Time, bool) {
	zone := t.run.house.zone
	var next schedule.Occurrences
	switch {
	case m.Date != nil:
		when := schedule.At(*m.Date, *m.Clock, zone).At
		return when, !when.Before(t.start) && when.Sub(t.start) <= longest
	case m.Clock != nil:
		next = schedule.Times{Clocks: []schedule.Clock{*m.Clock}, Days: schedule.EveryDay}.In(zone)
	case m.Sun != nil:
		next = m.Sun.At(t.place, zone)
	default:
		when := at.Add(m.After)
		return when, when.Sub(t.start) <= longest
	}
	when, ok := next.Next(from.Add(-1))
	return when, ok && when.Sub(t.start) <= longest
}

func (t *trial) fail(place entity.Place, at time.Time, expected, got string) {
	t.out.Failures = append(t.out.Failures, Failure{place, at, expected, got})
}

func (t *trial) carryOut() error {
	acts, ok := t.plan()
	if !ok {
		return nil
	}
	if err := t.run.upTo(t.start); err != nil {
		return err
	}
	for _, a := range acts {
		if err := t.run.upTo(a.at); err != nil {
			return err
		}
		if a.happen != nil {
			t.happen(a.happen)
			continue
		}
		t.look(a.check)
	}
	return nil
}

// happen has something happen, and all that follows at once.
func (t *trial) happen(h *entity.Happening) {
	r := t.run
	for _, g := range h.Given {
		if err := r.house.happen(g); err != nil {
			t.fail(h.At, r.house.now, "that this can happen", err.Error())
		}
		r.settle()
	}
	switch {
	case h.Board != "" && h.Online:
		r.house.byName[h.Board].attach()
	case h.Board != "":
		r.house.byName[h.Board].detach()
	case h.Startup:
		r.take(r.engine.Happened([]rules.Event{{Started: true}}, r.clock()))
	case h.Run != "":
		_, out, _ := r.engine.Ask(h.Run, entity.Cause{Kind: entity.CauseUser}, r.clock())
		r.take(out)
	case !h.Webhook.IsZero():
		if !r.program.Hooked(h.Webhook) {
			t.fail(h.At, r.house.now, "a rule with this webhook", "there is none")
		}
		r.take(r.engine.Happened([]rules.Event{{Webhook: h.Webhook}}, r.clock()))
	}
	r.settle()
}

// look sees whether something is as expected.
func (t *trial) look(c *entity.Check) {
	var got string
	switch {
	case c.Done != nil:
		got = t.done(c)
	case c.Notice != "":
		got = t.notice(c)
	case c.Rule != "":
		got = t.rule(c)
	default:
		got = t.holds(c)
	}
	if got != "" {
		t.fail(c.At, t.run.house.now, c.Text, got)
	}
}

// holds is why a condition does not hold; "" if it does.
func (t *trial) holds(c *entity.Check) string {
	trace, err := t.run.program.Holds(c.Holds, t.run.engine, t.run.clock().Wall)
	switch {
	case err != nil:
		return err.Error()
	case trace.Verdict == rules.Yes:
		return ""
	}
	return cmp.Or(trace.Why, why(trace))
}

// why is what was seen where no sentence says it.
func why(t rules.Trace) string {
	var parts []string
	for _, p := range t.Parts {
		parts = append(parts, why(p))
	}
	if len(parts) > 0 {
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s is %s (%s)", t.Text, t.Verdict, t.Value)
}

func (t *trial) done(c *entity.Check) string {
	var others []string
	for _, d := range t.run.did {
		if d.Task.Target != c.Done.Target {
			continue
		}
		what := fmt.Sprintf("%s by %s at %s", d.Task.Action, d.Rule, d.At.In(t.run.house.zone).Format("15:04:05"))
		if d.Task.Action.String() != c.Done.Action.String() {
			others = append(others, what)
			continue
		}
		if c.Not {
			return "it was asked for " + what
		}
		return ""
	}
	switch {
	case c.Not:
		return ""
	case len(others) > 0:
		return fmt.Sprintf("%s was only asked for %s", c.Done.Target, strings.Join(others, ", "))
	}
	return fmt.Sprintf("no rule has asked anything of %s", c.Done.Target)
}

func (t *trial) notice(c *entity.Check) string {
	var others []string
	for _, n := range t.run.notices {
		if strings.Contains(n.Text, c.Notice) {
			if c.Not {
				return fmt.Sprintf("people were told %q", n.Text)
			}
			return ""
		}
		others = append(others, fmt.Sprintf("%q", n.Text))
	}
	switch {
	case c.Not:
		return ""
	case len(others) > 0:
		return "people were only told " + strings.Join(others, ", ")
	}
	return "people were told nothing"
}

func (t *trial) rule(c *entity.Check) string {
	var last *Row
	for i := range t.run.rows {
		if t.run.rows[i].Rule == c.Rule {
			last = &t.run.rows[i]
		}
	}
	switch {
	case last == nil && c.Outcome == "":
		return ""
	case last == nil:
		return "it has not fired"
	case string(last.Outcome) != c.Outcome:
		got := fmt.Sprintf("it fired at %s, and %s", last.At.Format("15:04:05"), last.Outcome)
		if last.Reason != "" {
			got += ": " + last.Reason
		}
		return got
	case !strings.Contains(last.Reason, c.Reason):
		return fmt.Sprintf("the reason is %q", last.Reason)
	}
	return ""
}
