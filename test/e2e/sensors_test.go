//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"hob/internal/entity"
)

const measured = `
home: {name: Measured, timezone: UTC}
boards:
  esp: {id: "{esp}", chip: esp32}
sensors:
  temp: {type: ds18b20, pin: esp/4, every: 1s, offset: -0.5°C}
  shed: {type: dht22, pin: esp/14, every: 2s}
  water: {type: pulse, pin: esp/27, every: 1s, per_unit: 10, unit: L}
`

func measuredHouse(t *testing.T) (*house, *board) {
	t.Helper()
	h := builtHouse(t, measured, func(h *house) {
		esp := h.boards["esp"]
		esp.order("weather", args{"humidity": 60})
		esp.order("sensor", args{"pin": 4, "value": 21.5, "noise": 0})
		esp.order("sensor", args{"pin": 14, "value": 8.25, "noise": 0})
		esp.order("sensor", args{"pin": 27, "value": 1000, "noise": 0})
	}, "esp")
	return h, h.boards["esp"]
}

// reading is what REST says of a sensor.
type reading struct {
	State      string
	Attributes struct {
		Value    *float64
		Humidity *float64
		Unit     string
		Fault    string
	}
}

func (h *house) reading(id string) (r reading) {
	h.t.Helper()
	c := http.Client{Transport: &http.Transport{DialContext: toSocket(h.state), DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Get("http://localhost/api/entities/" + id)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil || resp.StatusCode != http.StatusOK {
		h.t.Fatal(resp.Status, err)
	}
	return r
}

func TestSensorsSayWhatTheyMeasure(t *testing.T) {
	t.Parallel()
	h, esp := measuredHouse(t)
	w := h.watch()

	w.state("temp", "21")
	if r := h.reading("temp"); r.State != "21" || *r.Attributes.Value != 21 || r.Attributes.Unit != "°C" || r.Attributes.Humidity != nil {
		t.Errorf("it is %+v", r)
	}
	if said := h.must("get", "temp"); !strings.Contains(said, "21") || !strings.Contains(said, "°C") {
		t.Errorf("get says %q", said)
	}
	w.has("shed", "humidity", 60.0)
	if v := w.attribute("shed", "value"); v != 8.3 && v != 8.2 {
		t.Errorf("it is %v", v)
	}
	h.wants(t, 2, "set", "temp", "on")

	esp.order("sensor", args{"pin": 4, "value": -12.75})
	w.state("temp", "-13.3")

	// A fault is told at once, with the value of before; that it is too old, when it is.
	esp.order("sensor", args{"pin": 4, "fault": "vanished"})
	w.has("temp", "fault", "no_answer")
	if e := w.view.Entities["temp"]; e.State != "-13.3" {
		t.Errorf("it is %+v", e)
	}
	esp.advance(6 * minute)
	// A server that was there goes by its own clock, for which no minute has passed.
	h.server.kill()
	h.serve()
	h.awaitStatus("esp", entity.BoardOnline)
	w = h.watch()
	w.until("it is too old", func() bool { return w.view.Entities["temp"].State == entity.StateUnknown })
	if v := w.attribute("temp", "value"); v != -13.25 {
		t.Errorf("the newest good value is %v", v)
	}
	esp.order("sensor", args{"pin": 4, "fault": ""})
	w.state("temp", "-13.3")
	if f := w.attribute("temp", "fault"); f != nil {
		t.Errorf("the fault is %v", f)
	}
}

func TestAMetersTotalGoesOnOverRestarts(t *testing.T) {
	t.Parallel()
	h, esp := measuredHouse(t)
	w := h.watch()
	total := func() float64 { t.Helper(); return w.attribute("water", "value").(float64) }
	counts := func(to, want float64) {
		t.Helper()
		esp.order("sensor", args{"pin": 27, "value": to})
		w.has("water", "value", want)
	}
	w.until("a first total", func() bool { return w.attribute("water", "value") != nil })
	begin := total() // what a meter stood at when it was first seen is not what was used
	counts(1025, begin+2.5)

	// A counter begins at nothing when its board boots.
	esp.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
	w.until("the board is gone", func() bool { return !w.view.Entities["water"].Available })
	esp.order("sensor", args{"pin": 27, "value": 0})
	esp.do("power_on")
	w.has("water", "value", begin+2.5)
	counts(15, begin+4)

	h.server.kill()
	h.serve()
	h.awaitStatus("esp", entity.BoardOnline)
	w = h.watch()
	w.has("water", "value", begin+4)
	counts(20, begin+4.5)

	// Both at once; one that is killed may lose the pulses of its last second.
	h.server.stop()
	esp.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
	esp.order("sensor", args{"pin": 27, "value": 0})
	esp.do("power_on")
	h.serve()
	h.awaitStatus("esp", entity.BoardOnline)
	w = h.watch()
	w.has("water", "value", begin+4.5)
	counts(10, begin+5.5)
}
