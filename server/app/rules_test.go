package app

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/logtest"
	"hob/internal/registry"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/store"
	"hob/server/automation"
)

// ruleDesk takes what rules tell people and ask of other programs: nothing comes of it.
type ruleDesk struct{}

func (ruleDesk) Tell(entity.Notice) {}

func (ruleDesk) Call(context.Context, *entity.Call) error { return nil }

// doer is a board that does what it is told, and reports it.
type doer struct {
	mu  sync.Mutex
	att *registry.Attachment
	did []string // "gpio16 on" each
}

func (d *doer) Send(c registry.BoardCommand) (func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = append(d.did, string(c.Point)+" "+string(c.Do))
	att := d.att
	go func() {
		v := entity.Value{On: c.Do == entity.VerbOn}
		_ = att.Report([]registry.PointReport{{Point: c.Point, Value: v, Cause: c.Cause}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

// taken is what it did since the last call.
func (d *doer) taken() []string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.did
	d.did = nil
	return out
}

// ruledHouse is the test house with another output, an input, and these rules.
func ruledHouse(list ...entity.Rule) *entity.House {
	h := house()
	h.Rules = list
	h.Entities = append(h.Entities, entity.Entity{ID: "lamp", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 17}}},
		entity.Entity{ID: "window", Spec: &entity.Contact{Input: entity.Input{Board: "hall", Pin: 34}}})
	return h
}

func aRule(id entity.RuleID, when entity.Trigger, steps ...entity.Step) entity.Rule {
	return entity.Rule{ID: id, Enabled: true, When: []entity.Trigger{when}, Do: steps, Mode: entity.ModeSingle,
		Missed: entity.Missed{Policy: entity.MissedSkip}}
}

func does(id entity.ID, verb entity.Verb) entity.Do {
	return entity.Do{Task: entity.Task{Target: id, Action: entity.Action{Verb: verb}}}
}

// ruling is a server of rules alone, on a real file.
type ruling struct {
	store  *store.Store
	reg    *registry.Registry
	router *command.Router
	rules  *automation.Rules
	board  *doer
}

func rule(path string, h *entity.House, wrap func(automation.RuleStore) automation.RuleStore, commands func(automation.Commands) automation.Commands) (*ruling, error) {
	s, err := store.Open(store.Options{Path: path})
	if err != nil {
		return nil, err
	}
	r := &ruling{store: s, reg: registry.New(registry.Options{}), board: &doer{}}
	r.reg.Apply(h)
	r.router = command.New(command.Options{House: r.reg})
	var rs automation.RuleStore = ruleStore{s}
	var c automation.Commands = r.router
	if wrap != nil {
		rs, c = wrap(rs), commands(c)
	}
	r.rules = automation.NewRules(automation.RulesOptions{House: r.reg, Commands: c, Store: rs, Teller: ruleDesk{}, Caller: ruleDesk{},
		Patience: time.Minute, // on a busy machine too nothing is done that is not stored
		Log:      slog.New(slog.DiscardHandler)})
	if err := r.rules.Reload(h); err != nil {
		return nil, err
	}
	on := entity.Value{On: true}
	r.board.att, err = r.reg.Attach(hallID, "", "", r.board, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio17"}, {Point: "gpio34", Value: on}})
	return r, err
}

func (r *ruling) window(open bool) error {
	return r.board.att.Report([]registry.PointReport{{Point: "gpio34", Value: entity.Value{On: !open}}})
}

// runs are all runs that the store has, oldest first.
func runsOf(ctx context.Context, s *store.Store) (out []rules.Run, err error) {
	for f, more := (store.RunFilter{Limit: store.MostRuns}), true; more; {
		var page []store.RuleRun
		if page, more, err = s.Runs(ctx, f); err != nil {
			return nil, err
		}
		for _, row := range page {
			f.Before = store.RunPlace{At: row.At, ID: row.ID}
			var run rules.Run
			if err := json.Unmarshal(row.Data, &run); err != nil {
				return nil, err
			}
			out = append(out, run)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// TestADelayGoesOnOverARestartOnARealFile has all but the network: under virtual time.
func TestADelayGoesOnOverARestartOnARealFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	eight, err := schedule.ParseClock("20:00")
	if err != nil {
		t.Fatal(err)
	}
	h := ruledHouse(
		aRule("draught", entity.OnState{Entity: "window", To: "open"}, does("porch", "on"), entity.Delay{For: time.Hour}, does("porch", "off")),
		aRule("dusk", entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{eight}, Days: schedule.EveryDay}}, does("lamp", "on")))
	h.Rules[1].Missed = entity.Missed{Policy: entity.MissedRun, Within: time.Hour}
	synctest.Test(t, func(t *testing.T) {
		life := func(f func(r *ruling)) {
			r, err := rule(path, h, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- r.rules.Run(ctx) }()
			synctest.Wait()
			f(r)
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			r.router.Close()
			if err := r.store.Close(); err != nil {
				t.Error(err)
			}
		}
		want := func(r *ruling, what string, did ...string) {
			t.Helper()
			if got := r.board.taken(); !slices.Equal(got, did) {
				t.Errorf("%s: it did %q, want %q", what, got, did)
			}
		}
		life(func(r *ruling) {
			time.Sleep(18 * time.Hour)
			if err := r.window(true); err != nil {
				t.Fatal(err)
			}
			want(r, "when the window opens", "gpio16 on")
			time.Sleep(40 * time.Minute)
		})
		time.Sleep(10 * time.Minute)
		life(func(r *ruling) {
			want(r, "within the hour")
			time.Sleep(10*time.Minute + time.Second)
			want(r, "after it", "gpio16 off")
		})
		time.Sleep(time.Hour + 30*time.Minute) // over eight
		life(func(r *ruling) {
			want(r, "what was missed", "gpio17 on")
			runs, err := runsOf(t.Context(), r.store)
			if err != nil || len(runs) != 2 || runs[0].Outcome != rules.Ran || runs[1].Outcome != rules.Ran || len(runs[0].Steps) != 3 ||
				runs[0].Ended-runs[0].At != time.Hour.Milliseconds() {
				t.Errorf("runs: %+v %v", runs, err)
			}
		})
		life(func(r *ruling) { want(r, "nothing comes again") })
	})
}

// TestARuleReachesPeopleAndOtherPrograms goes the whole way, with a server of theirs.
func TestARuleReachesPeopleAndOtherPrograms(t *testing.T) {
	came := make(chan string, 10)
	desk := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		came <- r.Method + " " + r.URL.Path + " " + string(body)
	}))
	t.Cleanup(func() {
		desk.Close()
		http.DefaultClient.CloseIdleConnections() // those of the channels' library
	})
	h := ruledHouse(aRule("ring", entity.OnWebhook{Name: entity.NewSecret("gate")},
		entity.Call{URL: entity.NewSecret(desk.URL + "/t0ken"), Method: "PUT", Body: "{}", Timeout: within},
		entity.Notify{User: "anna", Text: "Somebody is at the gate"}))
	h.Users = []entity.User{{ID: "anna", Notify: []entity.Channel{{Dashboard: true},
		{URL: entity.NewSecret("generic+" + desk.URL + "/s3cret?disabletls=yes")}}},
		{ID: "leo", Notify: []entity.Channel{{URL: entity.NewSecret("generic+" + desk.URL + "/leo?disabletls=yes")}}}}
	var log logtest.Buffer
	o := options(t.TempDir())
	o.House, o.Log = h, slog.New(slog.NewTextHandler(&log, nil))
	a := build(t, o)
	run(t, a)
	if _, err := a.registry.Attach(hallID, "", "", silent{make(chan registry.BoardCommand, 8)},
		[]registry.PointReport{{Point: "gpio16"}, {Point: "gpio17"}, {Point: "gpio34"}}); err != nil {
		t.Fatal(err)
	}
	if known, busy := a.rules.Hook("gate"); !known || busy {
		t.Fatal("the webhook is not known")
	}
	for _, want := range []string{"PUT /t0ken {}", "POST /s3cret Somebody is at the gate"} {
		select {
		case got := <-came:
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		case <-time.After(within):
			t.Fatalf("%q never came: %s", want, log.String())
		}
	}
	if n := a.notices.Notices(); len(n) != 1 || n[0].User != "anna" || n[0].Rule != "ring" {
		t.Errorf("notices: %+v", n)
	}
	if said := log.String(); strings.Contains(said, "t0ken") || strings.Contains(said, "s3cret") {
		t.Errorf("the log tells an address: %s", said)
	}
}
