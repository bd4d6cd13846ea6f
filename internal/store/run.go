package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	tidyEvery = time.Minute
	// checkFor bounds how long the check after a start may take, and with it how
	// long the log may grow that a check keeps from being taken into the file.
	checkFor = 2 * time.Minute
)

// Run looks after the file until ctx is done: it checks it once, brings the
// aggregates up to date, removes what is too old, gives back space, and opens
// the file again when it could not be opened. Each step is a short transaction,
// so that Keep need not wait for it.
func (s *Store) Run(ctx context.Context) error {
	s.check(ctx)
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.damage:
			s.heal(err)
		case <-ticker.C:
			s.reopen()
			if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
				s.complain("tidying the store", err)
			}
		}
	}
}

// check reads the whole file once, the states first, and sets it aside when a
// page of it is damaged.
func (s *Store) check(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkFor)
	defer cancel()
	for _, table := range []string{"last", "rule_memory", "name", "series", "alive", "clock", "change", "rule_run", "notice", "five", "hour", "sample"} {
		err := s.query(ctx, func(db *database) error {
			var said string
			if err := db.reader.QueryRowContext(ctx, "PRAGMA quick_check('"+table+"')").Scan(&said); err != nil {
				return err
			}
			if said != "ok" {
				return fmt.Errorf("%s: %w: %s", table, errDamaged, said)
			}
			return nil
		})
		switch {
		case ctx.Err() != nil:
			s.log.Info("the store was not checked to its end", "table", table)
			return
		case errors.Is(err, errDamaged) || damaged(err):
			s.heal(err)
			return
		case err != nil:
			s.log.Warn("the store could not be checked", "table", table, "error", err)
			return
		}
	}
}

var errDamaged = errors.New("the check found")

// heal sets the file aside after damage was found in it.
func (s *Store) heal(why error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	for len(s.damage) > 0 { // what queries found was in the same file
		s.log.Debug("more damage", "error", <-s.damage)
	}
	if err := s.replace(why); err != nil {
		s.log.Error("the damaged store was not replaced", "damage", why, "error", err)
	}
}

// reopen opens the file if it could not be opened before.
func (s *Store) reopen() {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.db != nil {
		return
	}
	if err := s.open(salvaged{}); err == nil {
		s.notice("The store can be used again", s.o.Path)
	}
}
