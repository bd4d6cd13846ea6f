package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"hob/internal/command"
	"hob/internal/entity"
)

const (
	defaultWait = 5 * time.Second
	mostWait    = 30 * time.Second
)

type (
	commandInput struct {
		ID   entity.ID `path:"id" doc:"entity id" example:"porch"`
		Body struct {
			Action      string         `json:"action" doc:"what to do; each kind knows its own: on, off, toggle, set, press, open, close, auto, activate, disarm, …" example:"on"`
			Level       *float64       `json:"level,omitempty" minimum:"0" maximum:"100" doc:"brightness in percent, with set and on"`
			Color       *string        `json:"color,omitempty" pattern:"^#[0-9a-fA-F]{6}$" doc:"with set and on"`
			Temperature *float64       `json:"temperature,omitempty" minimum:"-55" maximum:"125" doc:"°C, with set and boost"`
			For         *string        `json:"for,omitempty" doc:"how long it is to hold, such as 30m" example:"30m"`
			Code        *entity.Secret `json:"code,omitempty" doc:"the alarm's, with disarm"`
			Confirm     bool           `json:"confirm,omitempty" doc:"whoever asks can see the door"`
			Wait        string         `json:"wait,omitempty" doc:"how long to wait for the end, such as 5s; at most 30s" example:"5s"`
		}
		cause entity.Cause
	}
	commandPath struct {
		Command entity.CommandID `path:"command"`
	}
)

// Resolve implements huma.Resolver: who asks is in the request, not in the body.
func (in *commandInput) Resolve(ctx huma.Context) []error { return from(ctx, &in.cause) }

// from notes who asks.
func from(ctx huma.Context, cause *entity.Cause) []error {
	*cause = causeOf(humaecho.Unwrap(ctx).Request())
	return bodyCame(ctx)
}

// bodyCame lifts the deadline that huma sets for the body. Left alone it would
// pass while a board is waited for, and net/http would take the asker for gone.
func bodyCame(ctx huma.Context) []error {
	if err := ctx.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return []error{err}
	}
	return nil
}

func (a *API) routeCommands(ops operations) {
	op := ops.operation("POST /api/entities/{id}/commands", "Command an entity", new(shape[command.Result]), nil)
	op.Errors = []int{http.StatusUnprocessableEntity} // of what is no command at all
	ops.describe(&op, reflect.TypeFor[command.Result](), http.StatusOK, http.StatusAccepted, http.StatusNotFound,
		http.StatusConflict, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout)
	huma.Register(ops.API, op, func(ctx context.Context, in *commandInput) (*response, error) {
		wait := defaultWait
		if in.Body.Wait != "" {
			d, err := time.ParseDuration(in.Body.Wait)
			if err != nil || d < 0 || d > mostWait {
				return nil, huma.Error422UnprocessableEntity("wait must be a duration from 0s to 30s, such as 5s")
			}
			wait = d
		}
		action, err := entity.ActionOf(entity.Wish{Action: in.Body.Action, Level: in.Body.Level, Color: in.Body.Color,
			Temperature: in.Body.Temperature, For: in.Body.For, Code: in.Body.Code, Confirm: in.Body.Confirm})
		if err != nil {
			return nil, huma.Error422UnprocessableEntity(err.Error())
		}
		res := a.await(ctx, command.Request{Entity: in.ID, Action: action, Cause: in.cause}, wait)
		return &response{statusOf(res), res}, nil
	})
	serve(ops, "GET /api/commands/{command}", "Show what became of a command", func(_ context.Context, in *commandPath) (*command.Result, error) {
		res, ok := a.Commands.Find(in.Command)
		if !ok {
			return nil, huma.Error404NotFound("no such command among the last 1000")
		}
		return &res, nil
	})
}

// await submits and waits for the end, at most as long as asked. The command
// goes on when the asker does not wait for it.
func (a *API) await(ctx context.Context, req command.Request, wait time.Duration) command.Result {
	ended := make(chan command.Result, 1)
	id := a.Commands.Submit(req, func(r command.Result) { ended <- r })
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case r := <-ended:
		return r
	case <-timer.C:
	case <-ctx.Done():
	}
	if r, ok := a.Commands.Find(id); ok {
		return r
	}
	return command.Result{Command: id, Entity: req.Entity, Action: req.Action.Verb, Status: entity.StatusAccepted}
}

func statusOf(r command.Result) int {
	switch r.Status {
	case entity.StatusConfirmed:
		return http.StatusOK
	case entity.StatusAccepted:
		return http.StatusAccepted
	case entity.StatusFailed:
		return http.StatusBadGateway
	case entity.StatusExpired:
		return http.StatusGatewayTimeout
	case entity.StatusRefused:
		switch r.Code {
		case entity.CodeOffline:
			return http.StatusServiceUnavailable
		case entity.CodeUnknownEntity:
			return http.StatusNotFound
		case entity.CodeInvalid:
			return http.StatusUnprocessableEntity
		}
	}
	return http.StatusConflict
}
