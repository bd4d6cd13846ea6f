package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/fakekind"
	"hob/internal/registry"
)

func kindRig(t *testing.T, online bool) (*Router, *registry.Registry, *board) {
	t.Helper()
	at := func(n int) []entity.PointRef { return []entity.PointRef{{Board: "hall", Point: entity.GPIO(n)}} }
	task := func(id entity.ID, v entity.Verb) entity.Task {
		return entity.Task{Target: id, Action: entity.Action{Verb: v}}
	}
	r := registry.New(registry.Options{Keeper: true, Initial: fakekind.Initial})
	r.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
		{ID: "left", Spec: &fakekind.Spec{As: entity.KindGarageDoor, On: at(25)}},
		{ID: "heat", Spec: &fakekind.Spec{As: entity.KindHeater, On: at(21), Plans: true}},
		{ID: "alarm", Spec: &fakekind.Spec{As: entity.KindAlarm, Lasts: true}},
		{ID: "night", Spec: &fakekind.Spec{As: entity.KindScene, Tasks: []entity.Task{
			task("alarm", "armed"), task("left", "on"), task("attic", "on")}}},
		{ID: "loop", Spec: &fakekind.Spec{As: entity.KindScene, Tasks: []entity.Task{task("loop", "tasks")}}},
		{ID: "quiet", Spec: &fakekind.Spec{As: entity.KindScene, Tasks: []entity.Task{task("left", "on"), task("heat", "on")}}},
	}})
	b := &board{}
	if online {
		if _, err := r.Attach(hallID, "", "", b, []registry.PointReport{{Point: "gpio25"}, {Point: "gpio21"}}); err != nil {
			t.Fatal(err)
		}
	}
	return New(Options{House: r}), r, b
}

func ask(id entity.ID, v entity.Verb) Request {
	return Request{Entity: id, Action: entity.Action{Verb: v}, Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}}
}

// store stores what is unsaved, or fails.
func store(t *testing.T, r *registry.Registry, err error) {
	t.Helper()
	b, wrong := r.TakeUnsaved()
	if wrong != nil {
		t.Fatal(wrong)
	}
	r.Stored(b, err)
}

func TestAWarnedPulseHasTheTimeOfItsWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, b := kindRig(t, true)
		defer r.Close()
		began := time.Now()
		ended := make(chan Result, 1)
		r.Submit(ask("left", entity.VerbPulse), func(x Result) { ended <- x })
		if got := b.sent[0].Until.Sub(began); got != DefaultTimeout {
			t.Errorf("the board must begin within %v", got)
		}
		x := <-ended
		deadline := DefaultTimeout + 7*time.Second
		if took := time.Since(began); took < deadline || took > deadline+2*time.Second || x.Message != "No reply from hall within 12s" {
			t.Errorf("it took %v: %+v", took, x)
		}
	})
}

func TestACommandIsConfirmedWhenWhatItChangedIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, _ := kindRig(t, true)
		defer r.Close()
		store(t, reg, nil)
		var got results
		id := r.Submit(ask("alarm", "armed"), got.add)
		synctest.Wait()
		if x, _ := r.Find(id); x.Status != entity.StatusAccepted || len(got.all) != 0 {
			t.Fatalf("before it is stored: %+v", x)
		}
		if rec, _ := reg.Entity("alarm"); rec.State != "armed" {
			t.Errorf("it is in force at once: %+v", rec)
		}
		store(t, reg, nil)
		if x := got.only(t); x.Status != entity.StatusConfirmed || x.Code != "" {
			t.Errorf("got %+v", x)
		}
	})
}

func TestAStoreThatFailsOrHangsHoldsUpNobody(t *testing.T) {
	for name, fail := range map[string]bool{"fails": true, "hangs": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, reg, _ := kindRig(t, true)
				defer r.Close()
				ended := make(chan Result, 1)
				began := time.Now()
				r.Submit(ask("alarm", "armed"), func(x Result) { ended <- x })
				if fail {
					store(t, reg, errors.New("disk full"))
				}
				x := <-ended
				if x.Status != entity.StatusConfirmed || x.Code != entity.CodeNotKept || !strings.Contains(x.Message, "could not be stored") {
					t.Errorf("got %+v", x)
				}
				if took := time.Since(began); took > 2*time.Second || fail && took > 0 {
					t.Errorf("it took %v", took)
				}
				store(t, reg, nil) // nobody waits any more
			})
		})
	}
}

func TestAPlanIsKeptForABoardThatIsAwayOrGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, b := kindRig(t, false)
		defer r.Close()
		var away, lost, refused results
		r.Submit(ask("heat", "queue"), away.add)
		store(t, reg, nil)
		if x := away.only(t); x.Status != entity.StatusConfirmed || x.Code != entity.CodeQueued || x.Message != "Kept; hall gets it when it is back" {
			t.Errorf("away: %+v", x)
		}
		if _, err := reg.Attach(hallID, "", "", b, []registry.PointReport{{Point: "gpio25"}, {Point: "gpio21"}}); err != nil {
			t.Fatal(err)
		}
		r.Submit(ask("heat", "queue"), lost.add)
		r.Submit(ask("heat", "queue"), refused.add)
		b.sent[0].Done(registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeLinkLost, Said: entity.Said{Message: "lost"}})
		b.sent[1].Done(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Said{Message: "no"}})
		store(t, reg, nil)
		if x := lost.only(t); x.Status != entity.StatusConfirmed || x.Code != entity.CodeQueued {
			t.Errorf("lost meanwhile: %+v", x)
		}
		if x := refused.only(t); x.Status != entity.StatusRefused || x.Message != "no" {
			t.Errorf("refused by the board: %+v", x)
		}
		var door results
		reg2, _, _ := kindRig(t, false)
		defer reg2.Close()
		reg2.Submit(ask("left", entity.VerbPulse), door.add)
		if x := door.only(t); x.Status != entity.StatusRefused || x.Code != entity.CodeOffline {
			t.Errorf("a pulse waits for a board: %+v", x)
		}
	})
}

func TestASceneDoesAllItCanAndSaysWhatItCouldNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, b := kindRig(t, true)
		defer r.Close()
		var got results
		r.Submit(ask("night", "tasks"), got.add)
		if len(b.sent) != 1 || b.sent[0].Cause != (entity.Cause{Kind: entity.CauseScene, By: "night"}) {
			t.Fatalf("sent %+v", b.sent)
		}
		if rec, _ := reg.Entity("night"); rec.Pending == nil {
			t.Error("the scene is not pending")
		}
		store(t, reg, nil)
		b.sent[0].Done(registry.BoardResult{Status: entity.StatusConfirmed})
		x := got.only(t)
		if x.Status != entity.StatusFailed || x.Code != entity.CodePartial || x.Message != `1 of 3 were not done: attic (There is no entity "attic")` {
			t.Errorf("got %+v", x)
		}
		rec, _ := reg.Entity("night")
		if rec.Pending != nil || rec.Attributes.(fakekind.Attributes).Ended != "alarm confirmed;left confirmed;attic refused;" {
			t.Errorf("the scene says %+v", rec)
		}
		if alarm, _ := reg.Entity("alarm"); alarm.State != "armed" {
			t.Errorf("the alarm is %s", alarm.State)
		}
	})
}

func TestASceneIsConfirmedWithItsLastPart(t *testing.T) {
	r, _, b := kindRig(t, true)
	defer r.Close()
	var got results
	r.Submit(ask("quiet", "tasks"), got.add)
	b.sent[0].Done(registry.BoardResult{Status: entity.StatusConfirmed})
	if len(got.all) != 0 {
		t.Fatalf("after the first: %+v", got.all)
	}
	b.sent[1].Done(registry.BoardResult{Status: entity.StatusConfirmed})
	if x := got.only(t); x.Status != entity.StatusConfirmed {
		t.Errorf("got %+v", x)
	}
}

func TestScenesThatLeadToThemselvesComeToAnEnd(t *testing.T) {
	r, _, _ := kindRig(t, true)
	defer r.Close()
	var got results
	r.Submit(ask("loop", "tasks"), got.add)
	if x := got.only(t); x.Status != entity.StatusFailed || !strings.Contains(x.Message, "go too far") {
		t.Errorf("got %+v", x)
	}
}

func TestNothingToDoIsConfirmedAtOnce(t *testing.T) {
	r, reg, _ := kindRig(t, true)
	defer r.Close()
	before := reg.Revision()
	var got results
	r.Submit(ask("left", "nothing"), got.add)
	if x := got.only(t); x.Status != entity.StatusConfirmed || reg.Revision() != before {
		t.Errorf("got %+v, %d changes", x, reg.Revision()-before)
	}
}

func TestAnAttemptIsRefusedWhenItIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, _ := kindRig(t, true)
		defer r.Close()
		var got results
		r.Submit(ask("alarm", "wrong"), got.add)
		if len(got.all) != 0 {
			t.Fatalf("an attempt that a restart would forget: %+v", got.all)
		}
		store(t, reg, nil)
		if x := got.only(t); x.Status != entity.StatusRefused || x.Code != entity.CodeWrongCode {
			t.Errorf("got %+v", x)
		}
		ended := make(chan Result, 1) // a store that takes nothing refuses all the same
		r.Submit(ask("alarm", "wrong"), func(x Result) { ended <- x })
		if x := <-ended; x.Status != entity.StatusRefused || x.Code != entity.CodeWrongCode {
			t.Errorf("got %+v", x)
		}
	})
}

func TestACodeIsNeitherShownNorStored(t *testing.T) {
	const code = "471188"
	r, reg, _ := kindRig(t, true)
	defer r.Close()
	sub := reg.Watch(func(*registry.Event) bool { return true }, func() {})
	var got results
	for _, v := range []entity.Verb{"wrong", "disarmed"} {
		req := ask("alarm", v)
		req.Action.Code = entity.NewSecret(code)
		id := r.Submit(req, got.add)
		x, _ := r.Find(id)
		events, err := sub.Take(nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := reg.TakeUnsaved()
		if err != nil {
			t.Fatal(err)
		}
		reg.Stored(b, nil)
		all := fmt.Sprintf("%+v %+v %+v %+v", req, x, events, b)
		for _, thing := range []any{req, x, events, b, got.all} {
			text, err := json.Marshal(thing)
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
		for _, s := range b.Entities {
			all += string(s.Attributes) + string(s.Lasting)
		}
		if strings.Contains(all, code) {
			t.Errorf("%s: the code is in %s", v, all)
		}
	}
	if len(got.all) != 2 || got.all[0].Code != entity.CodeWrongCode || got.all[1].Status != entity.StatusConfirmed {
		t.Errorf("got %+v", got.all)
	}
}

func TestAReloadInTheMiddleOfACommandLeavesNothingPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, b := kindRig(t, true)
		defer r.Close()
		var got results
		r.Submit(ask("left", entity.VerbPulse), got.add)
		r.Submit(ask("quiet", "tasks"), got.add)
		reg.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
			{ID: "left", Spec: &fakekind.Spec{As: entity.KindSwitch, On: []entity.PointRef{{Board: "hall", Point: "gpio25"}}}},
		}})
		for _, c := range b.sent {
			c.Done(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeCancelled, Said: entity.Said{Message: "gone"}})
		}
		time.Sleep(time.Minute)
		if len(got.all) != 2 {
			t.Errorf("results %+v", got.all)
		}
		if rec, _ := reg.Entity("left"); rec.Pending != nil || rec.Failure != nil {
			t.Errorf("left: %+v", rec)
		}
	})
}

// TestOpenDuringTheWarningOfACloseCallsItOff follows both commands to their ends:
// neither says that something is so which is about to change.
func TestOpenDuringTheWarningOfACloseCallsItOff(t *testing.T) {
	reed := func(pin int) *entity.Input { return &entity.Input{Board: "hall", Pin: pin} }
	reg := registry.New(registry.Options{})
	reg.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
		{ID: "left", Spec: &entity.GarageDoor{Board: "hall", Relay: 25, Pulse: 500 * time.Millisecond, Travel: 18 * time.Second,
			Closed: reed(32), Open: reed(33), Warning: &entity.Warning{Pin: 27, For: 6 * time.Second}}}}})
	b := &board{}
	if _, err := reg.Attach(hallID, "", "", b, []registry.PointReport{{Point: "gpio25"}, {Point: "gpio27"}, {Point: "gpio32"},
		{Point: "gpio33", Value: entity.Value{On: true}}}); err != nil {
		t.Fatal(err)
	}
	r := New(Options{House: reg})
	defer r.Close()
	var closes, opens results
	r.Submit(ask("left", entity.VerbClose), closes.add)
	r.Submit(ask("left", entity.VerbOpen), opens.add)
	if len(b.sent) != 2 || b.sent[0].Pulse == nil || b.sent[0].Pulse.Warn != "gpio27" || b.sent[1].Do != entity.VerbOff || b.sent[1].Point != "gpio25" {
		t.Fatalf("the board got %+v", b.sent)
	}
	if rec, _ := reg.Entity("left"); rec.State != entity.DoorOpen || rec.Pending == nil || rec.Pending.Target != entity.DoorOpen || len(opens.all) != 0 {
		t.Errorf("before the board has answered: %+v, %+v", rec, opens.all)
	}
	b.sent[0].Done(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeSuperseded, Said: entity.Said{Message: "another command came"}})
	b.sent[1].Done(registry.BoardResult{Status: entity.StatusConfirmed})
	if x := closes.only(t); x.Status != entity.StatusRefused || x.Code != entity.CodeSuperseded {
		t.Errorf("the close: %+v", x)
	}
	if x := opens.only(t); x.Status != entity.StatusConfirmed {
		t.Errorf("the open: %+v", x)
	}
	if rec, _ := reg.Entity("left"); rec.Pending != nil || rec.Failure != nil || rec.State != entity.DoorOpen {
		t.Errorf("afterwards: %+v", rec)
	}
}
