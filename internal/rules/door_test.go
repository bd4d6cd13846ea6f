package rules_test

import (
	"bytes"
	"testing"
	"time"

	"hob/internal/entity"
)

// A door comes from one end to the other by a movement only, so where a trigger says
// from, it is where the door stood, or the movement. Unknown in between is none.
func TestADoorComesFromWhereItStood(t *testing.T) {
	left := func(states ...string) then {
		return func(s *server) {
			for _, state := range states {
				s.is("left", state)
				s.pass(time.Second)
			}
		}
	}
	earlier := func(s *server) { // a version that did not note where a door stood
		for id, data := range s.disk.memory {
			s.disk.memory[id] = bytes.ReplaceAll(data, []byte(`,"stood":"closed"`), nil)
		}
		s.restart(time.Minute)
	}
	for name, c := range map[string]struct {
		from, to string
		then     []then
		fires    int
	}{
		"it opens":                              {"closed", "open", []then{left("closed", "opening", "open")}, 1},
		"by its movement":                       {"opening", "open", []then{left("closed", "opening", "open")}, 1},
		"the way back":                          {"closed", "open", []then{left("open", "closing", "open")}, 0},
		"turned round on its way up":            {"open", "closed", []then{left("closed", "opening", "closed")}, 0},
		"stopped on its way":                    {"closed", "stopped", []then{left("closed", "opening", "stopped")}, 1},
		"and then on":                           {"closed", "open", []then{left("closed", "opening", "stopped", "opening", "open")}, 0},
		"and then on, from there":               {"stopped", "open", []then{left("closed", "opening", "stopped", "opening", "open")}, 1},
		"it begins to move":                     {"closed", "opening", []then{left("closed", "opening")}, 1},
		"a pulse in the middle":                 {"closed", "open", []then{left("closed", "opening", "unknown", "open")}, 1},
		"over a restart on its way":             {"closed", "open", []then{left("closed", "opening"), down(time.Minute), left("opening", "open")}, 1},
		"opened while its board was away":       {"closed", "open", []then{left("closed", "unknown", "open")}, 1},
		"the first that is known is a movement": {"closed", "open", []then{left("opening", "open")}, 0},
		"over the first start of this version":  {"closed", "open", []then{left("closed"), earlier, left("opening", "open")}, 1},
		"twice":                                 {"closed", "open", []then{left("closed", "opening", "open", "closing", "closed", "opening", "open")}, 2},
		"a rule that is new while the door stands": {"closed", "open", []then{left("closed"), func(s *server) {
			s.load(houseIn(berlin, rule("new", entity.OnState{Entity: "left", From: "closed", To: "open"}, do("porch", entity.VerbOn))))
		}, left("opening", "open")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := rule("r", entity.OnState{Entity: "left", From: c.from, To: c.to}, do("porch", entity.VerbOn))
			s := newServer(t, houseIn(berlin, r), local(berlin, "2026-06-22 12:00:00"))
			for _, happens := range c.then {
				happens(s)
			}
			if len(s.acts) != c.fires {
				t.Errorf("it fired %d times, want %d: %q", len(s.acts), c.fires, s.log())
			}
		})
	}
}
