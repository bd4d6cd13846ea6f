package entity

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The doors of the tests: relay 25, closed reed 32, open reed 33, lamp 27.
func aDoor(reeds int, warned bool) *GarageDoor {
	d := &GarageDoor{Board: "shed", Relay: 25, Pulse: 500 * time.Millisecond, Travel: 18 * time.Second}
	if reeds > 0 {
		d.Closed = &Input{Board: "shed", Pin: 32, Pull: PullUp}
	}
	if reeds > 1 {
		d.Open = &Input{Board: "shed", Pin: 33, Pull: PullUp}
	}
	if warned {
		d.Warning = &Warning{Pin: 27, For: 6 * time.Second}
	}
	return d
}

var byUser = Cause{Kind: CauseUser}

// happening is what a door is told: "up", "down", "tick 5s", or a point that
// comes on or goes off: "closed+", "open-", "relay+", "lamp+"; "boot+" is the
// relay without a command.
func happening(s State, what string, now time.Time) (State, time.Time) {
	point := func(pin int, cause Cause) State {
		return s.Step(Reported{Point: PointRef{"shed", GPIO(pin)}, Value: Value{On: strings.HasSuffix(what, "+")}, At: now, Cause: cause}, now)
	}
	switch strings.TrimRight(what, "+-") {
	case "up", "down":
		return s.Step(Linked{Up: what == "up"}, now), now
	case "closed":
		return point(32, Cause{Kind: CauseBoard}), now
	case "open":
		return point(33, Cause{Kind: CauseBoard}), now
	case "relay":
		return point(25, byUser), now
	case "boot":
		return point(25, Cause{Kind: CauseBoot}), now
	case "lamp":
		return point(27, byUser), now
	}
	if ask, ok := strings.CutPrefix(what, "ask "); ok {
		if o, err := s.Resolve(Action{Verb: Verb(ask), Confirm: true}, Asked{Cause: byUser, Now: now}); err == nil && o.Next != nil {
			return o.Next, now
		}
		return s, now
	}
	d, err := time.ParseDuration(strings.TrimPrefix(what, "tick "))
	if err != nil {
		panic(what)
	}
	now = now.Add(d)
	return s.Step(Elapsed{}, now), now
}

func TestADoorIsWhereItsReedsAndItsTimeSay(t *testing.T) {
	two, one := "up, relay-, closed+, open-", "up, relay-, closed+"
	for _, c := range []struct {
		name  string
		reeds int
		what  string
		want  string // state, and the problem if there is one
	}{
		{"nothing said yet", 2, "up", "unknown"},
		{"one of two reeds has spoken", 2, "up, closed+", "unknown"},
		{"shut", 2, two, "closed"},
		{"fully open", 2, "up, closed-, open+", "open"},
		{"in between after a boot is no movement", 2, "up, closed-, open-", "stopped"},
		{"both ends at once", 2, "up, closed+, open+", "unknown reeds_disagree"},
		{"our pulse from shut opens", 2, two + ", relay+", "opening"},
		{"the pulse ends, it goes on", 2, two + ", relay+, relay-, closed-", "opening"},
		{"it arrives", 2, two + ", relay+, relay-, closed-, open+", "open"},
		{"our pulse from open closes", 2, "up, relay-, closed-, open+, relay+", "closing"},
		{"it shuts", 2, "up, relay-, closed-, open+, relay+, open-, closed+", "closed"},
		{"a pulse that no command made moves nothing", 2, two + ", boot+", "closed"},
		{"a relay that is on when the board comes back made no move", 2, "up, closed+, open-, relay+", "closed"},
		{"just before it is overdue", 2, two + ", relay+, closed-, tick 21s", "opening"},
		{"overdue while opening", 2, two + ", relay+, closed-, tick 22s", "obstructed did_not_open"},
		{"never left", 2, two + ", relay+, tick 22s", "closed did_not_open"},
		{"overdue while closing", 2, "up, relay-, closed-, open+, relay+, open-, tick 22s", "obstructed did_not_close"},
		{"turned round while closing", 2, "up, relay-, closed-, open+, relay+, open-, open+", "open did_not_close"},
		{"a later reed puts it right", 2, two + ", relay+, closed-, tick 22s, open+", "open"},
		{"so does the next pulse, wherever it leads", 2, two + ", relay+, closed-, tick 22s, relay-, relay+", "unknown"},
		{"a pulse in mid-travel may go either way", 2, two + ", relay+, closed-, relay-, relay+", "unknown"},
		{"and when the time is over it stands", 2, two + ", relay+, closed-, relay-, relay+, tick 22s", "stopped"},
		{"the opener's own remote", 2, two + ", closed-", "opening"},
		{"stopped by the remote is not our trouble", 2, two + ", closed-, tick 22s", "stopped"},
		{"closed by the remote", 2, "up, closed-, open+, open-", "closing"},
		{"shut while nothing came through, told in the order of the pins", 2, "up, closed-, open+, closed+, open-", "closed"},
		{"fully open, told so", 2, two + ", open+, closed-", "open"},
		{"our own move, told so", 2, two + ", relay+, open+, closed-", "open"},
		{"a link that comes back in mid-travel", 2, two + ", relay+, closed-, down, up, closed-, open-", "stopped"},
		{"a link that breaks in mid-travel", 2, two + ", relay+, closed-, down", "unknown"},
		{"a link that breaks at rest keeps what was seen", 2, two + ", down", "closed"},
		{"it moved while nobody looked", 2, two + ", down, up, closed-, open-", "stopped"},

		{"one reed: shut", 1, one, "closed"},
		{"one reed: not closed is not open", 1, "up, closed-", "stopped"},
		{"one reed: opens", 1, one + ", relay+, closed-", "opening"},
		{"one reed: nothing tells that it is open", 1, one + ", relay+, closed-, tick 22s", "stopped"},
		{"one reed: never left", 1, one + ", relay+, tick 22s", "closed did_not_open"},
		{"one reed: closes on demand", 1, "up, relay-, closed-, ask close, relay+", "closing"},
		{"one reed: overdue", 1, "up, relay-, closed-, ask close, relay+, tick 22s", "obstructed did_not_close"},
		{"one reed: shuts", 1, "up, relay-, closed-, ask close, relay+, closed+", "closed"},
		{"one reed: a close says nothing of the pulse after its own", 1, "up, relay-, closed-, ask close, relay+, tick 22s, relay-, relay+", "unknown"},
		{"one reed: a plain pulse may go either way", 1, "up, relay-, closed-, ask pulse, relay+", "unknown"},

		{"no reed: never known", 0, "up, relay-, relay+, tick 22s", "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, at := Initial(Entity{Spec: aDoor(c.reeds, false)}), now
			for what := range strings.SplitSeq(c.what, ", ") {
				s, at = happening(s, what, at)
			}
			v := s.View()
			got := v.State
			if p := v.Attributes.(DoorAttributes).Problem; p != "" {
				got += " " + p
			}
			if got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		})
	}
}

func TestADoorTellsItsReedsItsTravelAndItsWarning(t *testing.T) {
	s, at := Initial(Entity{Spec: aDoor(2, true)}), now
	for _, step := range []struct{ what, want string }{
		{"up", `{"position":"reeds","travel_ms":18000}`},
		{"closed-", `{"position":"reeds","closed":false,"travel_ms":18000}`},
		{"open+", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000}`},
		{"relay-", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000}`},
		{"lamp-", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000}`},
		{"lamp+", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000,"warning_until":1795363206000}`},
		{"tick 6s", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000,"warning_until":1795363206000}`},
		{"relay+", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000,"moving_since":1795363206000}`},
		{"lamp-", `{"position":"reeds","closed":false,"open":true,"travel_ms":18000,"moving_since":1795363206000}`},
	} {
		s, at = happening(s, step.what, at)
		if b, err := json.Marshal(s.View().Attributes); err != nil || string(b) != step.want {
			t.Errorf("after %s: %s %v, want %s", step.what, b, err, step.want)
		}
	}
	if b, _ := json.Marshal(Initial(Entity{Spec: aDoor(0, false)}).View().Attributes); string(b) != `{"position":"none","travel_ms":18000}` {
		t.Errorf("without reeds: %s", b)
	}
}

// orderInWords is what a door makes of a wish, as "pulse gpio32=1 warn gpio27 6s".
func orderInWords(o Order, err error) string {
	var why *Refusal
	switch {
	case errors.As(err, &why) && why.Code == CodeInvalid:
		return "no: " + why.Message
	case errors.As(err, &why) && why.Code == CodeNotNow:
		return "not now: " + why.Message
	case err != nil:
		return string(why.Code)
	case o.Do == "":
		return "nothing"
	case o.Do == VerbOff:
		return "off " + string(o.Point.Point)
	}
	out := string(o.Do)
	for _, c := range o.Pulse.Pre {
		is := "=0"
		if c.Is {
			is = "=1"
		}
		out += " " + string(c.Point) + is
	}
	if o.Pulse.Warn != "" {
		out += " warn " + string(o.Pulse.Warn) + " " + o.Pulse.WarnFor.String()
	}
	return out
}

func TestADoorIsMovedOnlyWhereAPulseCanGoOneWay(t *testing.T) {
	const shut, open, between = "up, relay-, closed+, open-", "up, relay-, closed-, open+", "up, relay-, closed-, open-"
	user, cli, rule, scene := CauseUser, CauseCLI, CauseRule, CauseScene
	for _, c := range []struct {
		name     string
		reeds    int
		warned   bool
		what     string
		verb     Verb
		by       CauseKind
		confirm  bool
		attended bool
		want     string // a refusal may say more
	}{
		{"open from shut", 2, true, shut, VerbOpen, user, false, false, "pulse gpio32=1"},
		{"open without a warning device", 2, false, shut, VerbOpen, user, false, false, "pulse gpio32=1"},
		{"a scene never opens", 2, true, shut, VerbOpen, scene, true, false, "no: only a person or a rule"},
		{"nor by a pulse", 2, true, shut, VerbPulse, scene, true, false, "no: only a person"},
		{"open what is open", 2, true, open, VerbOpen, user, false, false, "nothing"},
		{"open what is opening", 2, true, shut + ", relay+", VerbOpen, user, false, false, "nothing"},
		{"open what is about to close", 2, true, open + ", lamp-, lamp+", VerbOpen, user, false, false, "off gpio25"},
		{"open what a pulse has sent on its way", 2, true, open + ", lamp-, lamp+, relay+", VerbOpen, user, false, false, "not now: the door is closing"},
		{"close what is about to close", 2, true, open + ", lamp-, lamp+", VerbClose, user, false, false, "pulse gpio32=0 gpio33=1 warn gpio27 6s"},
		{"open what is closing", 2, true, open + ", relay+", VerbOpen, user, false, false, "not now: the door is closing"},
		{"open from in between", 2, true, between, VerbOpen, user, false, false, "not now: the door is not closed but in between"},
		{"open before the reeds have spoken", 2, true, "up", VerbOpen, user, false, false, "not now: the reeds have not spoken"},
		{"open when the reeds disagree", 2, true, "up, closed+, open+", VerbOpen, user, false, false, "not now: both reeds"},
		{"close from open, warned", 2, true, open, VerbClose, user, false, false, "pulse gpio32=0 gpio33=1 warn gpio27 6s"},
		{"confirming saves no warning", 2, true, open, VerbClose, user, true, false, "pulse gpio32=0 gpio33=1 warn gpio27 6s"},
		{"a rule closes, warned", 2, true, open, VerbClose, rule, false, false, "pulse gpio32=0 gpio33=1 warn gpio27 6s"},
		{"a scene closes, warned", 2, true, open, VerbClose, scene, false, false, "pulse gpio32=0 gpio33=1 warn gpio27 6s"},
		{"who stands there needs no warning", 2, true, open, VerbClose, CauseButton, false, true, "pulse gpio32=0 gpio33=1"},
		{"a button elsewhere is not there", 2, true, open, VerbClose, CauseButton, false, false, "pulse gpio32=0 gpio33=1 warn gpio27 6s"},
		{"without a device one must confirm", 2, false, open, VerbClose, cli, false, false, "confirm_needed"},
		{"and may then", 2, false, open, VerbClose, cli, true, false, "pulse gpio32=0 gpio33=1"},
		{"a rule cannot confirm", 2, false, open, VerbClose, rule, true, false, "no: this door has no warning device"},
		{"a button elsewhere cannot either", 2, false, open, VerbClose, CauseButton, true, false, "no: this door has no warning device"},
		{"close what is closed", 2, false, shut, VerbClose, user, false, false, "nothing"},
		{"close from in between", 2, true, between, VerbClose, user, true, false, "not now: the door is not open but in between"},
		{"close when it is overdue", 2, true, open + ", relay+, open-, tick 22s", VerbClose, user, true, false, "not now: the door is not open but in between"},
		{"a pulse from shut opens, unwarned", 2, true, shut, VerbPulse, user, false, false, "pulse gpio32=1"},
		{"a pulse from in between, warned", 2, true, between, VerbPulse, user, false, false, "pulse gpio32=0 warn gpio27 6s"},
		{"a pulse from in between, confirmed", 2, false, between, VerbPulse, user, true, false, "pulse gpio32=0"},
		{"a pulse when the reeds disagree, warned", 2, true, "up, closed+, open+", VerbPulse, user, false, false, "pulse gpio32=1 warn gpio27 6s"},
		{"a rule has no plain pulse", 2, true, between, VerbPulse, rule, true, false, "no: only a person"},
		{"one reed: close what is not closed", 1, true, "up, closed-", VerbClose, user, false, false, "pulse gpio32=0 warn gpio27 6s"},
		{"one reed: close while it moves", 1, true, "up, relay-, closed+, relay+, closed-", VerbClose, user, true, false, "not now: the door is opening"},
		{"one reed: close while it moves somewhere", 1, true, "up, relay-, closed-, relay+", VerbClose, user, true, false, "not now: the door is on its way"},
		{"one reed: open what is not closed", 1, true, "up, closed-", VerbOpen, user, true, false, "not now: the door is not closed, and nothing tells"},
		{"one reed: again after it was overdue", 1, true, "up, relay-, closed-, ask close, relay+, tick 22s", VerbClose, user, false, false, "pulse gpio32=0 warn gpio27 6s"},
		{"no reed: open", 0, true, "up", VerbOpen, user, true, false, "no: nothing tells where this door is"},
		{"no reed: pulse, warned", 0, true, "up", VerbPulse, user, false, false, "pulse warn gpio27 6s"},
		{"no reed: pulse, unconfirmed", 0, false, "up", VerbPulse, user, false, false, "confirm_needed"},
		{"no reed: pulse, confirmed", 0, false, "up", VerbPulse, user, true, false, "pulse"},
		{"no reed: pulse by who stands there", 0, false, "up", VerbPulse, CauseButton, false, true, "pulse"},
		{"no reed: a rule", 0, true, "up", VerbPulse, rule, true, false, "no: only a person"},
		{"what it does not know", 2, true, shut, VerbToggle, user, true, false, "no: a garage door knows open, close and pulse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, at := Initial(Entity{Spec: aDoor(c.reeds, c.warned)}), now
			for what := range strings.SplitSeq(c.what, ", ") {
				s, at = happening(s, what, at)
			}
			o, err := s.Resolve(Action{Verb: c.verb, Confirm: c.confirm}, Asked{Cause: Cause{Kind: c.by}, Attended: c.attended, Now: at})
			got := orderInWords(o, err)
			if got != c.want && (!strings.HasPrefix(c.want, "no") || !strings.HasPrefix(got, c.want)) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			if o.Pulse != nil && (o.Pulse.Width != 500*time.Millisecond || o.Pulse.Gap < time.Second || o.Point != PointRef{"shed", "gpio25"}) {
				t.Errorf("%+v %+v", o, o.Pulse)
			}
			if want := goal(c.verb); err == nil && o.Target != want {
				t.Errorf("it leads to %q, want %q", o.Target, want)
			}
		})
	}
}

// TestNoDoorIsEverPulsedAgainstTheRules: whatever happens in whatever order, a
// pulse is ordered only where an independent reading of the rules allows it, a
// move is shown only after an edge or a pulse of this link, and no deadline
// comes twice.
func TestNoDoorIsEverPulsedAgainstTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := aDoor(rapid.IntRange(0, 2).Draw(t, "reeds"), rapid.Bool().Draw(t, "warned"))
		s, at := Initial(Entity{Spec: spec}), now
		reeds := map[string]string{} // what each said last: "+" or "-"
		events := false              // an edge or a pulse since the link came
		for range 40 {
			if rapid.Bool().Draw(t, "ask") {
				checkOrder(t, spec, s, reeds, at)
				continue
			}
			what := rapid.SampledFrom([]string{"up", "down", "closed+", "closed-", "open+", "open-", "relay+", "relay-", "boot+",
				"lamp+", "lamp-", "tick 1s", "tick 5s", "tick 30s", "ask close", "ask pulse"}).Draw(t, "what")
			point, level := strings.TrimRight(what, "+-"), what[len(what)-1:]
			if point == "closed" && spec.Closed == nil || point == "open" && spec.Open == nil {
				continue // there is none that could say so
			}
			switch {
			case what == "up" || what == "down":
				events = false
			case point == "relay", (point == "closed" || point == "open") && reeds[point] != "" && reeds[point] != level:
				events = true
			}
			if point == "closed" || point == "open" {
				reeds[point] = level
			}
			s, at = happening(s, what, at)
			if word := s.View().State; (word == DoorOpening || word == DoorClosing) && !events {
				t.Fatalf("%s after %s, and nothing moved it", word, what)
			}
			if due := s.(Timed).Due(); !due.IsZero() {
				if due.Sub(at) > time.Minute {
					t.Fatalf("it would be %v until anything is said", due.Sub(at))
				}
				if again := s.Step(Elapsed{}, due).(Timed).Due(); !again.IsZero() && !again.After(due) {
					t.Fatalf("due at %v and again at %v", due, again)
				}
			}
		}
	})
}

func checkOrder(t *rapid.T, spec *GarageDoor, s State, reeds map[string]string, at time.Time) {
	verb := rapid.SampledFrom([]Verb{VerbOpen, VerbClose, VerbPulse}).Draw(t, "verb")
	by := rapid.SampledFrom([]CauseKind{CauseUser, CauseAPI, CauseCLI, CauseButton, CauseRule, CauseScene, CauseAlarm}).Draw(t, "by")
	attended := by == CauseButton && rapid.Bool().Draw(t, "attended")
	confirm := rapid.Bool().Draw(t, "confirm")
	pending := rapid.SampledFrom([]string{"", DoorOpen, DoorClosed}).Draw(t, "pending")
	byRule := by == CauseRule || !attended && rapid.Bool().Draw(t, "by a rule")
	mayOpen := byRule && rapid.Bool().Draw(t, "may open")
	o, err := s.Resolve(Action{Verb: verb, Confirm: confirm}, Asked{Pending: pending, Cause: Cause{Kind: by}, ByRule: byRule, MayOpen: mayOpen,
		Attended: attended, Now: at})
	if err != nil || o.Do == "" {
		return
	}
	if o.Do == VerbOff {
		if word := s.View().State; verb != VerbOpen || spec.Warning == nil || word != DoorOpen && word != DoorOpening {
			t.Fatalf("%s at %v is answered with off", verb, reeds)
		}
		return
	}
	person := by == CauseUser || by == CauseAPI || by == CauseCLI
	shut := spec.Closed != nil && reeds["closed"] == "+" && reeds["open"] != "+"
	allowed := map[Verb]bool{
		VerbOpen:  spec.Closed != nil && reeds["closed"] == "+" && by != CauseScene && by != CauseAlarm && (!byRule || mayOpen),
		VerbClose: spec.Closed != nil && reeds["closed"] == "-" && (spec.Open == nil || reeds["open"] == "+"),
		VerbPulse: !byRule && (person || by == CauseButton),
	}[verb]
	watched := attended || o.Pulse.Warn != "" && o.Pulse.WarnFor >= 5*time.Second || person && confirm && spec.Warning == nil
	if !allowed || !shut && !watched {
		t.Fatalf("%s by %s (attended %t, confirmed %t) at %v is ordered: %+v", verb, by, attended, confirm, reeds, o.Pulse)
	}
	for _, c := range o.Pulse.Pre {
		name := map[PointID]string{"gpio32": "closed", "gpio33": "open"}[c.Point]
		if (reeds[name] == "+") != c.Is || c.Age != 2*time.Second {
			t.Fatalf("the board is to check %+v, which is not what was seen: %v", c, reeds)
		}
	}
	if spec.Closed != nil && len(o.Pulse.Pre) == 0 {
		t.Fatal("the board has nothing to check")
	}
}

func TestARuleOpensADoorOnlyIfItSaysSoWhateverItGoesThrough(t *testing.T) {
	const shut, open = "up, relay-, closed+, open-", "up, relay-, closed-, open+, lamp-, lamp+"
	for _, c := range []struct {
		name, what string
		verb       Verb
		asked      Asked
		want       string
	}{
		{"it says so", shut, VerbOpen, Asked{Cause: Cause{Kind: CauseRule}, ByRule: true, MayOpen: true}, "pulse gpio32=1"},
		{"it does not", shut, VerbOpen, Asked{Cause: Cause{Kind: CauseRule}, ByRule: true}, "no: a rule opens"},
		{"by a button that it presses", shut, VerbOpen, Asked{Cause: Cause{Kind: CauseButton}, ByRule: true}, "no: a rule opens"},
		{"a button is no right to anything else either", shut, VerbPulse, Asked{Cause: Cause{Kind: CauseButton}, ByRule: true, MayOpen: true}, "no: only a person"},
		{"a button that a hand presses", shut, VerbOpen, Asked{Cause: Cause{Kind: CauseButton}}, "pulse gpio32=1"},
		{"a scene may not, whatever its rule says", shut, VerbOpen, Asked{Cause: Cause{Kind: CauseScene}, ByRule: true, MayOpen: true}, "no: only a person"},
		{"nor does it keep one open without", open, VerbOpen, Asked{Cause: Cause{Kind: CauseRule}, ByRule: true}, "no: a rule opens"},
	} {
		s, at := Initial(Entity{Spec: aDoor(2, true)}), now
		for what := range strings.SplitSeq(c.what, ", ") {
			s, at = happening(s, what, at)
		}
		c.asked.Now = at
		if got := orderInWords(s.Resolve(Action{Verb: c.verb}, c.asked)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWhoAsksForAnOpenDoorCallsItsClosingOff: to confirm what is so, and let the
// door close a moment later, would be no answer.
func TestWhoAsksForAnOpenDoorCallsItsClosingOff(t *testing.T) {
	for _, c := range []struct {
		name, what, pending string
		verb                Verb
		warned              bool
		want                string
	}{
		{"the close has not reached the lamp yet", "up, relay-, lamp-, closed-, open+", DoorClosed, VerbOpen, true, "off gpio25"},
		{"nothing is under way", "up, relay-, lamp-, closed-, open+", "", VerbOpen, true, "nothing"},
		{"another has asked for the same", "up, relay-, lamp-, closed-, open+", DoorOpen, VerbOpen, true, "nothing"},
		{"the warning was called off", "up, relay-, lamp-, closed-, open+, lamp+, lamp-", "", VerbOpen, true, "nothing"},
		{"a lamp that is on when the board comes back warns of nothing", "up, relay-, lamp+, closed-, open+", "", VerbOpen, true, "nothing"},
		{"nor does one that is on during the pulse", "up, relay-, lamp-, closed-, open+, boot+, lamp+", "", VerbOpen, true, "nothing"},
		{"without a warning the pulse is over before anybody asks", "up, relay-, closed-, open+", DoorClosed, VerbOpen, false, "nothing"},
		{"a closed door has no warning to call off", "up, relay-, lamp-, closed+, open-", DoorOpen, VerbClose, true, "nothing"},
	} {
		s, at := Initial(Entity{Spec: aDoor(2, c.warned)}), now
		for what := range strings.SplitSeq(c.what, ", ") {
			s, at = happening(s, what, at)
		}
		o, err := s.Resolve(Action{Verb: c.verb}, Asked{Pending: c.pending, Cause: byUser, Now: at})
		if got := orderInWords(o, err); got != c.want || o.Target != goal(c.verb) || o.Next != nil {
			t.Errorf("%s: %q to %q (%+v), want %q", c.name, got, o.Target, o.Next, c.want)
		}
	}
}

// TestADoorOfFewerPartsForgetsTheOthers: its reed may be another part's pin now.
func TestADoorOfFewerPartsForgetsTheOthers(t *testing.T) {
	s, at := Initial(Entity{Spec: aDoor(2, true)}), now
	for _, what := range []string{"up", "relay-", "lamp-", "closed-", "open+", "lamp+"} {
		s, at = happening(s, what, at)
	}
	shut := func(s State) string {
		after, _ := happening(s, "closed+", at)
		return after.View().State
	}
	if got := shut(s.With(aDoor(2, true))); got != StateUnknown {
		t.Errorf("at both ends: %s", got)
	}
	one := s.With(aDoor(1, false))
	if got := shut(one); got != DoorClosed {
		t.Errorf("without an open reed it is shut, and says %s", got)
	}
	if a := one.View().Attributes.(DoorAttributes); a.Open.Given || a.WarningUntil != 0 || !a.Closed.Given || a.Position != "closed_reed" {
		t.Errorf("%+v", a)
	}
	if a := s.With(aDoor(0, true)).View().Attributes.(DoorAttributes); a.Closed.Given || a.Open.Given || a.WarningUntil == 0 {
		t.Errorf("without reeds: %+v", a)
	}
}

func TestADoorRefusesWhatItHasNoUseFor(t *testing.T) {
	s, _ := happening(Initial(Entity{Spec: aDoor(0, true)}), "up", now)
	for what, a := range map[string]Action{
		"no brightness":               {Verb: VerbPulse, Level: lv(40)},
		"a temperature":               {Verb: VerbPulse, Temp: deg(20)},
		"takes no time":               {Verb: VerbPulse, For: time.Hour},
		"a garage door takes no code": {Verb: VerbPulse, Code: NewSecret("4711")},
	} {
		if o, err := s.Resolve(a, Asked{Cause: byUser, Now: now}); codeOf(err) != CodeInvalid || !strings.Contains(err.Error(), what) {
			t.Errorf("%v: %+v, %v", a, o, err)
		}
	}
}

func TestADoorSaysWhatItCanDo(t *testing.T) {
	for want, spec := range map[string]*GarageDoor{
		"open close pulse":          aDoor(2, true),
		"open close pulse attended": aDoor(1, false),
		"pulse attended":            aDoor(0, false),
		"pulse":                     aDoor(0, true),
	} {
		if got := strings.Join(Features(spec), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
