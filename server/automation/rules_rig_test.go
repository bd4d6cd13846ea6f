package automation

import (
	"context"
	"fmt"
	"maps"
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
)

// ruleShelf is a store in memory that outlives servers; fails, when set, is what
// it answers.
type ruleShelf struct {
	mu    sync.Mutex
	saved map[entity.RuleID]rules.Saved
	runs  map[rules.RunID]rules.Run
	kept  []string // "rule outcome durable" of each run, as it was stored
	fails error
	hangs chan struct{} // when set, it answers only once this is closed
}

func (s *ruleShelf) LoadRules(context.Context) ([]rules.Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.saved)), s.fails
}

func (s *ruleShelf) KeepRules(saved []rules.Saved, runs []rules.Run, durable bool) error {
	s.mu.Lock()
	hangs := s.hangs
	s.mu.Unlock()
	if hangs != nil {
		<-hangs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return s.fails
	}
	if s.saved == nil {
		s.saved, s.runs = map[entity.RuleID]rules.Saved{}, map[rules.RunID]rules.Run{}
	}
	for _, one := range saved {
		s.saved[one.Rule] = one
	}
	for _, run := range runs {
		s.runs[run.ID] = run
		s.kept = append(s.kept, fmt.Sprintf("%s %s %t", run.Rule, run.Outcome, durable))
	}
	return nil
}

func (s *ruleShelf) set(fails error, hangs chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails, s.hangs = fails, hangs
}

// stored are a rule's runs in order, "outcome: reason" each.
func (s *ruleShelf) stored(id entity.RuleID) string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Collect(maps.Values(s.runs))
	slices.SortFunc(all, func(a, b rules.Run) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	var out []string
	for _, run := range all {
		if run.Rule == id {
			line := string(run.Outcome)
			if run.Reason != "" {
				line += ": " + run.Reason
			}
			out = append(out, line)
		}
	}
	return strings.Join(out, "; ")
}

// desk takes what rules tell people and ask of other programs.
type desk struct {
	mu    sync.Mutex
	told  []entity.Notice
	asked []string
	ended int // calls that hung until they were given up
	fails error
	hangs bool
}

func (d *desk) Tell(n entity.Notice) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, n)
}

func (d *desk) Call(ctx context.Context, c *entity.Call) error {
	d.mu.Lock()
	d.asked = append(d.asked, c.Method+" "+c.Body)
	hangs, fails := d.hangs, d.fails
	d.mu.Unlock()
	if hangs {
		<-ctx.Done()
		d.mu.Lock()
		d.ended++
		d.mu.Unlock()
		return ctx.Err()
	}
	return fails
}

// ruled is a house with rules, in a bubble. Its server can be restarted.
type ruled struct {
	*stage
	t          *testing.T
	house      *entity.House
	events     int
	shelf      *ruleShelf
	desk       *desk
	hall, shed *board
	rules      *Rules
	stop       func()

	mu    sync.Mutex
	shift time.Duration // by which the clock on the wall was set
}

// ruledHouse has two boards, what they have, and these rules.
func ruledHouse(list ...entity.Rule) *entity.House {
	h := house()
	h.Timezone, h.Rules = "UTC", list
	h.Entities = append(h.Entities, entity.Entity{ID: "left", Spec: &entity.GarageDoor{Board: "shed", Relay: 25,
		Closed: &entity.Input{Board: "shed", Pin: 33}, Travel: 18 * time.Second}},
		entity.Entity{ID: "window", Spec: &entity.Contact{Input: entity.Input{Board: "shed", Pin: 34}}})
	return h
}

func rule(id entity.RuleID, when entity.Trigger, steps ...entity.Step) entity.Rule {
	return entity.Rule{ID: id, Enabled: true, When: []entity.Trigger{when}, Do: steps, Mode: entity.ModeSingle,
		Missed: entity.Missed{Policy: entity.MissedSkip}}
}

func do(id entity.ID, verb entity.Verb) entity.Do {
	return entity.Do{Task: entity.Task{Target: id, Action: entity.Action{Verb: verb}}}
}

func clocks(t *testing.T, list ...string) entity.AtTimes {
	t.Helper()
	out := schedule.Times{Days: schedule.EveryDay}
	for _, raw := range list {
		c, err := schedule.ParseClock(raw)
		if err != nil {
			t.Fatal(err)
		}
		out.Clocks = append(out.Clocks, c)
	}
	return entity.AtTimes{Times: out}
}

// underRules runs a test in a bubble, which begins at midnight, with both boards there.
func underRules(t *testing.T, h *entity.House, test func(t *testing.T, r *ruled)) {
	synctest.Test(t, func(t *testing.T) {
		r := &ruled{t: t, house: h, shelf: &ruleShelf{}, desk: &desk{}}
		r.boot(true)
		defer func() { r.stop() }()
		test(t, r)
	})
}

// boot starts a server; both boards are there at once, or not yet.
func (r *ruled) boot(boards bool) {
	r.t.Helper()
	r.stage = &stage{log: &logtest.Buffer{}}
	r.reg = registry.New(registry.Options{Events: r.events})
	r.reg.Apply(r.house)
	r.router = command.New(command.Options{House: r.reg})
	r.hall, r.shed = &board{}, &board{}
	began := time.Now()
	r.rules = NewRules(RulesOptions{House: r.reg, Commands: r.router, Store: r.shelf, Teller: r.desk, Caller: r.desk, Log: r.logger(),
		Clock: func() rules.Now {
			r.mu.Lock()
			defer r.mu.Unlock()
			t := time.Now()
			return rules.Now{Wall: t.Add(r.shift).Round(0), Up: t.Sub(began)}
		}})
	if err := r.rules.Reload(r.house); err != nil {
		r.t.Fatal(err)
	}
	if boards {
		r.attach()
	}
	stop := run(r.t, r.rules.Run)
	router := r.router
	r.stop = func() {
		stop()
		router.Close()
	}
	synctest.Wait()
}

// restart ends the server, and begins another some time later.
func (r *ruled) restart(away time.Duration, boards bool) {
	r.t.Helper()
	r.stop()
	time.Sleep(away)
	r.boot(boards)
}

func (r *ruled) attach() {
	r.t.Helper()
	var err error
	r.hall.att, err = r.reg.Attach(hallID, "192.0.2.1:80", "1", r.hall, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}})
	if err != nil {
		r.t.Fatal(err)
	}
	on := entity.Value{On: true}
	r.shed.att, err = r.reg.Attach(shedID, "192.0.2.2:80", "1", r.shed, []registry.PointReport{{Point: "gpio4"},
		{Point: "gpio5", Value: entity.Value{HasLevel: true}}, {Point: "gpio25"}, {Point: "gpio33", Value: on}, {Point: "gpio34", Value: on}})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *ruled) window(open bool) {
	r.t.Helper()
	if err := r.shed.att.Report([]registry.PointReport{{Point: "gpio34", Value: entity.Value{On: !open}, Cause: entity.Cause{Kind: entity.CauseBoard}}}); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

func (r *ruled) press() {
	r.t.Helper()
	if err := r.hall.att.Gesture("gpio32", entity.GesturePress, time.Time{}); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

// setClock sets the clock on the wall, and nothing else.
func (r *ruled) setClock(by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shift += by
}

func (r *ruled) wantDid(what, want string) {
	r.t.Helper()
	if got := r.hall.did(); got != want {
		r.t.Errorf("%s: the hall did %q, want %q", what, got, want)
	}
}

func (r *ruled) wantRuns(id entity.RuleID, want string) {
	r.t.Helper()
	if got := r.shelf.stored(id); got != want {
		r.t.Errorf("the runs of %s: %q, want %q", id, got, want)
	}
}

const porchOn = "gpio16 on by rule "
