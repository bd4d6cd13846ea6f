package entity

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anAlarm() *Alarm {
	return &Alarm{ExitDelay: 45 * time.Second, EntryDelay: 30 * time.Second, Away: []ID{"front", "motion"},
		Home: []ID{"front"}, Siren: "porch", Code: NewSecret("4711")}
}

// alarmRig tells an alarm what happens, in words: "front open", "motion clear",
// "front gone", "arm_away", "disarm 4711", "30s", "restart", "restart after 5m",
// "five wrong codes".
type alarmRig struct {
	state State
	now   time.Time
	err   error // of the newest command
}

func newAlarmRig(spec *Alarm, what string) *alarmRig {
	r := &alarmRig{state: Initial(Entity{Spec: spec}), now: now}
	for step := range strings.SplitSeq(what, ", ") {
		r.do(step)
	}
	return r
}

func (r *alarmRig) do(step string) {
	words := strings.Fields(step)
	d, err := time.ParseDuration(words[len(words)-1])
	switch {
	case words[0] == "five":
		for range mostTries {
			r.command(CauseUser, "disarm", "1")
		}
	case words[0] == "restart":
		saved, err := r.state.(Lasting).Saved()
		if err != nil {
			panic(err)
		}
		if len(words) > 1 {
			r.now = r.now.Add(d)
		}
		fresh := Initial(Entity{Spec: r.state.(alarmState).spec})
		if r.state, err = fresh.(Lasting).Restore(saved, r.now); err != nil {
			panic(err)
		}
	case err == nil && len(words) == 1:
		r.now = r.now.Add(d)
		r.state = r.state.Step(Elapsed{}, r.now)
	case strings.HasPrefix(step, "arm") || words[0] == "disarm":
		r.command(CauseUser, words...)
	case words[1] == "gone":
		r.state = r.state.Step(Observed{ID(words[0]), "closed", false}, r.now)
	default:
		r.state = r.state.Step(Observed{ID(words[0]), words[1], true}, r.now)
	}
}

func (r *alarmRig) command(by CauseKind, words ...string) {
	a := Action{Verb: Verb(words[0])}
	if len(words) > 1 {
		a.Code = NewSecret(words[1])
	}
	o, err := r.state.Resolve(a, Asked{Cause: Cause{Kind: by}, Now: r.now})
	if r.err = err; o.Next != nil {
		r.state = o.Next
	}
}

// said is the state and what of its attributes is worth saying.
func (r *alarmRig) said() string {
	v := r.state.View()
	a := v.Attributes.(AlarmAttributes)
	out := v.State
	for _, l := range []struct {
		name string
		list List
	}{{"open", a.Open}, {"bypassed", a.Bypassed}, {"unwatched", a.Unwatched}} {
		if l.list != "" {
			out += " " + l.name + string(l.list)
		}
	}
	if a.TriggeredBy != "" {
		out += " by " + string(a.TriggeredBy)
	}
	if a.Until != 0 {
		out += " in " + time.UnixMilli(a.Until).Sub(r.now).String()
	}
	if a.LockedUntil != 0 {
		out += " locked " + time.UnixMilli(a.LockedUntil).Sub(r.now).String()
	}
	return out
}

func TestTheAlarmGoesThroughItsStates(t *testing.T) {
	const quiet = "front closed, motion clear, "
	const armed = quiet + "arm_away, 45s, "
	for _, c := range []struct{ name, what, want string }{
		{"nothing known yet", "front gone", `disarmed unwatched["front","motion"]`},
		{"what is open shows while it is disarmed", "front open, motion clear", `disarmed open["front"]`},
		{"arming", quiet + "arm_away", "arming in 45s"},
		{"arming lists what is open", "front open, motion clear, arm_away", `arming open["front"] in 45s`},
		{"who leaves opens the door", quiet + "arm_away, front open, 10s", `arming open["front"] in 35s`},
		{"armed", quiet + "arm_away, 45s", "armed_away"},
		{"the home mode watches fewer", "front closed, motion gone, arm_home, 45s", "armed_home"},
		{"armed with the door open", "front open, motion clear, arm_away, 45s", `armed_away open["front"] bypassed["front"]`},
		{"that door is watched from when it is closed", "front open, motion clear, arm_away, 45s, front closed", "armed_away"},
		{"and sets it off from then on", "front open, motion clear, arm_away, 45s, front closed, front open", `pending open["front"] by front in 30s`},
		{"a door that stays open is no entry", "front open, motion clear, arm_away, 45s, front open", `armed_away open["front"] bypassed["front"]`},
		{"an entry during the exit delay", quiet + "arm_away, 30s, front open, front closed, motion detected, 15s", `armed_away open["motion"] bypassed["motion"]`},
		{"an entry", armed + "front open", `pending open["front"] by front in 30s`},
		{"the door shuts behind whoever came", armed + "front open, front closed", "pending by front in 30s"},
		{"the first counts", armed + "front open, 5s, motion detected", `pending open["front","motion"] by front in 25s`},
		{"nobody disarms", armed + "front open, 30s", `triggered open["front"] by front`},
		{"somebody does", armed + "front open, disarm 4711", `disarmed open["front"]`},
		{"it stays triggered when all is shut", armed + "front open, 30s, front closed, 10h", "triggered by front"},
		{"until it is disarmed", armed + "front open, 30s, disarm 4711, front closed", "disarmed"},
		{"disarmed while arming", quiet + "arm_away, disarm 4711, 45s", "disarmed"},
		{"at home nobody minds motion", "front closed, motion clear, arm_home, 45s, motion detected", "armed_home"},
		{"at home the door matters", "front closed, motion clear, arm_home, 45s, front open", `pending open["front"] by front in 30s`},
		{"another mode while arming begins anew", quiet + "arm_away, 40s, arm_home", "arming in 45s"},
		{"the same mode again changes nothing", quiet + "arm_away, 40s, arm_away", "arming in 5s"},
		{"a board that goes is no entry", armed + "front gone", `armed_away unwatched["front"]`},
		{"nor is one that comes back as it was", armed + "front gone, front closed", "armed_away"},
		{"what was opened meanwhile is", armed + "front gone, 1h, front open", `pending open["front"] by front in 30s`},
		{"what nobody ever saw closed is not", "front gone, motion clear, arm_away, 45s, front open", `armed_away open["front"] bypassed["front"]`},
		{"unknown is no entry", armed + "front unknown", `armed_away unwatched["front"]`},
		{"who is not watched does not matter", armed + "cellar open", "armed_away"},

		{"restart while armed", armed + "restart", `armed_away unwatched["front","motion"]`},
		{"an entry during a power cut", armed + "restart after 1h, front open", `pending open["front"] unwatched["motion"] by front in 30s`},
		{"no entry during a power cut", armed + "restart after 1h, front closed, motion clear", "armed_away"},
		{"a bypassed door is still that", "front open, motion clear, arm_away, 45s, restart, front open, motion clear", `armed_away open["front"] bypassed["front"]`},
		{"power cut while arming", quiet + "arm_away, 10s, restart after 5s", `arming unwatched["front","motion"] in 30s`},
		{"arming ran out during it", quiet + "arm_away, restart after 1h, front closed, motion clear", "armed_away"},
		{"power cut while pending", armed + "front open, 10s, restart after 5s", `pending unwatched["front","motion"] by front in 15s`},
		{"pending ran out during it", armed + "front open, restart after 30s", `triggered unwatched["front","motion"] by front`},
		{"power cut while triggered", armed + "front open, 30s, restart after 1h", `triggered unwatched["front","motion"] by front`},
		{"a clock that went back", armed + "front open, restart after -9000h", `pending unwatched["front","motion"] by front in 30s`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newAlarmRig(anAlarm(), c.what).said(); got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		})
	}
}

func TestWithoutDelaysTheAlarmActsAtOnce(t *testing.T) {
	spec := anAlarm()
	spec.ExitDelay, spec.EntryDelay = 0, 0
	r := newAlarmRig(spec, "front open, motion clear, arm_away")
	if got := r.said(); got != `armed_away open["front"] bypassed["front"]` {
		t.Error(got)
	}
	r.do("motion detected")
	if got := r.said(); got != `triggered open["front","motion"] bypassed["front"] by motion` {
		t.Error(got)
	}
	if !spec.Sounds(AlarmTriggered) || spec.Sounds(AlarmPending) || spec.Sounds(AlarmArmedAway) || spec.Sounds(AlarmDisarmed) {
		t.Error("the siren sounds while it is triggered, and only then")
	}
}

func TestAnArmedAlarmChangesItsModeOnlyByBeingDisarmed(t *testing.T) {
	for _, c := range []struct{ what, say string }{
		{"front closed, arm_away, 45s, arm_home", "is armed: disarm it first"},
		{"front closed, arm_home, 45s, arm_away", "is armed: disarm it first"},
		{"front closed, arm_away, 45s, front open, arm_away", "is about to go off: disarm it first"},
		{"front closed, arm_away, 45s, front open, 30s, arm_home", "is triggered: disarm it first"},
		{"front closed, arm_away, disarm 4711", ""},
	} {
		r := newAlarmRig(anAlarm(), c.what)
		if (r.err == nil) != (c.say == "") || r.err != nil && (codeOf(r.err) != CodeNotNow || !strings.Contains(r.err.Error(), c.say)) {
			t.Errorf("%s: %v, want it to say %q", c.what, r.err, c.say)
		}
	}
	for name, a := range map[string]Action{"toggle": {Verb: VerbToggle}, "a time": {Verb: VerbArmAway, For: time.Hour}} {
		if _, err := Initial(Entity{Spec: anAlarm()}).Resolve(a, Asked{Now: now}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func codeOf(err error) Code {
	var why *Refusal
	if errors.As(err, &why) {
		return why.Code
	}
	return ""
}

func TestWrongCodesLockTheAlarmForAWhileAndNeverForGood(t *testing.T) {
	const armed = "front closed, motion clear, arm_away, 45s"
	r := newAlarmRig(anAlarm(), armed)
	for i, code := range []string{"1", "47112", "4710", "0000"} {
		r.do("disarm " + code)
		if codeOf(r.err) != CodeWrongCode || r.err.Error() != "The code is wrong" {
			t.Fatalf("attempt %d: %v", i, r.err)
		}
		r.do("1m")
	}
	r.do("restart")
	r.do("disarm 9999")
	if codeOf(r.err) != CodeWrongCode || !strings.HasSuffix(r.said(), " locked 15m0s") {
		t.Fatalf("the fifth: %v, %s", r.err, r.said())
	}
	for _, wait := range []string{"restart", "14m59s"} {
		r.do("disarm 4711")
		if codeOf(r.err) != CodeLocked || r.state.View().State != AlarmArmedAway {
			t.Fatalf("the right code while it is locked: %v, %s", r.err, r.said())
		}
		r.do(wait)
	}
	r.do("disarm 4712")
	if codeOf(r.err) != CodeLocked || !strings.Contains(r.err.Error(), "a minute") {
		t.Errorf("attempts while it is locked do not count: %v", r.err)
	}
	r.do("1s")
	if got := r.state.View().Attributes.(AlarmAttributes).LockedUntil; got != 0 {
		t.Errorf("it still says that it is locked until %d", got)
	}
	r.do("disarm 4711")
	if r.err != nil || r.state.View().State != AlarmDisarmed {
		t.Errorf("when the lock is over: %v, %s", r.err, r.said())
	}

	r = newAlarmRig(anAlarm(), armed)
	for range 20 {
		r.do("disarm 1")
		r.do("4m")
		if codeOf(r.err) != CodeWrongCode {
			t.Fatalf("four in a quarter of an hour is not five: %v", r.err)
		}
	}
}

func TestWrongCodesCountTogetherForAQuarterOfAnHour(t *testing.T) {
	const armed, four = "front closed, motion clear, arm_away, 45s, ", "disarm 1, disarm 1, disarm 1, disarm 1, "
	for _, c := range []struct {
		what   string
		locked bool
	}{
		{four + "14m59s, disarm 1", true},
		{four + "15m, disarm 1", false},
		{"disarm 1, 1h, " + four + "1s", false},
		{"disarm 1, 10m, disarm 1, disarm 1, disarm 1, 10m, disarm 1", false},
		{"disarm 1, 10m, disarm 1, disarm 1, disarm 1, 10m, disarm 1, disarm 1", true},
		{four + "disarm 4711, arm_away, 45s, disarm 1", false},
		{four + "restart after 14m59s, disarm 1", true},
		{four + "restart after 15m, disarm 1", false},
	} {
		r := newAlarmRig(anAlarm(), armed+c.what)
		if got := r.state.View().Attributes.(AlarmAttributes).LockedUntil != 0; got != c.locked {
			t.Errorf("%s: locked is %t", c.what, got)
		}
	}
}

// TestALockIsOverWhetherOrNotAnybodySaidSo: a command may come before the Elapsed
// of the same moment.
func TestALockIsOverWhetherOrNotAnybodySaidSo(t *testing.T) {
	r := newAlarmRig(anAlarm(), "front closed, arm_away, 45s, disarm 1, disarm 1, disarm 1, disarm 1, disarm 1")
	for wait, want := range map[time.Duration]Code{lockFor - 1: CodeLocked, lockFor: ""} {
		_, err := r.state.Resolve(Action{Verb: VerbDisarm, Code: NewSecret("4711")}, Asked{Cause: byUser, Now: r.now.Add(wait)})
		if codeOf(err) != want {
			t.Errorf("after %v: %v, want %q", wait, err, want)
		}
	}
}

func TestAWaitIsToldInWholeMinutes(t *testing.T) {
	for wait, want := range map[time.Duration]string{1: "a minute", time.Minute: "a minute", time.Minute + 1: "2 minutes",
		14*time.Minute + time.Second: "15 minutes", lockFor: "15 minutes"} {
		if got := minutesText(minutes(wait)); got != want {
			t.Errorf("%v: %s, want %s", wait, got, want)
		}
	}
}

func TestWhoNeedsACode(t *testing.T) {
	const armed = "front closed, motion clear, arm_away, 45s"
	for _, c := range []struct {
		name string
		by   CauseKind
		code string
		want Code
	}{
		{"a person without one", CauseUser, "", CodeWrongCode},
		{"a person with it", CauseCLI, "4711", ""},
		{"a rule, which its author wrote", CauseRule, "", ""},
		{"a scene cannot give one", CauseScene, "", CodeInvalid},
		{"a button neither", CauseButton, "", CodeInvalid},
	} {
		r := newAlarmRig(anAlarm(), armed)
		r.command(c.by, "disarm", c.code)
		if codeOf(r.err) != c.want || (r.err == nil) != (r.state.View().State == AlarmDisarmed) {
			t.Errorf("%s: %v, %s", c.name, r.err, r.said())
		}
	}
	free := anAlarm()
	free.Code = Secret{}
	for _, by := range []CauseKind{CauseUser, CauseScene, CauseButton} {
		if r := newAlarmRig(free, armed); true {
			r.command(by, "disarm")
			if r.err != nil || r.state.View().Attributes.(AlarmAttributes).Code {
				t.Errorf("without a code, by %s: %v", by, r.err)
			}
		}
	}
	// A missing code is no attempt, and an alarm that is off tells nothing about codes.
	r := newAlarmRig(anAlarm(), armed)
	for range 10 {
		r.do("disarm")
	}
	if r.do("disarm 4711"); r.err != nil {
		t.Error(r.err)
	}
	for range 10 {
		if r.do("disarm 1"); r.err != nil {
			t.Error(r.err)
		}
	}
}

// TestTheAlarmIsNeverStuck: whatever happens, its deadlines come once, and the
// right code disarms it unless it is locked, which is over within 15 minutes.
func TestTheAlarmIsNeverStuck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newAlarmRig(anAlarm(), "front closed")
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			old := r.state
			before := fmt.Sprintf("%+v", old)
			r.do(rapid.SampledFrom([]string{"front open", "front closed", "front gone", "motion detected", "motion clear",
				"motion unknown", "arm_away", "arm_home", "disarm", "disarm 1", "five wrong codes", "disarm 4711", "1s", "20s", "1m", "16m", "restart",
				"restart after 1m", "restart after 24h", "restart after -1h"}).Draw(t, "what"))
			if after := fmt.Sprintf("%+v", old); after != before {
				t.Fatalf("a state was changed in place, from %s to %s", before, after)
			}
			state, a := r.state.View().State, r.state.View().Attributes.(AlarmAttributes)
			due := r.state.(Timed).Due()
			if waits := state == AlarmArming || state == AlarmPending; waits != (a.Until != 0) || (waits || a.LockedUntil != 0) == due.IsZero() {
				t.Fatalf("%s, and due at %v", r.said(), due)
			}
			if due.IsZero() {
				continue
			}
			if due.Sub(r.now) > lockFor {
				t.Fatalf("%s for %v", state, due.Sub(r.now))
			}
			if again := r.state.Step(Elapsed{}, later(due, r.now)).(Timed).Due(); !again.IsZero() && !again.After(due) {
				t.Fatalf("due at %v and again at %v", due, again)
			}
		}
		if r.state.View().Attributes.(AlarmAttributes).LockedUntil != 0 {
			r.do("15m")
		}
		if r.do("disarm 4711"); r.err != nil || r.state.View().State != AlarmDisarmed {
			t.Fatalf("the right code: %v, %s", r.err, r.said())
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func TestAnAlarmUnderAnotherDeclarationKeepsWhatItKnows(t *testing.T) {
	r := newAlarmRig(anAlarm(), "front open, motion clear, arm_away, 45s")
	spec := anAlarm()
	spec.Away, spec.Home = []ID{"cellar", "front"}, nil
	r.state = r.state.With(spec)
	if got := r.said(); got != `armed_away open["front"] bypassed["front"] unwatched["cellar"]` {
		t.Error(got)
	}
	r.do("cellar closed")
	if r.do("cellar open"); r.state.View().State != AlarmPending {
		t.Error(r.said())
	}
	if got := fmt.Sprint(spec.Watches(), anAlarm().Watches()); got != "[cellar front] [front motion]" {
		t.Error(got)
	}
}

func TestNoCodeIsSavedOrShown(t *testing.T) {
	r := newAlarmRig(anAlarm(), "front closed, arm_away, 45s, disarm 815815")
	saved, err := r.state.(Lasting).Saved()
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(r.state.View())
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(saved), string(asJSON), r.err.Error(), fmt.Sprintf("%+v", r.state)} {
		if strings.Contains(shown, "4711") || strings.Contains(shown, "815815") {
			t.Errorf("shown in %s", shown)
		}
	}
}
