package rules

import (
	"time"

	"hob/internal/entity"
)

// Holds says how a condition stands in a house, and why. It fails only for a
// condition that config would not have accepted for the program's house.
func (p *Program) Holds(c entity.RuleCondition, w World, at time.Time) (Trace, error) {
	compiled, err := p.ground.compileCondition(c)
	if err != nil {
		return Trace{}, err
	}
	return compiled.trace(w, at), nil
}
