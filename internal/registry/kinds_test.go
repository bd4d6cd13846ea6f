package registry

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/fakekind"
)

func pin(n int) entity.PointRef { return entity.PointRef{Board: "hall", Point: entity.GPIO(n)} }

// kindHouse has a door of two points, a guard that watches it, and a chief that
// watches the guard.
func kindHouse(more ...entity.Entity) *entity.House {
	return &entity.House{
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}},
		Entities: append([]entity.Entity{
			{ID: "guard", Spec: &fakekind.Spec{As: entity.KindAlarm, Sees: []entity.ID{"door"}, Lasts: true}},
			{ID: "chief", Spec: &fakekind.Spec{As: entity.KindPerson, Sees: []entity.ID{"guard"}}},
			{ID: "door", Spec: &fakekind.Spec{As: entity.KindGarageDoor, On: []entity.PointRef{pin(4), pin(5)}}},
		}, more...),
	}
}

func kinds(o Options, h *entity.House) *Registry {
	o.Epoch, o.Initial = "e", fakekind.Initial
	r := New(o)
	r.Apply(h)
	return r
}

func told(t *testing.T, r *Registry, id entity.ID) fakekind.Attributes {
	t.Helper()
	return get(t, r, id).Attributes.(fakekind.Attributes)
}

func report(id int, on bool) PointReport {
	return PointReport{Point: entity.GPIO(id), Value: entity.Value{On: on}, Cause: entity.Cause{Kind: entity.CauseBoard, By: fmt.Sprint(id)}}
}

func do(t *testing.T, r *Registry, id entity.ID, verb entity.Verb) Accepted {
	t.Helper()
	a, err := r.Accept(Request{Command: "1", Entity: id, Action: entity.Action{Verb: verb}, Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnEntityOfTwoPointsNeverHearsOfOneAlone(t *testing.T) {
	r := kinds(Options{}, kindHouse())
	a := attach(t, r, hallID, report(4, true))
	if rec := get(t, r, "door"); rec.Available || rec.State != entity.StateUnknown || rec.Unavailable.Reason != entity.BoardNotConfigured {
		t.Fatalf("with one point: %+v", rec)
	}
	if err := a.Report([]PointReport{report(5, false)}); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, r, "door"); !rec.Available || told(t, r, "door").Told != "up gpio4=true gpio5=false" {
		t.Fatalf("with both: %+v", rec)
	}
	if err := a.Configured([]PointReport{report(4, true)}); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, r, "door"); rec.Available || told(t, r, "door").Told != "down" {
		t.Fatalf("with one gone: %+v", rec)
	}
	_ = a.Configured([]PointReport{report(4, true), report(5, true)})
	if got := told(t, r, "door").Told; got != "up gpio4=true gpio5=true" {
		t.Fatalf("with both again: %s", got)
	}
	attach(t, r, hallID, report(4, false), report(5, false))
	if got := told(t, r, "door").Told; got != "up gpio4=false gpio5=false" {
		t.Fatalf("by a session that took over: %s", got)
	}
}

func TestOneFrameIsOneChangeWithTheCauseOfWhatMadeIt(t *testing.T) {
	r := kinds(Options{}, kindHouse())
	a := attach(t, r, hallID, report(4, false), report(5, false))
	sub := r.Watch(func(e *Event) bool { return e.ID == "door" }, func() {})
	_ = a.Report([]PointReport{report(4, true), report(5, true)})
	events, err := sub.Take(nil)
	if err != nil || len(events) != 1 || events[0].Entity.Cause.By != "5" {
		t.Fatalf("%d events: %+v %v", len(events), events, err)
	}
}

func TestAWatcherKnowsWhatItWatchesInTheSameUpdate(t *testing.T) {
	r := kinds(Options{}, kindHouse())
	if got := told(t, r, "guard").Seen; got != "door=unknown?" {
		t.Fatalf("when declared: %s", got)
	}
	a := attach(t, r, hallID, report(4, false), report(5, false))
	guard := get(t, r, "guard")
	if guard.Attributes.(fakekind.Attributes).Seen != "door=reported" || guard.Cause.Kind != entity.CauseBoard {
		t.Fatalf("when it reports: %+v", guard)
	}
	if got := told(t, r, "chief").Seen; got != "guard=reported" {
		t.Fatalf("the watcher's watcher: %s", got)
	}
	a.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
	if got := told(t, r, "guard").Seen; got != "door=reported?" {
		t.Fatalf("when its board goes: %s", got)
	}
	before := r.Revision()
	r.Apply(kindHouse())
	if r.Revision() != before {
		t.Errorf("the same house again made %d events", r.Revision()-before)
	}
	h := kindHouse(timed("leo", 0))
	h.Entities[0].Spec = &fakekind.Spec{As: entity.KindAlarm, Sees: []entity.ID{"leo"}, Lasts: true}
	r.Apply(h)
	if got := told(t, r, "guard").Seen; got != "leo=unknown" {
		t.Errorf("what is watched anew: %s", got)
	}
}

func TestWatchersInACircleComeToAnEnd(t *testing.T) {
	h := &entity.House{Entities: []entity.Entity{
		{ID: "a", Spec: &fakekind.Spec{As: entity.KindPerson, Sees: []entity.ID{"b"}}},
		{ID: "b", Spec: &fakekind.Spec{As: entity.KindPerson, Sees: []entity.ID{"a"}}},
	}}
	r := kinds(Options{}, h)
	do(t, r, "a", "ping")
	do(t, r, "b", "pong")
}

func TestAnOrderOfTheServersOwnTakesEffectWhenItIsAccepted(t *testing.T) {
	r := kinds(Options{Keeper: true}, kindHouse())
	a := do(t, r, "guard", "armed")
	rec := get(t, r, "guard")
	if rec.State != "armed" || rec.Cause.By != "anna" || rec.Pending != nil || a.Sent || a.Mark == 0 {
		t.Fatalf("%+v after %+v", rec, a)
	}
	before := r.Revision()
	if a := do(t, r, "guard", "nothing"); a.Sent || a.Mark != 0 || r.Revision() != before {
		t.Errorf("nothing to do: %+v", a)
	}
	a, err := r.Accept(Request{Entity: "guard", Action: entity.Action{Verb: "wrong", Code: entity.NewSecret("4711")}})
	var why *entity.Refusal
	if !errors.As(err, &why) || why.Code != entity.CodeWrongCode || told(t, r, "guard").Tries != 1 || a.Mark == 0 {
		t.Errorf("a refused attempt: %v, %+v", err, told(t, r, "guard"))
	}
}

func TestOnlyWhatMayWaitIsAcceptedWhileTheBoardIsAway(t *testing.T) {
	r := kinds(Options{}, kindHouse())
	var why *entity.Refusal
	if _, err := r.Accept(Request{Entity: "door", Action: entity.Action{Verb: "next_on"}}); !errors.As(err, &why) || why.Code != entity.CodeOffline {
		t.Fatalf("it was accepted: %v", err)
	}
	if rec := get(t, r, "door"); rec.State != entity.StateUnknown {
		t.Fatalf("a refused order has changed it: %+v", rec)
	}
	a := do(t, r, "door", "queue")
	if rec := get(t, r, "door"); !a.Queued || a.Sent || rec.State != "queue" || rec.Pending != nil {
		t.Errorf("%+v after %+v", rec, a)
	}
	attach(t, r, hallID, report(4, true), report(5, true))
	if a := do(t, r, "door", "queue"); a.Queued || !a.Sent || get(t, r, "door").Pending == nil {
		t.Errorf("with the board there: %+v", a)
	}
}

func TestAPulsesEndIsWaitedFor(t *testing.T) {
	r := kinds(Options{}, kindHouse())
	attach(t, r, hallID, report(4, true), report(5, true))
	now := time.Now()
	if _, err := r.Accept(Request{Command: "1", Entity: "door", Action: entity.Action{Verb: entity.VerbPulse}, Until: now}); err != nil {
		t.Fatal(err)
	}
	if p := get(t, r, "door").Pending; p.Until != now.Add(7*time.Second).UnixMilli() {
		t.Errorf("pending until %d, %d later", p.Until, p.Until-now.UnixMilli())
	}
}

func TestWhoPressesAButtonOfTheDoorsOwnBoardStandsThere(t *testing.T) {
	h := kindHouse(entity.Entity{ID: "near", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32}}},
		entity.Entity{ID: "far", Spec: &entity.Button{Input: entity.Input{Board: "shed", Pin: 32}}})
	h.Boards = append(h.Boards, entity.Board{Name: "shed", ID: shedID, Chip: "esp32"})
	r := kinds(Options{}, h)
	for id, want := range map[entity.ID]bool{"near": true, "far": false, "guard": false, "": false} {
		if got := r.attended(r.entities["door"], id); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
}

// timed is an entity whose deadline comes so long after it is told anything.
func timed(id entity.ID, after time.Duration) entity.Entity {
	return entity.Entity{ID: id, Spec: &fakekind.Spec{As: entity.KindPerson, After: after}}
}

func TestATickConcernsThoseAloneWhoseTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := kinds(Options{}, kindHouse(timed("soon", time.Second), timed("later", time.Minute)))
		if _, ok := r.NextDue(time.Now()); ok {
			t.Fatal("there is a deadline before anything has happened")
		}
		do(t, r, "later", "x")
		<-r.Sooner()
		do(t, r, "soon", "x")
		<-r.Sooner()
		if wait, ok := r.NextDue(time.Now()); !ok || wait != time.Second {
			t.Fatalf("next in %v", wait)
		}
		do(t, r, "later", "y")
		select {
		case <-r.Sooner():
			t.Error("a later deadline wakes")
		default:
		}
		r.Tick(time.Now())
		if get(t, r, "soon").State != "x" {
			t.Error("it elapsed too early")
		}
		time.Sleep(time.Second)
		r.Tick(time.Now())
		rec := get(t, r, "soon")
		if rec.State != "elapsed" || rec.Cause.Kind != entity.CauseDeadline || get(t, r, "later").State != "y" {
			t.Errorf("%+v", rec)
		}
		h := kindHouse(timed("soon", time.Second)) // later is gone, and its deadline with it
		r.Apply(h)
		if wait, ok := r.NextDue(time.Now()); ok {
			t.Errorf("next in %v", wait)
		}
	})
}

func TestADeadlineOutlivesAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := kinds(Options{}, kindHouse(timed("soon", time.Minute)))
		do(t, r, "soon", "x")
		h := kindHouse(timed("soon", time.Minute))
		h.Entities[3].Name = "Soon"
		r.Apply(h)
		time.Sleep(time.Minute)
		r.Tick(time.Now())
		if rec := get(t, r, "soon"); rec.State != "elapsed" || rec.Name != "Soon" {
			t.Errorf("%+v", rec)
		}
	})
}

func TestAReloadThatTurnsAnEntityIntoAnotherKindTakesNothingOver(t *testing.T) {
	r := kinds(Options{}, kindHouse(timed("soon", time.Minute)))
	attach(t, r, hallID, report(4, true), report(5, true))
	do(t, r, "soon", "x")
	do(t, r, "door", "on")
	h := kindHouse(timed("soon", time.Minute))
	h.Entities[2].Spec = &fakekind.Spec{As: entity.KindHeater, On: []entity.PointRef{pin(4)}}
	h.Entities[3].Spec = &fakekind.Spec{As: entity.KindScene}
	r.Apply(h)
	if rec := get(t, r, "door"); rec.Pending != nil || told(t, r, "door").Told != "up gpio4=true" {
		t.Errorf("door: %+v", rec)
	}
	r.Finish("door", "1", &entity.Failure{})
	if rec := get(t, r, "door"); rec.Failure != nil {
		t.Errorf("the other kind's command failed: %+v", rec)
	}
	if _, ok := r.NextDue(time.Now()); ok || get(t, r, "soon").State != entity.StateUnknown {
		t.Errorf("soon: %+v", get(t, r, "soon"))
	}
}

func TestAnEntityThatIsRenamedKeepsItsState(t *testing.T) {
	r := kinds(Options{}, kindHouse(timed("leo", 0)))
	do(t, r, "leo", "home")
	h := kindHouse(timed("leonard", 0))
	h.Entities[3].Was = "leo"
	r.Apply(h)
	if rec := get(t, r, "leonard"); rec.State != "home" || rec.Cause.By != "anna" {
		t.Errorf("%+v", rec)
	}
}

func BenchmarkReport(b *testing.B) {
	r := New(Options{})
	h := testHouse()
	for i := range 5000 { // which the change does not concern
		h.Entities = append(h.Entities, entity.Entity{ID: entity.ID(fmt.Sprint("p", i)), Spec: &entity.Person{}})
	}
	r.Apply(h)
	a, err := r.Attach(hallID, "", "", &nowhere{}, point16(false))
	if err != nil {
		b.Fatal(err)
	}
	on := [2][]PointReport{point16(true), point16(false)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_ = a.Report(on[i%2])
	}
}

// What was seen last is nothing to go by once the board is away: not for a refusal, and
// not for the word that it is so already.
func TestADoorWhoseBoardIsAwayIsNotReachedWhereverItWasSeen(t *testing.T) {
	reed := func(gpio int) *entity.Input { return &entity.Input{Board: "hall", Pin: gpio} }
	r := kinds(Options{}, &entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
		{ID: "left", Spec: &entity.GarageDoor{Board: "hall", Relay: 25, Closed: reed(32), Open: reed(33)}}}})
	code := func(v entity.Verb) entity.Code {
		var why *entity.Refusal
		if _, err := r.Accept(Request{Entity: "left", Action: entity.Action{Verb: v}}); errors.As(err, &why) {
			return why.Code
		}
		return ""
	}
	if got := code(entity.VerbOpen); got != entity.CodeOffline {
		t.Errorf("never seen: %q", got)
	}
	a := attach(t, r, hallID, report(25, false), report(32, true), report(33, false))
	if got := code(entity.VerbClose); got != "" {
		t.Errorf("closed, and there: %q", got)
	}
	a.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
	for _, v := range []entity.Verb{entity.VerbOpen, entity.VerbClose} {
		if got := code(v); got != entity.CodeOffline {
			t.Errorf("%s, seen closed and away: %q", v, got)
		}
	}
	if got := code("fly"); got != entity.CodeInvalid {
		t.Errorf("what makes no sense: %q", got)
	}
	attach(t, r, hallID, report(25, false), report(32, false), report(33, false))
	if got := code(entity.VerbOpen); got != entity.CodeNotNow {
		t.Errorf("in between, and there: %q", got)
	}
}
