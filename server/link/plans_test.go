package link

import (
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

func setting(t entity.Temp) entity.Setting { return entity.Setting{Temp: t} }

func TestAPlanIsToldInTheBoardsTimeAndHasBegun(t *testing.T) {
	heard := time.Unix(1_000_000, 0)
	clock := boardClock{up: 100_000, at: heard} // booted 100 s before
	now := heard.Add(10 * time.Second)
	at := now.Add
	off := entity.Setting{Off: true}
	for name, c := range map[string]struct {
		plan entity.Plan
		want string
	}{
		"begun long ago, before the boot": {
			entity.Plan{ID: "1a2b3c4d", End: at(time.Hour), Segments: []entity.Segment{{From: at(-24 * time.Hour), To: setting(21_000)}}},
			`"plan":"1a2b3c4d","end":3710000,"segments":[[0,21000]]`},
		"what is over is left out": {
			entity.Plan{ID: "1", End: at(time.Hour), Segments: []entity.Segment{{From: at(-2 * time.Hour), To: setting(1)},
				{From: at(-time.Second), To: off}, {From: at(time.Second), To: setting(18_500)}}},
			`"plan":"1","end":3710000,"segments":[[109000,null],[111000,18500]]`},
		"made a moment ahead of the board's clock": {
			entity.Plan{ID: "1", End: at(time.Hour), Segments: []entity.Segment{{From: at(time.Second), To: off}}},
			`"plan":"1","end":3710000,"segments":[[110000,null]]`},
		"two within a millisecond": {
			entity.Plan{ID: "1", End: at(time.Hour), Segments: []entity.Segment{{From: now, To: off},
				{From: at(5 * time.Millisecond), To: setting(1)}, {From: at(5*time.Millisecond + 9), To: setting(2)}}},
			`"plan":"1","end":3710000,"segments":[[110000,null],[110005,1],[110006,2]]`},
		"over before it is told": {
			entity.Plan{ID: "1", End: at(-time.Hour), Segments: []entity.Segment{{From: at(-2 * time.Hour), To: setting(1)}}},
			`"plan":"1","end":1,"segments":[[0,1]]`},
		"locked": {entity.Plan{ID: "1", Locked: true, End: at(time.Hour)}, `"plan":"1","locked":true`},
	} {
		got := string((&wire.Command{ID: 1, Point: "gpio21", Do: entity.VerbPlan, Until: 7, Plan: clock.plan(&c.plan, now)}).Append(nil))
		if want := `{"t":"command","id":1,"point":"gpio21","do":"plan",` + c.want + `,"until":7}`; got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

// The clock was set an hour ahead after the board's last frame, whose time is by
// the old one.
func TestAPlanGoesByTheClockOfTheMomentInWhichItIsSent(t *testing.T) {
	heard := time.Now() // carries both clocks
	now := heard.Round(0).Add(time.Hour)
	p := &entity.Plan{ID: "1", End: now.Add(time.Hour), Segments: []entity.Segment{
		{From: now.Add(-time.Minute), To: setting(1)}, {From: now.Add(time.Minute), To: setting(2)}}}
	got := planAt(p, now, 100_000)
	if got.End != 3_700_000 || len(got.Segments) != 2 || got.Segments[0].From != 40_000 || got.Segments[1].From != 160_000 {
		t.Errorf("%+v", got)
	}
}

func TestAPlanThatABoardHasNoRoomForEndsEarly(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	p := entity.Plan{ID: "1", End: now.Add(40 * time.Hour)}
	for n := range 40 {
		p.Segments = append(p.Segments, entity.Segment{From: now.Add(time.Duration(n) * time.Hour), To: setting(20_000)})
	}
	got := boardClock{at: now}.plan(&p, now)
	if len(got.Segments) != wire.MaxSegments || got.End != wire.MaxSegments*3_600_000 {
		t.Errorf("%d segments to %d", len(got.Segments), got.End)
	}
}
