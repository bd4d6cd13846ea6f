package main

import "errors"

// part is one group of measurements.
type part struct {
	name string
	what string
	run  func(*bench) error
}

func parts() []part {
	return []part{
		{"fanout", "a change to 1, 100 and 1000 browsers: arrival and processor time", (*bench).fanout},
		{"command", "from a browser to the board and back to all", (*bench).command},
		{"pins", "the same with the pins of a virtual board", (*bench).pins},
		{"snapshot", "what a browser gets first, of 10 and of 10,000 entities", (*bench).snapshot},
		{"size", "a change in a house of 10 and of 10,000 entities", (*bench).size},
		{"stalled", "10 of 1000 browsers read nothing", (*bench).stalled},
		{"reload", "a config file of 5,000 entities is read again", (*bench).reload},
		{"start", "how soon after its start the server serves, and a board is online", (*bench).coldStart},
		{"rules", "1,000 rules and 10,000 events a second", (*bench).rules},
		{"memory", "idle, with 1000 browsers, with 1000 boards", (*bench).memory},
	}
}

// rivals starts Hob, the peers that are installed and, if wanted, the floor programs.
func (b *bench) rivals(floor bool) ([]*system, error) {
	starts := []func() (*system, error){
		func() (*system, error) { s, _, err := b.startHob("hob", smallHouse); return s, err },
		b.startMosquitto, b.startNATS,
	}
	if floor {
		starts = append(starts,
			func() (*system, error) { return b.startFloor(nameFloor) },
			func() (*system, error) { return b.startFloor(nameBatched, "-b") })
	}
	var all []*system
	for _, start := range starts {
		s, err := start()
		if errors.Is(err, errNotInstalled) {
			b.note("Mosquitto is not installed and was left out.")
			continue
		}
		if err != nil {
			stopAll(all)
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func stopAll(all []*system) {
	for _, s := range all {
		s.stop()
	}
}
