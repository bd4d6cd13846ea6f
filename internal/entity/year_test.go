package entity

import (
	"math/rand/v2"
	"testing"
	"time"
)

// year is a house in fast time.
type year struct {
	t     *testing.T
	rnd   *rand.Rand
	now   time.Time
	specs []Entity
	state []State
	acts  int
	wakes int
}

func newYear(t *testing.T, seed uint64) *year {
	y := &year{t: t, rnd: rand.New(rand.NewPCG(seed, 0)), now: now,
		specs: []Entity{{ID: "left", Spec: aDoor(2, true)}, {ID: "right", Spec: aDoor(1, false)}, {ID: AlarmID, Spec: anAlarm()},
			{ID: "heat", Spec: aHeater(t)}, night, room, water}}
	for _, e := range y.specs {
		y.state = append(y.state, Initial(e))
	}
	return y
}

// pass lets time go by until something is due or a while is over.
func (y *year) pass() {
	until := y.now.Add(time.Duration(y.rnd.Int64N(int64(3 * time.Hour))))
	for {
		next, first := until, -1
		for i, s := range y.state {
			if timed, ok := s.(Timed); ok {
				if due := timed.Due(); !due.IsZero() && due.Before(next) {
					next, first = due, i
				}
			}
		}
		y.now = later(next, y.now)
		if first < 0 {
			return
		}
		y.wakes++
		y.state[first] = y.state[first].Step(Elapsed{}, y.now)
		if due := y.state[first].(Timed).Due(); !due.IsZero() && !due.After(y.now) {
			y.t.Fatalf("%s is due at %v, and was told so", y.specs[first].ID, due)
		}
	}
}

// act tells or asks one entity something.
func (y *year) act() {
	y.acts++
	i := y.rnd.IntN(len(y.state))
	s := y.state[i]
	on := y.rnd.IntN(2) == 0
	switch spec := y.specs[i].Spec.(type) {
	case *GarageDoor:
		what := []string{"up", "down", "closed+", "closed-", "open+", "open-", "relay+", "relay-", "ask open", "ask close", "ask pulse"}
		s, _ = happening(s, what[y.rnd.IntN(len(what))], y.now)
	case *Alarm:
		ids := spec.Watches()
		s = s.Step(Observed{ids[y.rnd.IntN(len(ids))], map[bool]string{true: "open", false: "closed"}[on], y.rnd.IntN(10) > 0}, y.now)
		a := []Action{{Verb: VerbArmAway}, {Verb: VerbArmHome}, {Verb: VerbDisarm, Code: NewSecret("4711")}, {Verb: VerbDisarm, Code: NewSecret("1")}}
		s = y.ask(s, a[y.rnd.IntN(len(a))])
	case *Thermostat:
		s = s.Step(Observed{"window", map[bool]string{true: "open", false: "closed"}[on], true}, y.now)
		a := []Action{{Verb: VerbSet, Temp: deg(20)}, {Verb: "comfort"}, {Verb: VerbBoost}, {Verb: VerbAuto}, {Verb: VerbOff, For: 20 * time.Minute},
			{Verb: VerbFrost}, {Verb: VerbLock}, {Verb: VerbUnlock}}
		s = y.ask(s, a[y.rnd.IntN(len(a))])
		y.checkPlan(spec, s)
	case *Scene:
		s = y.ask(s, Action{Verb: VerbActivate}).Step(Ended{Results: []Result{{Entity: "porch", Status: StatusConfirmed}}}, y.now)
	case *Sensor:
		s = s.Step(Reported{Value: sample(y.rnd.Int64N(30_000)), At: y.now}, y.now)
	}
	y.state[i] = y.restarted(i, s)
}

func (y *year) ask(s State, a Action) State {
	o, _ := s.Resolve(a, Asked{Cause: byUser, Now: y.now})
	if o.Next != nil {
		return o.Next
	}
	return s
}

// checkPlan: what the board is told for now is what people are shown.
func (y *year) checkPlan(spec *Thermostat, s State) {
	p, a := s.(Planner).Plan(y.now), s.View().Attributes.(ThermostatAttributes)
	if len(p.Segments) == 0 || p.Segments[0].From.After(y.now) || p.End.Sub(y.now) < 24*time.Hour || celsius(p.in(y.now)) != a.Setpoint && !p.Locked {
		y.t.Fatalf("at %v %+v is shown, and the plan is %+v", y.now, a, p)
	}
	if t := p.in(y.now); !t.Off && (t.Temp < spec.Low || t.Temp > spec.High) {
		y.t.Fatalf("%v is outside of the range", t)
	}
}

// restarted is, now and then, what a new server makes of what the old one saved.
func (y *year) restarted(i int, s State) State {
	old, ok := s.(Lasting)
	if !ok || y.rnd.IntN(20) > 0 {
		return s
	}
	saved, err := old.Saved()
	if err != nil {
		y.t.Fatal(err)
	}
	if saved == nil {
		return Initial(y.specs[i])
	}
	back, err := Initial(y.specs[i]).(Lasting).Restore(saved, y.now)
	if err != nil {
		y.t.Fatalf("%s: %s: %v", y.specs[i].ID, saved, err)
	}
	if p, ok := s.(Planner); ok {
		if was, is := p.(State).Step(Observed{"window", "closed", true}, y.now).(Planner).Plan(y.now), back.(Planner).Plan(y.now); was.ID != is.ID {
			y.t.Fatalf("a restart makes plan %+v of %+v", is, was)
		}
	} else if was := s.View().State; y.specs[i].Kind() != KindSensor && was != back.View().State {
		y.t.Fatalf("a restart makes %s of %s", back.View().State, was)
	}
	return back
}

// rest lets a day go by in which nothing happens: every move and delay is over.
func (y *year) rest() {
	for end := y.now.Add(24 * time.Hour); y.now.Before(end); {
		y.pass()
	}
	for i, s := range y.state {
		switch word := s.View().State; word {
		case DoorOpening, DoorClosing, AlarmArming, AlarmPending:
			y.t.Errorf("%s is still %s", y.specs[i].ID, word)
		}
	}
}
