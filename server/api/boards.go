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

// Resolve implements huma.Resolver.
func (*provisionInput) Resolve(ctx huma.Context) []error { return bodyCame(ctx) }

// Resolve implements huma.Resolver.
func (*adoptInput) Resolve(ctx huma.Context) []error { return bodyCame(ctx) }

func (a *API) routeBoards(ops operations) {
	serve(ops, "GET /api/boards", "List the boards", func(context.Context, *struct{}) ([]entity.BoardDetails, error) {
		out := []entity.BoardDetails{}
		for _, b := range a.House.Boards() {
			out = append(out, a.details(b))
		}
		return out, nil
	})
	serve(ops, "GET /api/boards/{board}", "Show a board, its link and its update", func(_ context.Context, in *boardPath) (*entity.BoardDetails, error) {
		b, err := a.find(in.Board)
		if err != nil {
			return nil, err
		}
		return new(a.details(b)), nil
	})
	serve(ops, "POST /api/boards/{board}/adopt", "Adopt a board by its setup code", func(ctx context.Context, in *adoptInput) (*entity.BoardRecord, error) {
		return a.act(in.Board, func(id entity.BoardID) error {
			return a.Boards.Adopt(ctx, id, in.Body.Code, in.Body.Replace)
		})
	})
	serve(ops, "POST /api/boards/{board}/provision", "Make the key of a board on a cable", func(ctx context.Context, in *provisionInput) (*entity.ProvisionedKey, error) {
		out, err := a.Boards.Provision(ctx, entity.BoardID(in.Board), in.Body.Replace)
		if err != nil {
			return nil, a.boardProblem(entity.BoardID(in.Board), err)
		}
		return &out, nil
	})
	serve(ops, "POST /api/boards/{board}/update", "Update the firmware of a board", func(ctx context.Context, in *updateInput) (*entity.BoardRecord, error) {
		return a.act(in.Board, func(id entity.BoardID) error { return a.Boards.Update(ctx, id, in.RawBody) })
	}, func(o *huma.Operation) { o.MaxBodyBytes = mostImage })
	for _, w := range []struct {
		path, summary string
		do            func(context.Context, entity.BoardID) error
	}{
		{"rotate", "Give a board a new key", a.Boards.Rotate},
		{"identify", "Have a board show which one it is", a.Boards.Identify},
		{"restart", "Restart a board", a.Boards.Restart},
	} {
		serve(ops, "POST /api/boards/{board}/"+w.path, w.summary, func(ctx context.Context, in *boardPath) (*entity.BoardRecord, error) {
			return a.act(in.Board, func(id entity.BoardID) error { return w.do(ctx, id) })
		})
	}
	serve(ops, "DELETE /api/boards/{board}/key", "Revoke the key of a board", func(ctx context.Context, in *boardPath) (*entity.Revoked, error) {
		var out entity.Revoked
		b, err := a.act(in.Board, func(id entity.BoardID) (err error) {
			out.Told, err = a.Boards.Revoke(ctx, id)
			return err
		})
		if err != nil {
			return nil, err
		}
		out.Board = *b
		return &out, nil
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
func (a *API) act(key string, do func(entity.BoardID) error) (*entity.BoardRecord, error) {
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
	return &b, nil
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
