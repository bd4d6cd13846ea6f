package simulate_test

import (
	"fmt"
	"strings"
	"testing"

	"hob/internal/simulate"
)

// failures is what the tests of a text find, a line each.
func failures(t *testing.T, text string) []string {
	t.Helper()
	h := aHouse(t, text)
	var out []string
	for i := range h.Tests {
		tried, err := simulate.Try(t.Context(), h, &h.Tests[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range tried.Failures {
			out = append(out, fmt.Sprintf("%s %s: %s: %s", tried.Test.Name, f.At.Format("15:04:05"), f.Expected, f.Got))
		}
	}
	return out
}

const someRules = `
rules:
  dusk: {when: {sun: sunset-20m}, if: {alarm: disarmed}, do: [porch on, stairs 40%]}
  shut: {when: {left: open, for: 10m}, do: [close left, 'notify all "The garage was open"']}
  frost: {when: {outside: below 3°C}, do: [pump on]}
  ring: {when: {bell: double}, do: [stairs on, delay 2m, stairs off]}
  lost: {when: {board: shed, is: offline, for: 5m}, do: ['notify anna "The shed is away"']}
  hook: {when: {webhook: abcdef}, do: [fan on]}
  boot: {when: {startup: true}, do: [fan on]}
`

func TestWhatIsAsExpectedPasses(t *testing.T) {
	same(t, failures(t, someRules+allWell))
}

const allWell = `
tests:
  dusk lights:
    given: {time: "2026-11-25 15:00", alarm: disarmed}
    when: {at: sunset-20m}
    then: [{porch: on, stairs: 40%}, {done: [porch on, stairs 40%]}, {rule: dusk}]
  not while we are away:
    given: {time: "2026-11-25 15:00", alarm: armed_away}
    when: {at: sunset}
    then: [{porch: off}, {not_done: porch on}, {rule: dusk, outcome: skipped, reason: alarm is armed_away}]
  before dusk:
    given: {time: "2026-11-25 15:00"}
    then: [{at: sunset-21m, porch: off}, {at: sunset-19m, porch: on}]
  the garage:
    given: {time: "2026-11-25 15:00", left: open}
    when: [{after: 1m, left: closed}, {after: 1h, left: open}, {after: 11m}]
    then:
      - {at: "15:00:30", left: open, no_notice: garage}
      - {at: "15:01:10", left: closing}
      - {at: "16:11:50", notice: garage}
      - {at: "16:12", left: closed}
  frost:
    given: {time: "2026-11-25 15:00", outside: 4°C}
    when: [{outside: 2.5°C}]
    then: [{pump: on}, {outside: 2.5°C}, {expr: outside.value < 3}]
  ring:
    given: {time: "2026-11-25 15:00"}
    when: [{bell: double}]
    then: [{stairs: on}, {rule: ring, outcome: running}, {after: 2m, stairs: off}, {rule: ring}]
  the bell's own binding:
    given: {time: "2026-11-25 15:00"}
    when: [{bell: press}]
    then: [{porch: on, rule: ring, outcome: none}]
  the bell through the server:
    given: {time: "2026-11-25 15:00"}
    when: [{bell: hold}]
    then: [{lawn: on}]
  the shed is away:
    given: {time: "2026-11-25 15:00"}
    when: [{board: shed, is: offline}, {after: 5m}]
    then: [{notice: shed}]
  the shed comes back in time:
    given: {time: "2026-11-25 15:00"}
    when: [{board: shed, is: offline}, {after: 4m, board: shed, is: online}, {after: 1h}]
    then: [{no_notice: shed}, {rule: lost, outcome: none}]
  hook and start:
    given: {time: "2026-11-25 15:00"}
    when: [{webhook: abcdef}, {fan: off}, {startup: true}]
    then: [{rule: hook}, {rule: boot}, {fan: on}]
  by hand, and on request:
    given: {time: "2026-11-25 12:00"}
    when: [{run: dusk}, {after: 1s, porch: off}]
    then: [{done: porch on}, {porch: off}]
  somebody breaks in:
    given: {time: "2026-11-25 15:00", alarm: armed_away}
    when: [{front: open}, {after: 30s}]
    then: [{at: "15:00:10", alarm: pending}, {at: "15:00:30", alarm: triggered, siren: on}]
  heating:
    given: {time: "2026-11-25 07:00", living_temp: 19°C}
    when: [{window: open}]
    then: [{heat: idle}]
`

func TestWhatIsNotAsExpectedIsToldWithWhatWasThere(t *testing.T) {
	got := failures(t, someRules+`
tests:
  wrong:
    given: {time: "2026-11-25 15:00", alarm: armed_away}
    when: [{at: sunset}, {outside: 5°C}, {outside: 1°C}]
    then:
      - {porch: on}
      - {done: porch on}
      - {not_done: pump on}
      - {notice: garage}
      - {rule: dusk}
      - {rule: dusk, outcome: skipped, reason: the window}
      - {rule: ring, outcome: running}
      - {rule: frost, outcome: none}
      - {stairs: 40%}
      - {outside: 2°C}
`)
	want := []string{
		"wrong 16:01:10: porch: on: porch is off, not on",
		"wrong 16:01:10: done: porch on: no rule has asked anything of porch",
		"wrong 16:01:10: not_done: pump on: it was asked for on by frost at 16:01:10",
		`wrong 16:01:10: notice: "garage": people were told nothing`,
		"wrong 16:01:10: rule: dusk, outcome: ran: it fired at 15:41:10, and skipped: alarm is armed_away, not disarmed",
		`wrong 16:01:10: rule: dusk, outcome: skipped, reason: "the window": the reason is "alarm is armed_away, not disarmed"`,
		"wrong 16:01:10: rule: ring, outcome: running: it has not fired",
		"wrong 16:01:10: rule: frost, outcome: none: it fired at 16:01:10, and ran",
	}
	same(t, got[:min(len(got), len(want))], want...)
	if len(got) != 10 || !strings.Contains(got[8], "stairs") || !strings.Contains(got[9], "outside") {
		t.Errorf("%d failures: %v", len(got), got)
	}
}

func TestWhatATestCannotBeginWithIsAFailure(t *testing.T) {
	got := failures(t, someRules+`
tests:
  at dawn of time: {given: {time: "2026-11-25"}, when: {at: "2026-11-24 10:00"}, then: {porch: on}}
`)
	if len(got) != 1 || !strings.Contains(got[0], "a time that comes") {
		t.Error(got)
	}
}
