package main

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
)

const (
	figRules = "CPU µs an event, 1,000 rules"

	ruleCount   = 1000
	rulesEach   = ruleCount / 5 // by a time, by an interval, by a number, by a contact for a while, by a contact
	ruleSensors = 100           // and as many contacts
	// Of so many events one is a contact's, the others are measurements: each contact
	// opens 25 times a minute then, and its rules run as often as they may.
	eventsAContact = 120
)

// rules measures the engine of the rules alone, in this process: 1,000 rules, told
// of 10,000 events a second, one after the other as its driver does, with the memory
// that it stores encoded. One core can do so many if an event takes 100 µs at most.
func (b *bench) rules() error {
	for range b.rounds {
		perEvent, err := b.rulesOnce()
		if err != nil {
			return err
		}
		b.results.add(figRules, nameHob, perEvent)
	}
	return nil
}

func (b *bench) rulesOnce() (float64, error) {
	count := b.scale(1_200_000, 60_000) // two minutes; six seconds
	now := rules.Now{Wall: time.Date(2026, time.June, 22, 12, 0, 0, 0, time.UTC)}
	program, err := rules.Compile(ruleHouse())
	if err != nil {
		return 0, err
	}
	e, _, err := rules.New(program, nil, now)
	if err != nil {
		return 0, err
	}
	runtime.GC()
	begun, acts := ownCPU(), 0
	for n := range count {
		now.Up += 100 * time.Microsecond
		now.Wall = now.Wall.Add(100 * time.Microsecond)
		if wait, ok := e.Next(now); ok && wait == 0 {
			acts += endActs(e, e.Wake(now), now)
		}
		acts += endActs(e, e.Happened([]rules.Event{ruleEvent(n)}, now), now)
	}
	took := ownCPU() - begun
	if acts == 0 {
		return 0, errors.New("no rule has run")
	}
	return float64(took.Nanoseconds()) / 1e3 / float64(count), nil
}

// endActs lets all that rules ask for work out at once, and counts it.
func endActs(e *rules.Engine, out rules.Output, now rules.Now) int {
	count := 0
	for _, a := range out.Acts {
		count++
		if a.Notify == nil {
			count += endActs(e, e.Ended(a.Run, a.Step, rules.Result{Outcome: rules.Ran}, now), now)
		}
	}
	return count
}

// ownCPU is the processor time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ruleEvent(n int) rules.Event {
	if n%eventsAContact == 0 {
		turn := n / eventsAContact
		state := [...]string{"closed", "open"}[turn/ruleSensors%2]
		return rules.Event{Entity: ruleContact(turn), Seen: rules.Seen{State: state, Available: true}}
	}
	value := rules.Number{Is: 15 + float64(n%7), Known: true}
	return rules.Event{Entity: ruleSensor(n), Seen: rules.Seen{State: "on", Available: true, Value: value}}
}

func ruleContact(n int) entity.ID { return entity.ID(fmt.Sprintf("contact%d", n%ruleSensors)) }
func ruleSensor(n int) entity.ID  { return entity.ID(fmt.Sprintf("sensor%d", n%ruleSensors)) }

func ruleHouse() *entity.House {
	h := &entity.House{Timezone: "Europe/Berlin", Entities: []entity.Entity{
		{ID: "porch", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}}}}
	for n := range ruleSensors {
		h.Entities = append(h.Entities,
			entity.Entity{ID: ruleContact(n), Spec: &entity.Contact{Input: entity.Input{Board: "hall", Pin: n}}},
			entity.Entity{ID: ruleSensor(n), Spec: &entity.Sensor{Board: "hall", Pin: n}})
	}
	for n := range ruleCount {
		h.Rules = append(h.Rules, entity.Rule{
			ID: entity.RuleID(fmt.Sprintf("rule%d", n)), Enabled: true, Mode: entity.ModeSingle,
			When:   []entity.Trigger{ruleTrigger(n)},
			If:     entity.OnDays{Days: schedule.EveryDay},
			Do:     []entity.Step{entity.Do{Task: entity.Task{Target: "porch", Action: entity.Action{Verb: entity.VerbOn}}}},
			Missed: entity.Missed{Policy: entity.MissedSkip},
		})
	}
	return h
}

func ruleTrigger(n int) entity.Trigger {
	switch n / rulesEach {
	case 0:
		return entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{schedule.Clock(n * 60)}, Days: schedule.EveryDay}}
	case 1:
		return entity.AtEvery{Every: schedule.Every(time.Hour + time.Duration(n)*time.Second)}
	case 2:
		return entity.OnLevel{Threshold: entity.Threshold{Entity: ruleSensor(n), Of: entity.QuantityValue, Than: 25}, Hysteresis: 1}
	case 3:
		return entity.OnState{Entity: ruleContact(n), To: "open", For: time.Minute}
	}
	return entity.OnState{Entity: ruleContact(n), To: "open"}
}
