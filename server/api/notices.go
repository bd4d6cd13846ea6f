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

func (a *API) routeNotices(rest huma.API) {
	huma.Get(rest, "/api/notices", func(context.Context, *struct{}) (*body[[]entity.Notice], error) {
		return &body[[]entity.Notice]{a.Notices.Notices()}, nil
	})
	huma.Delete(rest, "/api/notices/{id}", func(_ context.Context, in *noticePath) (*struct{}, error) {
		if !a.Notices.Dismiss(in.ID) {
			return nil, huma.Error404NotFound(fmt.Sprintf("there is no notice %d; somebody may have dismissed it", in.ID))
		}
		return nil, nil
	})
}
