package rules

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// trigger is a compiled entity.Trigger.
type trigger struct {
	spec  entity.Trigger
	kind  TriggerKind
	text  string // for people, and never a secret
	print string // names what its memory is good for
	was   string // print before an entity was renamed; "" when none was

	occurs  schedule.Occurrences // KindTime
	elapsed bool                 // it follows elapsed time
	entity  entity.ID            // KindState, KindLevel, KindButton
	board   entity.BoardName     // KindBoard
	held    time.Duration        // how long it has to be so
}

func (c *compiler) trigger(spec entity.Trigger, enabled bool) (trigger, error) {
	t := trigger{spec: spec, kind: KindTime}
	zone, where := c.ground.zone, fmt.Sprint(c.ground.zone)
	switch s := spec.(type) {
	case entity.AtTimes:
		t.occurs, t.text = s.In(zone), timesText(s.Times)
	case entity.AtCron:
		t.occurs, t.text, t.elapsed = s.In(zone), "cron "+s.Cron.String(), s.FollowsElapsedTime()
	case entity.AtSun:
		t.occurs, t.text = s.On(s.Days, s.Random, c.ground.place, zone), s.Sun.String()+randomText(s.Random)+daysText(s.Days)
		where += fmt.Sprint(c.ground.place)
	case entity.AtEvery:
		t.occurs, t.elapsed = s.From(anchor(zone)), true
		t.text = "every " + schedule.DurationText(time.Duration(s.Every))
	case entity.OnState:
		t.kind, t.entity, t.held = KindState, s.Entity, s.For
		t.text = fmt.Sprintf("%s %s", s.Entity, s.To)
		if s.From != "" {
			t.text = fmt.Sprintf("%s from %s to %s", s.Entity, s.From, s.To)
		}
	case entity.OnLevel:
		t.kind, t.entity, t.held = KindLevel, s.Entity, s.For
		t.text = c.ground.thresholdText(s.Threshold)
		where = number(s.Hysteresis)
	case entity.OnGesture:
		t.kind, t.entity, t.text = KindButton, s.Button, fmt.Sprintf("%s %s", s.Button, s.Gesture)
	case entity.OnBoard:
		t.kind, t.board, t.held = KindBoard, s.Board, s.For
		t.text = fmt.Sprintf("board %s %s", s.Board, linkOf(s.Online))
	case entity.OnWebhook:
		t.kind, t.text = KindWebhook, "webhook"
	case entity.OnStart:
		t.kind, t.text = KindStartup, "startup"
	default:
		return t, fmt.Errorf("a trigger of type %T is not known", spec)
	}
	if t.held > 0 {
		t.text += " for " + schedule.DurationText(t.held)
	}
	// What was so while a rule was switched off is not made up for.
	good := fmt.Sprintf("%s %s %s %t", t.kind, t.text, where, enabled)
	t.print, t.was = fingerprint(good), c.former.print(good)
	return t, nil
}

// anchor is where intervals begin: it is fixed, so that a restart does not move them.
func anchor(zone *time.Location) time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, zone) }

func fingerprint(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s)) // never fails
	return fmt.Sprintf("%016x", h.Sum64())
}

func timesText(t schedule.Times) string {
	var words []string
	for _, clock := range t.Clocks {
		words = append(words, clock.String())
	}
	return strings.Join(words, ", ") + randomText(t.Random) + daysText(t.Days)
}

func randomText(r schedule.Random) string {
	if r.Within <= 0 {
		return ""
	}
	return " ± " + schedule.DurationText(r.Within)
}

func daysText(d schedule.Days) string {
	if d == schedule.EveryDay {
		return ""
	}
	return " on " + d.String()
}

func linkOf(online bool) string {
	if online {
		return "online"
	}
	return "offline"
}
