package config

import (
	"fmt"
	"strings"

	"hob/internal/chip"
	"hob/internal/entity"
)

// Found is a board that announced itself.
type Found struct {
	ID   entity.BoardID
	Chip string // as internal/chip calls it; another one is left to the reader
}

// First is a first config.yaml: the boards that were found, and comments that
// teach the rest. Its examples are lines that begin with # and no space, on pins
// that the first board has; without the # they are valid. zone is an IANA name,
// "" when it is not known.
func First(boards []Found, zone string) []byte {
	var out strings.Builder
	out.WriteString(`# Your house, for Hob.
#
# After every edit, "hob check" says what is wrong, where, and what to write
# instead; "hob plan" says what would change. Save, and the boards take their new
# pins at once: nothing is flashed. Every key is explained in docs/config.md.
#
# Lines that begin with # and no space are examples: delete the # and change them
# to what you wired. The first is for editors with the YAML language server (VS Code:
# the extension YAML), which complete and check as you type; it needs what
# "hob schema > hob.schema.json" writes.
## yaml-language-server: $schema=hob.schema.json

home:
  name: Home
`)
	if validZone(zone) {
		fmt.Fprintf(&out, "  timezone: %s\n", zone)
	} else {
		out.WriteString("#  timezone: Europe/Berlin\n")
	}
	out.WriteString("#  location: {latitude: 52.52, longitude: 13.40}   # for sunrise and sunset\n")
	writeBoards(&out, boards)
	writeExamples(&out, boards)
	return []byte(out.String())
}

func writeBoards(out *strings.Builder, boards []Found) {
	out.WriteString("\n# Each board: a name of your choice, the id it announces, and its chip. A pin is\n# written with that name: board1/16 is GPIO16 of board1.\n")
	known := 0
	for _, b := range boards {
		if _, ok := chip.Lookup(b.Chip); ok && entity.ValidBoardID(string(b.ID)) {
			known++
		}
	}
	if known == 0 {
		out.WriteString("# None was found. \"hob boards\" lists those that announce themselves.\nboards:\n#  board1: {id: hob-7c9ebd, chip: esp32}\n")
	} else {
		out.WriteString("boards:\n")
	}
	n := 0
	for _, b := range boards {
		if !entity.ValidBoardID(string(b.ID)) {
			continue
		}
		if _, ok := chip.Lookup(b.Chip); !ok {
			fmt.Fprintf(out, "# Found, but this version does not know its chip: %s (%s)\n", b.ID, plainWord(b.Chip))
			continue
		}
		n++
		fmt.Fprintf(out, "  board%d: {id: %s, chip: %s}\n", n, b.ID, b.Chip)
	}
}

// plainWord keeps what a stranger announced from being more than a word.
func plainWord(s string) string {
	const most = 24
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '?'
	}, s[:min(len(s), most)])
}

// writeExamples shows the sections on pins that are free on the first board.
func writeExamples(out *strings.Builder, boards []Found) {
	c, _ := chip.Lookup("esp32")
	for _, b := range boards {
		if known, ok := chip.Lookup(b.Chip); ok {
			c = known
			break
		}
	}
	outputs, inputs := c.FreePins(chip.Output), c.FreePins(chip.Output|chip.Pull)
	// Inputs from the end of the list, outputs from its start: they do not meet.
	in := func(i int) int { return inputs[len(inputs)-1-i] }
	fmt.Fprintf(out, `
# Rooms, in the order in which the dashboard shows them.
areas:
#  hall: {name: Hall}

# Relays, and whatever else is on or off. Anything with a dimension has a unit.
switches:
#  porch: {name: Porch lamp, pin: board1/%d, off_after: 30m}

# Lamps. pwm can be dimmed; pin is only on or off.
lights:
#  stairs: {name: Stairs, pwm: board1/%d, fade: 400ms}

# Push buttons between a pin and ground. What a button does on its own board works
# without the server.
buttons:
#  hall_button: {name: Hall button, pin: board1/%d, pull: up, press: toggle porch, hold: stairs 10%%}

# Reeds, motion detectors and the like.
contacts:
#  front_door: {name: Front door, pin: board1/%d, pull: up, class: door}

# Temperature, and a heater that goes by it.
sensors:
#  living_temp: {name: Living room, type: ds18b20, pin: board1/%d}
heaters:
#  living_heat: {name: Heating, relay: board1/%d, sensor: living_temp, schedule: {daily: [06:00 comfort, 22:30 sleep]}}

# Several things at once, and what happens by itself.
scenes:
#  night: {name: Good night, porch: off, stairs: 5%%}
rules:
#  bedtime: {when: {time: "23:45"}, do: [scene night]}
`, outputs[0], outputs[1], in(0), in(1), outputs[2], outputs[3])
}
