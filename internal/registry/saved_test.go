package registry

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/fakekind"
)

// batch takes what is unsaved, as "id state" in order.
func batch(t *testing.T, r *Registry) (Batch, string) {
	t.Helper()
	b, err := r.TakeUnsaved()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range b.Entities {
		out = append(out, fmt.Sprint(s.Entity, " ", s.State))
	}
	slices.Sort(out)
	return b, strings.Join(out, ", ")
}

func TestTheNewestOfWhatHasChangedIsToBeStoredOnce(t *testing.T) {
	r := kinds(Options{Keeper: true}, kindHouse())
	b, all := batch(t, r)
	if all != "chief unknown, door unknown, guard unknown" {
		t.Fatalf("at the start: %s", all)
	}
	r.Stored(b, nil)
	do(t, r, "guard", "armed")
	do(t, r, "guard", "disarmed")
	b, got := batch(t, r)
	if got != "chief disarmed, guard disarmed" || string(b.Entities[0].Lasting) != `"disarmed"` {
		t.Fatalf("%s %s", got, b.Entities[0].Lasting)
	}
	r.Stored(b, errors.New("disk full"))
	do(t, r, "chief", "awake")
	if b, got = batch(t, r); got != "chief awake, guard disarmed" {
		t.Fatalf("after a failure: %s", got)
	}
	r.Stored(b, nil)
	if _, got = batch(t, r); got != "" {
		t.Fatalf("after all is stored: %s", got)
	}
}

func TestWhoWaitsIsToldWhenItIsStoredAndNotBefore(t *testing.T) {
	r := kinds(Options{Keeper: true}, kindHouse())
	var got []string
	tell := func(name string) func(error) {
		return func(err error) { got = append(got, fmt.Sprint(name, " ", err)) }
	}
	first := do(t, r, "guard", "armed").Mark
	r.WhenStored("guard", first, tell("first"))
	r.WhenStored("guard", first, tell("stopped"))()
	b, _ := batch(t, r)
	second := do(t, r, "guard", "disarmed").Mark
	r.WhenStored("guard", second, tell("second"))
	r.Stored(b, nil)
	if fmt.Sprint(got) != "[first <nil>]" {
		t.Fatalf("after the first batch: %v", got)
	}
	r.WhenStored("guard", first, tell("late"))
	b, _ = batch(t, r)
	r.Stored(b, errors.New("full"))
	if fmt.Sprint(got) != "[first <nil> late <nil> second full]" {
		t.Errorf("after a failure: %v", got)
	}
	without := kinds(Options{}, kindHouse())
	without.WhenStored("guard", do(t, without, "guard", "armed").Mark, tell("nobody keeps"))
	if len(got) != 4 {
		t.Errorf("without a keeper: %v", got)
	}
}

func TestWhatAReloadTakesAwayWhileTheDiskIsFullIsStoredAfterwards(t *testing.T) {
	r := kinds(Options{Keeper: true}, kindHouse(timed("leo", 0)))
	b, _ := batch(t, r)
	r.Stored(b, nil)
	do(t, r, "leo", "home")
	b, _ = batch(t, r)
	r.Apply(kindHouse())
	r.Stored(b, errors.New("disk full"))
	b, got := batch(t, r)
	if got != "leo home" || !b.Firm {
		t.Errorf("after a failure: %q, firm %v", got, b.Firm)
	}
	r.Stored(b, errors.New("disk full"))
	r.Stored(b, errors.New("disk full"))
	if b, got = batch(t, r); got != "leo home" {
		t.Errorf("after another: %q", got)
	}
	r.Stored(b, nil)
	if _, got = batch(t, r); got != "" {
		t.Errorf("when it is stored: %q", got)
	}
}

// nonsense is a state that cannot be put into words while it says so.
type nonsense struct {
	entity.State
	bad bool
}

func (s nonsense) Step(in entity.Signal, now time.Time) entity.State {
	return nonsense{s.State.Step(in, now), s.bad}
}

func (s nonsense) Resolve(a entity.Action, asked entity.Asked) (entity.Order, error) {
	o, err := s.State.Resolve(a, asked)
	if o.Next != nil {
		o.Next = nonsense{o.Next, a.Verb == "nonsense"}
	}
	return o, err
}

func (s nonsense) Saved() ([]byte, error) {
	if s.bad {
		return nil, errors.New("no words for it")
	}
	return []byte("1"), nil
}

func (s nonsense) Restore([]byte, time.Time) (entity.State, error) { return s, nil }

func TestWhatCannotBePutIntoWordsIsNotStoredAndOthersAre(t *testing.T) {
	r := New(Options{Keeper: true, Initial: func(e entity.Entity) entity.State {
		if e.ID == "leo" {
			return nonsense{State: fakekind.Initial(e)}
		}
		return fakekind.Initial(e)
	}})
	r.Apply(kindHouse(timed("leo", 0)))
	var got []string
	tell := func(name string) func(error) {
		return func(err error) { got = append(got, fmt.Sprint(name, " ", err)) }
	}
	store := func() {
		b, _ := r.TakeUnsaved()
		r.Stored(b, nil)
	}
	store()
	leo, guard := do(t, r, "leo", "nonsense").Mark, do(t, r, "guard", "armed").Mark
	r.WhenStored("leo", leo, tell("leo"))
	r.WhenStored("guard", guard, tell("guard"))
	store()
	slices.Sort(got)
	if want := "[guard <nil> leo keeping leo: no words for it]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	got = nil
	r.WhenStored("leo", leo, tell("late"))
	r.WhenStored("leo", do(t, r, "leo", "home").Mark, tell("home"))
	store()
	r.WhenStored("leo", leo, tell("now"))
	if want := "[late keeping leo: no words for it home <nil> now <nil>]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestWhatABoardSaysAgainNeedNotSurviveAPowerCut(t *testing.T) {
	plug := entity.Entity{ID: "plug", Spec: &fakekind.Spec{As: entity.KindSwitch, On: []entity.PointRef{pin(6)}, Lasts: true}}
	r := kinds(Options{Keeper: true}, kindHouse(timed("leo", 0), plug))
	a := attach(t, r, hallID, report(4, true), report(5, false), report(6, false))
	b, _ := batch(t, r)
	r.Stored(b, nil)
	for _, c := range []struct {
		what string
		do   func()
		want string
	}{
		{"nothing", func() {}, ""},
		{"a report", func() { _ = a.Report([]PointReport{report(6, true)}) }, "plug reported"},
		{"a command of what only the server knows", func() { do(t, r, "leo", "home") }, "leo home, firm"},
		{"a report after that", func() { _ = a.Report([]PointReport{report(6, false)}) }, "plug reported"},
		{"a new state by a command of what has a board", func() { do(t, r, "plug", "set") }, "plug set, firm"},
		{"what the alarm has seen", func() { a.Detach(entity.BoardOffline, entity.Said{Message: "gone"}) }, "door reported, guard reported, plug set, firm"},
	} {
		c.do()
		b, got := batch(t, r)
		if b.Firm {
			got += ", firm"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
		r.Stored(b, errors.New("disk full"))
		if again, _ := batch(t, r); again.Firm != b.Firm {
			t.Errorf("%s: after a failure firm is %v", c.what, again.Firm)
		} else {
			r.Stored(again, nil)
		}
	}
}

func TestAfterARestartTheLastValueIsShownWithItsAgeUntilTheBoardSpeaks(t *testing.T) {
	r := kinds(Options{Keeper: true}, kindHouse())
	attach(t, r, hallID, report(4, true), report(5, false))
	do(t, r, "guard", "armed")
	b, _ := batch(t, r)
	saved := map[entity.ID]entity.Saved{}
	for _, s := range b.Entities {
		s.Changed = 7
		saved[s.Entity] = s
	}
	r = kinds(Options{Saved: saved}, kindHouse())
	door := get(t, r, "door")
	if door.State != "reported" || door.Available || door.Changed != 7 || door.Cause.By != "5" ||
		string(door.Attributes.(entity.LastSeen)) != `{"told":"up gpio4=true gpio5=false"}` {
		t.Fatalf("door: %+v", door)
	}
	if guard := get(t, r, "guard"); guard.State != "reported" { // it has been told of the door
		t.Fatalf("guard: %+v", guard)
	}
	attach(t, r, hallID, report(4, true), report(5, false))
	if door := get(t, r, "door"); !door.Available || door.Changed != 7 || told(t, r, "door").Told != "up gpio4=true gpio5=false" {
		t.Errorf("as before: %+v", door)
	}
	attach(t, r, hallID, report(4, false), report(5, false)).Detach(entity.BoardOffline, entity.Said{Message: "gone"})
	if door := get(t, r, "door"); told(t, r, "door").Told != "down" || door.Changed == 7 {
		t.Errorf("what was seen last is back: %+v", door)
	}
}

func TestWhatCannotBeRestoredBeginsAnewAndIsSaid(t *testing.T) {
	var said []error
	r := kinds(Options{Saved: map[entity.ID]entity.Saved{
		"guard": {Entity: "guard", Kind: entity.KindAlarm, State: "armed", Attributes: []byte("{}"), Lasting: []byte("{")},
		"chief": {Entity: "chief", Kind: entity.KindScene, State: "ready", Attributes: []byte("{}")},
	}, Unrestored: func(err error) { said = append(said, err) }}, kindHouse())
	if len(said) != 1 || !strings.Contains(said[0].Error(), "guard") {
		t.Errorf("said %v", said)
	}
	if rec := get(t, r, "chief"); rec.State != entity.StateUnknown {
		t.Errorf("another kind's past: %+v", rec)
	}
}

func TestWhatIsDeclaredAgainIsAsItWas(t *testing.T) {
	r := kinds(Options{}, kindHouse())
	do(t, r, "guard", "armed")
	h := kindHouse()
	h.Entities = h.Entities[2:]
	r.Apply(h)
	h = kindHouse()
	h.Entities[0].Spec = &fakekind.Spec{As: entity.KindAlarm, Lasts: true}
	r.Apply(h)
	if rec := get(t, r, "guard"); rec.State != "armed" || rec.Cause.By != "anna" {
		t.Errorf("%+v", rec)
	}
}

func TestWhatLastsMovesWithItsEntityToOtherPins(t *testing.T) {
	meter := func(n int) entity.Entity {
		return entity.Entity{ID: "meter", Spec: &fakekind.Spec{As: entity.KindSensor, On: []entity.PointRef{pin(n)}, Lasts: true}}
	}
	r := kinds(Options{}, kindHouse(meter(6)))
	attach(t, r, hallID, report(6, true))
	do(t, r, "meter", "412")
	r.Apply(kindHouse(meter(7)))
	if rec := get(t, r, "meter"); rec.State != "412" || rec.Available {
		t.Errorf("%+v", rec)
	}
}

func TestAMeterGoesOnFromWhereItWasAndIsShownSoMeanwhile(t *testing.T) {
	h := kindHouse(entity.Entity{ID: "water", Spec: &entity.Sensor{Type: entity.SensorPulse, Board: "hall", Pin: 39,
		Every: time.Minute, PerUnit: 10, Unit: "L"}})
	count := func(n int64) PointReport {
		return PointReport{Point: "gpio39", Value: entity.Value{Reading: &entity.Reading{Valid: true, Number: n}}}
	}
	r := kinds(Options{Keeper: true}, h)
	attach(t, r, hallID, count(120))
	b, _ := batch(t, r)
	saved := map[entity.ID]entity.Saved{}
	for _, s := range b.Entities {
		saved[s.Entity] = s
	}
	r = kinds(Options{Saved: saved}, h)
	if rec := get(t, r, "water"); rec.State != "12" || rec.Available || !strings.Contains(fmt.Sprint(rec.Attributes), `"value":12,"unit":"L"`) {
		t.Errorf("before its board is back: %+v", rec)
	}
	attach(t, r, hallID, count(150))
	if rec := get(t, r, "water"); rec.State != "15" || !rec.Available {
		t.Errorf("when it is back: %+v", rec)
	}
}

func TestWhatWasSeenLastIsNotShownAgainOnceTheBoardHasSpoken(t *testing.T) {
	spec := &entity.Sensor{Type: entity.SensorDS18B20, Board: "hall", Pin: 14, Every: time.Minute}
	r := kinds(Options{Saved: map[entity.ID]entity.Saved{"temp": {Entity: "temp", Kind: entity.KindSensor, State: "21.4",
		Attributes: []byte(`{"value":21.4,"unit":"°C"}`), Changed: 7}}}, kindHouse(entity.Entity{ID: "temp", Spec: spec}))
	if rec := get(t, r, "temp"); rec.State != "21.4" || rec.Changed != 7 {
		t.Fatalf("before: %+v", rec)
	}
	never := PointReport{Point: "gpio14", Value: entity.Value{Reading: &entity.Reading{Fault: entity.FaultNoAnswer}}}
	a := attach(t, r, hallID, never)
	if rec := get(t, r, "temp"); rec.State != entity.StateUnknown || !rec.Available {
		t.Errorf("its board has no sample: %+v", rec)
	}
	a.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
	if rec := get(t, r, "temp"); rec.State != entity.StateUnknown {
		t.Errorf("and is gone: %+v", rec)
	}
}
