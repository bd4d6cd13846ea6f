package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hob/internal/entity"
	"hob/internal/store"
)

// History is what was recorded.
type History interface {
	// CatchUp waits until what has happened before is recorded, or ctx is done.
	CatchUp(ctx context.Context)
	History(ctx context.Context, id entity.ID, from, to time.Time, points int) (store.History, error)
	Changes(ctx context.Context, f store.Filter) (lines []store.Change, more bool, err error)
	Runs(ctx context.Context, f store.RunFilter) (runs []store.RuleRun, more bool, err error)
}

// caughtUpWithin is how long an answer waits for what the recorder still gathers; it
// tells what is recorded then.
const caughtUpWithin = time.Second

// caughtUp is a history that tells of what has just happened, too.
func (a *API) caughtUp(ctx context.Context) History {
	ctx, stop := context.WithTimeout(ctx, caughtUpWithin)
	defer stop()
	a.History.CatchUp(ctx)
	return a.History
}

// defaultSpan is how far back a history goes when it is not said.
const defaultSpan = 24 * time.Hour

type (
	historyInput struct {
		ID     entity.ID `path:"id" doc:"entity id" example:"porch"`
		From   int64     `query:"from" minimum:"0" maximum:"9007199254740991" doc:"unix milliseconds; a day before to when it is left out" example:"1795363200000"`
		To     int64     `query:"to" minimum:"0" maximum:"9007199254740991" doc:"unix milliseconds, not included; now when it is left out, or later than that"`
		Points int       `query:"points" minimum:"2" maximum:"2000" default:"500" doc:"for each number, at most about so many"`
	}
	historyBody struct {
		Entity entity.ID    `json:"entity"`
		From   int64        `json:"from"`
		To     int64        `json:"to"`
		Step   int64        `json:"step" doc:"milliseconds from point to point; 0: each is a sample"`
		Series []seriesBody `json:"series"`
	}
	seriesBody struct {
		Name   string      `json:"name"`
		Points []pointBody `json:"points"`
	}
	pointBody struct {
		At    int64    `json:"at"`
		Value *float64 `json:"value" nullable:"true" doc:"mean over the step, weighted by time; null: not known"`
		Low   *float64 `json:"low,omitempty"`
		High  *float64 `json:"high,omitempty"`
		Gap   bool     `json:"gap,omitempty" doc:"not known in a part of the step"`
	}
	changesInput struct {
		Entity []string `query:"entity" maxItems:"50" doc:"ids, with commas between; all entities when it is left out" example:"porch,stairs"`
		From   int64    `query:"from" minimum:"0" maximum:"9007199254740991" doc:"unix milliseconds"`
		To     int64    `query:"to" minimum:"0" maximum:"9007199254740991" doc:"unix milliseconds, not included"`
		Before string   `query:"before" pattern:"^[0-9]{1,16}-[0-9]{1,18}$" doc:"older than what bears this place: next of the page before"`
		Limit  int      `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	changesBody struct {
		Changes []changeBody `json:"changes"`
		Next    string       `json:"next" doc:"for before, to get what is older; empty when there is nothing"`
	}
	changeBody struct {
		At      int64          `json:"at"`
		Entity  entity.ID      `json:"entity"`
		What    store.Line     `json:"what" enum:"state,gesture,available,unavailable,gone,gap"`
		State   string         `json:"state"`
		Number  *float64       `json:"number,omitempty" doc:"brightness, target or value"`
		Gesture entity.Gesture `json:"gesture,omitempty"`
		Until   int64          `json:"until,omitempty" doc:"when a gap ended"`
		Cause   entity.Cause   `json:"cause"`
	}
)

func (a *API) routeHistory(ops operations) {
	serve(ops, "GET /api/entities/{id}/history", "Show the history of an entity's numbers", func(ctx context.Context, in *historyInput) (*historyBody, error) {
		from, to := span(in.From, in.To, time.Now())
		if !from.Before(to) {
			return nil, huma.Error422UnprocessableEntity("from must be before to and before now, in unix milliseconds")
		}
		h, err := a.History.History(ctx, in.ID, from, to, in.Points)
		if err != nil {
			return nil, a.notRead(ctx, err)
		}
		if _, declared := a.House.Entity(in.ID); !declared && len(h.Series) == 0 {
			return nil, huma.Error404NotFound("there is no entity " + string(in.ID))
		}
		return new(historyOf(in.ID, from, to, h)), nil
	})
	serve(ops, "GET /api/changes", "List what has changed", func(ctx context.Context, in *changesInput) (*changesBody, error) {
		f, err := in.filter()
		if err != nil {
			return nil, huma.Error422UnprocessableEntity(err.Error())
		}
		lines, more, err := a.caughtUp(ctx).Changes(ctx, f)
		if err != nil {
			return nil, a.notRead(ctx, err)
		}
		return new(changesOf(lines, more)), nil
	})
}

// span is the time that was asked for; a zero is what was not said.
func span(fromMS, toMS int64, now time.Time) (from, to time.Time) {
	to = now
	if toMS != 0 && toMS < now.UnixMilli() {
		to = time.UnixMilli(toMS)
	}
	from = to.Add(-defaultSpan)
	if fromMS != 0 {
		from = time.UnixMilli(fromMS)
	}
	return from, to
}

// notRead says why there is no answer; the rest is for the log.
func (a *API) notRead(ctx context.Context, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		return huma.Error503ServiceUnavailable("the history cannot be read at the moment: the disk takes nothing, or the store is being replaced")
	}
	if ctx.Err() == nil {
		a.Log.Error("the history was not read", "error", err)
	}
	return huma.NewError(http.StatusInternalServerError, "internal error; the log says more")
}

func historyOf(id entity.ID, from, to time.Time, h store.History) historyBody {
	out := historyBody{Entity: id, From: from.UnixMilli(), To: to.UnixMilli(), Step: h.Step.Milliseconds(),
		Series: make([]seriesBody, 0, len(h.Series))}
	for _, s := range h.Series {
		points := make([]pointBody, 0, len(s.Points))
		for _, p := range s.Points {
			points = append(points, pointOf(p, h.Step > 0))
		}
		out.Series = append(out.Series, seriesBody{s.Name, points})
	}
	return out
}

func pointOf(p store.Point, step bool) pointBody {
	out := pointBody{At: p.At.UnixMilli(), Gap: p.Gap}
	if p.Has {
		out.Value = rounded(p.Mean)
		if step {
			out.Low, out.High = rounded(p.Low), rounded(p.High)
		}
	}
	return out
}

// rounded leaves out the digits that only a mean has.
func rounded(f float64) *float64 {
	if math.Abs(f) < 1e9 {
		f = math.Round(f*1e4) / 1e4
	}
	return &f
}

func (in *changesInput) filter() (store.Filter, error) {
	f := store.Filter{Limit: in.Limit}
	for _, id := range in.Entity {
		if !entity.ValidID(strings.TrimSpace(id)) {
			return f, fmt.Errorf("entity must be ids with commas between, such as porch,stairs; %q is none", id)
		}
		f.Entities = append(f.Entities, entity.ID(strings.TrimSpace(id)))
	}
	if in.From != 0 {
		f.From = time.UnixMilli(in.From)
	}
	if in.To != 0 {
		f.To = time.UnixMilli(in.To)
	}
	if in.From != 0 && in.To != 0 && in.From >= in.To {
		return f, errors.New("from must be before to, in unix milliseconds")
	}
	if in.Before != "" {
		if _, err := fmt.Sscanf(in.Before, "%d-%d", &f.Before.At, &f.Before.ID); err != nil {
			return f, errors.New("before must be the next of an earlier answer")
		}
	}
	return f, nil
}

func changesOf(lines []store.Change, more bool) changesBody {
	out := changesBody{Changes: make([]changeBody, 0, len(lines))}
	for _, l := range lines {
		out.Changes = append(out.Changes, changeBody{At: l.At, Entity: l.Entity, What: l.What, State: l.State, Number: l.Number,
			Gesture: l.Gesture, Until: l.Until, Cause: l.Cause})
	}
	if more {
		last := lines[len(lines)-1].Place
		out.Next = fmt.Sprintf("%d-%d", last.At, last.ID)
	}
	return out
}
