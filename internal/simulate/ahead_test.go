package simulate_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hob"
	"hob/config"
	"hob/internal/entity"
	"hob/internal/simulate"
)

// aHouse is what the text declares, beside a few boards and entities.
func aHouse(t testing.TB, rules string) *entity.House {
	t.Helper()
	h, list := config.Parse("config.yaml", []byte(base+rules))
	if list.HasErrors() {
		var out strings.Builder
		for _, d := range list {
			fmt.Fprintf(&out, "%d: %s (%s)\n", d.Line, d.Message, d.Suggestion)
		}
		t.Fatal(out.String())
	}
	return h
}

const base = `
home: {timezone: Europe/Berlin, location: {latitude: 52.52, longitude: 13.40}}
boards:
  hall: {id: hob-7c9ebd, chip: esp32}
  shed: {id: hob-a0b765, chip: esp32}
switches:
  porch: {pin: hall/16}
  fan: {pin: hall/17, off_after: 30m}
  pump: {pin: hall/18, max_on: 2h}
  lawn: {pin: shed/17, interlock: valves, interlock_wait: 2s}
  beds: {pin: shed/18, interlock: valves, interlock_wait: 2s}
  siren: {pin: shed/19}
lights:
  stairs: {pwm: hall/19}
buttons:
  bell: {pin: hall/32, pull: up, press: toggle porch, hold: lawn on}
contacts:
  front: {pin: hall/25, pull: up, class: door}
  motion: {pin: hall/26, class: motion}
  window: {pin: hall/27, pull: up, class: window}
sensors:
  living_temp: {type: ds18b20, pin: hall/4}
  outside: {type: ds18b20, pin: hall/13}
garage_doors:
  left: {relay: shed/25, closed_reed: shed/32, open_reed: shed/33, travel: 18s, unattended_close: {warn: shed/13, for: 6s}}
  back: {relay: shed/26, closed_reed: shed/27, travel: 18s, unattended_close: {warn: shed/14, for: 6s}} # nothing tells that it is open
heaters:
  heat:
    relay: hall/21
    sensor: living_temp
    range: 5..25°C
    frost: 5°C
    presets: {away: 14°C, comfort: 21°C}
    schedule: {daily: "06:00 comfort, 08:30 away"}
    windows: [window]
scenes:
  night: {porch: off, stairs: 5%}
people: {anna: {}, leo: {}}
alarm: {exit_delay: 45s, entry_delay: 30s, watches: {away: [front, motion], home: [front]}, siren: siren}
users: {anna: {role: admin}}
`

func at(t testing.TB, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func ahead(t testing.TB, h *entity.House, from string, days int, given ...entity.Given) simulate.Timeline {
	t.Helper()
	start, end := simulate.Span(at(t, from), days)
	line, err := simulate.Ahead(t.Context(), h, start, end, given)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// told is a timeline's rows in words.
func told(rows []simulate.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", r.At.Format("Mon 15:04:05"), r.Rule, r.Outcome, strings.Join(r.Actions, ", "), r.Reason)))
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestEachFiringIsARow(t *testing.T) {
	h := aHouse(t, `
rules:
  late: {when: {time: "23:45"}, if: {alarm: disarmed}, do: [porch on, delay 10m, porch off]}
  dusk: {when: {sun: sunset-20m}, do: [porch on, stairs 40%]}
`)
	same(t, told(ahead(t, h, "2026-11-25 00:00", 2).Rows),
		"Wed 15:41:10 dusk ran porch on, stairs 40%",
		"Wed 23:45:00 late ran porch on, porch off",
		"Thu 15:40:12 dusk ran porch on, stairs 40%",
		"Thu 23:45:00 late ran porch on, porch off")
}

// The rules above all: what boards do by themselves triggers other rules, at its time.
func TestBoardsKeepTheirLimits(t *testing.T) {
	h := aHouse(t, `
rules:
  morning: {when: {time: "06:00"}, do: [fan on, pump on]}
  fan_went_off: {when: {fan: off}, do: [stairs on]}
  pump_went_off: {when: {pump: off}, do: [lawn on]}
  beds_too: {when: {lawn: on, for: 10m}, do: [beds on]}
  lawn_was_cut: {when: {lawn: off}, do: [notify all "The lawn has had enough"]}
`)
	line := ahead(t, h, "2026-11-25 00:00", 1)
	same(t, told(line.Rows),
		"Wed 06:00:00 morning ran fan on, pump on",
		"Wed 06:30:00 fan_went_off ran stairs on",
		"Wed 08:00:00 pump_went_off ran lawn on",
		"Wed 08:10:00 beds_too ran beds on",
		`Wed 08:10:00 lawn_was_cut ran notify all "The lawn has had enough"`)
	for _, want := range []struct {
		at     string
		entity entity.ID
		state  string
		cause  entity.CauseKind
	}{
		{"06:30:00", "fan", "off", entity.CauseOffAfter},
		{"08:00:00", "pump", "off", entity.CauseMaxOn},
		{"08:10:00", "lawn", "off", entity.CauseInterlock},
		{"08:10:02", "beds", "on", entity.CauseRule},
	} {
		if !slices.ContainsFunc(line.Changes, func(c simulate.Change) bool {
			return c.At.Format("15:04:05") == want.at && c.Entity == want.entity && c.State == want.state && c.Cause.Kind == want.cause
		}) {
			t.Errorf("no change %+v", want)
		}
	}
}

func TestADoorWarnsAndTravels(t *testing.T) {
	h := aHouse(t, `
rules:
  shut: {when: {left: open, for: 10m}, do: [close left]}
  out: {when: {time: "07:00"}, do: [open left], may_open: [left]}
  closed: {when: {left: closed}, do: [porch on]}
  again: {when: {time: "07:01"}, do: [open left], may_open: [left]}
`)
	same(t, told(ahead(t, h, "2026-11-25 00:00", 1).Rows),
		"Wed 07:00:00 out ran open left",
		"Wed 07:01:00 again ran open left",
		"Wed 07:10:18 shut ran close left", // open since 07:00:18
		"Wed 07:10:42 closed ran porch on") // a warning of 6 s, 18 s of travel
}

func TestTheHouseBeginsAsItIsGiven(t *testing.T) {
	rules := `
rules:
  armed: {when: {time: "12:00"}, if: {alarm: armed_away}, do: [stairs on]}
  someone: {when: {time: "12:01"}, if: {anna: home}, do: [stairs on]}
  frost: {when: {time: "12:02"}, if: {outside: below 3°C}, do: [pump on]}
  open: {when: {time: "12:03"}, if: {all: [{left: open}, {front: open}, {porch: on}]}, do: [stairs on]}
`
	h := aHouse(t, rules)
	same(t, told(ahead(t, h, "2026-11-25 00:00", 1).Rows),
		"Wed 12:00:00 armed skipped  alarm is disarmed, not armed_away",
		"Wed 12:01:00 someone ran stairs on",
		"Wed 12:02:00 frost skipped  nobody knows outside",
		"Wed 12:03:00 open skipped  left is closed, not open, and front is closed, not open, and porch is off, not on")
	on := entity.Action{Verb: entity.VerbOn}
	away := entity.Action{Verb: entity.VerbAway}
	same(t, told(ahead(t, h, "2026-11-25 00:00", 1,
		entity.Given{Entity: "alarm", State: "armed_away"}, entity.Given{Entity: "anna", Action: &away},
		entity.Given{Entity: "outside", Number: entity.Some(2.5)}, entity.Given{Entity: "left", State: "open"},
		entity.Given{Entity: "front", State: "open"}, entity.Given{Entity: "porch", Action: &on}).Rows),
		"Wed 12:00:00 armed ran stairs on",
		"Wed 12:01:00 someone skipped  anna is away, not home",
		"Wed 12:02:00 frost ran pump on",
		"Wed 12:03:00 open ran stairs on")
}

func TestHeatersHoldTheirPlans(t *testing.T) {
	h := aHouse(t, `
rules:
  airing: {when: {time: "12:00"}, do: [heat 18°C for 2h]}
  warm: {when: {heat: above 20.5°C}, do: [stairs on]}
`)
	line := ahead(t, h, "2026-11-25 00:00", 1)
	var got []string
	for _, s := range line.Segments {
		got = append(got, fmt.Sprintf("%s %s %v", s.At.Format("15:04"), s.Entity, s.To.Temp))
	}
	same(t, got, "00:00 heat 14", "06:00 heat 21", "08:30 heat 14", "12:00 heat 18", "14:00 heat 14")
	if !slices.ContainsFunc(line.Rows, func(r simulate.Row) bool { return r.Rule == "warm" && r.Outcome == "ran" }) {
		t.Errorf("the room never got warm: %v", told(line.Rows))
	}
}

// On 2026-03-29 there is no 02:30 in Berlin, on 2026-10-25 there are two.
func TestASpanIsOfCalendarDays(t *testing.T) {
	h := aHouse(t, `
rules:
  night: {when: {time: "02:30"}, do: [porch on]}
  steps: {when: {every: 6h}, do: [porch off]}
`)
	same(t, told(ahead(t, h, "2026-03-29 00:00", 1).Rows),
		"Sun 00:00:00 steps ran porch off", "Sun 03:00:00 night ran porch on", "Sun 07:00:00 steps ran porch off",
		"Sun 13:00:00 steps ran porch off", "Sun 19:00:00 steps ran porch off")
	if got := len(ahead(t, h, "2026-10-25 00:00", 1).Rows); got != 1+4 {
		t.Errorf("%d rows on the day of 25 hours", got)
	}
	same(t, told(ahead(t, h, "2026-11-24 02:30", 1).Rows), // from 02:30, to 02:30 of the next day without it
		"Tue 02:30:00 night ran porch on", "Tue 06:00:00 steps ran porch off", "Tue 12:00:00 steps ran porch off",
		"Tue 18:00:00 steps ran porch off", "Wed 00:00:00 steps ran porch off")
}

func TestTheSampleHousePassesItsTests(t *testing.T) {
	h, list := config.Parse("config.yaml", hob.SampleConfig)
	if len(list) != 0 || len(h.Tests) < 4 {
		t.Fatal(len(h.Tests), list)
	}
	for i := range h.Tests {
		tried, err := simulate.Try(t.Context(), h, &h.Tests[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range tried.Failures {
			t.Errorf("%s, line %d: %s: %s", tried.Test.Name, f.Place.Line, f.Expected, f.Got)
		}
	}
}

// Whoever presses Ctrl-C at a year of seconds does not wait for its end.
func TestARunCanBeBrokenOff(t *testing.T) {
	h := aHouse(t, `
rules:
  busy: {when: {every: 1s}, do: [stop]}
tests:
  busy: {given: {time: "2026-11-25"}, when: {after: 365d}, then: {porch: off}}
`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start, end := simulate.Span(at(t, "2026-11-25 00:00"), 365)
	if _, err := simulate.Ahead(ctx, h, start, end, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := simulate.Try(ctx, h, &h.Tests[0]); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestRulesThatGoRoundAreStopped(t *testing.T) {
	h := aHouse(t, `
rules:
  a: {when: {porch: on}, do: [porch off], mode: queued}
  b: {when: {porch: off}, do: [porch on], mode: queued}
  start: {when: {time: "12:00"}, do: [porch on]}
`)
	rows := ahead(t, h, "2026-11-25 11:00", 1).Rows
	if len(rows) == 0 || len(rows) > 10_000 || !slices.ContainsFunc(rows, func(r simulate.Row) bool { return r.Outcome == "paused" }) {
		t.Errorf("%d rows", len(rows))
	}
}
