package command

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// board is a session whose answers the test gives.
type board struct {
	mu        sync.Mutex
	sent      []registry.BoardCommand
	cancelled int
	refuse    *entity.Refusal
}

func (b *board) Send(c registry.BoardCommand) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return nil, b.refuse
	}
	b.sent = append(b.sent, c)
	return func() { b.cancelled++ }, nil
}

const hallID = entity.BoardID("hob-7c9ebd")

func newRig(t *testing.T, o Options) (*Router, *registry.Registry, *board) {
	t.Helper()
	r := registry.New(registry.Options{})
	on := func(pin int) *entity.Switch { return &entity.Switch{Output: entity.Output{Board: "hall", Pin: pin}} }
	toggle := entity.Action{Verb: entity.VerbToggle}
	r.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
		{ID: "porch", Spec: on(16)}, {ID: "fan", Spec: on(17)},
		{ID: "bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32}, Bindings: []entity.Binding{
			{On: entity.GesturePress, Target: "porch", Action: toggle},
			{On: entity.GesturePress, Target: "fan", Action: toggle}}}},
	}})
	b := &board{}
	if _, err := r.Attach(hallID, "", "", b, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio17"}, {Point: "gpio32"}}); err != nil {
		t.Fatal(err)
	}
	o.House = r
	return New(o), r, b
}

func on(id entity.ID) Request {
	return Request{Entity: id, Action: entity.Action{Verb: entity.VerbOn}, Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}}
}

// results collects what askers are told.
type results struct {
	mu  sync.Mutex
	all []Result
}

func (r *results) add(x Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, x)
}

func (r *results) only(t *testing.T) Result {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) != 1 {
		t.Fatalf("%d results: %+v", len(r.all), r.all)
	}
	return r.all[0]
}

func TestTheBoardsAnswerIsTheResult(t *testing.T) {
	for _, want := range []registry.BoardResult{
		{Status: entity.StatusConfirmed},
		{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Said{Message: "no"}},
		{Status: entity.StatusFailed, Code: entity.CodeLinkLost, Said: entity.Said{Message: "lost"}},
	} {
		t.Run(string(want.Status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, reg, b := newRig(t, Options{})
				defer r.Close()
				var got results
				id := r.Submit(on("porch"), got.add)
				if x, ok := r.Find(id); !ok || x.Status != entity.StatusAccepted {
					t.Fatalf("while it runs: %+v", x)
				}
				if b.sent[0].Cause.By != "anna" || time.Until(b.sent[0].Until) != DefaultTimeout {
					t.Errorf("sent %+v", b.sent[0])
				}
				b.sent[0].Done(want)
				b.sent[0].Done(registry.BoardResult{Status: entity.StatusFailed}) // the first word counts
				x := got.only(t)
				if x.Status != want.Status || x.Code != want.Code || x.Message != want.Message {
					t.Errorf("got %+v", x)
				}
				rec, _ := reg.Entity("porch")
				if rec.Pending != nil || (rec.Failure == nil) != (want.Status == entity.StatusConfirmed) {
					t.Errorf("the entity says %+v %+v", rec.Pending, rec.Failure)
				}
				if y, ok := r.Find(id); !ok || y != x {
					t.Errorf("found %+v", y)
				}
			})
		})
	}
}

func TestASilentBoardExpiresTheCommandWithinTwoSecondsOfItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, b := newRig(t, Options{})
		defer r.Close()
		began := time.Now()
		ended := make(chan Result, 1)
		r.Submit(on("porch"), func(x Result) { ended <- x })
		x := <-ended
		if took := time.Since(began); took < DefaultTimeout || took > DefaultTimeout+2*time.Second {
			t.Errorf("it took %v", took)
		}
		if x.Status != entity.StatusExpired || x.Code != entity.CodeTimeout || x.Message != "No reply from hall within 5s" {
			t.Errorf("got %+v", x)
		}
		b.sent[0].Done(registry.BoardResult{Status: entity.StatusConfirmed}) // too late to count
		if rec, _ := reg.Entity("porch"); rec.Failure == nil || rec.Failure.Target != "on" {
			t.Errorf("the entity says %+v", rec.Failure)
		}
	})
}

func TestARefusalIsToldBeforeSubmitReturns(t *testing.T) {
	r, _, b := newRig(t, Options{})
	defer r.Close()
	for _, c := range []struct {
		req  Request
		code entity.Code
	}{
		{on("attic"), entity.CodeUnknownEntity},
		{on("bell"), entity.CodeInvalid},
	} {
		var got results
		r.Submit(c.req, got.add)
		if x := got.only(t); x.Status != entity.StatusRefused || x.Code != c.code {
			t.Errorf("%s: %+v", c.req.Entity, x)
		}
	}
	b.refuse = &entity.Refusal{Code: entity.CodeOffline, Said: entity.Said{Message: "full"}}
	var got results
	r.Submit(on("porch"), got.add)
	if x := got.only(t); x.Code != entity.CodeOffline || x.Message != "full" {
		t.Errorf("a full session: %+v", x)
	}
}

func TestAPressDoesAllItIsBoundToAndFailsLikeTheFirstThatFails(t *testing.T) {
	press := Request{Entity: "bell", Action: entity.Action{Verb: entity.VerbPress}}
	for _, c := range []struct {
		name          string
		first, second registry.BoardResult
		want          entity.Status
	}{
		{"all done", registry.BoardResult{Status: entity.StatusConfirmed}, registry.BoardResult{Status: entity.StatusConfirmed}, entity.StatusConfirmed},
		{"first fails", registry.BoardResult{Status: entity.StatusRefused}, registry.BoardResult{Status: entity.StatusConfirmed}, entity.StatusRefused},
		{"second fails", registry.BoardResult{Status: entity.StatusConfirmed}, registry.BoardResult{Status: entity.StatusFailed}, entity.StatusFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, reg, b := newRig(t, Options{})
			defer r.Close()
			var got results
			r.Submit(press, got.add)
			if len(b.sent) != 2 || b.sent[0].Cause != (entity.Cause{Kind: entity.CauseButton, By: "bell"}) {
				t.Fatalf("sent %+v", b.sent)
			}
			if rec, _ := reg.Entity("bell"); rec.Pending == nil {
				t.Error("the button is not pending")
			}
			b.sent[0].Done(c.first)
			b.sent[1].Done(c.second)
			if x := got.only(t); x.Status != c.want || x.Entity != "bell" {
				t.Errorf("got %+v", x)
			}
			if rec, _ := reg.Entity("bell"); rec.Pending != nil {
				t.Error("the button is still pending")
			}
		})
	}
}

func TestTooManyUnfinishedCommandsAreRefused(t *testing.T) {
	r, _, b := newRig(t, Options{Most: 2})
	defer r.Close()
	for range 2 {
		r.Submit(on("porch"), nil)
	}
	var got results
	r.Submit(on("fan"), got.add)
	if x := got.only(t); x.Code != entity.CodeBusy {
		t.Errorf("got %+v", x)
	}
	b.sent[0].Done(registry.BoardResult{Status: entity.StatusConfirmed})
	r.Submit(on("fan"), nil)
	if len(b.sent) != 3 {
		t.Errorf("%d were sent; one place was free again", len(b.sent))
	}
}

func TestOnlyTheNewestEndedCommandsAreKept(t *testing.T) {
	r, _, _ := newRig(t, Options{Keep: 2})
	defer r.Close()
	var ids []entity.CommandID
	for range 3 {
		ids = append(ids, r.Submit(on("attic"), nil))
	}
	if _, ok := r.Find(ids[0]); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := r.Find(ids[2]); !ok {
		t.Error("the newest is gone")
	}
}

func TestCancelAsksTheBoardAndItsAnswerCounts(t *testing.T) {
	r, _, b := newRig(t, Options{})
	defer r.Close()
	var got results
	id := r.Submit(on("porch"), got.add)
	if !r.Cancel(id) || b.cancelled != 1 {
		t.Fatal("the board was not asked")
	}
	b.sent[0].Done(registry.BoardResult{Status: entity.StatusConfirmed})
	if x := got.only(t); x.Status != entity.StatusConfirmed {
		t.Errorf("got %+v", x)
	}
	if r.Cancel(id) {
		t.Error("an ended command was cancelled")
	}
}

// Whoever is told of a command may cancel it before the router knows what it has come
// to: the registry tells of it first.
func TestACancelThatComesWhileTheCommandBeginsIsNotLost(t *testing.T) {
	r, reg, b := newRig(t, Options{})
	defer r.Close()
	var told sync.Once
	_, sub := reg.Subscribe(func() { told.Do(func() { r.Cancel("1") }) })
	defer sub.Close()
	if id := r.Submit(on("porch"), nil); id != "1" || b.cancelled != 1 || len(b.sent) != 1 {
		t.Errorf("command %s was sent %d times and called off %d times", id, len(b.sent), b.cancelled)
	}
}

func TestACancelThatComesWhileASceneBeginsIsForAllItsTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, reg, b := kindRig(t, true)
		defer r.Close()
		var told sync.Once
		_, sub := reg.Subscribe(func() { told.Do(func() { r.Cancel("1") }) })
		defer sub.Close()
		id := r.Submit(ask("quiet", "tasks"), nil)
		if id != "1" || b.cancelled != len(b.sent) || b.cancelled == 0 {
			t.Errorf("command %s: %d boards were asked, of %d", id, b.cancelled, len(b.sent))
		}
	})
}

func TestCancelOfASceneAsksTheBoardsOfAllItsTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, b := kindRig(t, true)
		defer r.Close()
		var got results
		id := r.Submit(ask("quiet", "tasks"), got.add)
		sent := len(b.sent)
		if !r.Cancel(id) || b.cancelled != sent || sent == 0 {
			t.Errorf("%d boards were asked, of %d", b.cancelled, sent)
		}
		for _, c := range b.sent {
			c.Done(registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeCancelled})
		}
		if x := got.only(t); x.Status != entity.StatusFailed {
			t.Errorf("the scene: %+v", x)
		}
		if r.Cancel(id) {
			t.Error("an ended scene was cancelled")
		}
	})
}

func TestCloseEndsWhatIsUnfinishedAndRefusesTheRest(t *testing.T) {
	r, _, _ := newRig(t, Options{})
	var got results
	r.Submit(on("porch"), got.add)
	r.Close()
	if x := got.only(t); x.Status != entity.StatusFailed {
		t.Errorf("got %+v", x)
	}
	var late results
	r.Submit(on("porch"), late.add)
	if x := late.only(t); x.Status != entity.StatusRefused {
		t.Errorf("late: %+v", x)
	}
}
