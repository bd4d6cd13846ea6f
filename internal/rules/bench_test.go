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
		r := rule(entity.RuleID(fmt.Sprintf("rule%d", i)), when, do("porch", entity.VerbOn), entity.Delay{For: 10 * time.Second}, do("porch", entity.VerbOff))
		r.If = entity.All{entity.InState{Entity: "anna", State: "home"}, entity.InWindow{Window: windowOf("06:00..23:00")}}
		house.Rules = append(house.Rules, r)
	}
	return house
}

// BenchmarkEvents tells an engine of one event at a time, as its driver does, with
// time passing between them: events a second, of which the rules of one in so many
// fire.
func BenchmarkEvents(b *testing.B) {
	const count = 1000
	for name, fires := range map[string]int{"one in 100 fires": 100, "each fires": 1} {
		b.Run(fmt.Sprintf("%d rules, %s", count, name), func(b *testing.B) {
			e, events, now := busyHouse(b, count, fires)
			b.ReportAllocs()
			acts := 0
			b.ResetTimer()
			for n := range b.N {
				now.Up += 100 * time.Microsecond
				now.Wall = now.Wall.Add(100 * time.Microsecond)
				if wait, ok := e.Next(now); ok && wait == 0 {
					acts += end(e, e.Wake(now), now)
				}
				acts += end(e, e.Happened(events[n%len(events)], now), now)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(acts)/float64(b.N), "acts/event")
		})
	}
}

// busyHouse is an engine and a round of events, each a slice of one.
func busyHouse(tb testing.TB, count, fires int) (*rules.Engine, [][]rules.Event, rules.Now) {
	now := rules.Now{Wall: local(berlin, "2026-06-22 12:00:00")}
	e, _, err := rules.New(compile(tb, manyRules(count)), nil, now)
	if err != nil {
		tb.Fatal(err)
	}
	e.Happened([]rules.Event{{Entity: "anna", Seen: rules.Seen{State: "home", Available: true}}}, now)
	var events [][]rules.Event
	for n := range count / 10 * fires * 2 {
		id, state, value := entity.ID(fmt.Sprintf("sensor%d", n%(count/10))), "on", 15+float64(n%3)
		if n%fires == 0 {
			id, state = entity.ID(fmt.Sprintf("contact%d", n/fires%(count/10))), [...]string{"closed", "open"}[n/fires/(count/10)]
		}
		events = append(events, []rules.Event{{Entity: id, Seen: rules.Seen{State: state, Available: true, Value: rules.Number{Is: value, Known: true}}}})
	}
	return e, events, now
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
