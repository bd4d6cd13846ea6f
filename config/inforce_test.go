package config_test

import (
	"strings"
	"testing"

	"hob/config"
)

func TestWhatIsReadButNotActedOnIsSaid(t *testing.T) {
	quiet := mustParse(t, "switches: {}\n")
	if said := config.NotInForce(quiet); len(said) != 0 {
		t.Errorf("%q", said)
	}
	house := mustParse(t, `
boards: {hall: {id: hob-7c9ebd, chip: esp32}}
switches: {porch: {pin: hall/16}}
rules: {dusk: {when: {time: "20:00"}, do: [porch on]}}
users: {anna: {role: admin}}
`)
	if said := strings.Join(config.NotInForce(house), "\n"); strings.Contains(said, "rule (") || !strings.Contains(said, "users (1)") || !strings.Contains(said, "role") {
		t.Errorf("%q", said)
	}
}
