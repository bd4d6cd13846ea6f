package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hob/internal/entity"
)

// BoardError is a wish about a board that was not granted, in words for people.
type BoardError struct {
	Status int // HTTP
	entity.Said
}

// Error implements error.
func (e *BoardError) Error() string { return e.Message }

type (
	boardPath struct {
		Board string `path:"board" doc:"name in config.yaml, or id" example:"hall"`
	}
	adoptInput struct {
		Board string `path:"board" doc:"name in config.yaml, or id" example:"hall"`
		Body  struct {
			Code    string `json:"code" doc:"the setup code that the board shows"`
			Replace bool   `json:"replace,omitempty" doc:"adopt although a key is stored"`
		}
	}
)

type provisionInput struct {
	Board string `path:"board" doc:"board id; it need not be known" example:"hob-7c9ebd"`
	Body  struct {
		Replace bool `json:"replace,omitempty" doc:"make a key although one is stored"`
	}
}

// mostImage bounds a signed image: a board's slot has not quite 2 MiB.
const mostImage = 4 << 20

type updateInput struct {
	Board   string `path:"board" doc:"name in config.yaml, or id" example:"hall"`
	RawBody []byte `contentType:"application/octet-stream" doc:"a file as hob sign makes it"`
}

// secret is an answer that nobody on the way may keep.
type secret[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// Resolve implements huma.Resolver.
func (*provisionInput) Resolve(ctx huma.Context) []error { return bodyCame(ctx) }

// Resolve implements huma.Resolver.
func (*adoptInput) Resolve(ctx huma.Context) []error { return bodyCame(ctx) }

func (a *API) routeBoards(rest huma.API) {
	huma.Get(rest, "/api/boards", func(context.Context, *struct{}) (*body[[]entity.BoardDetails], error) {
		out := []entity.BoardDetails{}
		for _, b := range a.House.Boards() {
			out = append(out, a.details(b))
		}
		return &body[[]entity.BoardDetails]{out}, nil
	})
	huma.Get(rest, "/api/boards/{board}", func(_ context.Context, in *boardPath) (*body[entity.BoardDetails], error) {
		b, err := a.find(in.Board)
		if err != nil {
			return nil, err
		}
		return &body[entity.BoardDetails]{a.details(b)}, nil
	})
	huma.Post(rest, "/api/boards/{board}/adopt", func(ctx context.Context, in *adoptInput) (*body[entity.BoardRecord], error) {
		return a.act(in.Board, func(id entity.BoardID) error {
			return a.Boards.Adopt(ctx, id, in.Body.Code, in.Body.Replace)
		})
	})
	huma.Post(rest, "/api/boards/{board}/provision", func(ctx context.Context, in *provisionInput) (*secret[entity.ProvisionedKey], error) {
		out, err := a.Boards.Provision(ctx, entity.BoardID(in.Board), in.Body.Replace)
		if err != nil {
			return nil, a.boardProblem(entity.BoardID(in.Board), err)
		}
		return &secret[entity.ProvisionedKey]{"no-store", out}, nil
	})
	huma.Post(rest, "/api/boards/{board}/update", func(ctx context.Context, in *updateInput) (*body[entity.BoardRecord], error) {
		return a.act(in.Board, func(id entity.BoardID) error { return a.Boards.Update(ctx, id, in.RawBody) })
	}, func(o *huma.Operation) { o.MaxBodyBytes = mostImage })
	for path, do := range map[string]func(context.Context, entity.BoardID) error{
		"rotate": a.Boards.Rotate, "identify": a.Boards.Identify, "restart": a.Boards.Restart,
	} {
		huma.Post(rest, "/api/boards/{board}/"+path, func(ctx context.Context, in *boardPath) (*body[entity.BoardRecord], error) {
			return a.act(in.Board, func(id entity.BoardID) error { return do(ctx, id) })
		})
	}
	huma.Delete(rest, "/api/boards/{board}/key", func(ctx context.Context, in *boardPath) (*body[entity.Revoked], error) {
		var out entity.Revoked
		b, err := a.act(in.Board, func(id entity.BoardID) (err error) {
			out.Told, err = a.Boards.Revoke(ctx, id)
			return err
		})
		if err != nil {
			return nil, err
		}
		out.Board = b.Body
		return &body[entity.Revoked]{out}, nil
	})
}

// find looks a board up by its name or id.
func (a *API) find(key string) (entity.BoardRecord, error) {
	for _, b := range a.House.Boards() {
		if string(b.ID) == key || b.Name != "" && string(b.Name) == key {
			return b, nil
		}
	}
	return entity.BoardRecord{}, huma.Error404NotFound("there is no board " + key)
}

// act does something with a board and answers with the board as it is then.
func (a *API) act(key string, do func(entity.BoardID) error) (*body[entity.BoardRecord], error) {
	b, err := a.find(key)
	if err != nil {
		return nil, err
	}
	if err := do(b.ID); err != nil {
		return nil, a.boardProblem(b.ID, err)
	}
	if b, err = a.find(key); err != nil {
		return nil, err
	}
	return &body[entity.BoardRecord]{b}, nil
}

func (a *API) details(b entity.BoardRecord) entity.BoardDetails {
	return entity.BoardDetails{BoardRecord: b, Link: a.Boards.Link(b.ID), Update: a.Boards.Progress(b.ID)}
}

// boardProblem is the answer to a wish about a board that was not granted.
func (a *API) boardProblem(id entity.BoardID, err error) error {
	var why *BoardError
	if errors.As(err, &why) {
		return &saidProblem{ErrorModel: *problem(why.Status, why.Message), Sentence: why.Detail, Params: why.Params}
	}
	a.Log.Error("a board request failed", "board", id, "error", err)
	return huma.NewError(http.StatusInternalServerError, "internal error; the log says more")
}
