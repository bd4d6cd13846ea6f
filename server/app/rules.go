package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/store"
	"hob/server/notify"
)

// ruleStore is the store as rules see it.
type ruleStore struct{ *store.Store }

// LoadRules implements automation.RuleStore.
func (s ruleStore) LoadRules(ctx context.Context) ([]rules.Saved, error) {
	rows, err := s.Store.LoadRules(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]rules.Saved, 0, len(rows))
	for _, row := range rows {
		out = append(out, rules.Saved{Rule: row.Rule, Data: row.Data})
	}
	return out, nil
}

// KeepRules implements automation.RuleStore.
func (s ruleStore) KeepRules(saved []rules.Saved, runs []rules.Run, durable bool) error {
	memory := make([]store.RuleMemory, 0, len(saved))
	for _, one := range saved {
		memory = append(memory, store.RuleMemory{Rule: one.Rule, Data: one.Data})
	}
	var errs []error
	rows := make([]store.RuleRun, 0, len(runs))
	for i := range runs {
		run := &runs[i]
		data, err := json.Marshal(run)
		if err != nil { // it would never work, so it must not keep the others waiting
			errs = append(errs, fmt.Errorf("the run %s: %w", run.ID, err))
			continue
		}
		rows = append(rows, store.RuleRun{ID: string(run.ID), Rule: run.Rule, At: run.At, Outcome: string(run.Outcome), Data: data})
	}
	if err := s.Store.KeepRules(memory, rows, durable); err != nil {
		return err
	}
	return errors.Join(errs...)
}

// teller tells people: on every dashboard, and by the channels of whom it is for.
type teller struct {
	notices  *notices
	channels *notify.Channels
}

// Tell implements automation.Teller.
func (t teller) Tell(n entity.Notice) {
	t.notices.Post(n)
	t.channels.Tell(n.User, n.Text)
}
