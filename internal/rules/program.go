package rules

import (
	"fmt"
	"strings"
	"time"

	"hob/internal/entity"
)

// Program is the rules of a house, made ready. It is not changed after Compile.
type Program struct {
	rules    []*rule
	byID     map[entity.RuleID]*rule
	byEntity map[entity.ID][]place
	byBoard  map[entity.BoardName][]place
	webhooks []place
	startups []place
	ground   *ground
	former   former
}

// place is a trigger: which rule's, and which of its triggers.
type place struct{ rule, trigger int }

// rule is a compiled rule.
type rule struct {
	spec     *entity.Rule
	triggers []trigger
	when     condition // nil: always
	code     []instruction
	print    string // of the steps: a run goes on over a reload only while they are the same
	was      string // print before an entity was renamed; "" when none was
}

// Compile makes the rules of a house ready. It does not fail for a house that
// config has accepted.
func Compile(h *entity.House) (*Program, error) {
	p := &Program{
		byID:     map[entity.RuleID]*rule{},
		byEntity: map[entity.ID][]place{},
		byBoard:  map[entity.BoardName][]place{},
	}
	if len(h.Rules) == 0 { // nobody asks for an entity, of which there may be thousands
		zone := *h
		zone.Entities, h = nil, &zone
	}
	p.former = formerOf(h)
	c := compiler{kinds: map[entity.ID]entity.Kind{}, former: p.former}
	var err error
	if p.ground, err = newGround(h); err != nil {
		return nil, err
	}
	c.ground = p.ground
	for _, e := range h.Entities {
		c.kinds[e.ID] = e.Kind()
	}
	for i := range h.Rules {
		r, err := c.rule(&h.Rules[i])
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", h.Rules[i].ID, err)
		}
		p.byID[r.spec.ID] = r
		p.rules = append(p.rules, r)
		for n, t := range r.triggers {
			p.index(t, place{i, n})
		}
	}
	return p, nil
}

// Empty says that there are no rules.
func (p *Program) Empty() bool { return len(p.rules) == 0 }

// Rules are the ids of the rules, in the order of the file; none is not nil.
func (p *Program) Rules() []entity.RuleID {
	out := make([]entity.RuleID, len(p.rules))
	for i, r := range p.rules {
		out[i] = r.spec.ID
	}
	return out
}

// Zone is the house's time zone.
func (p *Program) Zone() *time.Location { return p.ground.zone }

func (p *Program) index(t trigger, at place) {
	switch t.kind {
	case KindState, KindLevel, KindButton:
		p.byEntity[t.entity] = append(p.byEntity[t.entity], at)
	case KindBoard:
		p.byBoard[t.board] = append(p.byBoard[t.board], at)
	case KindWebhook:
		p.webhooks = append(p.webhooks, at)
	case KindStartup:
		p.startups = append(p.startups, at)
	}
}

type compiler struct {
	ground *ground
	kinds  map[entity.ID]entity.Kind
	former former
}

func (c *compiler) rule(spec *entity.Rule) (*rule, error) {
	r := &rule{spec: spec}
	for _, t := range spec.When {
		one, err := c.trigger(t, spec.Enabled)
		if err != nil {
			return nil, err
		}
		r.triggers = append(r.triggers, one)
	}
	var err error
	if r.when, err = c.ground.compileCondition(spec.If); err != nil {
		return nil, err
	}
	if err := c.steps(r, spec.Do); err != nil {
		return nil, err
	}
	var print strings.Builder
	for _, i := range r.code {
		fmt.Fprintf(&print, "%s %s %d\n", i.kind, i.text, i.jump)
	}
	r.print, r.was = fingerprint(print.String()), c.former.print(print.String())
	return r, nil
}
