package rules_test

import (
	"fmt"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// manyRules is a house of so many rules: a fifth each by a time of day, by an
// interval, by a contact, by a threshold, and by a contact for a while. Each of the
// sensors and contacts has one rule in ten.
func manyRules(n int) *entity.House {
	house := houseIn(berlin)
	for i := range max(n/10, 1) {
		house.Entities = append(house.Entities,
			entity.Entity{ID: entity.ID(fmt.Sprintf("contact%d", i)), Spec: &entity.Contact{Input: entity.Input{Board: "shed", Pin: i}}},
			entity.Entity{ID: entity.ID(fmt.Sprintf("sensor%d", i)), Spec: &entity.Sensor{Board: "shed", Pin: i}})
	}
	for i := range n {
		at := i % max(n/10, 1)
		contact, sensor := entity.ID(fmt.Sprintf("contact%d", at)), entity.ID(fmt.Sprintf("sensor%d", at))
		when := [...]entity.Trigger{
			atClock(fmt.Sprintf("%02d:%02d", i/60%24, i%60)),
			every(time.Hour + time.Duration(i)*time.Second),
			entity.OnState{Entity: contact, To: "open"},
			entity.OnLevel{Threshold: entity.Threshold{Entity: sensor, Of: entity.QuantityValue, Than: 20}, Hysteresis: 1},
			entity.OnState{Entity: contact, To: "open", For: time.Minute},
		}[i/max(n/10, 1)%5]
		r := rule(entity.RuleID(fmt.Sprintf("rule%d", i)), when, do("porch", entity.VerbOn))
		r.If = entity.All{entity.InState{Entity: "anna", State: "home"}, entity.InWindow{Window: windowOf("06:00..23:00")}}
		house.Rules = append(house.Rules, r)
	}
	return house
}

// BenchmarkEvents tells an engine of one event at a time, as its driver does. Where
// each event is a contact that opens or closes, time passes fast enough for its
// rules to run without being paused.
func BenchmarkEvents(b *testing.B) {
	const count = 1000
	for name, c := range map[string]struct {
		event func(n int) rules.Event
		step  time.Duration
	}{
		"measurements": {measurement, 100 * time.Microsecond},
		"contacts":     {opening, 12 * time.Millisecond},
	} {
		b.Run(fmt.Sprintf("%d rules, %s", count, name), func(b *testing.B) {
			now := rules.Now{Wall: local(berlin, "2026-06-22 12:00:00")}
			e, _, err := rules.New(compile(b, manyRules(count)), nil, now)
			if err != nil {
				b.Fatal(err)
			}
			e.Happened([]rules.Event{{Entity: "anna", Seen: rules.Seen{State: "home", Available: true}}}, now)
			b.ReportAllocs()
			acts := 0
			b.ResetTimer()
			for n := range b.N {
				now.Up += c.step
				now.Wall = now.Wall.Add(c.step)
				if wait, ok := e.Next(now); ok && wait == 0 {
					acts += end(e, e.Wake(now), now)
				}
				acts += end(e, e.Happened([]rules.Event{c.event(n)}, now), now)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(acts)/float64(b.N), "acts/event")
		})
	}
}

func measurement(n int) rules.Event {
	value := rules.Number{Is: 15 + float64(n%3), Known: true}
	return rules.Event{Entity: entity.ID(fmt.Sprintf("sensor%d", n%100)), Seen: rules.Seen{State: "on", Available: true, Value: value}}
}

func opening(n int) rules.Event {
	state := [...]string{"closed", "open"}[n/100%2]
	return rules.Event{Entity: entity.ID(fmt.Sprintf("contact%d", n%100)), Seen: rules.Seen{State: state, Available: true}}
}

// end lets all acts of an output work out, and counts them.
func end(e *rules.Engine, out rules.Output, now rules.Now) int {
	acts := 0
	for _, a := range out.Acts {
		acts++
		if a.Notify == nil {
			acts += end(e, e.Ended(a.Run, a.Step, rules.Result{Outcome: rules.Ran}, now), now)
		}
	}
	return acts
}

// BenchmarkSleep is what an engine of many rules does in a day without events.
func BenchmarkSleep(b *testing.B) {
	for b.Loop() {
		s := newServer(b, manyRules(1000), local(berlin, "2026-06-22 12:00:00"))
		s.pass(24 * time.Hour)
	}
}
