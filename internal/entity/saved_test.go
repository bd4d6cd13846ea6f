package entity

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// lasting are entities of every kind that outlives the server.
func lasting(t testing.TB) []Entity {
	return []Entity{water, anna, night, {ID: AlarmID, Spec: anAlarm()}, {ID: "heat", Spec: aHeater(t)}}
}

// FuzzRestore: whatever is in the store, it is refused or it is a state that
// works, has no deadline far away, and saves what it restores.
func FuzzRestore(f *testing.F) {
	for _, seed := range []string{`{"total":7,"count":3}`, `{"state":"home"}`, `{"activated":5,"failed":[{"entity":"a","code":"offline","message":"m"}]}`,
		`{"state":"pending","until":1795363200000,"by":"front","contacts":[{"id":"front","open":true}],"bypassed":["motion"],"wrong":[1,2],"locked":9,"sirens":["horn","siren"]}`,
		`{"state":"armed_home","home":true}`, `{"state":"arming","until":-9223372036854775808,"wrong":[-9223372036854775808]}`,
		`{"set":{"mode":"boost","temp":20000,"until":1795363300000},"under":{"mode":"manual","temp":18000,"preset":"x"},"locked":true}`,
		`{"set":{"mode":"manual","temp":20000,"until":9223372036854775807}}`, `{}`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, saved []byte) {
		for _, e := range lasting(t) {
			s, err := Initial(e).(Lasting).Restore(saved, now)
			if err != nil {
				continue
			}
			if timed, ok := s.(Timed); ok {
				if due := timed.Due(); due.Sub(now) > 25*time.Hour {
					t.Fatalf("%s: due in %v after %s", e.ID, due.Sub(now), saved)
				}
			}
			if p, ok := s.(Planner); ok {
				if plan := p.Plan(now); len(plan.Segments) == 0 || len(plan.Segments) > planSegments || !plan.End.After(now) {
					t.Fatalf("%s: %+v after %s", e.ID, plan, saved)
				}
			}
			once, err := s.(Lasting).Saved()
			if err != nil {
				t.Fatalf("%s: %v after %s", e.ID, err, saved)
			}
			if once == nil {
				continue
			}
			again, err := Initial(e).(Lasting).Restore(once, now)
			if err != nil {
				t.Fatalf("%s saves %s, which is then refused: %v", e.ID, once, err)
			}
			if twice, err := again.(Lasting).Saved(); err != nil || !bytes.Equal(once, twice) || again.View() != s.View() {
				t.Fatalf("%s: %s, then %s (%v)\n%+v\n%+v", e.ID, once, twice, err, s.View(), again.View())
			}
		}
	})
}

func TestWhatWasNeverSavedIsRefused(t *testing.T) {
	for kind, bad := range map[Kind][]string{
		KindSensor: {`{"total":-1,"count":0}`, `{"total":1,"count":-1}`, `{"total":99999999999999999,"count":0}`},
		KindPerson: {`{"state":"cellar"}`, `{}`},
		KindScene:  {`{"activated":-5}`, `{}`, `{"activated":5,"later":1}`, `{"activated":5} ` + "x"},
		KindAlarm: {`{"state":"party"}`, `{}`, `{"state":"pending"}`, `{"state":"disarmed","until":5}`, `{"state":"armed_away","home":true}`,
			`{"state":"armed_home"}`, `{"state":"disarmed","wrong":[1,2,3,4,5]}`, `{"state":"disarmed","wrong":[2,1]}`, `{"state":"disarmed","sirens":[""]}`},
	} {
		for _, e := range lasting(t) {
			if e.Kind() != kind {
				continue
			}
			for _, saved := range append(bad, "", "x", "[]", `{"later":1}`, `{"state":"home"}}`) {
				if s, err := Initial(e).(Lasting).Restore([]byte(saved), now); err == nil {
					t.Errorf("%s took %s for %+v", e.ID, saved, s.View())
				}
			}
		}
	}
}

// TestRestoreLeavesItsReceiverAsItIs: the registry may try what was saved, refuse
// it, and go on with what it had.
func TestRestoreLeavesItsReceiverAsItIs(t *testing.T) {
	restored := 0
	for _, e := range lasting(t) {
		for _, saved := range []string{`{"total":7,"count":3}`, `{"state":"home"}`, `{"activated":5}`, `{"locked":true}`,
			`{"state":"armed_away","contacts":[{"id":"front","open":true}],"bypassed":["front"],"wrong":[1],"locked":9}`} {
			s := Initial(e)
			before := fmt.Sprintf("%+v", s)
			if _, err := s.(Lasting).Restore([]byte(saved), now); err == nil {
				restored++
			}
			if after := fmt.Sprintf("%+v", s); after != before {
				t.Errorf("%s was %s and is %s", e.ID, before, after)
			}
		}
	}
	if restored != len(lasting(t)) {
		t.Errorf("%d were restored", restored)
	}
}

// TestAYearInFastTime: a house of everything that has deadlines, asked and told
// at random for a year and woken only when it wants to be. Nothing is due twice,
// nothing waits for ever, and a restart at any moment changes nothing that lasts.
func TestAYearInFastTime(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			y := newYear(t, seed)
			for end := y.now.AddDate(1, 0, 0); y.now.Before(end); {
				y.pass()
				y.act()
			}
			if y.wakes == 0 || y.wakes > 3*y.acts+5_000 {
				t.Errorf("%d wakes for %d acts", y.wakes, y.acts)
			}
			y.rest()
		})
	}
}
