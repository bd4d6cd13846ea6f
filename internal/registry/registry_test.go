package registry

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hob/internal/entity"
)

const (
	hallID = entity.BoardID("hob-7c9ebd")
	shedID = entity.BoardID("hob-a0b765")
)

// nowhere takes commands and never answers.
type nowhere struct{ sent []BoardCommand }

func (n *nowhere) Send(c BoardCommand) (func(), error) {
	n.sent = append(n.sent, c)
	return func() {}, nil
}

func out(board entity.BoardName, pin int) entity.Output {
	return entity.Output{Board: board, Pin: pin}
}

func testHouse() *entity.House {
	return &entity.House{
		Name:   "Test",
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}, {Name: "shed", ID: shedID, Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "porch", Name: "Porch", Spec: &entity.Switch{Output: out("hall", 16)}},
			{ID: "stairs", Name: "Stairs", Spec: &entity.Light{Output: out("hall", 19), Drive: entity.DrivePWM}},
			{ID: "bell", Name: "Bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32}}},
			{ID: "lamp", Name: "Lamp", Spec: &entity.Switch{Output: out("shed", 16)}},
		},
	}
}

func newTest(t *testing.T) *Registry {
	t.Helper()
	r := New(Options{Epoch: "e"})
	r.Apply(testHouse())
	return r
}

func point16(on bool) []PointReport {
	return []PointReport{{Point: "gpio16", Value: entity.Value{On: on}, Cause: entity.Cause{Kind: entity.CauseBoot}, At: time.UnixMilli(5)}}
}

func attach(t *testing.T, r *Registry, id entity.BoardID, points ...PointReport) *Attachment {
	t.Helper()
	a, err := r.Attach(id, "192.0.2.1:80", "0.1", &nowhere{}, points)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(t *testing.T, r *Registry, id entity.ID) entity.Record {
	t.Helper()
	rec, ok := r.Entity(id)
	if !ok {
		t.Fatalf("no entity %s", id)
	}
	return rec
}

func TestAnEntityIsUnavailableWithTheReasonUntilItsBoardReports(t *testing.T) {
	r := newTest(t)
	if u := get(t, r, "porch").Unavailable; u == nil || u.Reason != entity.BoardOffline {
		t.Fatalf("before: %+v", u)
	}
	r.SetBoard(entity.BoardRecord{ID: hallID, Declared: true, Status: entity.BoardKeyRefused, Said: entity.Said{Message: "key refused"}})
	if u := get(t, r, "porch").Unavailable; u == nil || u.Reason != entity.BoardKeyRefused || u.Message != "key refused" {
		t.Fatalf("key refused: %+v", u)
	}
	a := attach(t, r, hallID)
	if u := get(t, r, "porch").Unavailable; u == nil || u.Reason != entity.BoardNotConfigured {
		t.Fatalf("online without the point: %+v", u)
	}
	if err := a.Configured(point16(true)); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, r, "porch"); !rec.Available || rec.State != "on" || rec.Changed != 5 {
		t.Fatalf("reported: %+v", rec)
	}
	if rec := get(t, r, "stairs"); rec.Available {
		t.Fatalf("a point that the board does not have is available: %+v", rec)
	}
	a.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
	if rec := get(t, r, "porch"); rec.Available || rec.State != "on" || rec.Unavailable.Message != "gone" {
		t.Fatalf("detached: %+v", rec)
	}
}

func TestANewerSessionMakesTheOlderOneStale(t *testing.T) {
	r := newTest(t)
	old := attach(t, r, hallID, point16(false)...)
	young := attach(t, r, hallID, point16(false)...)
	if err := old.Report(point16(true)); !errors.Is(err, ErrStale) {
		t.Errorf("stale report: %v", err)
	}
	old.Detach(entity.BoardOffline, entity.Said{Message: "old"})
	if rec := get(t, r, "porch"); !rec.Available || rec.State != "off" {
		t.Errorf("the old session changed %+v", rec)
	}
	if err := young.Report(point16(true)); err != nil || get(t, r, "porch").State != "on" {
		t.Errorf("the new session: %v", err)
	}
}

func TestWhatComesBackIsNeverShownWithTheStateOfBefore(t *testing.T) {
	r := newTest(t)
	attach(t, r, hallID, point16(true)...).Detach(entity.BoardOffline, entity.Said{Message: "gone"})
	_, sub := r.Subscribe(func() {})
	defer sub.Close()
	attach(t, r, hallID, point16(false)...)
	events, err := sub.Take(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range events {
		if e.ID == "porch" {
			seen++
			if e.Entity.Available && e.Entity.State != "off" {
				t.Errorf("it is shown as %s", e.Entity.State)
			}
		}
	}
	if seen == 0 || !get(t, r, "porch").Available {
		t.Errorf("%d events, and then %+v", seen, get(t, r, "porch"))
	}
}

func TestABoardThatIsNotDeclaredCannotAttach(t *testing.T) {
	r := newTest(t)
	r.SetBoard(entity.BoardRecord{ID: "hob-ffffff", Chip: "esp32"})
	if _, err := r.Attach("hob-ffffff", "", "", &nowhere{}, nil); !errors.Is(err, ErrUnknownBoard) {
		t.Errorf("attach: %v", err)
	}
	if list := r.Boards(); len(list) != 3 || list[2].Status != entity.BoardUnknown {
		t.Errorf("boards: %+v", list)
	}
	r.RemoveBoard("hob-ffffff")
	r.RemoveBoard(hallID)
	if list := r.Boards(); len(list) != 2 {
		t.Errorf("boards: %+v", list)
	}
}

func TestTwoTogglesAtOnceGoOnAndBackOff(t *testing.T) {
	r := newTest(t)
	s := &nowhere{}
	if _, err := r.Attach(hallID, "", "", s, point16(false)); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		_, err := r.Accept(Request{Command: entity.CommandID(fmt.Sprint(i)), Entity: "porch", Action: entity.Action{Verb: entity.VerbToggle}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if s.sent[0].Do != entity.VerbOn || s.sent[1].Do != entity.VerbOff {
		t.Errorf("sent %v then %v", s.sent[0].Do, s.sent[1].Do)
	}
}

func TestFinishOfAnOlderCommandLeavesTheNewerPending(t *testing.T) {
	r := newTest(t)
	attach(t, r, hallID, point16(false)...)
	for _, id := range []entity.CommandID{"1", "2"} {
		if _, err := r.Accept(Request{Command: id, Entity: "porch", Action: entity.Action{Verb: entity.VerbOn}}); err != nil {
			t.Fatal(err)
		}
	}
	r.Finish("porch", "1", &entity.Failure{Command: "1"})
	if rec := get(t, r, "porch"); rec.Pending == nil || rec.Pending.Command != "2" || rec.Failure != nil {
		t.Errorf("after the older one: %+v", rec)
	}
	r.Finish("porch", "2", &entity.Failure{Command: "2"})
	if rec := get(t, r, "porch"); rec.Pending != nil || rec.Failure == nil {
		t.Errorf("after the newer one: %+v", rec)
	}
}

func TestARefusedCommandChangesNothing(t *testing.T) {
	r := newTest(t)
	before := r.Revision()
	for _, req := range []Request{
		{Entity: "porch", Action: entity.Action{Verb: entity.VerbOn}},
		{Entity: "attic", Action: entity.Action{Verb: entity.VerbOn}},
		{Entity: "bell", Action: entity.Action{Verb: entity.VerbOn}},
	} {
		var why *entity.Refusal
		if _, err := r.Accept(req); !errors.As(err, &why) {
			t.Errorf("%s: %v", req.Entity, err)
		}
	}
	if r.Revision() != before {
		t.Error("the revision moved")
	}
}

func TestAReportClearsTheFailureAndTheButtonIsNamedAsCause(t *testing.T) {
	r := newTest(t)
	a := attach(t, r, hallID, point16(false)...)
	_, _ = r.Accept(Request{Command: "1", Entity: "porch", Action: entity.Action{Verb: entity.VerbOn}})
	r.Finish("porch", "1", &entity.Failure{Command: "1", Status: entity.StatusExpired})
	report := point16(true)
	report[0].Cause, report[0].ByPoint = entity.Cause{Kind: entity.CauseButton}, "gpio32"
	if err := a.Report(report); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, r, "porch"); rec.Failure != nil || rec.Cause != (entity.Cause{Kind: entity.CauseButton, By: "bell"}) {
		t.Errorf("got %+v", rec)
	}
}

func TestAReloadTouchesOnlyWhatItConcerns(t *testing.T) {
	r := newTest(t)
	a := attach(t, r, hallID, append(point16(true), PointReport{Point: "gpio19", Value: entity.Value{Level: 300, HasLevel: true, On: true}})...)
	_, sub := r.Subscribe(func() {})
	defer sub.Close()

	r.Apply(testHouse())
	if events, _ := sub.Take(nil); len(events) != 0 {
		t.Fatalf("the same house again made %d events", len(events))
	}

	h := testHouse()
	h.Entities[0].Name = "Front lamp"
	h.Entities = append(h.Entities[:3:3], entity.Entity{ID: "new", Name: "New", Spec: &entity.Light{Output: out("hall", 23), Drive: entity.DrivePin}})
	r.Apply(h)
	events, err := sub.Take(nil)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, fmt.Sprint(e.Kind, e.ID))
	}
	slices.Sort(kinds)
	if got, want := fmt.Sprint(kinds), "[2new 2porch 3lamp 6]"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if rec := get(t, r, "porch"); rec.Name != "Front lamp" || rec.State != "on" || !rec.Available {
		t.Errorf("porch: %+v", rec)
	}
	if rec := get(t, r, "stairs"); rec.State != "on" {
		t.Errorf("stairs: %+v", rec)
	}
	if err := a.Report(point16(false)); err != nil || get(t, r, "porch").State != "off" {
		t.Errorf("the session went with the reload: %v", err)
	}
}

func TestAPointThatMovesToAnotherEntityBringsItsValue(t *testing.T) {
	r := newTest(t)
	attach(t, r, hallID, point16(true)...)
	h := testHouse()
	h.Entities[0] = entity.Entity{ID: "lantern", Name: "Lantern", Spec: &entity.Switch{Output: out("hall", 16)}}
	r.Apply(h)
	if rec := get(t, r, "lantern"); rec.State != "on" || !rec.Available {
		t.Errorf("got %+v", rec)
	}
}

func TestASubscriberThatFallsBehindIsToldSo(t *testing.T) {
	r := New(Options{Events: 4})
	r.Apply(testHouse())
	a := attach(t, r, hallID, point16(false)...)
	_, sub := r.Subscribe(func() {})
	for i := range 4 {
		_ = a.Report(point16(i%2 == 0))
	}
	if events, err := sub.Take(nil); err != nil || len(events) != 4 {
		t.Fatalf("four of four: %d %v", len(events), err)
	}
	for i := range 5 {
		_ = a.Report(point16(i%2 == 0))
	}
	if _, err := sub.Take(nil); !errors.Is(err, ErrLagged) {
		t.Errorf("five of four: %v", err)
	}
}

func TestASessionCannotFillTheServersMemory(t *testing.T) {
	r := newTest(t)
	a := attach(t, r, hallID)
	for i := range 10_000 {
		_ = a.Report([]PointReport{{Point: entity.PointID(fmt.Sprint("x", i))}})
	}
	if len(a.values) > maxPoints {
		t.Errorf("%d points are kept", len(a.values))
	}
}

// courier is a session that sends what it was given when it is told to.
type courier struct {
	nowhere
	flush func()
}

func (c *courier) Flush() { c.flush() }

func TestACommandIsSentOnceTheLockIsReleasedAndBeforeAnybodyIsTold(t *testing.T) {
	r := newTest(t)
	var happened []string
	c := &courier{flush: func() { happened = append(happened, "sent at "+get(t, r, "porch").Pending.Target) }}
	if _, err := r.Attach(hallID, "192.0.2.1:80", "0.1", c, point16(false)); err != nil {
		t.Fatal(err)
	}
	r.Subscribe(func() { happened = append(happened, "told") })
	if _, err := r.Accept(Request{Command: "1", Entity: "porch", Action: entity.Action{Verb: entity.VerbOn}}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"sent at on", "told"}; !slices.Equal(happened, want) {
		t.Errorf("%q, want %q", happened, want)
	}
	happened = nil
	r.Fail("porch", entity.Failure{})
	if want := []string{"told"}; !slices.Equal(happened, want) {
		t.Errorf("%q, want %q", happened, want)
	}
}

func TestAPlanIsSentAtOnceToo(t *testing.T) {
	r := newTest(t)
	sent := 0
	c := &courier{flush: func() { _ = r.Snapshot(); sent++ }} // which would hang under the lock
	if _, err := r.Attach(hallID, "192.0.2.1:80", "0.1", c, point16(false)); err != nil {
		t.Fatal(err)
	}
	porch, _ := r.Entity("porch")
	if err := r.SendPlan("porch", porch.Revision, entity.Plan{}, time.Time{}, func(BoardResult) {}); err != nil {
		t.Fatal(err)
	}
	if sent != 1 {
		t.Errorf("sent %d times", sent)
	}
	var stale *entity.Refusal
	if err := r.SendPlan("porch", porch.Revision-1, entity.Plan{}, time.Time{}, nil); !errors.As(err, &stale) || stale.Code != entity.CodeSuperseded || sent != 1 {
		t.Errorf("one that is out of date: %v, sent %d times", err, sent)
	}
	if err := r.SendPlan("nobody", 0, entity.Plan{}, time.Time{}, nil); err == nil || sent != 1 {
		t.Errorf("to nobody: %v, sent %d times", err, sent)
	}
}
