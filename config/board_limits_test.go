package config

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"hob/internal/chip"
)

// firmwareLimit reads a limit from the firmware's public header.
func firmwareLimit(t *testing.T, name string) int {
	t.Helper()
	header, err := os.ReadFile("../firmware/core/hob.h")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^#define ` + name + ` (\d+)u?$`).FindSubmatch(header)
	if m == nil {
		t.Fatalf("hob.h does not define %s", name)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAcceptedHouseFitsItsBoards(t *testing.T) {
	if got := firmwareLimit(t, "HOB_MAX_BINDINGS"); got != maxBoardBindings {
		t.Errorf("a board holds %d bindings, the check allows %d", got, maxBoardBindings)
	}
	if got := firmwareLimit(t, "HOB_MAX_THERMOSTATS"); got != maxBoardThermostats {
		t.Errorf("a board holds %d thermostats, the check allows %d", got, maxBoardThermostats)
	}
	// Why no check counts points: a point takes a pin, and there are not so many,
	// even with what takes none. A sensor on the I2C bus takes no pin of its own,
	// but the bus takes two; and a board's thermostats can each have a sensor on
	// another board, whose values are fed to it.
	most := firmwareLimit(t, "HOB_MAX_POINTS")
	for _, name := range chip.Names() {
		c, _ := chip.Lookup(name)
		usable := 0
		for _, p := range c.Pins() {
			if p.Usable() {
				usable++
			}
		}
		if points := usable + maxBoardThermostats; points > most {
			t.Errorf("an %s can have %d points, but a board holds %d: config must count them", c.Title, points, most)
		}
	}
}
