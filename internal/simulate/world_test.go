package simulate_test

import (
	"slices"
	"testing"

	"hob/internal/simulate"
)

// What a board asks for before it moves a door, and what its opener does, as
// docs/wire.md has it under "Pulses" and "Warnings".
func TestADoorIsMovedAsItsBoardWouldMoveIt(t *testing.T) {
	same(t, failures(t, `
rules:
  shut: {when: {left: open, for: 10m}, do: [close left]}
  shut_back: {when: {back: stopped, for: 10m}, do: [close back]}
tests:
  who closes it by hand during the warning is not met by the pulse:
    given: {time: "2026-11-25 15:00"}
    when: [{left: open}, {after: 10m21s, left: closed}, {after: 1m}]
    then: [{left: closed}, {rule: shut, outcome: refused, reason: an input changed during the warning}]
  a link that breaks during the warning leaves it open:
    given: {time: "2026-11-25 15:00", left: open}
    when: [{run: shut}, {after: 3s, board: shed, is: offline}, {after: 1m, board: shed, is: online}, {after: 1s}]
    then: {left: open}
  a remote that turns it round has it back as fast as it was gone:
    given: {time: "2026-11-25 15:00"}
    when: [{left: open}, {after: 4s, left: closed}]
    then: [{after: 3s, left: opening}, {after: 2s, left: closed}]
  stopped on its way, which shows when its time is over:
    given: {time: "2026-11-25 15:00"}
    when: [{left: open}, {after: 4s, left: stopped}]
    then: [{after: 14s, left: opening}, {after: 4s, left: stopped}]
  and sent back where it came from:
    given: {time: "2026-11-25 15:00"}
    when: [{left: open}, {after: 4s, left: stopped}, {after: 1m, left: closed}]
    then: [{after: 3s, left: stopped}, {after: 2s, left: closed}]
  sent off and stopped half way, from either end:
    given: {time: "2026-11-25 15:00", left: open}
    when: [{left: stopped}, {after: 1m, left: stopped}, {after: 1m, left: closed}]
    then: [{after: 8s, left: stopped}, {after: 2s, left: closed}]
  it has long stood in between:
    given: {time: "2026-11-25 15:00", left: stopped}
    when: [{after: 1m, left: open}]
    then: [{after: 8s, left: stopped}, {after: 2s, left: open, rule: shut, outcome: none}]
  without an open reed, it has long stood in between and is closed:
    given: {time: "2026-11-25 15:00", back: stopped}
    when: [{run: shut_back}, {after: 16s}]
    then: {back: closed}
  two pulses that come too fast are one:
    given: {time: "2026-11-25 15:00"}
    when: [{left: open}, {after: 30s}]
    then: {left: open}
`))
}

// A heater that is told the same again and again warms its room all the same.
func TestARoomIsNotHeldUpByBeingLookedAt(t *testing.T) {
	h := aHouse(t, `
rules:
  again: {when: {every: 2m}, do: [heat 24°C for 2h]}
  warm: {when: {living_temp: above 21.95°C}, do: [stairs on]}
`)
	rows := ahead(t, h, "2026-11-25 00:00", 1).Rows
	warm := slices.IndexFunc(rows, func(r simulate.Row) bool { return r.Rule == "warm" })
	if warm < 0 || rows[warm].At.Format("15:04") != "01:00" { // 2 °C an hour
		t.Errorf("of %d rows, warm is number %d", len(rows), warm)
	}
}

// A relay stays as it is for its least times, and a room that gets too warm ends that.
func TestAHeaterRestsForItsLeastTimesUnlessItIsForSafety(t *testing.T) {
	same(t, failures(t, `
tests:
  it goes on heating for a minute:
    given: {time: "2026-11-25 07:00", living_temp: 22°C}
    when: [{living_temp: 18°C}, {after: 20s, living_temp: 22°C}]
    then: [{heat: heating}, {after: 39s, heat: heating}, {after: 2s, heat: idle}]
  and waits for another:
    given: {time: "2026-11-25 07:00", living_temp: 18°C}
    when: [{living_temp: 22°C}, {after: 20s, living_temp: 18°C}]
    then: [{heat: waiting}, {after: 41s, heat: heating}]
  but not beyond its range:
    given: {time: "2026-11-25 07:00", living_temp: 22°C}
    when: [{living_temp: 18°C}, {after: 20s, living_temp: 26°C}]
    then: {heat: cut_off}
`))
}
