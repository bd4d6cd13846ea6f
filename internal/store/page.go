package store

import (
	"context"
	"fmt"
	"time"
)

// page is a query page by page: read gives one row more than the limit, if there are so
// many, and more says so. A limit of 0 is the usual one, and none is above the most.
func page[T any](ctx context.Context, s *Store, what string, limit, usual, most int, read func(db *database, rows int) ([]T, error)) (rows []T, more bool, err error) {
	if limit <= 0 {
		limit = usual
	}
	limit = min(limit, most)
	err = s.query(ctx, func(db *database) (err error) {
		rows, err = read(db, limit+1)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("store: %s: %w", what, err)
	}
	if more = len(rows) > limit; more {
		rows = rows[:limit]
	}
	return rows, more, nil
}

// bounds are two times in unix ms; a zero time is no bound.
func bounds(from, to time.Time) (int64, int64) {
	low, high := earliest, latest
	if !from.IsZero() {
		low = from.UnixMilli()
	}
	if !to.IsZero() {
		high = to.UnixMilli()
	}
	return low, high
}
