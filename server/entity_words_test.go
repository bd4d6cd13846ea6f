package main

import (
	"encoding/json"
	"strings"
	"testing"

	"hob/internal/entity"
	"hob/server/client"
)

func TestWhatAPersonIsToldOfAnEntity(t *testing.T) {
	for _, c := range []struct {
		kind              entity.Kind
		state, attributes string
		imperial          bool
		says, notes       string
	}{
		{entity.KindLight, "on", `{"brightness":40,"color":"#ff8800"}`, false, "on 40% #ff8800", ""},
		{entity.KindLight, "off", `{"brightness":40}`, false, "off", ""},
		{entity.KindSensor, "21.4", `{"value":21.44,"unit":"°C"}`, false, "21.4 °C", ""},
		{entity.KindSensor, "21.4", `{"value":21.44,"unit":"°C","humidity":45.2}`, true, "21.4 °C, 70.6 °F, 45% RH", ""},
		{entity.KindSensor, "12", `{"value":12,"unit":"L"}`, true, "12 L", ""},
		{entity.KindSensor, "unknown", `{"value":21.44,"unit":"°C","fault":"no_answer"}`, false, "unknown", "no answer"},
		{entity.KindHeater, "heating", `{"temperature":19.55,"setpoint":21,"mode":"auto","preset":"comfort"}`, false, "heating, 19.6 °C to 21.0 °C", "comfort"},
		{entity.KindHeater, "off", `{"temperature":20,"mode":"window"}`, true, "off, 68.0 °F", "window"},
		{entity.KindHeater, "idle", `{"mode":"manual","warning":"no_rise"}`, false, "idle", "no rise"},
		{entity.KindGarageDoor, "obstructed", `{"problem":"did_not_close"}`, false, "obstructed", "did not close"},
		{entity.KindScene, "ready", `{"failed":[{"entity":"pump","code":"offline"},{"entity":"fan"}]}`, false, "ready", "not done: pump fan"},
		{entity.KindAlarm, "triggered", `{"open":["door"],"unwatched":["shed"],"triggered_by":"door"}`, false, "triggered", "by door, open: door, unwatched: shed"},
	} {
		e := entity.Record{Kind: c.kind, State: c.state, Available: true}
		var attributes map[string]any
		if err := json.Unmarshal([]byte(c.attributes), &attributes); err != nil {
			t.Fatal(err)
		}
		e.Attributes = attributes
		g := glance{imperial: c.imperial}
		if says, notes := g.state(e).text, g.note(e).text; says != c.says || notes != c.notes {
			t.Errorf("%s %s: %q and %q, want %q and %q", c.kind, c.attributes, says, notes, c.says, c.notes)
		}
	}
	e := entity.Record{Kind: entity.KindHeater, State: "idle", Available: true, Attributes: map[string]any{"mode": "boost", "until": 4e12}}
	if got := (glance{}).note(e).text; !strings.HasPrefix(got, "boost until ") {
		t.Errorf("%q", got)
	}
	// The clock that people look at is the house's, wherever they ask from.
	g := glanceOf(client.House{Timezone: "Asia/Kolkata", Units: "metric"})
	if got := g.note(e).text; got != "boost until Tue 12:36" {
		t.Errorf("%q", got)
	}
}
