package automation

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/logtest"
	"hob/internal/registry"
)

// realHouse has the kinds that the drivers are for: an alarm whose contact is in
// the hall and whose siren is in the shed, and a heater with a window.
func realHouse() *entity.House {
	in := func(n int) entity.Input { return entity.Input{Board: "hall", Pin: n, Pull: entity.PullUp} }
	return twoBoards(
		entity.Entity{ID: "front", Spec: &entity.Contact{Input: in(33), Class: entity.ClassDoor}},
		entity.Entity{ID: "window", Spec: &entity.Contact{Input: in(34), Class: entity.ClassWindow}},
		entity.Entity{ID: "siren", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}},
		entity.Entity{ID: "alarm", Spec: &entity.Alarm{ExitDelay: 45 * time.Second, EntryDelay: 30 * time.Second,
			Away: []entity.ID{"front"}, Siren: "siren", Code: entity.NewSecret("4711")}},
		entity.Entity{ID: "heat", Spec: &entity.Thermostat{Board: "shed", Relay: 21, Sensor: "temp", Low: 5000, High: 25_000,
			SensorPoint: entity.PointRef{Board: "shed", Point: "gpio14"}, Manual: entity.Manual{For: 2 * time.Hour}, Windows: []entity.ID{"window"}}},
		entity.Entity{ID: "night", Spec: &entity.Scene{Tasks: []entity.Task{
			{Target: "heat", Action: entity.Action{Verb: entity.VerbOff}}, {Target: "siren", Action: entity.Action{Verb: entity.VerbOff}}}}},
	)
}

// served is a house with all its drivers.
type served struct {
	*stage
	store *shelf
	hall  *registry.Attachment
}

func serve(t *testing.T, store *shelf) (s *served, stop func()) {
	t.Helper()
	store.mu.Lock()
	saved := store.kept
	store.mu.Unlock()
	s = &served{store: store, stage: &stage{log: &logtest.Buffer{}}}
	s.reg = registry.New(registry.Options{Keeper: true, Saved: saved, Unrestored: func(err error) { t.Error(err) }})
	s.reg.Apply(realHouse())
	s.router = command.New(command.Options{House: s.reg})
	log := slog.New(slog.NewTextHandler(s.log, nil))
	stops := []func(){
		run(t, NewKeeping(s.reg, store, log).Run), run(t, NewDeadlines(s.reg).Run),
		run(t, NewPlans(s.reg, log).Run), run(t, NewSiren(s.reg, s.router, log).Run),
	}
	return s, func() {
		s.router.Close()
		for i := range stops {
			stops[len(stops)-1-i]()
		}
	}
}

func (s *served) attachHall(t *testing.T, frontShut bool) {
	t.Helper()
	var err error
	s.hall, err = s.reg.Attach(hallID, "", "", &board{}, []registry.PointReport{
		{Point: "gpio33", Value: entity.Value{On: frontShut}}, {Point: "gpio34", Value: entity.Value{On: true}}})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *served) set(t *testing.T, p entity.PointID, on bool) {
	t.Helper()
	if err := s.hall.Report([]registry.PointReport{{Point: p, Value: entity.Value{On: on}, Cause: entity.Cause{Kind: entity.CauseBoard}}}); err != nil {
		t.Fatal(err)
	}
}

func (s *served) ask(id entity.ID, a entity.Action) command.Result {
	ended := make(chan command.Result, 1)
	s.router.Submit(command.Request{Entity: id, Action: a, Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}},
		func(r command.Result) { ended <- r })
	return <-ended
}

// shed is the board of the siren and of the heater.
type shed struct {
	board
	plans []entity.Plan
	siren bool // is on
}

func (b *shed) Send(c registry.BoardCommand) (func(), error) {
	b.mu.Lock()
	b.told = append(b.told, c)
	v := entity.Value{On: c.Do == entity.VerbOn}
	if c.Point == "gpio4" {
		b.siren = v.On
	}
	if c.Plan != nil {
		b.plans = append(b.plans, *c.Plan)
		v = entity.Value{Control: &entity.Control{Phase: entity.PhaseIdle, Plan: c.Plan.ID, Source: entity.TargetPlan}}
	}
	b.mu.Unlock()
	go func() {
		time.Sleep(time.Millisecond)
		b.mu.Lock()
		att := b.att
		b.mu.Unlock()
		_ = att.Report([]registry.PointReport{{Point: c.Point, Value: v, Cause: c.Cause}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

func (b *shed) attach(t *testing.T, s *served) {
	t.Helper()
	b.mu.Lock()
	siren := entity.Value{On: b.siren}
	b.mu.Unlock()
	att, err := s.reg.Attach(shedID, "", "", b, []registry.PointReport{{Point: "gpio4", Value: siren},
		{Point: "gpio21", Value: entity.Value{Control: &entity.Control{Phase: entity.PhaseOff}}}})
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.att = att
	b.mu.Unlock()
	time.Sleep(10 * time.Millisecond)
}

// holds is what the newest plan holds now, and how many plans there were.
func (b *shed) holds() (string, int) {
	time.Sleep(10 * time.Millisecond)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.plans) == 0 {
		return "", 0
	}
	to := b.plans[len(b.plans)-1].Segments[0].To
	if to.Off {
		return "off", len(b.plans)
	}
	return to.Temp.String(), len(b.plans)
}

func TestABurglarSetsOffTheSirenAndTheCodeEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stop := serve(t, &shelf{})
		defer stop()
		b := &shed{}
		b.attach(t, s)
		s.attachHall(t, true)
		if r := s.ask("alarm", entity.Action{Verb: entity.VerbArmAway}); r.Status != entity.StatusConfirmed || s.state("alarm") != "arming" {
			t.Fatalf("%+v, %s", r, s.state("alarm"))
		}
		time.Sleep(45 * time.Second)
		if got := s.state("alarm"); got != "armed_away" {
			t.Fatalf("after the exit delay: %s", got)
		}
		s.set(t, "gpio33", false)
		if got := s.state("alarm"); got != "pending" {
			t.Fatalf("at the door: %s", got)
		}
		s.hall.Detach(entity.BoardOffline, entity.Said{Message: "torn off the wall"})
		time.Sleep(30 * time.Second)
		if got := s.state("alarm"); got != "triggered" {
			t.Fatalf("after the entry delay: %s", got)
		}
		time.Sleep(10 * time.Millisecond)
		if got := s.state("siren"); got != "on" {
			t.Fatalf("the siren is %s", got)
		}
		wrong := s.ask("alarm", entity.Action{Verb: entity.VerbDisarm, Code: entity.NewSecret("1234")})
		if wrong.Status != entity.StatusRefused || wrong.Code != entity.CodeWrongCode || s.state("alarm") != "triggered" {
			t.Errorf("the wrong code: %+v", wrong)
		}
		right := s.ask("alarm", entity.Action{Verb: entity.VerbDisarm, Code: entity.NewSecret("4711")})
		time.Sleep(10 * time.Millisecond)
		if right.Status != entity.StatusConfirmed || s.state("alarm") != "disarmed" || s.state("siren") != "off" {
			t.Errorf("the right code: %+v, siren %s", right, s.state("siren"))
		}
	})
}

// burgled is a house whose siren sounds, with its shed cut off after that.
func burgled(t *testing.T, s *served, b *shed) {
	t.Helper()
	b.attach(t, s)
	s.attachHall(t, true)
	s.ask("alarm", entity.Action{Verb: entity.VerbArmAway})
	time.Sleep(46 * time.Second)
	s.set(t, "gpio33", false)
	time.Sleep(31 * time.Second)
	if s.state("alarm") != "triggered" || s.state("siren") != "on" {
		t.Fatalf("alarm %s, siren %s", s.state("alarm"), s.state("siren"))
	}
	b.att.Detach(entity.BoardOffline, entity.Said{Message: "out of reach"})
}

func (s *served) disarm(t *testing.T) {
	t.Helper()
	if r := s.ask("alarm", entity.Action{Verb: entity.VerbDisarm, Code: entity.NewSecret("4711")}); r.Status != entity.StatusConfirmed || r.Code != "" {
		t.Fatalf("disarmed: %+v", r)
	}
}

func TestASirenIsSwitchedOffAlsoWhenTheServerWasKilledInBetween(t *testing.T) {
	for name, disarmed := range map[string]bool{"after it was disarmed": true, "before": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, b := &shelf{}, &shed{}
				s, stop := serve(t, store)
				burgled(t, s, b)
				if disarmed {
					s.disarm(t)
				}
				stop()
				for range 3 { // no restart makes it forget
					_, stop = serve(t, store)
					time.Sleep(time.Minute)
					stop()
				}
				s, stop = serve(t, store)
				defer stop()
				if !disarmed {
					s.disarm(t)
				}
				b.attach(t, s)
				time.Sleep(time.Second)
				if got := s.state("siren"); got != "off" {
					t.Fatalf("the siren is %s", got)
				}
				if s.ask("siren", entity.Action{Verb: entity.VerbOn}); s.state("siren") != "on" {
					t.Fatal("a hand cannot switch it on")
				}
				time.Sleep(time.Second)
				stop()
				s, stop = serve(t, store)
				defer stop()
				b.attach(t, s)
				time.Sleep(time.Minute)
				if got := s.state("siren"); got != "on" {
					t.Errorf("what a hand has switched on since is %s", got)
				}
			})
		})
	}
}

// The batch that has the disarmed alarm also has which siren is to be silenced:
// there is no moment in between.
func TestThatASirenSoundsIsStoredWithTheAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, b := &shelf{}, &shed{}
		s, stop := serve(t, store)
		defer stop()
		burgled(t, s, b)
		s.disarm(t)
		store.mu.Lock()
		defer store.mu.Unlock()
		if got := string(store.kept[entity.AlarmID].Lasting); !strings.Contains(got, `"state":"disarmed"`) || !strings.Contains(got, `"sirens":["siren"]`) {
			t.Errorf("stored: %s", got)
		}
	})
}

func TestAnAlarmThatWasArmedIsArmedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &shelf{}
		s, stop := serve(t, store)
		s.attachHall(t, true)
		s.ask("alarm", entity.Action{Verb: entity.VerbArmAway})
		time.Sleep(10 * time.Second)
		stop()
		s, stop = serve(t, store)
		defer stop()
		if got := s.state("alarm"); got != "arming" {
			t.Fatalf("within the exit delay: %s", got)
		}
		if front, _ := s.reg.Entity("front"); front.State != "closed" || front.Available {
			t.Errorf("the contact is shown as %+v", front)
		}
		s.attachHall(t, true)
		time.Sleep(35 * time.Second)
		if got := s.state("alarm"); got != "armed_away" {
			t.Fatalf("after it: %s", got)
		}
		s.set(t, "gpio33", false)
		if got := s.state("alarm"); got != "pending" {
			t.Errorf("at the door: %s", got)
		}
	})
}

func TestAHeatersBoardAlwaysHasThePlanOfWhatWasAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &shelf{}
		s, stop := serve(t, store)
		s.attachHall(t, true)
		warm := entity.Temp(21_000)
		r := s.ask("heat", entity.Action{Verb: entity.VerbSet, Temp: &warm})
		if r.Status != entity.StatusConfirmed || r.Code != entity.CodeQueued {
			t.Fatalf("while its board is away: %+v", r)
		}
		stop()
		s, stop = serve(t, store) // the server restarts before the board is back
		defer stop()
		s.attachHall(t, true)
		b := &shed{}
		b.attach(t, s)
		if got, n := b.holds(); got != "21" || n != 1 {
			t.Fatalf("when it is back it holds %s after %d plans", got, n)
		}
		s.set(t, "gpio34", false)
		if got, n := b.holds(); got != "off" || n != 2 {
			t.Errorf("with the window open it holds %s after %d plans", got, n)
		}
		s.set(t, "gpio34", true)
		if got, n := b.holds(); got != "21" || n != 3 {
			t.Errorf("with the window shut it holds %s after %d plans", got, n)
		}
		if r := s.ask("night", entity.Action{Verb: entity.VerbActivate}); r.Status != entity.StatusConfirmed {
			t.Errorf("the scene: %+v", r)
		}
		if got, n := b.holds(); got != "off" || n != 4 {
			t.Errorf("after the scene it holds %s after %d plans", got, n)
		}
		time.Sleep(24*time.Hour + replan)
		if _, n := b.holds(); n != 5 {
			t.Errorf("a day later it has had %d plans", n)
		}
		if strings.Contains(s.log.String(), "plan") {
			t.Errorf("log: %s", s.log)
		}
	})
}
