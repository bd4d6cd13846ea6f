package entity

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

var now = time.UnixMilli(1795363200000)

func lv(l Level) *Level { return &l }

var orange = RGB{0xff, 0x88, 0}

var (
	relay = Entity{ID: "porch", Spec: &Switch{Output: Output{Board: "hall", Pin: 16}}}
	plain = Entity{ID: "lamp", Spec: &Light{Output: Output{Board: "hall", Pin: 17}, Drive: DrivePin}}
	pwm   = Entity{ID: "stairs", Spec: &Light{Output: Output{Board: "hall", Pin: 19}, Drive: DrivePWM}}
	strip = Entity{ID: "strip", Spec: &Light{Output: Output{Board: "hall", Pin: 18}, Drive: DriveWS2812}}
	door  = Entity{ID: "door", Spec: &Contact{Input: Input{Board: "hall", Pin: 33}, Class: ClassDoor}}
	pir   = Entity{ID: "pir", Spec: &Contact{Input: Input{Board: "hall", Pin: 34}, Class: ClassMotion}}
	bell  = Entity{ID: "bell", Spec: &Button{Input: Input{Board: "hall", Pin: 32}, Bindings: []Binding{
		{On: GesturePress, Target: "porch", Action: Action{Verb: VerbToggle}}}}}
)

func reported(e Entity, vs ...Value) State {
	s := Initial(e)
	for _, v := range vs {
		s = s.Step(Reported{Point: e.Spec.Points()[0], Value: v}, now)
	}
	return s
}

func dimmed(l Level) Value { return Value{On: l > 0, Level: l, HasLevel: true} }

func TestStatesAreInTheWordsOfTheirKind(t *testing.T) {
	for _, c := range []struct {
		name  string
		state State
		want  string
		json  string
	}{
		{"switch before any report", reported(relay), "unknown", `{}`},
		{"switch on", reported(relay, Value{On: true}), "on", `{}`},
		{"switch off", reported(relay, Value{On: true}, Value{}), "off", `{}`},
		{"light dimmed", reported(pwm, dimmed(400)), "on", `{"brightness":40}`},
		{"light off remembers its brightness", reported(pwm, dimmed(405), dimmed(0)), "off", `{"brightness":40.5}`},
		{"light never seen on", reported(pwm, dimmed(0)), "off", `{}`},
		{"plain light has no brightness", reported(plain, Value{On: true}), "on", `{}`},
		{"strip has a color", reported(strip, Value{Level: 1000, HasLevel: true, Color: orange, HasColor: true}), "on", `{"brightness":100,"color":"#ff8800"}`},
		{"active door contact is closed", reported(door, Value{On: true}), "closed", `{}`},
		{"idle door contact is open", reported(door, Value{}), "open", `{}`},
		{"motion", reported(pir, Value{On: true}), "detected", `{}`},
		{"no motion", reported(pir, Value{}), "clear", `{}`},
		{"button down", reported(bell, Value{On: true}), "pressed", `{}`},
		{"button before any report", reported(bell), "unknown", `{}`},
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

func TestAGestureIsRememberedAndAReleaseIsNone(t *testing.T) {
	s := reported(bell, Value{})
	s = s.Step(Gestured{Gesture: GestureHold, At: now}, now.Add(time.Second))
	s = s.Step(Gestured{Gesture: GestureRelease, At: now.Add(time.Hour)}, now.Add(time.Hour))
	if got := s.View().Attributes; got != (ButtonAttributes{GestureHold, now.UnixMilli()}) {
		t.Errorf("got %+v", got)
	}
}

func TestActionsBecomeOrders(t *testing.T) {
	on := Value{On: true}
	for _, c := range []struct {
		name    string
		state   State
		action  Action
		pending string
		do      Verb
		level   Level // -1: none
		target  string
	}{
		{"switch on", reported(relay), Action{Verb: VerbOn}, "", VerbOn, -1, "on"},
		{"toggle from on", reported(relay, on), Action{Verb: VerbToggle}, "", VerbOff, -1, "off"},
		{"toggle from unknown goes on", reported(relay), Action{Verb: VerbToggle}, "", VerbOn, -1, "on"},
		{"toggle goes by what is pending", reported(relay), Action{Verb: VerbToggle}, "on", VerbOff, -1, "off"},
		{"light on", reported(pwm, dimmed(0)), Action{Verb: VerbOn}, "", VerbOn, -1, "on"},
		{"light set", reported(pwm), Action{Verb: VerbSet, Level: lv(400)}, "", VerbSet, 400, "on"},
		{"light set to 0", reported(pwm), Action{Verb: VerbSet, Level: lv(0)}, "", VerbSet, 0, "off"},
		{"light on at", reported(pwm), Action{Verb: VerbOn, Level: lv(300)}, "", VerbSet, 300, "on"},
		{"plain light set to 100", reported(plain), Action{Verb: VerbSet, Level: lv(1000)}, "", VerbOn, -1, "on"},
		{"plain light set to 0", reported(plain, on), Action{Verb: VerbSet, Level: lv(0)}, "", VerbOff, -1, "off"},
		{"color alone leaves it off", reported(strip, dimmed(0)), Action{Verb: VerbSet, Color: &orange}, "", VerbSet, -1, "off"},
		{"color alone leaves it on", reported(strip, dimmed(10)), Action{Verb: VerbSet, Color: &orange}, "", VerbSet, -1, "on"},
		{"on in a color goes back to the last brightness", reported(strip, dimmed(70), dimmed(0)), Action{Verb: VerbOn, Color: &orange}, "", VerbSet, 70, "on"},
		{"on in a color for the first time is full", reported(strip, dimmed(0)), Action{Verb: VerbOn, Color: &orange}, "", VerbSet, 1000, "on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := c.state.Resolve(c.action, Asked{Pending: c.pending})
			if err != nil {
				t.Fatal(err)
			}
			level := Level(-1)
			if o.Level != nil {
				level = *o.Level
			}
			if o.Do != c.do || level != c.level || o.Target != c.target {
				t.Errorf("got %s %d -> %q, want %s %d -> %q", o.Do, level, o.Target, c.do, c.level, c.target)
			}
		})
	}
}

func TestAKindRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, c := range map[string]struct {
		e Entity
		a Action
	}{
		"set a switch":             {relay, Action{Verb: VerbSet, Level: lv(400)}},
		"press a switch":           {relay, Action{Verb: VerbPress}},
		"dim a plain light":        {plain, Action{Verb: VerbSet, Level: lv(400)}},
		"color without color":      {pwm, Action{Verb: VerbSet, Color: &orange}},
		"on at nothing":            {pwm, Action{Verb: VerbOn, Level: lv(0)}},
		"set nothing":              {pwm, Action{Verb: VerbSet}},
		"command a contact":        {door, Action{Verb: VerbOn}},
		"a gesture without effect": {bell, Action{Verb: VerbHold}},
		"switch on a button":       {bell, Action{Verb: VerbOn}},
		"release a button":         {bell, Action{Verb: "release"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reported(c.e).Resolve(c.a, Asked{})
			var why *Refusal
			if !errors.As(err, &why) || why.Code != CodeInvalid || why.Message == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whoever asks for a gesture makes it: what it is bound to follows, and so do rules.
func TestAGestureIsMadeByWhoeverAsksForIt(t *testing.T) {
	waited := Entity{ID: "bell", Spec: &Button{Bindings: bell.Spec.(*Button).Bindings, Awaited: []Gesture{GestureDouble}}}
	for verb, tasks := range map[Verb]int{VerbPress: 1, VerbDouble: 0} {
		o, err := Initial(waited).Resolve(Action{Verb: verb}, Asked{})
		if err != nil || o.Gesture != Gesture(verb) || len(o.Tasks) != tasks {
			t.Errorf("%s: %+v, %v", verb, o, err)
		}
	}
}

func TestWithKeepsTheStateUnderANewDeclaration(t *testing.T) {
	s := reported(pwm, dimmed(300), dimmed(0)).With(&Light{Output: Output{Board: "hall", Pin: 19, MaxOn: time.Hour}, Drive: DrivePWM})
	if v := s.View(); v != (View{"off", LightAttributes{Brightness: 30}}) {
		t.Errorf("got %+v", v)
	}
	w := reported(door, Value{On: true}).With(&Contact{Input: Input{Board: "hall", Pin: 33}, Class: ClassMoisture})
	if got := w.View().State; got != "detected" {
		t.Errorf("a contact of another class says %s", got)
	}
}
