//go:build e2e

package e2e

import (
	"testing"
	"time"

	"hob/internal/entity"
)

const bound = `
home: {name: Bound, timezone: UTC}
boards:
  hall: {id: "{hall}", chip: esp32}
  shed: {id: "{shed}", chip: esp32c3}
switches:
  porch: {pin: hall/16}
lights:
  lamp: {pwm: shed/4}
buttons:
  near: {pin: hall/32, pull: up, press: toggle porch}
  far: {pin: hall/33, pull: up, press: toggle lamp, hold: lamp 20%, double: porch off}
`

// gesture does something with a button until that was the gesture and has worked. On
// a computer that stands still for some tenths of a second a press becomes a hold, and
// two are no double press; what is two seconds old when the server hears of it does
// nothing any more.
func (h *house) gesture(button entity.ID, want string, do func(), worked func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		do()
		for again := time.Now().Add(5 * time.Second); time.Now().Before(again); time.Sleep(20 * time.Millisecond) {
			if h.attribute(button, "event") == want && worked() {
				return
			}
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("a %s of %s never works", want, button)
		}
	}
}

func (h *house) entity(id entity.ID) entity.Record {
	h.t.Helper()
	e, err := h.client().Entity(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

// attribute is one of an entity's as it is now; nil when it is not there.
func (h *house) attribute(id entity.ID, name string) any {
	h.t.Helper()
	return h.entity(id).Attributes.(map[string]any)[name]
}

func TestAButtonWorksItsOwnBoardWithoutAServerAndOthersThroughIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bound, "hall", "shed")
	hall, shed, w := h.boards["hall"], h.boards["shed"], h.watch()

	t.Run("another board's light", func(t *testing.T) {
		h.gesture("far", "press", func() {
			h.must("set", "lamp", "off")
			hall.press(33)
			hall.advance(400) // no second press has come
		}, func() bool { return shed.level(4) == "65535" })
		w.state("lamp", "on")
		if c := w.view.Entities["lamp"].Cause; c != (entity.Cause{Kind: entity.CauseButton, By: "far"}) {
			t.Errorf("the cause is %+v", c)
		}
	})
	t.Run("a hold sets it", func(t *testing.T) {
		h.gesture("far", "hold", func() {
			hall.ask(map[string]any{"cmd": "hold", "pin": 33})
			hall.settle()
			hall.advance(600)
			hall.ask(map[string]any{"cmd": "release", "pin": 33})
			hall.settle()
		}, func() bool { return h.attribute("lamp", "brightness") == 20.0 })
	})
	t.Run("a double press works the own board", func(t *testing.T) {
		var since uint64
		h.gesture("far", "double", func() {
			h.must("set", "porch", "on")
			h.must("set", "lamp", "on") // which a press that was no double one has switched off
			since = shed.lastEdge()
			hall.press(33)
			hall.press(33)
		}, func() bool { return hall.level(16) == "low" })
		w.state("porch", "off")
		if e := w.view.Entities["far"].Attributes.(map[string]any)["event"]; e != "double" {
			w.until("the gesture", func() bool {
				return w.view.Entities["far"].Attributes.(map[string]any)["event"] == "double"
			})
		}
		h.must("set", "porch", "off")
		shed.quiet(since)
	})
	t.Run("a press on the dashboard is a press", func(t *testing.T) {
		h.must("set", "near", "press")
		w.state("porch", "on")
		h.must("set", "far", "press")
		w.state("lamp", "off")
	})
	t.Run("with the server dead only the own board's work", func(t *testing.T) {
		h.server.kill()
		since := shed.lastEdge()
		hall.press(32)
		if got := hall.level(16); got != "low" {
			t.Errorf("the porch's pin is %s", got)
		}
		hall.press(33)
		hall.advance(400)
		h.serve()
		h.ready()
		// What was pressed meanwhile is not made up for.
		h.must("set", "porch", "off")
		shed.quiet(since)
	})
	t.Run("with the own board's link down too", func(t *testing.T) {
		hall.do("block")
		hall.press(32)
		if got := hall.level(16); got != "high" {
			t.Errorf("the porch's pin is %s", got)
		}
		hall.do("unblock")
		h.watch().state("porch", "on")
	})
}
