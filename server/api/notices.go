package api

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"hob/internal/entity"
)

// Notices are what people are told.
type Notices interface {
	Notices() []entity.Notice // those that nobody has dismissed, oldest first
	// Dismiss takes one away for everybody; false when it is not there.
	Dismiss(id int64) bool
}

type noticePath struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991" doc:"of the notice" example:"7"`
}

func (a *API) routeNotices(ops operations) {
	serve(ops, "GET /api/notices", "List the notices", func(context.Context, *struct{}) ([]entity.Notice, error) {
		return a.Notices.Notices(), nil
	})
	serveNothing(ops, "DELETE /api/notices/{id}", "Dismiss a notice", func(_ context.Context, in *noticePath) error {
		if !a.Notices.Dismiss(in.ID) {
			return huma.Error404NotFound(fmt.Sprintf("there is no notice %d; somebody may have dismissed it", in.ID))
		}
		return nil
	})
}
