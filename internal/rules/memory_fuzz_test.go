package rules_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

// everySort is a rule with triggers and steps of every sort.
func everySort() entity.Rule {
	held := 10 * time.Minute
	open := entity.InState{Entity: "window", State: "open"}
	return entity.Rule{
		ID: "r", Name: "R", Enabled: true, Mode: entity.ModeQueued, Cooldown: time.Minute,
		Missed: entity.Missed{Policy: entity.MissedRun, Within: time.Hour},
		When: []entity.Trigger{
			atClock("06:00", "18:00"), atCron("*/15 * * * *"), every(time.Hour), entity.OnStart{},
			entity.OnState{Entity: "window", To: "open", For: held},
			entity.OnLevel{Threshold: entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Than: 3}, Hysteresis: 1, For: held},
			entity.OnBoard{Board: "shed", For: held},
			entity.OnGesture{Button: "bell", Gesture: entity.GesturePress},
		},
		Do: []entity.Step{
			do("porch", entity.VerbOn),
			entity.Delay{For: held},
			entity.Choose{If: open, Then: []entity.Step{entity.Wait{Until: entity.Not{Condition: open}, AtMost: held}}, Else: []entity.Step{entity.Stop{}}},
			entity.Notify{Everyone: true, Text: "hello"},
			entity.Call{URL: entity.NewSecret("https://host.example/"), Method: "POST"},
			do("porch", entity.VerbOff),
		},
	}
}

// happening is a little of everything.
func happening(state string, n float64, link rules.Link) []rules.Event {
	return []rules.Event{
		{Entity: "window", Seen: rules.Seen{State: state, Available: true}},
		{Entity: "outside", Seen: rules.Seen{State: "on", Available: true, Value: rules.Number{Is: n, Known: true}}},
		{Board: "shed", Link: link},
		{Entity: "bell", Gesture: entity.GesturePress},
		{Started: true},
	}
}

// memories are what rules store in the course of a day.
func memories(t testing.TB) [][]byte {
	s := newServer(t, houseIn(berlin, everySort()), local(berlin, "2026-06-22 05:30:00"))
	var out [][]byte
	keep := func() { out = append(out, s.disk.memory["r"]) }
	s.happens(happening("closed", 1, rules.LinkOnline)...)
	keep()
	s.happens(happening("open", 5, rules.LinkOffline)...)
	keep()
	for range 20 {
		s.pass(7 * time.Minute)
		keep()
	}
	s.answer = never
	s.pass(time.Hour)
	keep()
	for range rules.MostRuns + 2 {
		s.pass(time.Minute)
		s.happens(rules.Event{Started: true})
		keep()
	}
	return out
}

// Whatever is stored, an engine begins, and what it stores then is sound.
func FuzzMemory(f *testing.F) {
	seen := map[string]bool{}
	for _, data := range memories(f) {
		if len(data) < 1500 && !seen[string(data)] { // Go takes long to minimize what is long
			seen[string(data)] = true
			f.Add(data, int64(0))
			f.Add(data, int64(-3600))
			f.Add(data, int64(8e6))
		}
	}
	f.Add([]byte("{"), int64(0))
	f.Add([]byte("null"), int64(0))
	f.Add([]byte(`{"v":2}`), int64(0))
	f.Add([]byte(`{"v":1,"triggers":[{"print":"","cursor":-9223372036854775808,"due":9223372036854775807,"fired":{}}],"runs":[{"pc":-1},{"pc":99}],"queue":[{},{}],"paused":{}}`), int64(0))
	p := compile(f, houseIn(berlin, everySort()))
	start := local(berlin, "2026-06-22 05:30:00")
	f.Fuzz(func(t *testing.T, data []byte, seconds int64) {
		now := rules.Now{Wall: start.Add(time.Duration(seconds%int64(1e7)) * time.Second)}
		saved := []rules.Saved{{Rule: "r", Data: data}, {Rule: "gone", Data: data}}
		e, out, err := rules.New(p, saved, now)
		if err != nil && !strings.Contains(err.Error(), "r: its memory") {
			t.Fatalf("the error does not say whose memory it is: %v", err)
		}
		if err == nil && !json.Valid(data) && len(data) > 0 {
			t.Fatal("no error for what cannot be read")
		}
		memory := data
		live(t, e, out, &now, &memory)
		if _, _, err := rules.New(p, []rules.Saved{{Rule: "r", Data: memory}}, now); err != nil {
			t.Fatalf("what it has stored cannot be read: %v\n%s", err, memory)
		}
	})
}

// live lets an engine do a little of everything.
func live(t *testing.T, e *rules.Engine, out rules.Output, now *rules.Now, memory *[]byte) {
	take := func(out rules.Output) {
		for todo := []rules.Output{out}; len(todo) > 0; todo = todo[1:] {
			for _, k := range todo[0].Keep {
				if k.Rule == "r" {
					*memory = k.Data
				}
			}
			for _, a := range todo[0].Acts {
				if a.Notify == nil {
					todo = append(todo, e.Ended(a.Run, a.Step, rules.Result{Outcome: rules.Failed}, *now))
				}
			}
		}
	}
	take(out)
	for n := range 20 {
		wait, ok := e.Next(*now)
		if !ok {
			t.Fatal("it has a trigger by time, and waits for none")
		}
		now.Up += wait
		now.Wall = now.Wall.Add(wait)
		take(e.Wake(*now))
		if n == 5 {
			take(e.Happened(happening("closed", 1, rules.LinkOnline), *now))
			take(e.Happened(happening("open", 5, rules.LinkOffline), *now))
		}
	}
	e.Status(*now)
}

func TestGarbageIsNoMemory(t *testing.T) {
	p := compile(t, houseIn(berlin, everySort()))
	now := rules.Now{Wall: local(berlin, "2026-06-22 05:30:00")}
	for _, data := range []string{"{", "[]", `"x"`, `{"v":2}`, `{"v":1,"triggers":7}`, strings.Repeat("[", 100_000)} {
		e, out, err := rules.New(p, []rules.Saved{{Rule: "r", Data: []byte(data)}}, now)
		if err == nil || !strings.Contains(err.Error(), "r: its memory") {
			t.Errorf("%.20s: the error is %v", data, err)
		}
		if len(out.Keep) != 1 || !json.Valid(out.Keep[0].Data) {
			t.Errorf("%.20s: it is not replaced: %+v", data, out.Keep)
		}
		if wait, ok := e.Next(now); !ok || wait != 15*time.Minute {
			t.Errorf("%.20s: it does not begin anew: %v, %t", data, wait, ok)
		}
	}
}
