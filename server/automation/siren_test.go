package automation

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/fakekind"
	"hob/internal/registry"
)

// horn is the board that the siren is on; it does what it is told, reports it, and then
// answers, unless it is deaf.
type horn struct {
	reg *registry.Registry

	mu   sync.Mutex
	att  *registry.Attachment
	on   bool
	told []string
	deaf bool
}

func (h *horn) Send(c registry.BoardCommand) (func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, string(c.Do)+" by "+string(c.Cause.Kind))
	if h.deaf {
		return func() {}, nil
	}
	h.on = c.Do == entity.VerbOn
	go func() {
		time.Sleep(time.Millisecond)
		h.report()
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

func (h *horn) points() []registry.PointReport {
	return []registry.PointReport{{Point: "gpio4", Value: entity.Value{On: h.on}}}
}

func (h *horn) report() {
	h.mu.Lock()
	att, points := h.att, h.points()
	h.mu.Unlock()
	_ = att.Report(points)
}

func (h *horn) attach(t *testing.T) {
	t.Helper()
	h.mu.Lock()
	points := h.points()
	h.mu.Unlock()
	att, err := h.reg.Attach(shedID, "", "", h, points)
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.att = att
	h.mu.Unlock()
}

func (h *horn) leave() {
	h.mu.Lock()
	att := h.att
	h.mu.Unlock()
	att.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
}

// byHand switches it at its own board.
func (h *horn) byHand(on bool) {
	h.mu.Lock()
	h.on = on
	h.mu.Unlock()
	h.report()
}

func (h *horn) hear(deaf bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deaf = deaf
}

// got lists what it was told since the last call.
func (h *horn) got() string {
	time.Sleep(10 * time.Millisecond)
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	out := strings.Join(h.told, ", ")
	h.told = nil
	return out
}

func sirenHouse(sirens ...entity.ID) *entity.House {
	h := twoBoards(entity.Entity{ID: "siren", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}},
		entity.Entity{ID: "other", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}})
	for _, siren := range sirens {
		h.Entities = append(h.Entities, entity.Entity{ID: entity.AlarmID, Spec: &entity.Alarm{Siren: siren}})
	}
	return h
}

// asAlarm lets the test set the alarm's state: its verb becomes its state.
func asAlarm(e entity.Entity) entity.State {
	if _, ok := e.Spec.(*entity.Alarm); ok {
		return anyAlarm{fakekind.Initial(entity.Entity{Spec: &fakekind.Spec{As: entity.KindAlarm}})}
	}
	return fakekind.Initial(e)
}

// anyAlarm is a fake kind under an alarm's declaration.
type anyAlarm struct{ entity.State }

func (a anyAlarm) With(entity.Spec) entity.State { return a }

func (a anyAlarm) Step(in entity.Signal, now time.Time) entity.State {
	return anyAlarm{a.State.Step(in, now)}
}

func (a anyAlarm) Resolve(do entity.Action, asked entity.Asked) (entity.Order, error) {
	o, err := a.State.Resolve(do, asked)
	if o.Next != nil {
		o.Next = anyAlarm{o.Next}
	}
	return o, err
}

func onSiren(t *testing.T, h *entity.House, test func(t *testing.T, s *stage, h *horn)) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(registry.Options{Initial: asAlarm}, h)
		defer s.router.Close()
		stop := run(t, NewSiren(s.reg, s.router, s.logger()).Run)
		defer stop()
		test(t, s, &horn{reg: s.reg})
	})
}

const onByAlarm, offByAlarm = "on by alarm", "off by alarm"

func TestTheSirenIsOnFromTheAlarmUntilItIsDisarmed(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		h.attach(t)
		for _, c := range []struct {
			what string
			do   func()
			want string
		}{
			{"armed", func() { s.do(t, "alarm", "armed_away") }, ""},
			{"somebody comes", func() { s.do(t, "alarm", "pending") }, ""},
			{"triggered", func() { s.do(t, "alarm", "triggered") }, onByAlarm},
			{"an hour later", func() { time.Sleep(time.Hour) }, ""},
			{"switched off by hand", func() { h.byHand(false); time.Sleep(time.Hour) }, ""},
			{"after a reconnect", func() { h.leave(); time.Sleep(time.Minute); h.attach(t); time.Sleep(time.Minute) }, ""},
			{"disarmed", func() { s.do(t, "alarm", "disarmed") }, offByAlarm},
			{"triggered anew", func() { s.do(t, "alarm", "triggered") }, onByAlarm},
			{"disarmed again", func() { s.do(t, "alarm", "disarmed") }, offByAlarm},
			{"switched on by hand", func() { h.byHand(true); time.Sleep(time.Hour) }, ""},
			{"armed and disarmed", func() { s.do(t, "alarm", "armed_away"); s.do(t, "alarm", "disarmed") }, ""},
		} {
			c.do()
			if got := h.got(); got != c.want {
				t.Errorf("%s: told %q, want %q", c.what, got, c.want)
			}
		}
	})
}

func TestASirenThatIsAwaySoundsWhenItIsBack(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		s.do(t, "alarm", "triggered")
		time.Sleep(3 * time.Hour)
		h.attach(t)
		if got := h.got(); got != onByAlarm {
			t.Errorf("when it comes it is told %q", got)
		}
		h.leave()
		s.do(t, "alarm", "disarmed")
		time.Sleep(3 * time.Hour)
		h.attach(t)
		if got := h.got(); got != offByAlarm {
			t.Errorf("disarmed meanwhile, it is told %q", got)
		}
	})
}

// justAfter has something happen, once, right after a look at the siren.
type justAfter struct {
	*registry.Registry
	happen atomic.Pointer[func()]
}

func (j *justAfter) Entity(id entity.ID) (entity.Record, bool) {
	rec, ok := j.Registry.Entity(id)
	if id == "siren" {
		if happen := j.happen.Swap(nil); happen != nil {
			(*happen)()
		}
	}
	return rec, ok
}

func TestASirenThatComesBackJustAfterItWasLookedAtSoundsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(registry.Options{Initial: asAlarm}, sirenHouse("siren"))
		defer s.router.Close()
		h := &horn{reg: s.reg, deaf: true}
		source := &justAfter{Registry: s.reg}
		stop := run(t, NewSiren(source, s.router, s.logger()).Run)
		defer stop()
		h.attach(t)
		s.do(t, "alarm", "triggered")
		if got := h.got(); got != onByAlarm {
			t.Fatalf("it is told %q", got)
		}
		h.leave()
		h.hear(false)
		back := func() { h.attach(t) }
		source.happen.Store(&back)
		time.Sleep(command.DefaultTimeout + 2*time.Second) // the end of the command has the driver look
		if got := h.got(); got != onByAlarm {
			t.Errorf("back again, it is told %q", got)
		}
	})
}

func TestASirenThatWasNeverReachedIsLeftAlone(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		s.do(t, "alarm", "triggered")
		time.Sleep(time.Minute)
		s.do(t, "alarm", "disarmed")
		h.attach(t)
		time.Sleep(time.Minute)
		if got := h.got(); got != "" {
			t.Errorf("it is told %q", got)
		}
	})
}

func TestASirenThatDoesNotAnswerIsAskedAgainUntilItDoes(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		h.attach(t)
		h.hear(true)
		s.do(t, "alarm", "triggered")
		time.Sleep(10 * time.Minute)
		if n := strings.Count(h.got(), onByAlarm); n < 25 || n > 60 {
			t.Errorf("it is asked %d times within 10 minutes", n)
		}
		h.hear(false)
		time.Sleep(time.Minute)
		if got := h.got(); got != onByAlarm {
			t.Errorf("when it hears again it is told %q", got)
		}
		h.hear(true)
		s.do(t, "alarm", "disarmed")
		time.Sleep(time.Minute)
		h.got()
		s.do(t, "alarm", "triggered") // while it is still to be switched off
		h.hear(false)
		time.Sleep(time.Minute)
		if got := h.got(); !strings.HasSuffix(got, onByAlarm) || strings.Contains(got, "off") {
			t.Errorf("triggered anew it is told %q", got)
		}
	})
}

func TestAServerThatStartsWhileTheAlarmIsTriggeredSoundsTheSiren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(registry.Options{Initial: asAlarm}, sirenHouse("siren"))
		defer s.router.Close()
		h := &horn{reg: s.reg}
		h.attach(t)
		s.do(t, "alarm", "triggered")
		stop := run(t, NewSiren(s.reg, s.router, s.logger()).Run)
		defer stop()
		if got := h.got(); got != onByAlarm {
			t.Errorf("it is told %q", got)
		}
	})
}

func TestAReloadThatGivesTheAlarmAnotherSirenSilencesTheOldOne(t *testing.T) {
	for name, c := range map[string]struct {
		to   []entity.ID
		want string
	}{
		"another": {[]entity.ID{"other"}, "gpio4 off by alarm, gpio5 on by alarm"},
		"none":    {[]entity.ID{""}, "gpio4 off by alarm"},
	} {
		t.Run(name, func(t *testing.T) {
			onSiren(t, twoSirens("siren"), func(t *testing.T, s *stage, _ *horn) {
				b := &shed{}
				b.attach2(t, s.reg)
				s.do(t, "alarm", "triggered")
				time.Sleep(time.Second)
				b.all()
				s.reg.Apply(twoSirens(c.to...))
				if got := b.all(); got != c.want {
					t.Errorf("they are told %q, want %q", got, c.want)
				}
				b.att.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
				s.do(t, "alarm", "disarmed")
				s.reg.Apply(twoSirens("siren"))
				b.attach2(t, s.reg)
				time.Sleep(time.Minute)
				want := ""
				if name == "another" {
					want = "gpio5 off by alarm"
				}
				if got := b.all(); got != want {
					t.Errorf("when it is disarmed and the file is as before, they are told %q, want %q", got, want)
				}
			})
		})
	}
}

func TestASirenThatIsRenamedWhileItIsToBeSilencedIsStillSilenced(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		h.attach(t)
		s.do(t, "alarm", "triggered")
		h.got()
		h.leave()
		s.do(t, "alarm", "disarmed")
		renamed := sirenHouse("horn")
		renamed.Entities[0].ID, renamed.Entities[0].Was = "horn", "siren"
		s.reg.Apply(renamed)
		time.Sleep(time.Minute)
		h.attach(t)
		if got := h.got(); got != offByAlarm {
			t.Errorf("it is told %q", got)
		}
	})
}

func TestASirenThatIsNoMoreIsForgotten(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		h.attach(t)
		s.do(t, "alarm", "triggered")
		h.got()
		gone := sirenHouse("")
		gone.Entities = gone.Entities[1:]
		s.reg.Apply(gone)
		s.do(t, "alarm", "disarmed")
		s.reg.Apply(sirenHouse("siren"))
		time.Sleep(time.Minute)
		if got := h.got(); got != "" {
			t.Errorf("declared again it is told %q", got)
		}
	})
}

// twoSirens is a house whose two possible sirens are two outputs.
func twoSirens(sirens ...entity.ID) *entity.House {
	h := sirenHouse(sirens...)
	h.Entities[1].Spec = &entity.Switch{Output: entity.Output{Board: "shed", Pin: 5}}
	return h
}

func (b *shed) attach2(t *testing.T, reg *registry.Registry) {
	t.Helper()
	att, err := reg.Attach(shedID, "", "", b, []registry.PointReport{{Point: "gpio4"}, {Point: "gpio5"}})
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.att = att
	b.mu.Unlock()
	synctest.Wait()
}

// all lists what both were told since the last call, in order of the outputs.
func (b *shed) all() string {
	time.Sleep(10 * time.Millisecond)
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, c := range b.told {
		out = append(out, string(c.Point)+" "+string(c.Do)+" by "+string(c.Cause.Kind))
	}
	b.told = nil
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestAReloadThatTakesTheAlarmAwaySilencesItsSiren(t *testing.T) {
	onSiren(t, sirenHouse("siren"), func(t *testing.T, s *stage, h *horn) {
		h.attach(t)
		s.do(t, "alarm", "triggered")
		h.got()
		s.reg.Apply(sirenHouse())
		if got := h.got(); got != offByAlarm {
			t.Errorf("it is told %q", got)
		}
	})
}
