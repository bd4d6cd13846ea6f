package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
)

// Errors of Rules.
var (
	ErrNoRule   = errors.New("there is no such rule")
	ErrNotReady = errors.New("the rules have not begun yet, or have ended; try again in a moment")
)

// Rules is what runs the rules of the house. Errors are ErrNoRule, ErrNotReady, or
// that the context is done.
type Rules interface {
	Status(ctx context.Context) ([]rules.Status, error) // in the order of the file
	// RunNow runs a rule because somebody has asked for it, and gives the run as it
	// is at once.
	RunNow(ctx context.Context, id entity.RuleID, by entity.Cause) (rules.Run, error)
	// Resume ends the pause of a rule, if it is paused.
	Resume(ctx context.Context, id entity.RuleID) error
	// Hook tells that somebody has asked for a webhook. known: a rule has it; how
	// long it takes tells nothing of the names that there are. busy: too many have
	// just come, and this one does nothing.
	Hook(name string) (known, busy bool)
	// Judge says how a rule stands in a world at a moment. Without a world it is the
	// house as it is.
	Judge(ctx context.Context, id entity.RuleID, w rules.World, at time.Time) (rules.Judged, error)
	// Declared are the rules of the newest house, also before they have begun.
	Declared() []entity.RuleID
}

type (
	rulePath struct {
		ID entity.RuleID `path:"id" doc:"rule id" example:"dusk"`
	}
	ruleBody struct {
		ID      entity.RuleID  `json:"id"`
		Name    string         `json:"name"`
		Enabled bool           `json:"enabled"`
		Mode    entity.RunMode `json:"mode" enum:"single,restart,queued"`
		Running int            `json:"running" doc:"runs that have begun and not ended"`
		Queued  int            `json:"queued" doc:"runs that wait for the one before them"`
		Paused  *int64         `json:"paused_until" doc:"it runs too often, and not before this time; null: it is not paused"`
		Rests   *int64         `json:"rests_until" doc:"its cooldown: it has run lately, and not before this time; null: it does not rest"`
		Last    *rules.Run     `json:"last" doc:"null: it has not fired as far as is remembered"`
		Next    *int64         `json:"next" doc:"the next time that one of its triggers names; null: there is none"`
	}
	runsInput struct {
		ID     entity.RuleID `path:"id" doc:"rule id" example:"dusk"`
		Before string        `query:"before" maxLength:"200" doc:"older than what bears this place: next of the page before"`
		Limit  int           `query:"limit" minimum:"1" maximum:"500" default:"50"`
	}
	runsBody struct {
		Runs []rules.Run `json:"runs"`
		Next string      `json:"next" doc:"for before, to get what is older; empty when there is nothing"`
	}
	runPath struct {
		ID  entity.RuleID `path:"id" doc:"rule id" example:"dusk"`
		Run rules.RunID   `path:"run" maxLength:"200"`
	}
	askInput struct {
		ID    entity.RuleID `path:"id" doc:"rule id" example:"dusk"`
		cause entity.Cause
	}
)

// Resolve implements huma.Resolver: who asks is in the request.
func (in *askInput) Resolve(ctx huma.Context) []error {
	in.cause = causeOf(humaecho.Unwrap(ctx).Request())
	return nil
}

func (a *API) routeRules(ops operations) {
	serve(ops, "GET /api/rules", "List the rules", func(ctx context.Context, _ *struct{}) ([]ruleBody, error) {
		list, err := a.Rules.Status(ctx)
		if err != nil {
			return nil, a.noAnswer(ctx, "", err)
		}
		out := []ruleBody{}
		for _, s := range list {
			out = append(out, ruleOf(s))
		}
		return out, nil
	})
	serve(ops, "GET /api/rules/{id}", "Show a rule", func(ctx context.Context, in *rulePath) (*ruleBody, error) {
		return a.rule(ctx, in.ID)
	})
	serve(ops, "GET /api/rules/{id}/runs", "List the runs of a rule", a.listRuns)
	serve(ops, "GET /api/rules/{id}/runs/{run}", "Show a run of a rule, step by step", func(ctx context.Context, in *runPath) (*rules.Run, error) {
		found, _, err := a.runs(ctx, store.RunFilter{Rule: in.ID, ID: string(in.Run)})
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0:
			return nil, huma.Error404NotFound(fmt.Sprintf("no run %s of a rule %s is kept", in.Run, in.ID))
		}
		return new(found[0]), nil
	})
	serve(ops, "POST /api/rules/{id}/run", "Run a rule now", func(ctx context.Context, in *askInput) (*rules.Run, error) {
		run, err := a.Rules.RunNow(ctx, in.ID, in.cause)
		if err != nil {
			return nil, a.noAnswer(ctx, in.ID, err)
		}
		return &run, nil
	})
	serve(ops, "POST /api/rules/{id}/resume", "End the pause of a rule", func(ctx context.Context, in *rulePath) (*ruleBody, error) {
		if err := a.Rules.Resume(ctx, in.ID); err != nil {
			return nil, a.noAnswer(ctx, in.ID, err)
		}
		return a.rule(ctx, in.ID)
	})
	serve(ops, "GET /api/rules/{id}/why-not", "Say why a rule did not run", a.whyNot)
	serve(ops, "GET /api/entities/{id}/why", "Say why an entity is as it is", a.why)
}

// noAnswer says why the rules have given none. That there is no such rule is known
// before they have begun: nobody is to try again for that.
func (a *API) noAnswer(ctx context.Context, id entity.RuleID, err error) error {
	notReady := errors.Is(err, ErrNotReady)
	switch {
	case errors.Is(err, ErrNoRule), notReady && a.undeclared(id):
		return a.noSuchRule(id)
	case notReady:
		return huma.Error503ServiceUnavailable(ErrNotReady.Error())
	case ctx.Err() == nil:
		a.Log.Error("the rules did not answer", "error", err)
	}
	return huma.NewError(http.StatusInternalServerError, "internal error; the log says more")
}

// undeclared says whether it is known that the house has no such rule.
func (a *API) undeclared(id entity.RuleID) bool {
	all := a.Rules.Declared()
	return id != "" && all != nil && !slices.Contains(all, id)
}

// noSuchRule names the rule that was most likely meant.
func (a *API) noSuchRule(id entity.RuleID) error {
	all := a.Rules.Declared()
	names := make([]string, len(all))
	for i, name := range all {
		names[i] = string(name)
	}
	words := "there is no rule " + string(id)
	if near := diag.Nearest(string(id), names); near != "" {
		words += ": did you mean " + near + "?"
	}
	return huma.Error404NotFound(words)
}

func (a *API) rule(ctx context.Context, id entity.RuleID) (*ruleBody, error) {
	s, err := a.status(ctx, id)
	if err != nil {
		return nil, a.noAnswer(ctx, id, err)
	}
	return new(ruleOf(s)), nil
}

func (a *API) status(ctx context.Context, id entity.RuleID) (rules.Status, error) {
	if a.undeclared(id) { // the rules may have to be waited for, and they know no better
		return rules.Status{}, ErrNoRule
	}
	list, err := a.Rules.Status(ctx)
	if err != nil {
		return rules.Status{}, err
	}
	for _, s := range list {
		if s.Rule.ID == id {
			return s, nil
		}
	}
	return rules.Status{}, ErrNoRule
}

func ruleOf(s rules.Status) ruleBody {
	out := ruleBody{ID: s.Rule.ID, Name: s.Rule.Name, Enabled: s.Rule.Enabled, Mode: s.Rule.Mode,
		Running: s.Running, Queued: s.Queued, Last: s.Last}
	if s.PausedUntil != 0 {
		out.Paused = &s.PausedUntil
	}
	if s.RestsUntil != 0 {
		out.Rests = &s.RestsUntil
	}
	if s.Next != 0 {
		out.Next = &s.Next
	}
	return out
}

// listRuns are those of a rule, the newest first. Those of a rule that is gone
// are there as long as any run is kept.
func (a *API) listRuns(ctx context.Context, in *runsInput) (*runsBody, error) {
	f := store.RunFilter{Rule: in.ID, Limit: in.Limit}
	if in.Before != "" {
		if n, err := fmt.Sscanf(in.Before, "%d-%s", &f.Before.At, &f.Before.ID); n != 2 || err != nil || f.Before.At < 0 {
			return nil, huma.Error422UnprocessableEntity("before must be the next of an earlier answer")
		}
	}
	list, more, err := a.runs(ctx, f)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && in.Before == "" {
		if _, err := a.status(ctx, in.ID); err != nil {
			return nil, a.noAnswer(ctx, in.ID, err)
		}
	}
	out := runsBody{Runs: list}
	if more {
		last := list[len(list)-1]
		out.Next = fmt.Sprintf("%d-%s", last.At, last.ID)
	}
	return &out, nil
}

// runs are runs that the store has; the error is one to answer with.
func (a *API) runs(ctx context.Context, f store.RunFilter) (list []rules.Run, more bool, err error) {
	rows, more, err := a.History.Runs(ctx, f)
	if err != nil {
		return nil, false, a.notRead(ctx, err)
	}
	list = make([]rules.Run, 0, len(rows))
	for _, row := range rows {
		var r rules.Run
		if err := json.Unmarshal(row.Data, &r); err != nil {
			a.Log.Error("a stored run cannot be read", "run", row.ID, "error", err)
			return nil, false, huma.NewError(http.StatusInternalServerError, "internal error; the log says more")
		}
		if r.Steps == nil {
			r.Steps = []rules.StepTrace{}
		}
		list = append(list, r)
	}
	return list, more, nil
}
