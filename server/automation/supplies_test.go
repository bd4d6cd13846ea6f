package automation

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/fakekind"
	"hob/internal/registry"
)

// hob is the board of a thermostat: it takes plans as it is told to.
type hob struct {
	reg *registry.Registry
	att *registry.Attachment

	mu     sync.Mutex
	plans  []string
	mood   string // "" takes them, "deaf" says nothing, "refuses", "lies"
	inside string // plan in force
}

func (h *hob) points() []registry.PointReport {
	h.mu.Lock()
	defer h.mu.Unlock()
	return []registry.PointReport{{Point: "gpio21", Value: entity.Value{Control: &entity.Control{Plan: h.inside}}}}
}

func (h *hob) Send(c registry.BoardCommand) (func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.plans = append(h.plans, c.Plan.ID)
	switch h.mood {
	case "":
		h.inside = c.Plan.ID
		go func() {
			time.Sleep(time.Millisecond) // attach is over by then
			_ = h.session().Report(h.points())
			c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
		}()
	case "lies":
		go c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	case "refuses":
		go c.Done(registry.BoardResult{Status: entity.StatusRefused, Said: entity.Said{Message: "no such thermostat"}})
	}
	return func() {}, nil
}

func (h *hob) attach(t *testing.T) {
	t.Helper()
	att, err := h.reg.Attach(hallID, "", "", h, h.points())
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.att = att
	h.mu.Unlock()
	synctest.Wait()
}

func (h *hob) session() *registry.Attachment {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.att
}

func (h *hob) leave() { h.session().Detach(entity.BoardOffline, entity.Said{Message: "gone"}) }

// boot is a restart: plans live in RAM.
func (h *hob) boot(t *testing.T) {
	h.leave()
	h.mu.Lock()
	h.inside = ""
	h.mu.Unlock()
	h.attach(t)
}

func (h *hob) feel(mood string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mood = mood
}

// got lists the plans that came since the last call.
func (h *hob) got() string {
	time.Sleep(10 * time.Millisecond)
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	out := strings.Join(h.plans, " ")
	h.plans = nil
	return out
}

func heater(after time.Duration) entity.Entity {
	return entity.Entity{ID: "heat", Spec: &fakekind.Spec{As: entity.KindHeater, Plans: true, After: after,
		On: []entity.PointRef{{Board: "hall", Point: "gpio21"}}}}
}

func onPlans(t *testing.T, test func(t *testing.T, s *stage, h *hob)) {
	onStage(t, registry.Options{}, twoBoards(heater(0)), func(t *testing.T, s *stage) {
		stop := run(t, NewPlans(s.reg, s.logger()).Run)
		defer stop()
		test(t, s, &hob{reg: s.reg})
	})
}

func TestABoardGetsItsPlanWheneverItHasAnother(t *testing.T) {
	onPlans(t, func(t *testing.T, s *stage, h *hob) {
		s.do(t, "heat", "20")
		if got := h.got(); got != "" {
			t.Fatalf("while it is away it gets %q", got)
		}
		for _, c := range []struct {
			what string
			do   func()
			want string
		}{
			{"when it comes", func() { h.attach(t) }, "20-1"},
			{"on a change", func() { s.do(t, "heat", "21") }, "21-1"},
			{"when it changes twice at once", func() {
				_, _ = s.reg.Accept(registry.Request{Entity: "heat", Action: entity.Action{Verb: "22"}})
				_, _ = s.reg.Accept(registry.Request{Entity: "heat", Action: entity.Action{Verb: "21"}})
			}, ""},
			{"after a boot", func() { h.boot(t) }, "21-1"},
			{"after a reconnect", func() { h.leave(); h.attach(t) }, ""},
			{"after a reload", func() { s.reg.Apply(twoBoards(heater(time.Second))) }, ""},
			{"when nothing changes", func() { time.Sleep(23 * time.Hour) }, ""},
			{"on the next day", func() { time.Sleep(2 * time.Hour) }, "21-2"},
			{"by a session that took over after a boot", func() {
				h.mu.Lock()
				h.inside = ""
				h.mu.Unlock()
				h.attach(t)
				time.Sleep(replan)
			}, "21-2"},
		} {
			c.do()
			if got := h.got(); got != c.want {
				t.Errorf("%s it gets %q, want %q", c.what, got, c.want)
			}
		}
	})
}

// setClock is a clock that a test sets.
type setClock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *setClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Round(0).Add(c.by)
}

func (c *setClock) set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += by
}

func TestAPlanIsSentAgainWhenTheClockIsSet(t *testing.T) {
	onStage(t, registry.Options{}, twoBoards(heater(0)), func(t *testing.T, s *stage) {
		clock, h := &setClock{}, &hob{reg: s.reg}
		driver := NewPlans(s.reg, s.logger())
		driver.wall = clock.now
		defer run(t, driver.Run)()
		s.do(t, "heat", "20")
		h.attach(t)
		for _, c := range []struct {
			what string
			do   func()
			want string
		}{
			{"when it comes", func() {}, "20-1"},
			{"set an hour ahead, within the day", func() { clock.set(time.Hour); time.Sleep(replan) }, "20-1"},
			{"a minute later", func() { time.Sleep(time.Minute) }, ""},
			{"set back", func() { clock.set(-time.Hour); time.Sleep(replan) }, "20-1"},
			{"set by what does not matter", func() { clock.set(mostOff); time.Sleep(replan) }, ""},
			{"by a little more", func() { clock.set(time.Millisecond); time.Sleep(replan) }, "20-1"},
			{"in small steps, none of which matters", func() {
				for range 4 {
					clock.set(400 * time.Millisecond)
					time.Sleep(replan)
				}
			}, "20-1"},
			{"while it is away", func() { h.leave(); clock.set(time.Hour); time.Sleep(replan); h.attach(t) }, "20-1"},
			{"away once more", func() { h.leave(); time.Sleep(replan); h.attach(t) }, ""},
			{"after a boot", func() { h.boot(t) }, "20-1"},
			{"in the moment of a change", func() { clock.set(time.Hour); s.do(t, "heat", "21") }, "21-1"},
			{"a while after that", func() { time.Sleep(5 * time.Minute) }, ""},
			{"back to what it had a while before", func() {
				h.leave()
				s.do(t, "heat", "22")
				time.Sleep(time.Second)
				clock.set(time.Hour)
				s.do(t, "heat", "21")
				h.attach(t)
			}, "21-1"},
			{"to another day", func() { clock.set(24 * time.Hour); time.Sleep(replan) }, "21-2"},
		} {
			c.do()
			if got := h.got(); got != c.want {
				t.Errorf("%s: it gets %q, want %q", c.what, got, c.want)
			}
		}
		h.feel("refuses") // and keeps what it has
		clock.set(time.Hour)
		time.Sleep(time.Hour)
		if n := len(strings.Fields(h.got())); n < 40 || n > 70 {
			t.Errorf("one that does not take it is asked %d times within an hour", n)
		}
	})
}

func TestAPlanOfAnotherRunOfTheServerIsSentOnceMore(t *testing.T) {
	onPlans(t, func(t *testing.T, s *stage, h *hob) {
		s.do(t, "heat", "20")
		h.inside = "20-1" // by whatever clock that server had
		h.attach(t)
		if got := h.got(); got != "20-1" {
			t.Errorf("it gets %q", got)
		}
		time.Sleep(time.Hour)
		h.leave()
		h.attach(t)
		if got := h.got(); got != "" {
			t.Errorf("after that it gets %q", got)
		}
	})
}

func TestAPlanThatIsNotTakenIsTriedAgainWithPatience(t *testing.T) {
	for _, mood := range []string{"deaf", "refuses", "lies"} {
		t.Run(mood, func(t *testing.T) {
			onPlans(t, func(t *testing.T, s *stage, h *hob) {
				h.feel(mood)
				h.attach(t)
				time.Sleep(time.Hour)
				if n := len(strings.Fields(h.got())); n < 40 || n > 70 {
					t.Errorf("%d attempts within an hour", n)
				}
				if n := strings.Count(s.log.String(), "has not taken its plan"); n != 1 {
					t.Errorf("it was said %d times: %s", n, s.log)
				}
				h.feel("")
				s.do(t, "heat", "21")
				time.Sleep(planWait + planGrace)
				if got := h.got(); got != "21-1" {
					t.Errorf("another plan is sent as %q", got)
				}
			})
		})
	}
}

func TestAPlanThatACommandBringsIsNotSentTwice(t *testing.T) {
	onPlans(t, func(t *testing.T, s *stage, h *hob) {
		h.attach(t)
		h.got()
		h.feel("deaf")
		s.do(t, "heat", "queue")
		if got := h.got(); got != "queue" {
			t.Errorf("it gets %q", got)
		}
		s.reg.Finish("heat", "t", nil) // without success: now it is the driver's turn
		if got := h.got(); got != "queue-1" {
			t.Errorf("after the command it gets %q", got)
		}
	})
}

func TestAPlanDiesWithItsSessionAndItsThermostat(t *testing.T) {
	onPlans(t, func(t *testing.T, s *stage, h *hob) {
		h.feel("deaf")
		h.attach(t)
		h.got()
		h.leave()
		time.Sleep(time.Hour)
		s.reg.Apply(twoBoards())
		h.attach(t)
		time.Sleep(time.Hour)
		if got := h.got(); got != "" {
			t.Errorf("it gets %q", got)
		}
	})
}

// manger takes feeds.
type manger struct {
	mu  sync.Mutex
	fed []string
}

func (m *manger) Feed(to entity.BoardName, source entity.PointRef, r entity.Reading, sampled time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fed = append(m.fed, fmt.Sprint(to, "<-", source.Board, "/", source.Point, " ", r.Number, " ", time.Since(sampled)))
}

func (m *manger) got() string {
	synctest.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	out := strings.Join(m.fed, ", ")
	m.fed = nil
	return out
}

func sample(number int64, age time.Duration) []registry.PointReport {
	return []registry.PointReport{{Point: "gpio14", At: time.Now().Add(-age),
		Value: entity.Value{Reading: &entity.Reading{Valid: true, Number: number}}}}
}

func TestASensorFeedsTheBoardsThatGoByIt(t *testing.T) {
	near := entity.Entity{ID: "outside", Spec: &fakekind.Spec{As: entity.KindSensor,
		On: []entity.PointRef{{Board: "shed", Point: "gpio14"}}}}
	thermostat := func(id entity.ID, board entity.BoardName, relay int) entity.Entity {
		return entity.Entity{ID: id, Spec: &entity.Thermostat{Board: board, Relay: relay, Sensor: "outside",
			SensorPoint: entity.PointRef{Board: "shed", Point: "gpio14"}}}
	}
	initial := func(e entity.Entity) entity.State {
		if _, ok := e.Spec.(*entity.Thermostat); ok {
			e.Spec = &fakekind.Spec{As: entity.KindHeater}
		}
		return fakekind.Initial(e)
	}
	synctest.Test(t, func(t *testing.T) {
		reg := registry.New(registry.Options{Initial: initial})
		reg.Apply(twoBoards(near, thermostat("heat", "hall", 21), thermostat("own", "shed", 22)))
		m := &manger{}
		stop := run(t, NewFeeds(reg, m).Run)
		defer stop()
		if got := m.got(); got != "" {
			t.Errorf("before there is a sample: %s", got)
		}
		a, err := reg.Attach(shedID, "", "", &board{}, sample(21000, 4*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.got(); got != "hall<-shed/gpio14 21000 4s" {
			t.Errorf("when it comes: %s", got)
		}
		time.Sleep(time.Second)
		_ = a.Report(sample(21500, 0))
		if got := m.got(); got != "hall<-shed/gpio14 21500 0s" {
			t.Errorf("a new sample: %s", got)
		}
		time.Sleep(refeed)
		if got := m.got(); !strings.HasPrefix(got, "hall<-shed/gpio14 21500 ") {
			t.Errorf("after a while: %s", got)
		}
		reg.Apply(twoBoards(near, thermostat("heat", "hall", 21), thermostat("more", "hall", 23)))
		if got := m.got(); strings.Count(got, "hall<-shed/gpio14") < 2 {
			t.Errorf("after a reload: %s", got)
		}
		a.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
		m.got()
		time.Sleep(10 * time.Minute)
		if got := m.got(); got != "" {
			t.Errorf("while its board is away: %s", got)
		}
	})
}
