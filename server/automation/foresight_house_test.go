package automation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// outputs is how many rules there are, each with an output of its own.
const outputs = 10

// What one rule alone tells other things to do, so that no two do in one moment.
const (
	tellsHeat   = 4
	tellsGate   = 5
	tellsSide   = 6
	tellsCooler = 7
)

// weekHouse is a house with random rules, as text. What doors do takes times that
// nothing else takes. In a quiet week there are only rules that something may set off
// by itself.
func weekHouse(r *rand.Rand, quiet bool) string {
	var b strings.Builder
	b.WriteString(`home: {timezone: Europe/Berlin, location: {latitude: 52.52, longitude: 13.40}}
boards: {a: {id: hob-00000a, chip: esp32}, b: {id: hob-00000b, chip: esp32}, c: {id: hob-00000c, chip: esp32}}
contacts: {door: {pin: a/32, pull: up}, motion: {pin: a/33, class: motion}, window: {pin: a/27, pull: up}}
sensors: {t0: {type: ds18b20, pin: a/4}, t1: {type: ds18b20, pin: a/13}, t2: {type: ds18b20, pin: c/4}, t3: {type: ds18b20, pin: c/13}}
garage_doors:
  gate: {relay: b/26, pulse: 411ms, closed_reed: b/32, open_reed: b/33, travel: 17311ms, unattended_close: {warn: b/27, for: 6037ms}}
  side: {relay: c/26, pulse: 503ms, closed_reed: c/32, travel: 12113ms, unattended_close: {warn: c/27, for: 7019ms}}
  old: {relay: c/25}
buttons: {bell: {pin: a/14, pull: up, press: toggle bound, hold: far on}}
people: {anna: {}}
alarm: {exit_delay: 45s, entry_delay: 30s, watches: {away: [door]}}
scenes: {both: {scene_a: on, scene_b: off}}
heaters:
  heat:
    relay: a/26
    sensor: t1
    range: 5..30°C
    hysteresis: 0.5°C
    presets: {away: 8°C, comfort: 21°C}
    schedule: {mon-fri: "06:01:29 comfort, 08:31:29 away, 17:01:29 comfort, 22:31:29 away", sat-sun: "01:31:29 comfort, 23:31:29 17°C"}
    frost: 6°C
    windows: [window]
    min_on: 433s
    min_off: 647s
  hall_heat: {relay: c/21, sensor: t2, range: 15..21°C, hysteresis: 0.4°C, schedule: {daily: "05:00:44 19°C, 23:30:44 15.5°C"}}
coolers:
  cool: {relay: c/22, sensor: t2, range: 18..30°C, schedule: {daily: "11:00:47 18.5°C, 20:00:47 22°C"}}
  cellar: {relay: c/23, sensor: t3, range: 20..30°C, min_off: 3m17s, schedule: {daily: "00:10:53 24°C"}}
`)
	pins := []int{16, 17, 18, 19, 21}
	var switches, lights []string
	for i := range outputs {
		line := fmt.Sprintf("  o%d: {pin: %c/%d", i, "ab"[i%2], pins[i/2])
		if i%3 == 2 {
			line = strings.Replace(line, "pin:", "pwm:", 1)
		}
		// Sums of powers of two are different sums: no two limits end in one moment.
		if r.IntN(2) == 0 {
			line += fmt.Sprintf(", %s: 17m%dms", []string{"off_after", "max_on"}[r.IntN(2)], 1<<i)
		}
		line += "}\n"
		if i%3 == 2 {
			lights = append(lights, line)
		} else {
			switches = append(switches, line)
		}
	}
	fmt.Fprintf(&b, "switches:\n%s  hand: {pin: a/22}\n  bound: {pin: a/23}\n  far: {pin: b/22}\n  scene_a: {pin: a/25}\n  scene_b: {pin: b/25}\n", strings.Join(switches, ""))
	fmt.Fprintf(&b, "lights:\n%srules:\n", strings.Join(lights, ""))
	kinds := r.Perm(triggerKinds) // each sort at most once, and all of them soon over the seeds
	if quiet {
		kinds = slices.DeleteFunc(kinds, func(kind int) bool { return kind > 4 && kind < 13 || kind == 15 })
		first := slices.IndexFunc(kinds, func(kind int) bool { return kind < 5 })
		kinds[tellsGate], kinds[first] = kinds[first], kinds[tellsGate] // or no door would ever move
	}
	for i := range outputs {
		trigger, alone := randomTrigger(r, i, kinds[i])
		fmt.Fprintf(&b, "  r%d:\n    when: %s\n", i, trigger)
		if r.IntN(3) > 0 {
			fmt.Fprintf(&b, "    if: {%s}\n", randomCondition(r, i, alone, 2))
		}
		do := strings.Join(randomSteps(r, i, 2), ", ")
		fmt.Fprintf(&b, "    do: [%s]\n", do)
		for _, door := range []string{"gate", "side"} {
			if strings.Contains(do, "open "+door) {
				fmt.Fprintf(&b, "    may_open: [%s]\n", door)
			}
		}
		fmt.Fprintf(&b, "    mode: %s\n", []string{"single", "restart", "queued"}[r.IntN(3)])
		if r.IntN(4) == 0 {
			fmt.Fprintf(&b, "    cooldown: %dm\n", 1+r.IntN(90))
		}
	}
	return b.String()
}

const triggerKinds = 22

// randomTrigger is a trigger of rule i. alone says that nothing else is under way
// in its moment.
func randomTrigger(r *rand.Rand, i, kind int) (text string, alone bool) {
	held := ""
	if r.IntN(2) == 0 {
		held = fmt.Sprintf(", for: %dm", 1+r.IntN(30))
	}
	second := 3*i + 1
	switch kind {
	case 0, 1:
		return fmt.Sprintf(`{time: ["%02d:%02d:%02d", "%02d:%02d:%02d"]}`, r.IntN(24), r.IntN(60), second, r.IntN(4), r.IntN(60), second), true
	case 2:
		return fmt.Sprintf("{sun: %s-%dm, days: %s}", []string{"sunset", "sunrise", "dusk", "dawn"}[r.IntN(4)], r.IntN(60), []string{"mon-fri", "daily", "sat-sun"}[r.IntN(3)]), true
	case 3:
		return `{cron: "7,37 */3 * * *"}`, true
	case 4:
		return fmt.Sprintf("{every: %dh}", 1+r.IntN(7)), true
	case 5:
		return fmt.Sprintf("{door: %s%s}", []string{"open", "closed"}[r.IntN(2)], held), false
	case 6:
		return fmt.Sprintf("{motion: detected%s}", held), false
	case 7:
		return fmt.Sprintf("{t0: below %d°C, hysteresis: 0.%d°C%s}", 5+r.IntN(10), 1+r.IntN(9), held), false
	case 8:
		return fmt.Sprintf("{t1: above %d°C%s}", 10+r.IntN(10), held), false
	case 9:
		return fmt.Sprintf("{bell: %s}", []string{"press", "double", "hold"}[r.IntN(3)]), false
	case 10:
		return fmt.Sprintf("{anna: %s%s}", []string{"home", "away"}[r.IntN(2)], held), false
	case 11:
		return fmt.Sprintf("{alarm: %s}", []string{"armed_away", "disarmed", "pending", "triggered"}[r.IntN(4)]), false
	case 12:
		return fmt.Sprintf("{board: b, is: %s%s}", []string{"online", "offline"}[r.IntN(2)], held), false
	case 13:
		return fmt.Sprintf("{heat: heating%s}", held), false
	case 14:
		return fmt.Sprintf("{heat: below %d°C}", 12+r.IntN(12)), false
	case 15:
		return []string{"{webhook: hook}", "{startup: true}"}[r.IntN(2)], false
	case 17, 18:
		return fmt.Sprintf("{gate: %s%s}", []string{"open", "closed", "opening", "closing", "obstructed", "stopped"}[r.IntN(6)], held), false
	case 19:
		return fmt.Sprintf("{side: %s%s}", []string{"closed", "opening", "stopped", "closing"}[r.IntN(4)], held), false
	case 20:
		return fmt.Sprintf("{cool: %s%s}", []string{"cooling", "idle"}[r.IntN(2)], held), false
	case 21:
		return fmt.Sprintf("{t2: %s %d.5°C, hysteresis: 0.3°C}", []string{"above", "below"}[r.IntN(2)], 17+r.IntN(5)), false
	}
	if i == 0 {
		return fmt.Sprintf("{hand: on%s}", held), false
	}
	return fmt.Sprintf("{o%d: %s%s}", r.IntN(i), []string{"on", "off"}[r.IntN(2)], held), false
}

// randomCondition is the inside of a condition of rule i.
func randomCondition(r *rand.Rand, i int, alone bool, depth int) string {
	switch n := r.IntN(14); {
	case n == 0 && depth > 0:
		return fmt.Sprintf("any: [{%s}, {%s}]", randomCondition(r, i, alone, depth-1), randomCondition(r, i, alone, depth-1))
	case n == 1 && depth > 0:
		return fmt.Sprintf("not: {%s}", randomCondition(r, i, alone, depth-1))
	case n == 2 && depth > 0:
		return fmt.Sprintf("all: [{%s}, {%s}]", randomCondition(r, i, alone, depth-1), randomCondition(r, i, alone, depth-1))
	case n == 3:
		return fmt.Sprintf("time: %02d:30..%02d:15", r.IntN(24), r.IntN(24))
	case n == 4:
		return "days: mon-thu"
	case n == 5:
		return "sun: " + []string{"up", "down"}[r.IntN(2)]
	case n == 6:
		return "door: " + []string{"open", "closed"}[r.IntN(2)]
	case n == 7:
		return fmt.Sprintf("t0: above %d°C", r.IntN(15))
	case n == 8:
		return "anna: " + []string{"home", "away"}[r.IntN(2)]
	case n == 9:
		return fmt.Sprintf("expr: t1.value > %d && motion != 'detected'", r.IntN(15))
	case n == 10 && alone && i > 0:
		return fmt.Sprintf("o%d: off", r.IntN(i))
	case n == 11 && alone:
		return "gate: " + []string{"open", "closed"}[r.IntN(2)]
	case n == 12 && alone:
		return fmt.Sprintf("expr: heat.temperature > %d.25 || cellar == 'cooling'", 10+r.IntN(12))
	}
	return "alarm: disarmed"
}

// randomSteps are steps of rule i, which drives output i alone.
func randomSteps(r *rand.Rand, i, depth int) []string {
	var out []string
	for range 1 + r.IntN(3) {
		switch n := r.IntN(10); {
		case n > 5 && i == tellsGate:
			out = append(out, []string{"close gate", "open gate", "{do: open gate, on_failure: stop}, delay 3m, close gate",
				"close gate, {wait: {gate: closed}, for: 5m}"}[r.IntN(4)])
		case n > 7 && i == tellsSide:
			out = append(out, []string{"close side", "open side", "open side, delay 20m, close side"}[r.IntN(3)])
		case n > 7 && i == tellsCooler:
			out = append(out, []string{"cool 19.5°C for 10817s", "cool auto", "cool off for 5431s"}[r.IntN(3)])
		case n == 9 && i == tellsHeat:
			out = append(out, []string{"heat comfort", "heat 18.5°C for 7211s", "heat auto", "heat off", "heat boost 25°C 2713s"}[r.IntN(5)])
		case n < 3:
			out = append(out, fmt.Sprintf("o%d %s", i, []string{"on", "off"}[r.IntN(2)]))
		case n == 3 && i%3 == 2:
			out = append(out, fmt.Sprintf("o%d %d%%", i, 1+r.IntN(100)))
		case n == 4:
			out = append(out, fmt.Sprintf("delay %dm", 1+r.IntN([]int{40, 400}[r.IntN(2)])))
		case n == 5 && depth > 0:
			out = append(out, fmt.Sprintf("{if: {%s}, then: [%s], else: [%s]}", randomCondition(r, i, false, 1),
				strings.Join(randomSteps(r, i, depth-1), ", "), strings.Join(randomSteps(r, i, depth-1), ", ")))
		case n == 6:
			out = append(out, fmt.Sprintf("{wait: {door: open}, for: %dm}", 1+r.IntN(40)))
		case n == 7:
			out = append(out, fmt.Sprintf(`'notify all "from r%d"'`, i))
		case n == 8 && depth > 0:
			out = append(out, fmt.Sprintf("{do: o%d on, on_failure: stop}", i), `{webhook: "https://hooks.example/week", retries: 1}`)
		default:
			out = append(out, "scene both")
		}
	}
	return out
}
