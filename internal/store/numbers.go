package store

import (
	"encoding/json"

	"hob/internal/entity"
)

// number is one value of an entity that is worth a curve.
type number struct {
	what  string
	value float64
}

// numbersOf are the numbers of an entity as people see it; one that is not known
// is left out. docs/api.md, "History", lists them by kind.
func numbersOf(kind entity.Kind, state string, attributes json.RawMessage) []number {
	if state == entity.StateUnknown {
		return nil
	}
	switch kind {
	case entity.KindSwitch:
		return []number{{"on", truth(state == "on")}}
	case entity.KindContact:
		return []number{{"open", truth(state == "open" || state == "detected")}}
	case entity.KindGarageDoor:
		return []number{{"open", truth(state != "closed")}}
	case entity.KindLight:
		return brightness(state, attributes)
	case entity.KindSensor:
		return members(attributes, "value", "humidity")
	case entity.KindHeater, entity.KindCooler:
		on := number{"on", truth(state == "heating" || state == "cooling")}
		return append(members(attributes, "temperature", "target"), on)
	}
	return nil
}

// brightness is 0 while a light is off: its attribute is what it goes back to.
func brightness(state string, attributes json.RawMessage) []number {
	if state == "off" {
		return []number{{"brightness", 0}}
	}
	if n := members(attributes, "brightness"); len(n) > 0 {
		return n
	}
	return []number{{"brightness", 100}}
}

// members are those of an object's members that are there and are numbers.
func members(object json.RawMessage, names ...string) []number {
	var all map[string]any
	if json.Unmarshal(object, &all) != nil {
		return nil
	}
	out := make([]number, 0, len(names)+1)
	for _, name := range names {
		if v, ok := all[name].(float64); ok {
			out = append(out, number{name, v})
		}
	}
	return out
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// told is the part of an entity whose change is a line of the log: what was
// measured, and what follows from the clock alone, only makes a curve.
func told(kind entity.Kind, state string, attributes json.RawMessage) string {
	var measured []string
	switch kind {
	case entity.KindSensor:
		measured = []string{"value", "humidity", "sampled"}
		if state != entity.StateUnknown {
			state = "known"
		}
	case entity.KindHeater, entity.KindCooler:
		measured = []string{"temperature", "next"}
	default:
		return state + string(attributes)
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(attributes, &all) != nil {
		return state
	}
	for _, m := range measured {
		delete(all, m)
	}
	rest, err := json.Marshal(all) // in the order of the names
	if err != nil {
		return state
	}
	return state + string(rest)
}

// figure is the number that a line of the log bears: how bright, how warm.
func figure(kind entity.Kind, numbers []number) *float64 {
	what := map[entity.Kind]string{entity.KindLight: "brightness", entity.KindSensor: "value",
		entity.KindHeater: "target", entity.KindCooler: "target"}[kind]
	for _, n := range numbers {
		if n.what == what {
			return &n.value
		}
	}
	return nil
}
