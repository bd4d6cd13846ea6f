package app

import (
	"context"
	"errors"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/server/api"
	"hob/server/automation"
)

// askedRules are the rules as the api asks for them.
type askedRules struct{ *automation.Rules }

// inAPI gives an error the api's name.
func inAPI(err error) error {
	switch {
	case errors.Is(err, automation.ErrNoRule):
		return api.ErrNoRule
	case errors.Is(err, automation.ErrNotReady):
		return api.ErrNotReady
	}
	return err
}

// Status implements api.Rules.
func (r askedRules) Status(ctx context.Context) ([]rules.Status, error) {
	out, err := r.Rules.Status(ctx)
	return out, inAPI(err)
}

// RunNow implements api.Rules.
func (r askedRules) RunNow(ctx context.Context, id entity.RuleID, by entity.Cause) (rules.Run, error) {
	out, err := r.Rules.RunNow(ctx, id, by)
	return out, inAPI(err)
}

// Resume implements api.Rules.
func (r askedRules) Resume(ctx context.Context, id entity.RuleID) error {
	return inAPI(r.Rules.Resume(ctx, id))
}

// Judge implements api.Rules.
func (r askedRules) Judge(ctx context.Context, id entity.RuleID, w rules.World, at time.Time) (rules.Judged, error) {
	if w == nil {
		out, err := r.Rules.Judge(ctx, id)
		return out, inAPI(err)
	}
	p := r.Program()
	if p == nil {
		return rules.Judged{}, api.ErrNotReady
	}
	out, ok := p.Judge(id, w, at)
	if !ok {
		return out, api.ErrNoRule
	}
	return out, nil
}

// Declared implements api.Rules.
func (r askedRules) Declared() []entity.RuleID {
	p := r.Program()
	if p == nil {
		return nil
	}
	return p.Rules()
}
