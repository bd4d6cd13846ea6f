package config

import (
	"fmt"
	"slices"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
)

// given reads how an entity is when a simulation begins, or what becomes of it in
// the middle of a test: "porch: on", "front_door: open", "outside: 2°C",
// "hall_button: press". It reports what is wrong and says whether nothing is.
func (c *ruleCheck) given(e entry, later bool) (entity.Given, bool) {
	it, ok := c.byID[entity.ID(e.name)]
	if !ok {
		words := givenWords()
		if later {
			words = happeningWords()
		}
		c.unknownSubject(e, words)
		return entity.Given{}, false
	}
	c.mention(it.id, resolve(e.key), part{})
	raw, ok := e.text("a state such as on")
	if !ok {
		return entity.Given{}, false
	}
	g := entity.Given{Entity: it.id}
	switch it.kind() {
	case entity.KindButton:
		return c.givenGesture(it, e.value, raw, later)
	case entity.KindSensor:
		return c.givenMeasured(it, e.value, raw)
	case entity.KindContact:
		g.State, ok = c.state(it, e.value, raw)
		return g, ok
	case entity.KindGarageDoor:
		return c.givenState(it, e.value, raw, []string{entity.DoorClosed, entity.DoorOpen, entity.DoorStopped})
	case entity.KindAlarm:
		if !later {
			return c.givenState(it, e.value, raw, []string{entity.AlarmDisarmed, entity.AlarmArmedAway, entity.AlarmArmedHome})
		}
	case entity.KindScene:
		if !later {
			e.value.problem(problem{code: diag.BadTest, message: "a scene is nothing that a house can be in", suggestion: "write how its entities are"})
			return g, false
		}
	}
	a, p := it.become(split(raw), it.words())
	if p != nil {
		e.value.problem(*p)
		return g, false
	}
	g.Action = &a
	return g, true
}

// givenState reads one of few states.
func (c *ruleCheck) givenState(it item, v value, raw string, of []string) (entity.Given, bool) {
	if slices.Contains(of, raw) {
		return entity.Given{Entity: it.id, State: raw}, true
	}
	p := problem{code: diag.BadTest, message: fmt.Sprintf("%s can be %s here, not %s", describeItem(it), oneOf(of), quote(raw)), suggestion: "write " + oneOf(of)}
	if near := c.r.nearest(raw, of); near != "" {
		p.suggestion = "did you mean " + near + "?"
	}
	v.problem(p)
	return entity.Given{}, false
}

func (c *ruleCheck) givenGesture(it item, v value, raw string, later bool) (entity.Given, bool) {
	gestures := []string{string(entity.GesturePress), string(entity.GestureDouble), string(entity.GestureHold)}
	switch {
	case !later:
		v.problem(problem{code: diag.BadTest, message: fmt.Sprintf("%s is used at a moment, and is not in a state before", describeItem(it)), suggestion: "put it under when"})
		return entity.Given{}, false
	case !slices.Contains(gestures, raw):
		v.problem(problem{code: diag.BadState, message: "a button has no gesture " + quote(raw), suggestion: "write " + oneOf(gestures)})
		return entity.Given{}, false
	}
	return entity.Given{Entity: it.id, Gesture: entity.Gesture(raw)}, true
}

// givenMeasured reads "2°C", "humidity 65%", or both: "21°C humidity 65%".
func (c *ruleCheck) givenMeasured(it item, v value, raw string) (entity.Given, bool) {
	g := entity.Given{Entity: it.id}
	words := split(raw)
	if n := len(words); n >= 2 && words[n-2].text == string(entity.QuantityHumidity) {
		y, ok := it.body.(*sensorYAML)
		if !ok || !(&entity.Sensor{Type: y.sort()}).MeasuresHumidity() {
			v.problem(problem{code: diag.BadState, message: describeItem(it) + " measures no humidity", part: words[n-2].part, suggestion: "sensors of the types dht22 and sht3x do"})
			return entity.Given{}, false
		}
		percent, p := c.quantity(it, entity.QuantityHumidity, words[n-1].text)
		if p != nil {
			p.message, p.part = strings.Replace(p.message, "the threshold", "the humidity", 1), words[n-1].part
			v.problem(*p)
			return entity.Given{}, false
		}
		g.Humidity = entity.Some(percent)
		words = words[:n-2]
	}
	if len(words) == 0 {
		return g, g.Humidity.Given
	}
	if len(words) > 1 {
		v.problem(problem{code: diag.BadTest, message: quote(words[1].text) + " is too much after a value", part: words[1].part, suggestion: "write such as " + words[0].text})
		return entity.Given{}, false
	}
	n, p := c.quantity(it, entity.QuantityValue, words[0].text)
	if p != nil {
		p.message, p.part = strings.Replace(p.message, "the threshold", "the value", 1), words[0].part
		v.problem(*p)
		return entity.Given{}, false
	}
	g.Number = entity.Some(n)
	return g, true
}
