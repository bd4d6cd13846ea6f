//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
)

// alarmed is a house whose alarm gives so much time to leave and to disarm.
func alarmed(exit, entry string) string {
	return `
home: {name: Alarmed, timezone: UTC}
boards:
  hall: {id: "{hall}", chip: esp32}
  shed: {id: "{shed}", chip: esp32}
switches:
  siren: {pin: hall/16}
  porch: {pin: hall/17}
  lamp: {pin: shed/17}
contacts:
  front: {pin: hall/33, pull: up, class: door}
  window: {pin: shed/33, pull: up, class: window}
people:
  anna: {}
scenes:
  night: {porch: on, lamp: on}
alarm:
  exit_delay: ` + exit + `
  entry_delay: ` + entry + `
  watches: {away: [front, window], home: [window]}
  siren: siren
  code: "4711"
`
}

const (
	sirenPin, contactPin = 16, 33
	shut                 = false // a reed to ground
)

// alarmHouse is one whose doors and windows are closed.
func alarmHouse(t *testing.T, exit, entry string) (*house, *board, *watcher) {
	t.Helper()
	h := builtHouse(t, alarmed(exit, entry), func(h *house) {
		for _, b := range h.boards {
			b.wire(contactPin, shut)
		}
	}, "hall", "shed")
	w := h.watch()
	w.state("front", "closed")
	w.state("window", "closed")
	w.state("alarm", entity.AlarmDisarmed)
	return h, h.boards["hall"], w
}

func TestTheAlarmFromLeavingToTheSirenAndBack(t *testing.T) {
	t.Parallel()
	h, hall, w := alarmHouse(t, "1s", "1s")

	from := len(w.seen)
	h.must("set", "alarm", "arm_away")
	w.state("alarm", entity.AlarmArmedAway)
	since := hall.lastEdge()
	hall.wire(contactPin, !shut)
	hall.settle()
	w.state("alarm", entity.AlarmPending)
	until, _ := w.attribute("alarm", "until").(float64)
	if by := w.attribute("alarm", "triggered_by"); by != "front" || until == 0 {
		t.Errorf("triggered by %v, until %v", by, until)
	}
	hall.wire(contactPin, shut) // whoever closes it behind them is in all the same
	hall.settle()
	w.state("alarm", entity.AlarmTriggered)
	want := []string{entity.AlarmDisarmed, entity.AlarmArming, entity.AlarmArmedAway, entity.AlarmPending, entity.AlarmTriggered}
	if got := w.states(from, "alarm"); !slices.Equal(got, want) && !slices.Equal(got, want[1:]) {
		t.Errorf("it was %v", got)
	}
	if e := hall.awaitEdge(since, sirenPin, true); e.UnixNS/1e6 < int64(until) {
		t.Errorf("it may be disarmed until %.0f, and the siren is on at %d", until, e.UnixNS/1e6)
	}
	w.state("siren", "on")
	if c := w.view.Entities["siren"].Cause; c.Kind != entity.CauseAlarm {
		t.Errorf("the siren's cause is %+v", c)
	}

	h.must("set", "alarm", "disarm", "--code", "4711")
	w.state("alarm", entity.AlarmDisarmed)
	hall.awaitLevel(sirenPin, "low")
	w.state("siren", "off")
}

func TestWrongCodesLockTheAlarm(t *testing.T) {
	t.Parallel()
	h, hall, w := alarmHouse(t, "0s", "0s")

	h.must("set", "alarm", "arm_home")
	w.state("alarm", entity.AlarmArmedHome)
	since := hall.lastEdge()
	hall.wire(contactPin, !shut) // not watched while people are in
	hall.settle()
	w.state("front", "open")
	hall.quiet(since)
	h.boards["shed"].wire(contactPin, !shut)
	h.boards["shed"].settle()
	w.state("alarm", entity.AlarmTriggered)
	hall.awaitLevel(sirenPin, "high")

	for i := range 5 {
		h.wants(t, 4, "set", "alarm", "disarm", "--code", fmt.Sprintf("000%d", i))
	}
	locked := func() {
		t.Helper()
		w.until("it is locked", func() bool { return w.attribute("alarm", "locked_until") != nil })
		h.wants(t, 4, "set", "alarm", "disarm", "--code", "4711")
		w.state("alarm", entity.AlarmTriggered)
		if got := hall.level(sirenPin); got != "high" {
			t.Errorf("the siren is %s", got)
		}
	}
	locked()
	until := w.attribute("alarm", "locked_until")
	h.server.kill() // which is no way round it
	h.serve()
	h.awaitStatus("hall", entity.BoardOnline)
	w = h.watch()
	locked()
	if now := w.attribute("alarm", "locked_until"); now != until {
		t.Errorf("it is locked until %v, was %v", now, until)
	}
}

func TestAnEntryDelayRunsOutWhileTheServerIsDead(t *testing.T) {
	t.Parallel()
	h, hall, w := alarmHouse(t, "0s", "2s")
	h.must("set", "alarm", "arm_away")
	w.state("alarm", entity.AlarmArmedAway)
	since := hall.lastEdge()
	hall.wire(contactPin, !shut)
	hall.settle()
	w.state("alarm", entity.AlarmPending)
	until := time.UnixMilli(int64(w.attribute("alarm", "until").(float64)))
	h.server.kill()
	if time.Now().After(until) {
		t.Skip("this computer is too busy: the delay ran out before the server was dead")
	}
	hall.quiet(since)
	<-time.After(time.Until(until)) // it is the time of the wall that counts
	h.serve()
	w = h.watch()
	w.until("it is triggered", func() bool { return w.view.Entities["alarm"].State == entity.AlarmTriggered })
	if by := w.attribute("alarm", "triggered_by"); by != "front" {
		t.Errorf("triggered by %v", by)
	}
	hall.awaitEdge(since, sirenPin, true)
	w.state("siren", "on")
	h.must("set", "alarm", "disarm", "--code", "4711")
	hall.awaitLevel(sirenPin, "low")
}

func TestPeopleAndScenes(t *testing.T) {
	t.Parallel()
	h, hall, w := alarmHouse(t, "0s", "0s")
	shed := h.boards["shed"]

	t.Run("a person outlives the server", func(t *testing.T) {
		w.state("anna", entity.StateUnknown)
		h.must("set", "anna", "home")
		w.state("anna", "home")
		h.must("set", "anna", "away")
		w.state("anna", "away")
		h.server.kill()
		h.serve()
		h.awaitStatus("hall", entity.BoardOnline)
		h.awaitStatus("shed", entity.BoardOnline)
		w = h.watch()
		w.state("anna", "away")
	})
	t.Run("a scene brings about all of it", func(t *testing.T) {
		h.must("set", "night", "activate")
		if hall.level(17) != "high" || shed.level(17) != "high" {
			t.Errorf("the pins are %s and %s", hall.level(17), shed.level(17))
		}
	})
	t.Run("what a scene could not do is listed", func(t *testing.T) {
		h.must("set", "porch", "off")
		shed.ask(map[string]any{"cmd": "power_cut", "sockets": "reset"})
		w.until("the shed is gone", func() bool { return !w.view.Entities["lamp"].Available })
		w.command("night", "night", entity.VerbActivate)
		if r := w.result("night"); r.Status != entity.StatusFailed || r.Code != entity.CodePartial {
			t.Errorf("result: %+v", r)
		}
		if got := hall.level(17); got != "high" {
			t.Errorf("what is there was left out: %s", got)
		}
		h.wants(t, 1, "set", "night", "activate")
		list := decode[[]struct {
			Attributes struct {
				Failed []struct{ Entity, Code string }
			}
		}](t, h.must("get", "night", "--json"))
		if f := list[0].Attributes.Failed; len(f) != 1 || f[0].Entity != "lamp" || f[0].Code != string(entity.CodeOffline) {
			b, _ := json.Marshal(list)
			t.Errorf("failed: %s", b)
		}
	})
}
