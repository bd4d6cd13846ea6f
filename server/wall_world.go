package main

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// wallWorld is what the command world of a control socket answers, as far as
// people are shown it.
type wallWorld struct {
	Rooms []struct {
		Name    string  `json:"name"`
		Temp    float64 `json:"temp"`
		Heating bool    `json:"heating"`
		Cooling bool    `json:"cooling"`
		Draught bool    `json:"draught"`
	} `json:"rooms"`
	Doors []struct {
		Name   string  `json:"name"`
		Motion string  `json:"motion"`
		Place  float64 `json:"place"`
	} `json:"doors"`
	Sensors []struct {
		Pin   *int   `json:"pin"`
		Addr  *int   `json:"addr"`
		Room  string `json:"room"`
		Fault string `json:"fault"`
	} `json:"sensors"`
	Weather struct {
		Temp float64 `json:"temp"`
	} `json:"weather"`
}

// showWorld prints what is around a board.
func (c *cli) showWorld(line json.RawMessage) error {
	if c.json {
		return c.printJSON(line)
	}
	var w wallWorld
	if err := json.Unmarshal(line, &w); err != nil {
		return err
	}
	rows := [][]cell{{text("outdoors"), text(""), text(fmt.Sprintf("%.1f °C", w.Weather.Temp))}}
	for _, r := range w.Rooms {
		state := fmt.Sprintf("%.1f °C", r.Temp)
		for _, also := range []struct {
			so   bool
			word string
		}{{r.Heating, "heated"}, {r.Cooling, "cooled"}, {r.Draught, "window open"}} {
			if also.so {
				state += ", " + also.word
			}
		}
		rows = append(rows, []cell{text("room"), text(r.Name), text(state)})
	}
	for _, d := range w.Doors {
		rows = append(rows, []cell{text("door"), text(d.Name), text(fmt.Sprintf("%.0f %% open, %s", d.Place*100, d.Motion))})
	}
	for _, s := range w.Sensors {
		at := ""
		if s.Pin != nil {
			at = fmt.Sprintf("pin %d", *s.Pin)
		} else if s.Addr != nil {
			at = fmt.Sprintf("0x%02x", *s.Addr)
		}
		state := cmp.Or(s.Room, "outdoors")
		if s.Fault != "" {
			state += ", " + s.Fault
		}
		rows = append(rows, []cell{text("sensor"), text(at), text(state)})
	}
	table(c.stdout, []string{"what", "name", "state"}, rows)
	return nil
}
