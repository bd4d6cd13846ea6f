package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/store"
)

// fakeHistory notes what it is asked.
type fakeHistory struct {
	id       entity.ID
	from, to time.Time
	points   int
	filter   store.Filter
	history  store.History
	lines    []store.Change
	more     bool
	runs     []store.RuleRun
	asked    store.RunFilter
	err      error
	caughtUp func() // what CatchUp brings; may be nil
}

func (f *fakeHistory) CatchUp(context.Context) {
	if f.caughtUp != nil {
		f.caughtUp()
	}
}

func (f *fakeHistory) History(_ context.Context, id entity.ID, from, to time.Time, points int) (store.History, error) {
	f.id, f.from, f.to, f.points = id, from, to, points
	return f.history, f.err
}

func (f *fakeHistory) Changes(_ context.Context, filter store.Filter) ([]store.Change, bool, error) {
	f.filter = filter
	return f.lines, f.more, f.err
}

func (f *fakeHistory) Runs(_ context.Context, filter store.RunFilter) ([]store.RuleRun, bool, error) {
	f.asked = filter
	return f.runs, f.more, f.err
}

func TestAHistoryIsShownWithItsGaps(t *testing.T) {
	r := newRig(t)
	at := func(s int64) time.Time { return time.UnixMilli(1_000_000 + s*1000) }
	r.history.history = store.History{Step: time.Second, Series: []store.Series{{Name: "on", Points: []store.Point{
		{At: at(0), Has: true, Mean: 1.0 / 3, High: 1, Gap: true}, {At: at(1)}}}}}
	rec := r.do("GET /api/entities/porch/history?from=1000000&to=1002000&points=7", "")
	const want = `{"entity":"porch","from":1000000,"to":1002000,"step":1000,"series":[{"name":"on","points":[` +
		`{"at":1000000,"value":0.3333,"low":0,"high":1,"gap":true},{"at":1001000,"value":null}]}]}`
	if got := strings.TrimSpace(rec.Body.String()); rec.Code != 200 || got != want {
		t.Errorf("%d\n got %s\nwant %s", rec.Code, got, want)
	}
	if h := r.history; h.id != "porch" || !h.from.Equal(at(0)) || !h.to.Equal(at(2)) || h.points != 7 {
		t.Errorf("asked: %+v", h)
	}
	r.history.history = store.History{Series: []store.Series{{Name: "on", Points: []store.Point{{At: at(0), Has: true, Mean: 1, Low: 1, High: 1}}}}}
	if got := r.do("GET /api/entities/porch/history", "").Body.String(); !strings.Contains(got, `"points":[{"at":1000000,"value":1}]`) {
		t.Errorf("a sample: %s", got)
	}
}

func TestAHistoryIsOfTheLastDayWhenNothingElseIsSaid(t *testing.T) {
	r := newRig(t)
	before := time.Now()
	future := time.Now().Add(time.Hour).UnixMilli()
	for query, want := range map[string]time.Duration{"": day, fmt.Sprintf("?to=%d", future): day,
		fmt.Sprintf("?from=%d", before.Add(-time.Hour).UnixMilli()): time.Hour} {
		if rec := r.do("GET /api/entities/porch/history"+query, ""); rec.Code != 200 {
			t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
		}
		h := r.history
		if h.to.Before(before) || h.to.After(time.Now()) || h.to.Sub(h.from)-want > time.Since(before)+time.Second || h.to.Sub(h.from) < want || h.points != 500 {
			t.Errorf("%s: from %v to %v, %d points", query, h.from, h.to, h.points)
		}
	}
}

const day = 24 * time.Hour

func TestTheHistoryOfNobodyIsNotFoundAndThatOfTheGoneIs(t *testing.T) {
	r := newRig(t)
	wantProblem(t, r.do("GET /api/entities/attic/history", ""), 404, "attic")
	if got := r.do("GET /api/entities/porch/history", "").Body.String(); !strings.Contains(got, `"series":[]`) {
		t.Error(got)
	}
	r.history.history.Series = []store.Series{{Name: "on"}}
	if rec := r.do("GET /api/entities/attic/history", ""); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestTheLogIsShownPageByPage(t *testing.T) {
	r := newRig(t)
	forty := 40.0
	r.history.more = true
	r.history.lines = []store.Change{
		{Place: store.Place{At: 5, ID: 9}, What: store.LineState, Entity: "stairs", State: "on", Number: &forty, Cause: entity.Cause{Kind: "user", By: "anna"}},
		{Place: store.Place{At: 3, ID: 8}, What: store.LineGap, Until: 4}}
	got := read[changesBody](t, r.do("GET /api/changes?entity=stairs,porch&from=1&to=9&limit=2&before=7-11", ""))
	want := changesBody{Next: "3-8", Changes: []changeBody{
		{At: 5, Entity: "stairs", What: "state", State: "on", Number: &forty, Cause: entity.Cause{Kind: "user", By: "anna"}},
		{At: 3, What: "gap", Until: 4}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	asked := store.Filter{Entities: []entity.ID{"stairs", "porch"}, From: time.UnixMilli(1), To: time.UnixMilli(9), Limit: 2, Before: store.Place{At: 7, ID: 11}}
	if !reflect.DeepEqual(r.history.filter, asked) {
		t.Errorf("asked %+v", r.history.filter)
	}
	r.history.lines, r.history.more = nil, false
	if got := strings.TrimSpace(r.do("GET /api/changes", "").Body.String()); got != `{"changes":[],"next":""}` {
		t.Errorf("an empty log: %s", got)
	}
	if want := (store.Filter{Limit: 100}); !reflect.DeepEqual(r.history.filter, want) {
		t.Errorf("asked %+v", r.history.filter)
	}
}

func TestParametersOutOfTheirBoundsAreRefusedWithWhatWouldBeRight(t *testing.T) {
	for path, says := range map[string]string{
		"/api/entities/porch/history?points=1":                  "2",
		"/api/entities/porch/history?points=2001":               "2000",
		"/api/entities/porch/history?points=many":               "integer",
		"/api/entities/porch/history?from=-1":                   "0",
		"/api/entities/porch/history?from=yesterday":            "integer",
		"/api/entities/porch/history?from=9&to=9":               "from must be before to",
		"/api/entities/porch/history?to=9007199254740992":       "9.007199254740991e+15",
		"/api/entities/porch/history?from=9007199254740991":     "before now",
		"/api/entities/porch/history?from=1e3":                  "integer",
		"/api/changes?limit=0":                                  "1",
		"/api/changes?limit=501":                                "500",
		"/api/changes?before=17":                                "pattern",
		"/api/changes?before=17-x":                              "pattern",
		"/api/changes?from=9&to=8":                              "from must be before to",
		"/api/changes?entity=Porch":                             "porch,stairs",
		"/api/changes?entity=porch,,x":                          "porch,stairs",
		"/api/changes?entity=" + strings.Repeat("a,", 50) + "a": "50",
	} {
		r := newRig(t)
		wantProblem(t, r.do("GET "+path, ""), http.StatusUnprocessableEntity, says)
		if r.history.points != 0 || r.history.filter.Limit != 0 {
			t.Errorf("%s was asked of the store", path)
		}
	}
}

func TestAStoreThatCannotBeReadIsSaidAndAnythingElseIsForTheLog(t *testing.T) {
	for _, path := range []string{"/api/changes", "/api/entities/porch/history"} {
		r := newRig(t)
		r.history.err = fmt.Errorf("history: %w", store.ErrUnavailable)
		wantProblem(t, r.do("GET "+path, ""), 503, "cannot be read at the moment")
		r.history.err = errors.New("disk on fire")
		rec := r.do("GET "+path, "")
		wantProblem(t, rec, 500, "the log says more")
		if strings.Contains(rec.Body.String(), "fire") || !strings.Contains(r.log.String(), "disk on fire") {
			t.Errorf("answer %s, log %s", rec.Body, r.log)
		}
	}
}
