//go:build e2e

package e2e

import (
	"testing"

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

func TestAButtonWorksItsOwnBoardWithoutAServerAndOthersThroughIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bound, "hall", "shed")
	hall, shed, w := h.boards["hall"], h.boards["shed"], h.watch()

	t.Run("another board's light", func(t *testing.T) {
		hall.press(33)
		hall.advance(400) // no second press has come
		w.state("lamp", "on")
		if c := w.view.Entities["lamp"].Cause; c != (entity.Cause{Kind: entity.CauseButton, By: "far"}) {
			t.Errorf("the cause is %+v", c)
		}
		if got := shed.level(4); got != "65535" {
			t.Errorf("its pin is %s", got)
		}
	})
	t.Run("a hold sets it", func(t *testing.T) {
		hall.ask(map[string]any{"cmd": "hold", "pin": 33})
		hall.settle()
		hall.advance(600)
		hall.ask(map[string]any{"cmd": "release", "pin": 33})
		hall.settle()
		w.until("the lamp is at 20%", func() bool {
			return w.view.Entities["lamp"].Attributes.(map[string]any)["brightness"] == 20.0
		})
	})
	t.Run("a double press works the own board", func(t *testing.T) {
		h.must("set", "porch", "on")
		since := shed.lastEdge()
		hall.press(33)
		hall.press(33)
		if got := hall.level(16); got != "low" {
			t.Errorf("the porch's pin is %s", got)
		}
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
