package simulate_test

import (
	"fmt"
	"strings"
	"testing"

	"hob/config"
	"hob/internal/entity"
	"hob/internal/simulate"
)

// aLargeHouse has 500 entities and 200 rules of every sort.
func aLargeHouse(t testing.TB) *entity.House {
	t.Helper()
	var b strings.Builder
	b.WriteString("home: {timezone: Europe/Berlin, location: {latitude: 52.52, longitude: 13.40}}\nboards:\n")
	const boards = 46
	for i := range boards {
		fmt.Fprintf(&b, "  b%d: {id: hob-%06x, chip: esp32}\n", i, i+1)
	}
	section := func(name string, of func(i int)) {
		b.WriteString(name + ":\n")
		for i := range boards {
			of(i)
		}
	}
	section("switches", func(i int) {
		fmt.Fprintf(&b, "  s%da: {pin: b%d/16}\n  s%db: {pin: b%d/17, off_after: 30m}\n  s%dc: {pin: b%d/18}\n", i, i, i, i, i, i)
	})
	section("lights", func(i int) { fmt.Fprintf(&b, "  l%da: {pwm: b%d/19}\n  l%db: {pin: b%d/21}\n", i, i, i, i) })
	section("buttons", func(i int) {
		fmt.Fprintf(&b, "  u%d: {pin: b%d/22, pull: up, press: toggle s%da}\n", i, i, i)
	})
	section("contacts", func(i int) {
		fmt.Fprintf(&b, "  c%da: {pin: b%d/23, pull: up}\n  c%db: {pin: b%d/25, class: motion}\n", i, i, i, i)
	})
	section("sensors", func(i int) {
		fmt.Fprintf(&b, "  t%da: {type: ds18b20, pin: b%d/4}\n  t%db: {type: ds18b20, pin: b%d/13}\n", i, i, i, i)
	})
	b.WriteString("heaters:\n")
	for i := range 40 {
		fmt.Fprintf(&b, "  h%d: {relay: b%d/26, sensor: t%da, range: 5..25°C, presets: {away: 15°C, comfort: 21°C}, schedule: {daily: \"06:00 comfort, 08:30 away, 17:00 comfort, 22:30 away\"}}\n", i, i, i)
	}
	b.WriteString("people: {anna: {}}\nalarm: {watches: {away: [c0a]}}\nrules:\n")
	for i := range 200 {
		n := i % boards
		switch i % 8 {
		case 0:
			fmt.Fprintf(&b, "  r%d: {when: {time: \"%02d:%02d\"}, if: {alarm: disarmed}, do: [s%da on, delay 10m, s%da off]}\n", i, i%24, i%60, n, n)
		case 1:
			fmt.Fprintf(&b, "  r%d: {when: {sun: sunset-%dm}, do: [l%da 40%%, s%db on]}\n", i, i, n, n)
		case 2:
			fmt.Fprintf(&b, "  r%d: {when: {every: %dm}, if: {any: [{s%da: on}, {time: \"22:00..06:00\"}]}, do: [l%db on]}\n", i, 15+i%20, n, n)
		case 3:
			fmt.Fprintf(&b, "  r%d: {when: {s%db: on, for: 5m}, do: [l%da off]}\n", i, n, n)
		case 4:
			fmt.Fprintf(&b, "  r%d: {when: {h%d: below 16°C}, do: [s%dc on]}\n", i, n%40, n)
		case 5:
			fmt.Fprintf(&b, "  r%d: {when: {cron: \"*/%d * * * *\"}, if: {anna: away}, do: [s%dc off]}\n", i, 10+i%20, n)
		case 6:
			fmt.Fprintf(&b, "  r%d: {when: [{s%db: off}, {c%da: open}], do: [{if: {sun: up}, then: [l%da off], else: [l%da 20%%]}]}\n", i, n, n, n, n)
		default:
			fmt.Fprintf(&b, "  r%d: {when: {l%db: on}, mode: restart, do: [delay 5m, l%db off]}\n", i, n, n)
		}
	}
	h, list := config.Parse("large.yaml", []byte(b.String()))
	if list.HasErrors() {
		t.Fatalf("%d: %s", list[0].Line, list[0].Message)
	}
	return h
}

// A week of a large house is to take about a second.
func BenchmarkAWeekOfALargeHouse(b *testing.B) {
	h := aLargeHouse(b)
	start, end := simulate.Span(at(b, "2026-11-23 00:00"), 7)
	b.ReportAllocs()
	for b.Loop() {
		line, err := simulate.Ahead(b.Context(), h, start, end, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(h.Entities)), "entities")
		b.ReportMetric(float64(len(line.Rows)), "rows")
		b.ReportMetric(float64(len(line.Changes)), "changes")
	}
}

func TestTheSameHouseHasTheSameFuture(t *testing.T) {
	h := aLargeHouse(t)
	first, second := ahead(t, h, "2026-11-25 00:00", 1), ahead(t, h, "2026-11-25 00:00", 1)
	same(t, told(first.Rows), told(second.Rows)...)
	if len(first.Rows) < 500 {
		t.Errorf("%d rows only", len(first.Rows))
	}
	if fmt.Sprint(first.Changes) != fmt.Sprint(second.Changes) || fmt.Sprint(first.Segments) != fmt.Sprint(second.Segments) {
		t.Error("the changes differ")
	}
}
