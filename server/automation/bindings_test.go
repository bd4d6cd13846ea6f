package automation

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/logtest"
	"hob/internal/registry"
)

const (
	hallID = entity.BoardID("hob-7c9ebd")
	shedID = entity.BoardID("hob-a0b765")
)

// board is a session that notes what it is told, and does it unless it is deaf.
type board struct {
	att  *registry.Attachment
	deaf bool

	mu   sync.Mutex
	told []registry.BoardCommand
}

func (b *board) Send(c registry.BoardCommand) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, c)
	if !b.deaf {
		go c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}
	return func() {}, nil
}

// did lists what the board was told since the last call, as "gpio4 on button hall_button".
func (b *board) did() string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, c := range b.told {
		s := string(c.Point) + " " + string(c.Do)
		if c.Level != nil {
			s += " " + entity.Action{Verb: entity.VerbSet, Level: c.Level, Color: c.Color}.String()
		} else if c.Color != nil {
			s += " " + c.Color.String()
		}
		out = append(out, s+" by "+string(c.Cause.Kind)+" "+c.Cause.By)
	}
	b.told = nil
	return strings.Join(out, ", ")
}

func level(percent int) *entity.Level {
	l := entity.Level(10 * percent)
	return &l
}

// house has a button in the hall with gestures that lead to the hall and to the shed.
func house(bindings ...entity.Binding) *entity.House {
	return &entity.House{
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}, {Name: "shed", ID: shedID, Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "porch", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}},
			{ID: "hall_button", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32}, Bindings: bindings}},
			{ID: "pump", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}},
			{ID: "strip", Spec: &entity.Light{Output: entity.Output{Board: "shed", Pin: 5}, Drive: entity.DriveWS2812}},
		}}
}

func bind(on entity.Gesture, target entity.ID, a entity.Action) entity.Binding {
	return entity.Binding{On: on, Target: target, Action: a}
}

type rig struct {
	reg        *registry.Registry
	hall, shed *board
	log        *logtest.Buffer
}

// inBubble runs a test under fake time, with the driver running and both boards online.
func inBubble(t *testing.T, events int, h *entity.House, wrap func(Source) Source, test func(t *testing.T, r *rig)) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{reg: registry.New(registry.Options{Events: events}), hall: &board{}, shed: &board{}, log: &logtest.Buffer{}}
		r.reg.Apply(h)
		router := command.New(command.Options{House: r.reg})
		var source Source = r.reg
		if wrap != nil {
			source = wrap(r.reg)
		}
		driver := NewBindings(source, router, slog.New(slog.NewTextHandler(r.log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- driver.Run(ctx) }()
		for id, b := range map[entity.BoardID]*board{hallID: r.hall, shedID: r.shed} {
			var err error
			points := []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}}
			if id == shedID {
				points = []registry.PointReport{{Point: "gpio4"}, {Point: "gpio5", Value: entity.Value{HasLevel: true}}}
			}
			if b.att, err = r.reg.Attach(id, "192.0.2.1:80", "1", b, points); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		test(t, r)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		router.Close()
	})
}

func (r *rig) gesture(t *testing.T, g entity.Gesture) {
	t.Helper()
	if err := r.hall.att.Gesture("gpio32", g, time.Time{}); err != nil {
		t.Fatal(err)
	}
}

func TestAPressActsOnAnotherBoard(t *testing.T) {
	h := house(bind("press", "pump", entity.Action{Verb: "toggle"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		r.gesture(t, "press")
		if got := r.shed.did(); got != "gpio4 on by button hall_button" {
			t.Errorf("the shed did %q", got)
		}
		if rec, _ := r.reg.Entity("hall_button"); rec.Attributes.(entity.ButtonAttributes).Event != "press" {
			t.Errorf("the button shows %+v", rec)
		}
	})
}

// A command makes the gesture and does what it is bound to, wherever that is; the
// driver, which hears of the gesture, leaves it to the command.
func TestAGestureThatIsAskedForIsDoneOnce(t *testing.T) {
	h := house(bind("press", "pump", entity.Action{Verb: "toggle"}), bind("press", "porch", entity.Action{Verb: "toggle"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		router := command.New(command.Options{House: r.reg})
		defer router.Close()
		ended := make(chan command.Result, 1)
		router.Submit(command.Request{Entity: "hall_button", Action: entity.Action{Verb: entity.VerbPress},
			Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}}, func(res command.Result) { ended <- res })
		if got := r.shed.did(); got != "gpio4 on by button hall_button" {
			t.Errorf("the shed did %q", got)
		}
		if got := r.hall.did(); got != "gpio16 on by button hall_button" {
			t.Errorf("the hall did %q", got)
		}
		if res := <-ended; res.Status != entity.StatusConfirmed {
			t.Errorf("it ended as %+v", res)
		}
		rec, _ := r.reg.Entity("hall_button")
		if rec.Attributes.(entity.ButtonAttributes).Event != "press" || rec.Cause != (entity.Cause{Kind: entity.CauseUser, By: "anna"}) {
			t.Errorf("the button shows %+v", rec)
		}
	})
}

func TestWhatABoardDoesAloneIsNotDoneTwice(t *testing.T) {
	h := house(bind("press", "porch", entity.Action{Verb: "toggle"}), bind("hold", "pump", entity.Action{Verb: "off"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		r.gesture(t, "press")
		if got := r.hall.did() + r.shed.did(); got != "" {
			t.Errorf("the server told the boards %q", got)
		}
		r.gesture(t, "hold")
		if got := r.shed.did(); got != "gpio4 off by button hall_button" {
			t.Errorf("on hold the shed did %q", got)
		}
	})
}

func TestEachGestureDoesItsOwn(t *testing.T) {
	orange := entity.RGB{R: 255, G: 136}
	h := house(bind("press", "pump", entity.Action{Verb: "on"}), bind("double", "strip", entity.Action{Verb: "set", Level: level(40), Color: &orange}),
		bind("hold", "strip", entity.Action{Verb: "off"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		for _, c := range []struct {
			gesture entity.Gesture
			want    string
		}{
			{"press", "gpio4 on by button hall_button"},
			{"double", "gpio5 set 40% #ff8800 by button hall_button"},
			{"hold", "gpio5 off by button hall_button"},
			{"release", ""},
		} {
			r.gesture(t, c.gesture)
			if got := r.shed.did(); got != c.want {
				t.Errorf("%s: the shed did %q, want %q", c.gesture, got, c.want)
			}
		}
	})
}

func TestAPressWhileTheTargetIsOfflineIsLoggedAndHoldsUpNothing(t *testing.T) {
	h := house(bind("press", "pump", entity.Action{Verb: "on"}), bind("hold", "pump", entity.Action{Verb: "off"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		r.shed.att.Detach(entity.BoardOffline, entity.Said{Message: "No answer for 15 s"})
		r.gesture(t, "press")
		synctest.Wait()
		if log := r.log.String(); !strings.Contains(log, "button=hall_button") || !strings.Contains(log, "target=pump") ||
			!strings.Contains(log, "No answer for 15 s") {
			t.Errorf("log: %s", log)
		}
		var err error
		if r.shed.att, err = r.reg.Attach(shedID, "192.0.2.1:80", "1", r.shed, []registry.PointReport{{Point: "gpio4"}}); err != nil {
			t.Fatal(err)
		}
		if got := r.shed.did(); got != "" {
			t.Errorf("when it came back the shed did %q: a press must act now or never", got)
		}
		r.gesture(t, "hold")
		if got := r.shed.did(); got != "gpio4 off by button hall_button" {
			t.Errorf("then the shed did %q", got)
		}
	})
}

func TestATargetThatNeverAnswersIsLoggedAndOtherPressesGoOn(t *testing.T) {
	h := house(bind("press", "pump", entity.Action{Verb: "on"}), bind("hold", "strip", entity.Action{Verb: "on"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		r.shed.deaf = true
		r.gesture(t, "press")
		r.gesture(t, "hold")
		if got := r.shed.did(); got != "gpio4 on by button hall_button, gpio5 on by button hall_button" {
			t.Errorf("the shed was told %q", got)
		}
		if r.log.String() != "" {
			t.Errorf("log: %s", r.log)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := strings.Count(r.log.String(), "status=expired"); n != 2 {
			t.Errorf("%d expired in the log: %s", n, r.log)
		}
	})
}

func TestAGestureThatComesLateDoesNothingAndTheTargetSaysWhy(t *testing.T) {
	h := house(bind("press", "pump", entity.Action{Verb: "on"}))
	inBubble(t, 0, h, nil, func(t *testing.T, r *rig) {
		late := func(age time.Duration) {
			if err := r.hall.att.Gesture("gpio32", entity.GesturePress, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		late(registry.PressLife)
		if got := r.shed.did(); got != "gpio4 on by button hall_button" {
			t.Errorf("just in time it did %q", got)
		}
		late(registry.PressLife + 400*time.Millisecond)
		if got := r.shed.did(); got != "" {
			t.Errorf("too late it did %q", got)
		}
		if log := r.log.String(); !strings.Contains(log, "too late") || !strings.Contains(log, "age=2.4s") || !strings.Contains(log, "target=pump") {
			t.Errorf("log: %s", log)
		}
		pump, _ := r.reg.Entity("pump")
		if f := pump.Failure; f == nil || f.Status != entity.StatusExpired || f.Message != "The press of hall_button came 2.4s late over a slow link, so it was not acted on" {
			t.Errorf("the pump shows %+v", pump.Failure)
		}
		button, _ := r.reg.Entity("hall_button")
		if at := button.Attributes.(entity.ButtonAttributes).EventAt; time.Since(time.UnixMilli(at)) < 2*time.Second {
			t.Errorf("the button shows a press of %v", time.UnixMilli(at))
		}
		r.gesture(t, "press")
		if got := r.shed.did(); got != "gpio4 on by button hall_button" {
			t.Errorf("pressed again it did %q", got)
		}
	})
}

// The link was quick, and the server was not.
func TestAGestureThatTheDriverIsLateWithDoesNothing(t *testing.T) {
	var held chan struct{}
	wrap := func(s Source) Source {
		held = make(chan struct{})
		return slow{s, held}
	}
	inBubble(t, 0, house(bind("press", "pump", entity.Action{Verb: "on"})), wrap, func(t *testing.T, r *rig) {
		r.gesture(t, "press")
		time.Sleep(registry.PressLife + time.Second)
		close(held)
		if got := r.shed.did(); got != "" {
			t.Errorf("it did %q", got)
		}
	})
}

// aDoor has a button on its own board and a warning for whoever is not there.
func aDoor() *entity.House {
	in := func(pin int) *entity.Input { return &entity.Input{Board: "hall", Pin: pin, Pull: entity.PullUp} }
	return &entity.House{
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}},
		Entities: []entity.Entity{
			{ID: "left", Spec: &entity.GarageDoor{Board: "hall", Relay: 25, Closed: in(26), Open: in(27), Pulse: 400 * time.Millisecond,
				Travel: 15 * time.Second, Warning: &entity.Warning{Pin: 16, For: 6 * time.Second}}},
			{ID: "hall_button", Spec: &entity.Button{Input: *in(32), Bindings: []entity.Binding{bind("press", "left", entity.Action{Verb: "close"})}}},
		}}
}

// A door that closes without its warning does so for a finger that is there.
func TestADoorIsOnlyAttendedByAPressOfThisMoment(t *testing.T) {
	for age, want := range map[time.Duration]string{0: "without a warning", registry.PressLife + time.Millisecond: "stays"} {
		synctest.Test(t, func(t *testing.T) {
			r := newStage(registry.Options{}, aDoor())
			defer r.router.Close()
			b := &board{}
			stop := run(t, NewBindings(r.reg, r.router, r.logger()).Run)
			defer stop()
			att, err := r.reg.Attach(hallID, "", "", b, []registry.PointReport{{Point: "gpio25"}, {Point: "gpio16"}, {Point: "gpio26"},
				{Point: "gpio27", Value: entity.Value{On: true}}, {Point: "gpio32"}})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if err := att.Gesture("gpio32", entity.GesturePress, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			got := "stays"
			for _, c := range b.told {
				if got = "without a warning"; c.Pulse.Warn != "" {
					got = "with a warning"
				}
			}
			if got != want {
				t.Errorf("at a press of %v before the door closes %s, want %s", age, got, want)
			}
		})
	}
}

func TestANewHouseChangesWhatAPressDoes(t *testing.T) {
	inBubble(t, 0, house(bind("press", "pump", entity.Action{Verb: "on"})), nil, func(t *testing.T, r *rig) {
		r.gesture(t, "press")
		r.shed.did()
		r.reg.Apply(house(bind("press", "strip", entity.Action{Verb: "on"})))
		r.gesture(t, "press")
		if got := r.shed.did(); got != "gpio5 on by button hall_button" {
			t.Errorf("with the new house the shed did %q", got)
		}
		r.reg.Apply(house())
		r.gesture(t, "press")
		if got := r.shed.did(); got != "" {
			t.Errorf("with nothing bound the shed did %q", got)
		}
	})
}

// slow holds its subscriber up between two looks, until it is let go.
type slow struct {
	Source
	held chan struct{}
}

func (s slow) House() *entity.House {
	<-s.held
	return s.Source.House()
}

func TestADriverThatFellBehindSaysSoAndGoesOnWithTheNewest(t *testing.T) {
	var held chan struct{}
	wrap := func(s Source) Source {
		held = make(chan struct{}) // within the bubble
		return slow{s, held}
	}
	h := house(bind("press", "pump", entity.Action{Verb: "on"}), bind("hold", "pump", entity.Action{Verb: "off"}))
	inBubble(t, 32, h, wrap, func(t *testing.T, r *rig) {
		r.gesture(t, "press") // the driver takes it, and is held up
		synctest.Wait()
		for range 20 { // more than the ring keeps: with state and pending of each
			r.gesture(t, "press")
			r.gesture(t, "double")
		}
		close(held)
		synctest.Wait()
		if !strings.Contains(r.log.String(), "fell behind") {
			t.Errorf("log: %s", r.log)
		}
		r.shed.did()
		r.gesture(t, "hold")
		if got := r.shed.did(); got != "gpio4 off by button hall_button" {
			t.Errorf("then the shed did %q", got)
		}
	})
}
