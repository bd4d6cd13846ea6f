package automation

import (
	"context"
	"errors"
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
	r.stage = &stage{log: &journal{}}
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

func TestARuleByTimeRunsAtItsTimeAndOnce(t *testing.T) {
	underRules(t, ruledHouse(rule("dusk", clocks(t, "20:00"), do("porch", "on"))), func(t *testing.T, r *ruled) {
		time.Sleep(20*time.Hour - time.Millisecond)
		r.wantDid("too early", "")
		time.Sleep(2 * time.Millisecond)
		r.wantDid("at eight", porchOn+"dusk")
		time.Sleep(23 * time.Hour)
		r.wantDid("until the next day", "")
		time.Sleep(time.Hour)
		r.wantDid("the next day", porchOn+"dusk")
		r.wantRuns("dusk", "ran; ran")
	})
}

func TestWhatHasToLastFiresInTimeAndNotWhenItIsOver(t *testing.T) {
	open := entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute}
	underRules(t, ruledHouse(rule("draught", open, do("porch", "on"))), func(t *testing.T, r *ruled) {
		r.window(true)
		time.Sleep(9 * time.Minute)
		r.window(false)
		time.Sleep(time.Hour)
		r.wantDid("it was shut in time", "")
		r.window(true)
		time.Sleep(10*time.Minute - time.Millisecond)
		r.wantDid("too early", "")
		time.Sleep(2 * time.Millisecond)
		r.wantDid("after ten minutes", porchOn+"draught")
	})
}

func TestARestartInTheMiddleOfAForOrADelayChangesNoTime(t *testing.T) {
	open := entity.OnState{Entity: "window", To: "open", For: 10 * time.Minute}
	h := ruledHouse(rule("draught", open, do("porch", "on"), entity.Delay{For: 5 * time.Minute}, do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.window(true)
		time.Sleep(4 * time.Minute)
		r.stop()
		time.Sleep(2 * time.Minute)
		r.boot(false)
		r.attach()
		r.window(true) // it still is
		time.Sleep(4*time.Minute - 5*time.Second)
		r.wantDid("within the ten minutes", "")
		time.Sleep(10 * time.Second)
		r.wantDid("after them", porchOn+"draught")
		r.wantRuns("draught", "running")
		r.restart(time.Minute, true)
		time.Sleep(4*time.Minute - 10*time.Second)
		r.wantDid("within the delay", "")
		time.Sleep(10 * time.Second)
		r.wantDid("after it", "gpio16 off by rule draught")
		r.wantRuns("draught", "ran")
		r.restart(time.Minute, true)
		time.Sleep(time.Hour)
		r.wantDid("nothing comes again", "")
	})
}

// From the command line, a browser or the API a gesture is as good as one at the wall,
// also with the button's board away; and who made it is in the run.
func TestAGestureThatIsAskedForSetsRulesOff(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GestureDouble}, do("pump", "on")))
	h.AwaitGestures()
	underRules(t, h, func(t *testing.T, r *ruled) {
		by := entity.Cause{Kind: entity.CauseCLI}
		ask := func(verb entity.Verb) (res command.Result) {
			r.router.Submit(command.Request{Entity: "hall_button", Action: entity.Action{Verb: verb}, Cause: by}, func(end command.Result) { res = end })
			synctest.Wait()
			return res
		}
		if res := ask(entity.VerbHold); res.Code != entity.CodeInvalid {
			t.Errorf("of which nothing comes: %+v", res)
		}
		r.hall.att.Detach(entity.BoardOffline, entity.Said{Message: "gone"})
		if res := ask(entity.VerbDouble); res.Status != entity.StatusConfirmed {
			t.Errorf("it ended as %+v", res)
		}
		if got := r.shed.did(); got != "gpio4 on by rule ring" {
			t.Errorf("the shed did %q", got)
		}
		r.wantRuns("ring", "ran")
		status, err := r.rules.Status(t.Context())
		if err != nil || status[0].Last.Trigger.Cause == nil || *status[0].Last.Trigger.Cause != by {
			t.Errorf("it ran because of %+v, %v", status[0].Last.Trigger, err)
		}
	})
}

func TestWhatWasInFlightWhenTheServerEndedIsNotDoneAgain(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on"), do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.hall.mu.Lock()
		r.hall.deaf = true
		r.hall.mu.Unlock()
		r.press()
		r.wantDid("before", porchOn+"ring")
		r.restart(time.Second, true)
		r.wantDid("after it goes on with the next", "gpio16 off by rule ring")
		r.wantRuns("ring", "interrupted: porch on: the server ended meanwhile, so nobody knows how it went")
	})
}

func TestAClockThatIsSetNeitherLosesNorDoublesARun(t *testing.T) {
	underRules(t, ruledHouse(rule("dusk", clocks(t, "20:00"), do("porch", "on"))), func(t *testing.T, r *ruled) {
		time.Sleep(19*time.Hour + 45*time.Minute)
		r.setClock(30 * time.Minute)
		time.Sleep(lookAgain)
		r.wantDid("set forward over it", porchOn+"dusk")
		r.setClock(-30 * time.Minute)
		time.Sleep(time.Hour)
		r.wantDid("set back before it", "")
		r.wantRuns("dusk", "ran")
		if got := strings.Count(r.log.String(), "the clock was set"); got != 2 {
			t.Errorf("the log says so %d times: %s", got, r.log)
		}
		time.Sleep(24 * time.Hour)
		r.wantDid("the next day", porchOn+"dusk")
	})
}

func TestAPressThatALinkHeldUpSetsOffNoRule(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		for age, want := range map[time.Duration]string{registry.PressLife: porchOn + "ring", registry.PressLife + time.Second: ""} {
			if err := r.hall.att.Gesture("gpio32", entity.GesturePress, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
			r.wantDid(age.String(), want)
		}
		if got := strings.Count(r.log.String(), "too late for rules"); got != 1 {
			t.Errorf("the log says so %d times: %s", got, r.log)
		}
	})
}

func TestAPressSetsOffARuleAtOnceAndAnOldOneDoesNothing(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.press()
		r.wantDid("at once", porchOn+"ring")
		for _, c := range []struct {
			wait time.Duration
			want string
		}{{time.Second, porchOn + "ring"}, {registry.PressLife + time.Millisecond, ""}} {
			r.restart(time.Second, false)
			var err error
			r.hall.att, err = r.reg.Attach(hallID, "", "", r.hall, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(settling - c.wait) // the shed does not come
			r.press()
			r.wantDid("while the house settles", "")
			time.Sleep(c.wait)
			r.wantDid(fmt.Sprintf("a press of %v ago", c.wait), c.want)
		}
	})
}

func TestTheStartWaitsForTheBoardsAndNotForEver(t *testing.T) {
	closed := entity.InState{Entity: "window", State: "closed"}
	late := rule("late", clocks(t, "06:00"), do("porch", "on"))
	late.Missed, late.If = entity.Missed{Policy: entity.MissedRun, Within: 3 * time.Hour}, closed
	soon := rule("soon", clocks(t, "07:00:05"), do("porch", "off"))
	h := ruledHouse(rule("hello", entity.OnStart{}, do("porch", "toggle")), late, soon)
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.wantDid("at the first start", porchOn+"hello")
		time.Sleep(time.Hour)
		r.stop()
		time.Sleep(6 * time.Hour)
		r.boot(false)
		time.Sleep(6 * time.Second)
		r.wantDid("without boards", "")
		if _, err := r.rules.Status(t.Context()); !errors.Is(err, ErrNotReady) {
			t.Errorf("status before the beginning: %v", err)
		}
		r.attach()
		synctest.Wait()
		// What was missed is judged by the house as it is; what came due since the start was not missed.
		got := r.hall.did()
		for _, want := range []string{porchOn + "late", "by rule hello", "gpio16 off by rule soon"} {
			if !strings.Contains(got, want) {
				t.Errorf("when they are there: %q", got)
			}
		}
		r.restart(time.Second, false)
		time.Sleep(settling)
		r.wantRuns("hello", "ran; ran; refused: toggle porch: Board hall is offline: Not seen since the server started")
	})
}

// TestAClockThatIsSetWhileTheHouseSettlesIsRight: a small computer without a
// battery begins in another year, and is told the time a moment later.
func TestAClockThatIsSetWhileTheHouseSettlesIsRight(t *testing.T) {
	dusk := rule("dusk", clocks(t, "20:00"), do("porch", "on"))
	dusk.Missed = entity.Missed{Policy: entity.MissedRun, Within: time.Hour}
	underRules(t, ruledHouse(dusk), func(t *testing.T, r *ruled) {
		time.Sleep(18 * time.Hour)
		r.stop()
		time.Sleep(2*time.Hour + 30*time.Minute)
		r.setClock(-30 * 365 * 24 * time.Hour)
		r.boot(false)
		time.Sleep(5 * time.Second)
		r.setClock(30 * 365 * 24 * time.Hour)
		r.attach()
		r.wantDid("what was missed, half an hour late", porchOn+"dusk")
		r.wantRuns("dusk", "ran")
		time.Sleep(23*time.Hour + 30*time.Minute)
		r.wantDid("the next day", porchOn+"dusk")
	})
}

func TestABoardIsSaidToBeAwayWhenItIsAndNotByARestart(t *testing.T) {
	h := ruledHouse(rule("gone", entity.OnBoard{Board: "shed"}, do("porch", "on")), rule("back", entity.OnBoard{Board: "shed", Online: true}, do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.restart(time.Second, false)
		time.Sleep(settling + time.Second)
		r.attach()
		time.Sleep(2 * boardGrace)
		r.wantDid("after a restart at which it came late", "")
		r.shed.att.Detach(entity.BoardOffline, entity.Said{Message: "no answer"})
		r.wantDid("when it goes", porchOn+"gone")
		r.attach()
		r.wantDid("when it is back", "gpio16 off by rule back")
		r.stop()
		time.Sleep(time.Second)
		r.boot(false)
		var err error
		r.hall.att, err = r.reg.Attach(hallID, "", "", r.hall, []registry.PointReport{{Point: "gpio16"}, {Point: "gpio32"}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(boardGrace - time.Second)
		r.wantDid("within its grace", "")
		time.Sleep(2 * time.Second)
		r.wantDid("it went while the server was down", porchOn+"gone")
	})
}

func TestAWebhookSetsOffItsRuleAndNobodyElseKnowsWhichThereAre(t *testing.T) {
	off := rule("off", entity.OnWebhook{Name: entity.NewSecret("old")}, do("porch", "on"))
	off.Enabled = false
	h := ruledHouse(rule("gate", entity.OnWebhook{Name: entity.NewSecret("gate-7")}, do("porch", "on")),
		rule("hold", entity.OnWebhook{Name: entity.NewSecret("gate-8")}, do("porch", "off")), off)
	h.Rules[0].Mode = entity.ModeQueued
	underRules(t, h, func(t *testing.T, r *ruled) {
		for _, name := range []string{"", "gate-", "gate-77", "old"} {
			if known, _ := r.rules.Hook(name); known {
				t.Errorf("%q is known", name)
			}
		}
		if known, busy := r.rules.Hook("gate-7"); !known || busy {
			t.Errorf("known %v, busy %v", known, busy)
		}
		r.wantDid("the hook", porchOn+"gate")
		refused := 0
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.rules.Hook("gate-8")
		synctest.Wait() // the driver is held up from here on
		for range 2 * mostHooked {
			if _, busy := r.rules.Hook("gate-7"); busy {
				refused++
			}
		}
		close(hang)
		if refused != mostHooked {
			t.Errorf("%d of %d were refused, want %d", refused, 2*mostHooked, mostHooked)
		}
	})
}

func TestWhatARuleDoesIsStoredBeforeItIsDoneUnlessTheDiskDoesNotTakeIt(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("porch", "on"), do("porch", "off")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.press()
		r.wantDid("before it is stored", "")
		close(hang)
		r.wantDid("once it is", porchOn+"ring, gpio16 off by rule ring")

		hang = make(chan struct{})
		r.shelf.set(nil, hang)
		r.press()
		time.Sleep(keepLimit)
		r.wantDid("a disk that hangs holds it up for a second", porchOn+"ring")
		time.Sleep(keepLimit)
		r.wantDid("and again", "gpio16 off by rule ring")
		close(hang)
		synctest.Wait()

		r.shelf.set(errors.New("the disk is full"), nil)
		r.press()
		r.wantDid("a full disk does not", porchOn+"ring, gpio16 off by rule ring")
		r.press()
		r.wantDid("nor the next time", porchOn+"ring, gpio16 off by rule ring")
		if got := strings.Count(r.log.String(), "the disk is full"); got != 1 {
			t.Errorf("that is said %d times", got)
		}
		r.wantRuns("ring", "ran; ran")
		r.shelf.set(nil, nil)
		time.Sleep(keepRest)
		r.wantRuns("ring", "ran; ran; ran; ran")
	})
}

func TestRulesThatFellBehindGoOnWithTheHouseAsItIs(t *testing.T) {
	h := ruledHouse(rule("draught", entity.OnState{Entity: "window", To: "open"}, do("porch", "on")))
	synctest.Test(t, func(t *testing.T) {
		r := &ruled{t: t, house: h, shelf: &ruleShelf{}, desk: &desk{}, events: 8}
		r.boot(true)
		defer func() { r.stop() }()
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.window(true) // its act waits for the store, and the driver with it
		for range 10 {
			r.window(false)
			r.window(true)
		}
		r.window(false)
		close(hang)
		r.wantDid("the first", porchOn+"draught")
		if !strings.Contains(r.log.String(), "fell behind") {
			t.Fatal("it did not fall behind, so this tests nothing")
		}
		r.window(true)
		r.wantDid("it sees the window open anew", porchOn+"draught")
	})
}

func TestAChangedHouseHasItsRulesInForceAtOnce(t *testing.T) {
	open := func(id entity.RuleID, steps ...entity.Step) entity.Rule {
		return rule(id, entity.OnState{Entity: "window", To: "open"}, steps...)
	}
	underRules(t, ruledHouse(open("old", do("porch", "on"), entity.Delay{For: time.Minute}, do("porch", "off"))), func(t *testing.T, r *ruled) {
		r.window(true)
		r.wantDid("the old rule", porchOn+"old")
		h := ruledHouse(open("new", do("porch", "on")))
		r.reg.Apply(h)
		if err := r.rules.Reload(h); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		r.wantDid("nothing, since the window is as it was", "")
		r.wantRuns("old", "stopped: the rule was removed")
		r.window(false)
		r.window(true)
		r.wantDid("the new rule", porchOn+"new")
		r.reg.Apply(ruledHouse())
		if err := r.rules.Reload(ruledHouse()); err != nil {
			t.Fatal(err)
		}
		r.window(false)
		r.window(true)
		r.wantDid("without rules", "")
		synctest.Wait()
		for id, s := range r.shelf.saved {
			if s.Data != nil {
				t.Errorf("%s is still remembered", id)
			}
		}
	})
}

// TestWhatHappensWhileTheHouseChangesIsSeen: the driver is held up in the middle of
// a reload, as by a slow disk.
func TestWhatHappensWhileTheHouseChangesIsSeen(t *testing.T) {
	open := func(verb entity.Verb) *entity.House {
		return ruledHouse(rule("draught", entity.OnState{Entity: "window", To: "open"}, do("porch", verb)))
	}
	underRules(t, open("on"), func(t *testing.T, r *ruled) {
		r.window(true)
		r.wantDid("before", porchOn+"draught")
		slow := rule("slow", entity.OnState{Entity: "window", To: "closed"}, do("pump", "on"), entity.Delay{For: time.Hour})
		h := open("off")
		h.Rules = append(h.Rules, slow)
		r.reg.Apply(h)
		hang := make(chan struct{})
		r.shelf.set(nil, hang)
		r.press() // nothing: only that the driver comes round
		if err := r.rules.Reload(h); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		r.window(false)
		r.window(true)
		close(hang)
		r.wantDid("meanwhile", "gpio16 off by rule draught")
		if got := r.shed.did(); got != "gpio4 on by rule slow" {
			t.Errorf("a new rule: the shed did %q", got)
		}
	})
}

func TestARuleOpensTheDoorThatItMayOpen(t *testing.T) {
	may := rule("home", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, do("left", "open"))
	mayNot := may
	mayNot.ID, may.MayOpen = "burglar", []entity.ID{"left"}
	underRules(t, ruledHouse(mayNot), func(t *testing.T, r *ruled) {
		r.press()
		if got := r.shed.did(); got != "" {
			t.Errorf("the shed did %q", got)
		}
		r.wantRuns("burglar", "refused: open left: a rule opens a garage door only if it says so itself: may_open, and the door")
	})
	underRules(t, ruledHouse(may), func(t *testing.T, r *ruled) {
		r.press()
		if got := r.shed.did(); got != "gpio25 pulse by rule home" {
			t.Errorf("the shed did %q", got)
		}
	})
}

func TestARuleThatIsPausedIsToldInWordsThatCanBeTranslated(t *testing.T) {
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress}, entity.Notify{User: "anna", Text: "ring"}))
	underRules(t, h, func(t *testing.T, r *ruled) {
		for range rules.MostRuns + 1 {
			r.press()
			synctest.Wait()
		}
		if len(r.desk.told) != rules.MostRuns+1 {
			t.Fatalf("told %+v", r.desk.told)
		}
		n := r.desk.told[rules.MostRuns]
		if n.Detail != "rule_paused" || n.Params != `{"rule":"ring","runs":30,"seconds":60,"minutes":15}` || n.Rule != "ring" || n.Text == "" {
			t.Errorf("told %+v", n)
		}
	})
}

func TestRulesTellPeopleAndAskOtherPrograms(t *testing.T) {
	call := entity.Call{URL: entity.NewSecret("http://x/secret"), Method: "POST", Body: "hello", Timeout: time.Second}
	h := ruledHouse(rule("ring", entity.OnGesture{Button: "hall_button", Gesture: entity.GesturePress},
		entity.Notify{User: "anna", Text: "Somebody is there"}, call, entity.Notify{Everyone: true, Text: "All"}))
	underRules(t, h, func(t *testing.T, r *ruled) {
		r.press()
		synctest.Wait()
		want := []entity.Notice{{Text: "Somebody is there", User: "anna", Rule: "ring"}, {Text: "All", Rule: "ring"}}
		if !slices.Equal(r.desk.told, want) || !slices.Equal(r.desk.asked, []string{"POST hello"}) {
			t.Errorf("told %+v, asked %q", r.desk.told, r.desk.asked)
		}
		r.desk.mu.Lock()
		r.desk.fails = errors.New("x answers 404 Not Found")
		r.desk.mu.Unlock()
		r.press()
		r.wantRuns("ring", "ran; failed: webhook x: x answers 404 Not Found")
		r.desk.mu.Lock()
		r.desk.hangs = true
		r.desk.mu.Unlock()
		r.press()
		r.restart(time.Second, true) // which ends the call
		r.wantRuns("ring", "ran; failed: webhook x: x answers 404 Not Found; "+
			"interrupted: webhook x: the server ended meanwhile, so nobody knows how it went")
	})
}

func TestPeopleAskForARunAndForTheEndOfAPause(t *testing.T) {
	h := ruledHouse(rule("dusk", clocks(t, "20:00"), do("porch", "on")))
	underRules(t, h, func(t *testing.T, r *ruled) {
		by := entity.Cause{Kind: entity.CauseUser, By: "anna"}
		run, err := r.rules.RunNow(t.Context(), "dusk", by)
		if err != nil || run.Rule != "dusk" || run.Trigger.Kind != rules.KindAsked || *run.Trigger.Cause != by || run.ID == "" {
			t.Errorf("%+v %v", run, err)
		}
		r.wantDid("asked for", porchOn+"dusk")
		if _, err := r.rules.RunNow(t.Context(), "nothing", by); !errors.Is(err, ErrNoRule) {
			t.Errorf("no such rule: %v", err)
		}
		for range rules.MostRuns {
			if run, err = r.rules.RunNow(t.Context(), "dusk", by); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if run.Outcome != rules.Paused {
			t.Errorf("too often: %+v", run)
		}
		if run, err = r.rules.RunNow(t.Context(), "dusk", by); err != nil || run.Outcome != rules.Paused || run.ID == "" {
			t.Errorf("while it is paused: %+v %v", run, err)
		}
		if all, err := r.rules.Status(t.Context()); err != nil || len(all) != 1 || all[0].PausedUntil == 0 || all[0].Next == 0 {
			t.Errorf("status: %+v %v", all, err)
		}
		if len(r.desk.told) != 1 || r.desk.told[0].User != "" {
			t.Errorf("told: %+v", r.desk.told)
		}
		if err := errors.Join(r.rules.Resume(t.Context(), "dusk"), r.rules.Resume(t.Context(), "nothing")); !errors.Is(err, ErrNoRule) {
			t.Errorf("resumed: %v", err)
		}
		if judged, err := r.rules.Judge(t.Context(), "dusk"); err != nil || len(judged.When) != 1 {
			t.Errorf("judged: %+v %v", judged, err)
		}
		if _, err := r.rules.Judge(t.Context(), "nothing"); !errors.Is(err, ErrNoRule) {
			t.Errorf("judged: %v", err)
		}
		r.hall.did()
		if run, err = r.rules.RunNow(t.Context(), "dusk", by); err != nil || run.Outcome != rules.Running {
			t.Errorf("after that: %+v %v", run, err)
		}
		r.stop()
		if _, err := r.rules.RunNow(t.Context(), "dusk", by); !errors.Is(err, ErrNotReady) {
			t.Errorf("after the end: %v", err)
		}
	})
}
