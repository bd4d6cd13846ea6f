package app

import (
	"context"
	"errors"

	"hob/internal/entity"
	"hob/internal/store"
)

// remember opens the store and gives what earlier runs have left. A disk that
// takes nothing keeps nobody from controlling the house: then nothing is
// remembered, and that is said.
func (a *App) remember(h *entity.House) (map[entity.ID]entity.Saved, error) {
	var err error
	if a.store, err = store.Open(store.Options{Path: a.state.file("hob.db"), Log: a.log}); err != nil {
		return nil, err
	}
	a.rename(h)
	saved, err := a.store.Load(context.Background())
	if err != nil {
		a.log.Error("what was so before the server started is not known", "error", err)
	}
	return saved, nil
}

// rename gives the past of what has another id now to that id.
func (a *App) rename(h *entity.House) {
	for _, e := range h.Entities {
		if e.Was == "" {
			continue
		}
		if err := a.store.Rename(e.Was, e.ID); err != nil {
			a.log.Error("an entity's past keeps its former id", "entity", e.ID, "was", e.Was, "error", err)
			if errors.Is(err, store.ErrUnavailable) {
				return // it would be so for all
			}
		}
	}
}

// unrestored says what of the past cannot be used.
func (a *App) unrestored(err error) {
	a.log.Warn("an entity begins anew", "error", err)
}
