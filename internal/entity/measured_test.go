package entity

import (
	"encoding/json"
	"testing"
	"time"
)

var (
	room  = Entity{ID: "room", Spec: &Sensor{Type: SensorDS18B20, Board: "hall", Pin: 4, Every: 30 * time.Second}}
	shed  = Entity{ID: "shed", Spec: &Sensor{Type: SensorDHT22, Board: "hall", Pin: 5, Every: 5 * time.Minute}}
	level = Entity{ID: "level", Spec: &Sensor{Type: SensorAnalog, Board: "hall", Pin: 36, AtZero: -5, AtFull: 28, Unit: "bar"}}
	third = Entity{ID: "third", Spec: &Sensor{Type: SensorAnalog, Board: "hall", Pin: 37, AtFull: 1. / 3, Unit: "pH"}}
	water = Entity{ID: "water", Spec: &Sensor{Type: SensorPulse, Board: "hall", Pin: 39, PerUnit: 450, Unit: "L"}}
)

func sample(n int64) Value {
	return Value{Reading: &Reading{Valid: true, Number: n}}
}

func humid(n, humidity int64) Value {
	v := sample(n)
	v.Reading.Humidity, v.Reading.HasHumidity = humidity, true
	return v
}

func faulty(v Value, f SensorFault) Value {
	r := *v.Reading
	r.Fault = f
	v.Reading = &r
	return v
}

// measured is the sensor after these reports, a minute apart, the first at now.
func measured(e Entity, vs ...Value) State {
	s := Initial(e)
	for i, v := range vs {
		t := now.Add(time.Duration(i) * time.Minute)
		s = s.Step(Reported{Point: e.Spec.Points()[0], Value: v, At: t}, t)
	}
	return s
}

func TestASensorShowsItsNewestGoodSample(t *testing.T) {
	for _, c := range []struct {
		name  string
		state State
		want  string
		json  string
	}{
		{"before any report", Initial(room), "unknown", `{"unit":"°C"}`},
		{"before a good sample", measured(room, Value{Reading: &Reading{Fault: FaultNoAnswer}}), "unknown", `{"unit":"°C","fault":"no_answer"}`},
		{"a temperature", measured(room, sample(21_437)), "21.4", `{"value":21.437,"unit":"°C","sampled":1795363200000}`},
		{"below zero", measured(room, sample(-40)), "0", `{"value":-0.04,"unit":"°C","sampled":1795363200000}`},
		{"with humidity", measured(shed, humid(8_000, 81_360)), "8", `{"value":8,"unit":"°C","humidity":81.4,"sampled":1795363200000}`},
		{"a failed sample ages the last good one", measured(room, sample(21_437), faulty(sample(21_437), FaultRange)), "21.4", `{"value":21.437,"unit":"°C","sampled":1795363200000,"fault":"range"}`},
		{"a good one again", measured(room, sample(21_437), faulty(sample(21_437), FaultChecksum), sample(22_000)), "22", `{"value":22,"unit":"°C","sampled":1795363320000}`},
		{"set up anew", measured(room, sample(21_437), Value{Reading: &Reading{}}), "unknown", `{"unit":"°C"}`},
		{"a voltage", measured(level, sample(1_650)), "11.5", `{"value":11.5,"unit":"bar","sampled":1795363200000}`},
		{"a voltage between two steps", measured(level, sample(1_001)), "5.01", `{"value":5.01,"unit":"bar","sampled":1795363200000}`},
		{"a voltage of many digits", measured(third, sample(1_000)), "0.101", `{"value":0.101,"unit":"pH","sampled":1795363200000}`},
		{"what is no reading says nothing", measured(room, sample(21_437), Value{On: true}), "21.4", `{"value":21.437,"unit":"°C","sampled":1795363200000}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := c.state.View()
			b, err := json.Marshal(v.Attributes)
			if err != nil || v.State != c.want || string(b) != c.json {
				t.Errorf("got %s %s (%v), want %s %s", v.State, b, err, c.want, c.json)
			}
		})
	}
}

func TestASampleThatIsTooOldStandsForNothing(t *testing.T) {
	for _, c := range []struct {
		e     Entity
		after time.Duration
	}{{room, 5 * time.Minute}, {shed, 15 * time.Minute}} {
		s := Initial(c.e).Step(Reported{Value: sample(21_437), At: now.Add(-time.Minute)}, now)
		due := s.(Timed).Due()
		if want := now.Add(c.after - time.Minute); !due.Equal(want) {
			t.Fatalf("%s is due at %v, want %v: by when it was sampled", c.e.ID, due, want)
		}
		if v := s.Step(Elapsed{}, due.Add(-1)).View(); v.State != "21.4" {
			t.Errorf("too early: %v", v)
		}
		s = s.Step(Elapsed{}, due)
		v := s.View()
		if a := v.Attributes.(SensorAttributes); v.State != StateUnknown || a.Fault != FaultStale || a.Value != Some(21.437) {
			t.Errorf("%s: %+v", c.e.ID, v)
		}
		if !s.(Timed).Due().IsZero() {
			t.Error("it is due again")
		}
		if v := s.Step(Reported{Value: sample(20_000), At: due}, due).View(); v.State != "20" || v.Attributes.(SensorAttributes).Fault != FaultNone {
			t.Errorf("a new sample: %+v", v)
		}
	}
	old := Initial(room).Step(Reported{Value: sample(21_437), At: now.Add(-time.Hour)}, now)
	if old.View().State != StateUnknown || !old.(Timed).Due().IsZero() {
		t.Errorf("a sample that came an hour late: %+v", old.View())
	}
}

func TestAMeterGoesOnOverBootsAndRestarts(t *testing.T) {
	shows := func(s State) string { return s.View().State }
	s := measured(water, sample(450), sample(900), sample(900))
	if got := shows(s); got != "2" {
		t.Fatalf("900 pulses are %s L", got)
	}
	s = s.Step(Reported{Value: sample(450)}, now) // it booted, and has counted since
	if got := shows(s); got != "3" {
		t.Errorf("after a boot of the board: %s L", got)
	}
	saved, err := s.(Lasting).Saved()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Initial(water).(Lasting).Restore(saved, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := shows(again); got != StateUnknown {
		t.Errorf("before the board has spoken: %s", got)
	}
	again = again.Step(Reported{Value: sample(900)}, now)
	if got := shows(again); got != "4" {
		t.Errorf("what was counted while the server was away: %s L", got)
	}
	again = again.Step(Reported{Value: sample(-7)}, now).Step(Reported{Value: sample(1 << 62)}, now)
	if m := again.(meterState); m.total != mostPulses {
		t.Errorf("a hostile board makes it %d", m.total)
	}
	if saved, err = again.(Lasting).Saved(); err != nil || string(saved) != `{"total":9007199254740992,"count":9007199254740992}` {
		t.Errorf("the most that a meter counts is kept as %s, %v", saved, err)
	}
	if _, err := Initial(water).(Lasting).Restore(saved, now); err != nil {
		t.Error(err)
	}
	if s, err := Initial(water).(Lasting).Saved(); s != nil || err != nil {
		t.Errorf("nothing is known: %s %v", s, err)
	}
}

func TestAMeterCountsNothingThatIsNoCount(t *testing.T) {
	for what, between := range map[string]Value{
		"no reading":                {On: true},
		"a sensor without a sample": {Reading: &Reading{}},
		"a failed sample":           faulty(sample(450), FaultNoAnswer),
	} {
		if got := measured(water, sample(450), between, sample(900)).View().State; got != "2" {
			t.Errorf("with %s between them, 450 and 900 pulses are %s L", what, got)
		}
	}
	plain := *water.Spec.(*Sensor)
	plain.PerUnit = 0
	if got := measured(Entity{ID: "water", Spec: &plain}, sample(450)).View().State; got != "450" {
		t.Errorf("of no unit, 450 pulses are %s", got)
	}
}

func TestASensorThatBecomesAnotherStartsAnew(t *testing.T) {
	other := *water.Spec.(*Sensor)
	other.Pin = 4
	if v := measured(room, sample(21_437)).With(&other).View(); v.State != StateUnknown {
		t.Errorf("a thermometer that is a meter now says %+v", v)
	}
	if v := measured(water, sample(450)).With(room.Spec).View(); v.State != StateUnknown {
		t.Errorf("a meter that is a thermometer now says %+v", v)
	}
	slower := *room.Spec.(*Sensor)
	slower.Every = time.Hour
	if s := measured(room, sample(21_437)).With(&slower); s.View().State != "21.4" || !s.(Timed).Due().Equal(now.Add(3*time.Hour)) {
		t.Errorf("%+v, due at %v", s.View(), s.(Timed).Due())
	}
	litres := *water.Spec.(*Sensor)
	litres.PerUnit = 45
	if v := measured(water, sample(450)).With(&litres).View(); v.State != "10" {
		t.Errorf("a meter of another gear says %+v", v)
	}
	if _, err := Initial(room).Resolve(Action{Verb: VerbOn}, Asked{}); err == nil {
		t.Error("a sensor took a command")
	}
}
