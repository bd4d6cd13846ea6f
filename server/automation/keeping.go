package automation

import (
	"context"
	"log/slog"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// Unsaved is what Keeping needs of the registry.
type Unsaved interface {
	Unsaved() <-chan struct{}
	Awaited() <-chan struct{}
	TakeUnsaved() (registry.Batch, error)
	Stored(registry.Batch, error)
}

// Store stores entities, each in place of what it has of it: all of the batch, or
// nothing. Keep returns when they, and all that was stored before, are on the
// disk; with KeepSoon they survive the end of the process, and a power cut when
// Keep has been called.
type Store interface {
	Keep(batch []entity.Saved) error
	KeepSoon(batch []entity.Saved) error
}

const (
	// gather is how long what nobody waits for is left to gather: a house full of
	// sensors then costs one transaction a second and not one for each sample.
	gather = time.Second
	// mostRest is the longest pause after a failure.
	mostRest = 30 * time.Second
	// syncEvery is how often all of it is brought to the disk: a power cut takes so
	// much of a meter's count at most, and the disk is not worn by every sample.
	syncEvery = time.Minute
)

// Keeping takes what has changed to the store: at once when somebody waits for
// it, else about once a second. What fails is tried again, with what came since.
type Keeping struct {
	registry Unsaved
	store    Store
	log      *slog.Logger
	failures int
	synced   time.Time      // when Keep was called last with success
	loose    []entity.Saved // the newest that KeepSoon took since then
}

// NewKeeping returns a driver; Run it.
func NewKeeping(r Unsaved, s Store, log *slog.Logger) *Keeping {
	return &Keeping{registry: r, store: s, log: log}
}

// Run stores until ctx is done, and then once more. It must be the last to stop.
func (k *Keeping) Run(ctx context.Context) error {
	for k.next(ctx) {
		k.keep(false)
	}
	k.keep(true)
	return nil
}

// next waits until there is something to be stored and it is time to.
func (k *Keeping) next(ctx context.Context) bool {
	rest := gather
	if k.failures > 0 {
		rest = backoff(k.failures, mostRest)
	} else {
		quiet, stop := k.quiet()
		defer stop()
		select {
		case <-quiet:
			return true
		case <-k.registry.Unsaved():
		case <-k.registry.Awaited():
			return ctx.Err() == nil
		case <-ctx.Done():
			return false
		}
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.registry.Awaited():
	case <-ctx.Done():
		return false
	}
	return true
}

func (k *Keeping) keep(last bool) {
	batch, err := k.registry.TakeUnsaved()
	if err != nil {
		k.log.Error("part of the house's state cannot be kept", "error", err)
	}
	err = k.write(batch, last)
	k.registry.Stored(batch, err)
	switch {
	case err == nil:
		if k.failures > 0 {
			k.log.Info("the house's state is stored again")
		}
		k.failures = 0
	case k.failures == 0:
		k.log.Error("the house's state cannot be stored; a restart of the server would lose what changes now", "error", err)
		fallthrough
	default:
		k.failures++
	}
}

// quiet fires when what is loose is to be brought to the disk although nothing
// changes any more.
func (k *Keeping) quiet() (fires <-chan time.Time, stop func()) {
	if len(k.loose) == 0 {
		return nil, func() {}
	}
	timer := time.NewTimer(time.Until(k.synced.Add(syncEvery)))
	return timer.C, func() { timer.Stop() }
}

func (k *Keeping) write(b registry.Batch, last bool) error {
	now, entities := time.Now(), b.Entities
	soon := !b.Firm && !last && now.Sub(k.synced) < syncEvery
	if len(entities) == 0 && !soon {
		entities = k.loose // as it is stored already: to write it is what brings all to the disk
	}
	if len(entities) == 0 {
		return nil
	}
	if soon {
		err := k.store.KeepSoon(entities)
		if err == nil {
			k.loose = entities
		}
		return err
	}
	err := k.store.Keep(entities)
	if err == nil {
		k.synced, k.loose = now, nil
	}
	return err
}
