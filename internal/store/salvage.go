package store

import (
	"context"

	"hob/internal/entity"
)

// salvaged is what could be read of a damaged file of that which the house must
// not forget: the last known states, and what rules remember. It is small.
type salvaged struct {
	states []entity.Saved
	memory []RuleMemory
}

func (s *salvaged) add(more salvaged) {
	s.states, s.memory = append(s.states, more.states...), append(s.memory, more.memory...)
}

func (s *salvaged) empty() bool { return len(s.states)+len(s.memory) == 0 }

// take stores what was salvaged in a new file.
func (db *database) take(s salvaged) error {
	if err := db.keep(s.states); err != nil {
		return err
	}
	return db.remember(s.memory)
}

// salvage reads what can be read from both ends: damage in the middle costs
// only what lies there.
func (db *database) salvage() salvaged {
	var out salvaged
	found, rules := map[entity.ID]bool{}, map[entity.RuleID]bool{}
	for _, order := range []string{"", " DESC"} {
		_ = db.eachLast(context.Background(), "ORDER BY entity"+order, func(e entity.Saved) {
			if !found[e.Entity] {
				found[e.Entity] = true
				out.states = append(out.states, e)
			}
		})
		_ = db.eachMemory(context.Background(), "ORDER BY rule"+order, func(m RuleMemory) {
			if !rules[m.Rule] {
				rules[m.Rule] = true
				out.memory = append(out.memory, m)
			}
		})
	}
	return out
}
