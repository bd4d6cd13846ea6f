package api

import (
	"slices"
	"strings"
	"testing"

	"hob/internal/entity"
)

// fakeNotices are some notices.
type fakeNotices struct{ shown []entity.Notice }

func (f *fakeNotices) Notices() []entity.Notice { return append([]entity.Notice{}, f.shown...) }

func (f *fakeNotices) Dismiss(id int64) bool {
	before := len(f.shown)
	f.shown = slices.DeleteFunc(f.shown, func(n entity.Notice) bool { return n.ID == id })
	return len(f.shown) < before
}

func TestNoticesAreShownAndDismissedOnce(t *testing.T) {
	r := newRig(t)
	if got := strings.TrimSpace(r.do("GET /api/notices", "").Body.String()); got != "[]" {
		t.Errorf("no notices: %s", got)
	}
	r.notices.shown = []entity.Notice{{ID: 6, At: 1, Text: "cold", Rule: "cold"}, {ID: 7, At: 2, Text: "pump", User: "anna"}}
	if got := read[[]entity.Notice](t, r.do("GET /api/notices", "")); !slices.Equal(got, r.notices.shown) {
		t.Errorf("got %+v", got)
	}
	if rec := r.do("DELETE /api/notices/6", ""); rec.Code != 204 || rec.Body.Len() != 0 {
		t.Errorf("dismissed: %d %s", rec.Code, rec.Body)
	}
	wantProblem(t, r.do("DELETE /api/notices/6", ""), 404, "there is no notice 6")
	for _, id := range []string{"x", "-1", "0", "9007199254740992"} {
		wantProblem(t, r.do("DELETE /api/notices/"+id, ""), 422, "id")
	}
	if len(r.notices.shown) != 1 {
		t.Errorf("left: %+v", r.notices.shown)
	}
}
