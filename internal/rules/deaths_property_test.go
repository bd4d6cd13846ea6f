package rules_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

// drawSteps are a few steps of any sort.
func drawSteps(t *rapid.T, depth int) []entity.Step {
	var out []entity.Step
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		out = append(out, drawStep(t, depth))
	}
	return out
}

func drawStep(t *rapid.T, depth int) entity.Step {
	lasts := time.Duration(rapid.IntRange(1, 5400).Draw(t, "seconds")) * time.Second
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0:
		return entity.Delay{For: lasts}
	case 1:
		return entity.Wait{Until: drawCondition(t, 1), AtMost: lasts}
	case 2:
		if depth > 0 {
			c := entity.Choose{If: drawCondition(t, 1), Then: drawSteps(t, depth-1)}
			if rapid.Bool().Draw(t, "else") {
				c.Else = drawSteps(t, depth-1)
			}
			return c
		}
		return entity.Stop{}
	case 3:
		return entity.Notify{Everyone: true, Text: "hello"}
	case 4:
		return entity.Call{URL: entity.NewSecret("https://host.example/secret"), Method: "POST", Timeout: time.Second,
			StopIfFailed: rapid.Bool().Draw(t, "stop if failed")}
	}
	one := do(rapid.SampledFrom([]entity.ID{"porch", "fan"}).Draw(t, "switch"), entity.VerbOn)
	one.StopIfFailed = rapid.Bool().Draw(t, "stop if failed")
	return one
}

func drawCondition(t *rapid.T, depth int) entity.RuleCondition {
	most := 5
	if depth == 0 {
		most = 3
	}
	switch rapid.IntRange(0, most).Draw(t, "condition") {
	case 0:
		return entity.InState{Entity: "window", State: "open"}
	case 1:
		return entity.InWindow{Window: windowOf("22:00..06:00")}
	case 2:
		return entity.SunIs{Up: true}
	case 3:
		return entity.AtLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Than: 3}}
	case 4:
		return entity.Not{Condition: drawCondition(t, depth-1)}
	}
	return entity.Any{drawCondition(t, depth-1), drawCondition(t, depth-1)}
}

func drawTrigger(t *rapid.T) entity.Trigger {
	held := time.Duration(rapid.SampledFrom([]int{0, 0, 10, 600}).Draw(t, "for")) * time.Second
	switch rapid.IntRange(0, 5).Draw(t, "trigger") {
	case 0:
		return entity.OnState{Entity: "window", To: "open", For: held}
	case 1:
		return entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Than: 3}, Hysteresis: 1, For: held}
	case 2:
		return entity.OnGesture{Button: "bell", Gesture: entity.GesturePress}
	case 3:
		return entity.OnBoard{Board: "shed", For: held}
	case 4:
		return entity.OnStart{}
	}
	return entity.OnWebhook{Name: entity.NewSecret("gate")}
}

// drawRule is any rule: by one time, or by whatever else happens.
func drawRule(t *rapid.T, n int) entity.Rule {
	r := rule(entity.RuleID(fmt.Sprintf("r%d", n)), nil, drawSteps(t, 2)...)
	if rapid.Bool().Draw(t, "by time") {
		r.When = []entity.Trigger{drawTimeTrigger(t)}
	} else {
		r.When = rapid.SliceOfN(rapid.Custom(drawTrigger), 1, 3).Draw(t, "when")
	}
	if rapid.IntRange(0, 2).Draw(t, "if") == 0 {
		r.If = drawCondition(t, 2)
	}
	r.Missed = drawMissed(t)
	r.Mode = rapid.SampledFrom([]entity.RunMode{entity.ModeSingle, entity.ModeQueued, entity.ModeRestart}).Draw(t, "mode")
	r.Cooldown = time.Duration(rapid.SampledFrom([]int{0, 0, 0, 60, 5000}).Draw(t, "cooldown")) * time.Second
	return r
}

func drawEvent(t *rapid.T) rules.Event {
	there := rapid.IntRange(0, 3).Draw(t, "available") > 0
	switch rapid.IntRange(0, 4).Draw(t, "event") {
	case 0:
		state := rapid.SampledFrom([]string{"open", "closed", "unknown", ""}).Draw(t, "state")
		return rules.Event{Entity: "window", Seen: rules.Seen{State: state, Available: there}}
	case 1:
		n := rules.Number{Is: rapid.Float64Range(0, 6).Draw(t, "number"), Known: rapid.Bool().Draw(t, "known")}
		return rules.Event{Entity: "outside", Seen: rules.Seen{State: "on", Available: there, Value: n}}
	case 2:
		return rules.Event{Entity: "bell", Gesture: entity.GesturePress}
	case 3:
		return rules.Event{Board: "shed", Link: rules.Link(rapid.IntRange(0, 2).Draw(t, "link"))}
	}
	return rules.Event{Webhook: entity.NewSecret("gate")}
}

// mortal is a server that may die at each moment that makes a difference.
type mortal struct {
	*server
	rt *rapid.T
}

func (m *mortal) dies(string) bool { return rapid.IntRange(0, 25).Draw(m.rt, "dies") == 13 }

func (m *mortal) answers(rules.Act) (rules.Result, bool) {
	outcome := rapid.SampledFrom([]rules.Outcome{rules.Ran, rules.Ran, rules.Failed, rules.Refused, rules.Running}).Draw(m.rt, "ends")
	return rules.Result{Outcome: outcome, Said: entity.Said{Message: "because"}}, outcome != rules.Running
}

func (m *mortal) turn() {
	t := m.rt
	switch rapid.IntRange(0, 6).Draw(t, "turn") {
	case 0, 1:
		m.pass(minutes(t, "minutes", 100))
	case 2:
		m.pass(minutes(t, "hours", 1000))
	case 3:
		m.happens(rapid.SliceOfN(rapid.Custom(drawEvent), 1, 5).Draw(t, "events")...)
	case 4:
		if len(m.server.open) > 0 {
			n := rapid.IntRange(0, len(m.server.open)-1).Draw(t, "which")
			a := m.server.open[n]
			m.server.open = append(m.server.open[:n:n], m.server.open[n+1:]...)
			m.take(m.ends(a, rules.Result{Outcome: rules.Ran}))
		}
	case 5:
		m.set(m.now.Wall.Add(minutes(t, "set forward", 200)))
	case 6:
		m.load(m.house) // a reload that changes nothing
	}
}

// settled checks what must hold after any history: every record has an end, or
// its run is under way, and every occurrence has a record.
func (m *mortal) settled(start time.Time) {
	open, entries := map[entity.RuleID]int{}, map[entity.RuleID]int{}
	for _, r := range m.records() {
		if r.Ended == 0 {
			open[r.Rule]++
		}
		if r.Trigger.Kind == rules.KindTime {
			entries[r.Rule] += 1 + r.More
		}
	}
	for _, s := range m.engine.Status(m.now) {
		if n := s.Running + s.Queued; n != open[s.Rule.ID] {
			m.rt.Fatalf("%s: %d runs are under way, and %d records have no end", s.Rule.ID, n, open[s.Rule.ID])
		}
		if o, _, ok := occurrences(m.program, m.house, s.Rule.When[0]); ok {
			intended := 0
			for range schedule.Between(o, start, m.now.Wall) {
				intended++
			}
			if intended != entries[s.Rule.ID] {
				m.rt.Fatalf("%s: there were %d occurrences, and the records tell of %d", s.Rule.ID, intended, entries[s.Rule.ID])
			}
		}
	}
}

// A server that dies at any moment, also with its power, never does an act twice
// (server.act looks), and leaves nothing unrecorded.
func TestNoDeathLosesOrDoublesARun(t *testing.T) {
	rounds(t)
	rapid.Check(t, func(t *rapid.T) {
		var list []entity.Rule
		for n := range rapid.IntRange(1, 3).Draw(t, "rules") {
			list = append(list, drawRule(t, n))
		}
		start := drawStart(t, berlin)
		m := &mortal{newServer(t, houseIn(berlin, list...), start), t}
		m.answer, m.server.dies = m.answers, m.dies
		for range rapid.IntRange(1, 20).Draw(t, "turns") {
			for m.engine == nil {
				m.die(rapid.Bool().Draw(t, "power cut"))
				m.restart(minutes(t, "down", 300))
				if m.engine != nil {
					m.happens(rules.Event{Started: true})
				}
			}
			m.turn()
		}
		m.server.dies = nil
		m.restart(minutes(t, "down at last", 30))
		m.settled(start)
	})
}
