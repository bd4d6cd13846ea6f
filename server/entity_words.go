package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/server/client"
)

// glance is how entities are told to people: a state, and what they want to know
// beside it, in the units and the zone of their house. The zero value is metric, and in
// this computer's zone.
type glance struct {
	imperial bool
	zone     *time.Location
}

func glanceOf(h client.House) glance {
	return glance{imperial: h.Units == "imperial", zone: zoneOf(h)}
}

// clock is a moment as the house's clocks show it.
func (g glance) clock(at time.Time, layout string) string {
	if g.zone != nil {
		at = at.In(g.zone)
	}
	return at.Format(layout)
}

// temp is a temperature given in °C.
func (g glance) temp(celsius float64) string {
	if g.imperial {
		return fmt.Sprintf("%.1f °F", celsius*1.8+32)
	}
	return fmt.Sprintf("%.1f °C", celsius)
}

// state is an entity's state.
func (g glance) state(e entity.Record) cell {
	s := e.State + g.beside(e)
	switch {
	case !e.Available:
		return cell{s, dim}
	case slices.Contains([]string{"on", "open", "opening", "closing", "detected", "pressed", "heating", "cooling", "armed_away", "armed_home"}, e.State):
		return cell{s, green}
	case slices.Contains([]string{"obstructed", "sensor_lost", "cut_off", "pending", "triggered"}, e.State):
		return cell{s, red}
	}
	return text(s)
}

// beside is what a state alone does not say.
func (g glance) beside(e entity.Record) string {
	switch e.Kind {
	case entity.KindLight:
		return lightWords(e)
	case entity.KindSensor:
		return g.sensorWords(e)
	case entity.KindHeater, entity.KindCooler:
		return g.heatWords(e)
	}
	return ""
}

func lightWords(e entity.Record) (s string) {
	if e.State != "on" {
		return ""
	}
	if b, ok := attribute[float64](e, "brightness"); ok {
		s += fmt.Sprintf(" %g%%", b)
	}
	if col, ok := attribute[string](e, "color"); ok {
		s += " " + col
	}
	return s
}

// sensorWords completes a reading. Its state is the number as it is in °C.
func (g glance) sensorWords(e entity.Record) string {
	unit, _ := attribute[string](e, "unit")
	if e.State == entity.StateUnknown {
		return ""
	}
	s := ""
	if value, ok := attribute[float64](e, "value"); unit == "°C" && g.imperial && ok {
		s = " °C, " + g.temp(value)
	} else if unit != "" {
		s = " " + unit
	}
	if h, ok := attribute[float64](e, "humidity"); ok {
		s += fmt.Sprintf(", %.0f%% RH", h)
	}
	return s
}

func (g glance) heatWords(e entity.Record) (s string) {
	if temp, ok := attribute[float64](e, "temperature"); ok {
		s = ", " + g.temp(temp)
	}
	if asked, ok := attribute[float64](e, "setpoint"); ok {
		s += " to " + g.temp(asked)
	}
	return s
}

// note is what is not as it should be, or else as people left it.
func (g glance) note(e entity.Record) cell {
	switch {
	case e.Unavailable != nil:
		return cell{string(e.Unavailable.Reason) + ": " + e.Unavailable.Message, red}
	case e.Pending != nil:
		return cell{string(e.Pending.Action) + " pending", yellow}
	case e.Failure != nil:
		return cell{string(e.Failure.Action) + " " + string(e.Failure.Status) + ": " + e.Failure.Message, red}
	}
	switch e.Kind {
	case entity.KindSensor:
		if fault, ok := attribute[string](e, "fault"); ok {
			return cell{underscored(fault), yellow}
		}
	case entity.KindGarageDoor:
		if problem, ok := attribute[string](e, "problem"); ok {
			return cell{underscored(problem), red}
		}
	case entity.KindHeater, entity.KindCooler:
		return g.heatNote(e)
	case entity.KindScene:
		if failed := names(e, "failed"); failed != "" {
			return cell{"not done: " + failed, red}
		}
	case entity.KindAlarm:
		return g.alarmNote(e)
	}
	return text("")
}

func (g glance) heatNote(e entity.Record) cell {
	if warning, ok := attribute[string](e, "warning"); ok {
		return cell{underscored(warning), red}
	}
	mode, _ := attribute[string](e, "mode")
	if mode == "" || mode == entity.ModeAuto {
		preset, _ := attribute[string](e, "preset")
		return text(preset)
	}
	return cell{mode + g.until(e), yellow}
}

func (g glance) alarmNote(e entity.Record) cell {
	var said []string
	if by, ok := attribute[string](e, "triggered_by"); ok {
		said = append(said, "by "+by)
	}
	if left := g.until(e); left != "" {
		said = append(said, strings.TrimSpace(left))
	}
	for _, list := range []string{"open", "unwatched"} {
		if ids := names(e, list); ids != "" {
			said = append(said, list+": "+ids)
		}
	}
	return cell{strings.Join(said, ", "), yellow}
}

// until is when what is so ends, " until 17:00"; "" when it does not.
func (g glance) until(e entity.Record) string {
	ms, ok := attribute[float64](e, "until")
	if !ok {
		return ""
	}
	at := time.UnixMilli(int64(ms))
	if time.Until(at) < time.Hour {
		return " until " + g.clock(at, "15:04:05")
	}
	return " until " + g.clock(at, "Mon 15:04")
}

// names lists the ids of an attribute that is a list of them, or of objects
// with an entity.
func names(e entity.Record, list string) string {
	items, _ := attribute[[]any](e, list)
	var out []string
	for _, item := range items {
		switch item := item.(type) {
		case string:
			out = append(out, item)
		case map[string]any:
			if id, ok := item["entity"].(string); ok {
				out = append(out, id)
			}
		}
	}
	return strings.Join(out, " ")
}

func underscored(s string) string { return strings.ReplaceAll(s, "_", " ") }
