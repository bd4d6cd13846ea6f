package automation

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/config"
	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/simulate"
)

// What hob simulate and hob test foresee is what the server does: random rules of
// every sort, and a week of things that happen, give the same firings and the same
// states in a simulated house and under the real drivers, registry and router with
// boards of the test's own.
//
// Within one moment a live house may do independent things in any order, so the
// weeks are made without such races: each thing that happens by itself has a
// moment of its own, a rule follows only outputs of the rules before it, and
// conditions on outputs stand only where nothing else can be under way.
func TestWhatIsForeseenIsWhatHappens(t *testing.T) {
	seeds := []uint64{3, 63, 66} // between them they show every outcome and every sort of trigger
	if os.Getenv("HOB_CAMPAIGN") != "" {
		seeds = nil
		for seed := range uint64(2000) {
			seeds = append(seeds, seed)
		}
	}
	shown := map[string]int{} // how often each outcome and each sort of trigger was there
	for _, seed := range seeds {
		w := newWeek(t, seed)
		foreseen, states := w.foresee(t)
		happened, seen := w.live(t)
		if foreseen, held := w.told, w.held; !slices.Equal(foreseen, held) {
			t.Fatalf("seed %d:\n%s\n%s\nthe heater, < foreseen, > held:\n%s", seed, w.text, w.story(), differences(foreseen, held))
		}
		if !slices.Equal(foreseen, happened) || !slices.Equal(states, seen) {
			t.Fatalf("seed %d:\n%s\n%s\nfirings, < foreseen, > happened:\n%sstates:\n%s", seed, w.text, w.story(), differences(foreseen, happened), differences(states, seen))
		}
		for _, row := range w.runs {
			shown[string(row.Outcome)]++
			shown[string(row.Trigger.Kind)]++
		}
	}
	for _, what := range []string{"ran", "skipped", "refused", "failed", "stopped", "time", "state", "level", "button", "board", "startup", "webhook"} {
		if shown[what] == 0 {
			t.Errorf("in %d weeks none was %s: %v", len(seeds), what, shown)
		}
	}
}

// differences are the lines that only one of two sorted lists has.
func differences(a, b []string) string {
	var out strings.Builder
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i++
			j++
		case j == len(b) || i < len(a) && a[i] < b[j]:
			fmt.Fprintf(&out, "< %s\n", a[i])
			i++
		default:
			fmt.Fprintf(&out, "> %s\n", b[j])
			j++
		}
	}
	return out.String()
}

// week is a house, and what happens in it.
type week struct {
	text  string
	house *entity.House
	zone  *time.Location
	start time.Time
	test  entity.Test
	at    []time.Time // of test.When
	runs  []rules.Run // as they were live
	told  []string    // what the heater was foreseen to hold, and
	held  []string    // what it held
}

// outputs is how many rules there are, each with an output of its own.
const outputs = 10

func newWeek(t *testing.T, seed uint64) *week {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	w := &week{text: weekHouse(r)}
	house, list := config.Parse("week.yaml", []byte(w.text))
	if list.HasErrors() {
		t.Fatalf("seed %d: line %d: %s (%s)\n%s", seed, list[0].Line, list[0].Message, list[0].Suggestion, w.text)
	}
	w.house = house
	var err error
	if w.zone, err = simulate.Zone(house); err != nil {
		t.Fatal(err)
	}
	// A bubble begins in 2000; on the second day of this week clocks go forward.
	date, clock := schedule.Date{Year: 2000, Month: time.March, Day: 25}, schedule.Clock(12*3600+59)
	w.start = schedule.At(date, clock, w.zone).At
	w.test = entity.Test{Name: "week", Date: date, Clock: clock,
		Given: []entity.Given{{Entity: "t0", Number: entity.Some(10.0)}, {Entity: "t1", Number: entity.Some(20.0)}}}
	w.happen(w.start, entity.Happening{Startup: true})
	away := false
	for at, n := w.start, 0; n < 60; n++ {
		// A whole minute and a second that no rule by the clock has.
		at = at.Truncate(time.Minute).Add(time.Duration(1+r.IntN(300)) * time.Minute).Add(time.Duration(50+r.IntN(9)) * time.Second)
		h := randomHappening(r, &away)
		if !h.Webhook.IsZero() && !strings.Contains(w.text, "{webhook: hook}") {
			continue // nobody would hear of it
		}
		w.happen(at, h)
	}
	w.happen(w.start.Add(7*24*time.Hour), entity.Happening{})
	return w
}

func (w *week) happen(at time.Time, h entity.Happening) {
	last := w.start
	if n := len(w.at); n > 0 {
		last = w.at[n-1]
	}
	if at.Before(last) {
		at = last
	}
	h.When = entity.Moment{After: at.Sub(last)}
	w.at = append(w.at, at)
	w.test.When = append(w.test.When, h)
}

// story is what happens, in words.
func (w *week) story() string {
	var out strings.Builder
	for i, h := range w.test.When {
		fmt.Fprintf(&out, "%s %+v\n", w.at[i].In(w.zone).Format("Mon 15:04:05"), h)
	}
	return out.String()
}

func one(id entity.ID, g entity.Given) entity.Happening {
	g.Entity = id
	return entity.Happening{Given: []entity.Given{g}}
}

func randomHappening(r *rand.Rand, away *bool) entity.Happening {
	action := func(verb entity.Verb) entity.Given { return entity.Given{Action: &entity.Action{Verb: verb}} }
	pick := func(verbs ...entity.Verb) entity.Given { return action(verbs[r.IntN(len(verbs))]) }
	state := func(words ...string) entity.Given { return entity.Given{State: words[r.IntN(len(words))]} }
	switch r.IntN(14) {
	case 0, 1:
		return one("door", state("open", "closed"))
	case 2:
		return one("motion", state("detected", "clear"))
	case 3, 4:
		return one("t0", entity.Given{Number: entity.Some(float64(r.IntN(80)) / 4)})
	case 5:
		return one("t1", entity.Given{Number: entity.Some(float64(r.IntN(120)) / 4)})
	case 6:
		return one("bell", entity.Given{Gesture: []entity.Gesture{entity.GesturePress, entity.GestureDouble, entity.GestureHold}[r.IntN(3)]})
	case 7:
		return one("anna", pick(entity.VerbHome, entity.VerbAway))
	case 8:
		return one("alarm", pick(entity.VerbArmAway, entity.VerbDisarm, entity.VerbDisarm))
	case 9:
		*away = !*away
		return entity.Happening{Board: "b", Online: !*away}
	case 10:
		return one("window", state("open", "closed", "closed"))
	case 11:
		warm := entity.Temp(10_000 + 500*r.IntN(30))
		return one("heat", []entity.Given{pick("comfort", entity.VerbOff, entity.VerbAuto, entity.VerbFrost),
			{Action: &entity.Action{Verb: entity.VerbSet, Temp: &warm}},
			{Action: &entity.Action{Verb: entity.VerbBoost, For: time.Duration(1+r.IntN(300)) * time.Minute}}}[r.IntN(3)])
	case 12:
		return entity.Happening{Webhook: entity.NewSecret("hook")}
	}
	return one("hand", pick(entity.VerbOn, entity.VerbOff, entity.VerbToggle))
}

// weekHouse is a house with random rules, as text.
func weekHouse(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(`home: {timezone: Europe/Berlin, location: {latitude: 52.52, longitude: 13.40}}
boards: {a: {id: hob-00000a, chip: esp32}, b: {id: hob-00000b, chip: esp32}}
contacts: {door: {pin: a/32, pull: up}, motion: {pin: a/33, class: motion}, window: {pin: a/27, pull: up}}
sensors: {t0: {type: ds18b20, pin: a/4}, t1: {type: ds18b20, pin: a/13}}
buttons: {bell: {pin: a/14, pull: up, press: toggle bound, hold: far on}}
people: {anna: {}}
alarm: {exit_delay: 45s, entry_delay: 30s, watches: {away: [door]}}
scenes: {both: {scene_a: on, scene_b: off}}
heaters:
  heat:
    relay: a/26
    sensor: t1
    range: 5..30°C
    hysteresis: 0.5°C
    presets: {away: 8°C, comfort: 21°C}
    schedule: {mon-fri: "06:01:29 comfort, 08:31:29 away, 17:01:29 comfort, 22:31:29 away", sat-sun: "01:31:29 comfort, 23:31:29 17°C"}
    frost: 6°C
    windows: [window]
`)
	pins := []int{16, 17, 18, 19, 21}
	var switches, lights []string
	for i := range outputs {
		line := fmt.Sprintf("  o%d: {pin: %c/%d", i, "ab"[i%2], pins[i/2])
		if i%3 == 2 {
			line = strings.Replace(line, "pin:", "pwm:", 1)
		}
		// Sums of powers of two are different sums: no two limits end in one moment.
		if r.IntN(2) == 0 {
			line += fmt.Sprintf(", %s: 17m%dms", []string{"off_after", "max_on"}[r.IntN(2)], 1<<i)
		}
		line += "}\n"
		if i%3 == 2 {
			lights = append(lights, line)
		} else {
			switches = append(switches, line)
		}
	}
	fmt.Fprintf(&b, "switches:\n%s  hand: {pin: a/22}\n  bound: {pin: a/23}\n  far: {pin: b/22}\n  scene_a: {pin: a/25}\n  scene_b: {pin: b/25}\n", strings.Join(switches, ""))
	fmt.Fprintf(&b, "lights:\n%srules:\n", strings.Join(lights, ""))
	kinds := r.Perm(17) // each sort at most once, and all of them soon over the seeds
	for i := range outputs {
		trigger, alone := randomTrigger(r, i, kinds[i])
		fmt.Fprintf(&b, "  r%d:\n    when: %s\n", i, trigger)
		if r.IntN(3) > 0 {
			fmt.Fprintf(&b, "    if: {%s}\n", randomCondition(r, i, alone, 2))
		}
		fmt.Fprintf(&b, "    do: [%s]\n", strings.Join(randomSteps(r, i, 2), ", "))
		fmt.Fprintf(&b, "    mode: %s\n", []string{"single", "restart", "queued"}[r.IntN(3)])
		if r.IntN(4) == 0 {
			fmt.Fprintf(&b, "    cooldown: %dm\n", 1+r.IntN(90))
		}
	}
	return b.String()
}

// randomTrigger is a trigger of rule i. alone says that nothing else is under way
// in its moment.
func randomTrigger(r *rand.Rand, i, kind int) (text string, alone bool) {
	held := ""
	if r.IntN(2) == 0 {
		held = fmt.Sprintf(", for: %dm", 1+r.IntN(30))
	}
	second := 3*i + 1
	switch kind {
	case 0, 1:
		return fmt.Sprintf(`{time: ["%02d:%02d:%02d", "%02d:%02d:%02d"]}`, r.IntN(24), r.IntN(60), second, r.IntN(4), r.IntN(60), second), true
	case 2:
		return fmt.Sprintf("{sun: %s-%dm, days: %s}", []string{"sunset", "sunrise", "dusk", "dawn"}[r.IntN(4)], r.IntN(60), []string{"mon-fri", "daily", "sat-sun"}[r.IntN(3)]), true
	case 3:
		return `{cron: "7,37 */3 * * *"}`, true
	case 4:
		return fmt.Sprintf("{every: %dh}", 1+r.IntN(7)), true
	case 5:
		return fmt.Sprintf("{door: %s%s}", []string{"open", "closed"}[r.IntN(2)], held), false
	case 6:
		return fmt.Sprintf("{motion: detected%s}", held), false
	case 7:
		return fmt.Sprintf("{t0: below %d°C, hysteresis: 0.%d°C%s}", 5+r.IntN(10), 1+r.IntN(9), held), false
	case 8:
		return fmt.Sprintf("{t1: above %d°C%s}", 10+r.IntN(10), held), false
	case 9:
		return fmt.Sprintf("{bell: %s}", []string{"press", "double", "hold"}[r.IntN(3)]), false
	case 10:
		return fmt.Sprintf("{anna: %s%s}", []string{"home", "away"}[r.IntN(2)], held), false
	case 11:
		return fmt.Sprintf("{alarm: %s}", []string{"armed_away", "disarmed", "pending", "triggered"}[r.IntN(4)]), false
	case 12:
		return fmt.Sprintf("{board: b, is: %s%s}", []string{"online", "offline"}[r.IntN(2)], held), false
	case 13:
		return fmt.Sprintf("{heat: heating%s}", held), false
	case 14:
		return fmt.Sprintf("{heat: below %d°C}", 12+r.IntN(12)), false
	case 15:
		return []string{"{webhook: hook}", "{startup: true}"}[r.IntN(2)], false
	}
	if i == 0 {
		return fmt.Sprintf("{hand: on%s}", held), false
	}
	return fmt.Sprintf("{o%d: %s%s}", r.IntN(i), []string{"on", "off"}[r.IntN(2)], held), false
}

// randomCondition is the inside of a condition of rule i.
func randomCondition(r *rand.Rand, i int, alone bool, depth int) string {
	switch n := r.IntN(12); {
	case n == 0 && depth > 0:
		return fmt.Sprintf("any: [{%s}, {%s}]", randomCondition(r, i, alone, depth-1), randomCondition(r, i, alone, depth-1))
	case n == 1 && depth > 0:
		return fmt.Sprintf("not: {%s}", randomCondition(r, i, alone, depth-1))
	case n == 2 && depth > 0:
		return fmt.Sprintf("all: [{%s}, {%s}]", randomCondition(r, i, alone, depth-1), randomCondition(r, i, alone, depth-1))
	case n == 3:
		return fmt.Sprintf("time: %02d:30..%02d:15", r.IntN(24), r.IntN(24))
	case n == 4:
		return "days: mon-thu"
	case n == 5:
		return "sun: " + []string{"up", "down"}[r.IntN(2)]
	case n == 6:
		return "door: " + []string{"open", "closed"}[r.IntN(2)]
	case n == 7:
		return fmt.Sprintf("t0: above %d°C", r.IntN(15))
	case n == 8:
		return "anna: " + []string{"home", "away"}[r.IntN(2)]
	case n == 9:
		return fmt.Sprintf("expr: t1.value > %d && motion != 'detected'", r.IntN(15))
	case n == 10 && alone && i > 0:
		return fmt.Sprintf("o%d: off", r.IntN(i))
	}
	return "alarm: disarmed"
}

// randomSteps are steps of rule i, which drives output i alone.
func randomSteps(r *rand.Rand, i, depth int) []string {
	var out []string
	for range 1 + r.IntN(3) {
		switch n := r.IntN(10); {
		case n == 9 && i == 4: // the heater is told by one rule
			out = append(out, []string{"heat comfort", "heat 18.5°C for 2h", "heat auto", "heat off", "heat boost 25°C 45m"}[r.IntN(5)])
		case n < 3:
			out = append(out, fmt.Sprintf("o%d %s", i, []string{"on", "off"}[r.IntN(2)]))
		case n == 3 && i%3 == 2:
			out = append(out, fmt.Sprintf("o%d %d%%", i, 1+r.IntN(100)))
		case n == 4:
			out = append(out, fmt.Sprintf("delay %dm", 1+r.IntN([]int{40, 400}[r.IntN(2)])))
		case n == 5 && depth > 0:
			out = append(out, fmt.Sprintf("{if: {%s}, then: [%s], else: [%s]}", randomCondition(r, i, false, 1),
				strings.Join(randomSteps(r, i, depth-1), ", "), strings.Join(randomSteps(r, i, depth-1), ", ")))
		case n == 6:
			out = append(out, fmt.Sprintf("{wait: {door: open}, for: %dm}", 1+r.IntN(40)))
		case n == 7:
			out = append(out, fmt.Sprintf(`'notify all "from r%d"'`, i))
		case n == 8 && depth > 0:
			out = append(out, fmt.Sprintf("{do: o%d on, on_failure: stop}", i), `{webhook: "https://hooks.example/week", retries: 1}`)
		default:
			out = append(out, "scene both")
		}
	}
	return out
}

// rowOf is a firing as a line. How a run that has not ended will end is not told.
func rowOf(at time.Time, rule entity.RuleID, outcome rules.Outcome, reason string, actions []string, trigger string) string {
	if outcome == rules.Running {
		reason = ""
	}
	return fmt.Sprintf("%s %s %s [%s] %q by %s", at.UTC().Format("02 15:04:05.000"), rule, outcome, strings.Join(actions, ", "), reason, trigger)
}

func stateOf(at time.Time, id entity.ID, state string) string {
	return fmt.Sprintf("%s %s %s", at.UTC().Format("02 15:04:05.000"), id, state)
}

// foresee is the week in the simulator.
func (w *week) foresee(t *testing.T) (rows, states []string) {
	t.Helper()
	tried, err := simulate.Try(t.Context(), w.house, &w.test)
	if err != nil { // what is refused, such as to arm an alarm that sounds, is refused live too
		t.Fatal(err)
	}
	for _, r := range tried.Timeline.Rows {
		rows = append(rows, rowOf(r.At.Time, r.Rule, r.Outcome, r.Reason, r.Actions, r.Trigger))
	}
	for _, c := range tried.Timeline.Changes {
		if c.Kind != entity.KindSensor && c.Kind != entity.KindButton {
			states = append(states, stateOf(c.At, c.Entity, c.State))
		}
	}
	for _, s := range tried.Timeline.Segments {
		w.told = append(w.told, settingOf(s.At, s.To))
	}
	slices.Sort(rows)
	slices.Sort(states)
	return rows, states
}

func settingOf(at time.Time, to entity.Setting) string {
	if to.Off {
		return at.UTC().Format("02 15:04:05.000") + " off"
	}
	return fmt.Sprintf("%s %v°C", at.UTC().Format("02 15:04:05.000"), to.Temp)
}

// live is the week under the real drivers, in a bubble.
func (w *week) live(t *testing.T) (rows, states []string) {
	t.Helper()
	shelf := &ruleShelf{}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(w.start.Add(-time.Second)))
		log := slog.New(slog.DiscardHandler)
		reg := registry.New(registry.Options{})
		reg.Apply(w.house)
		router := command.New(command.Options{House: reg})
		defer router.Close()
		boards := newPerfectBoards(reg, w.house)
		defer boards.stop()
		user := func(id entity.ID, a entity.Action) {
			router.Submit(command.Request{Entity: id, Action: a, Cause: entity.Cause{Kind: entity.CauseUser}}, nil)
			synctest.Wait()
		}
		user("anna", entity.Action{Verb: entity.VerbHome})
		driver := NewRules(RulesOptions{House: reg, Commands: router, Store: shelf, Teller: &desk{}, Caller: &desk{}, Log: log})
		if err := driver.Reload(w.house); err != nil {
			t.Fatal(err)
		}
		defer run(t, NewDeadlines(reg).Run)()
		defer run(t, NewBindings(reg, router, log).Run)()
		defer run(t, NewPlans(reg, log).Run)()
		seen := newDiary(reg)
		time.Sleep(time.Until(w.start))
		defer run(t, driver.Run)()
		for i, h := range w.test.When {
			time.Sleep(time.Until(w.at[i]))
			synctest.Wait()
			for _, g := range h.Given {
				if g.Action != nil {
					user(g.Entity, *g.Action)
				} else {
					boards.happen(g)
				}
			}
			switch {
			case h.Board != "":
				boards.link(h.Board, h.Online)
			case !h.Webhook.IsZero():
				driver.Hook("hook")
			}
			synctest.Wait()
		}
		states = seen.states()
		w.held = boards.heater.since(w.start)
	})
	w.runs = slices.Collect(maps.Values(shelf.runs))
	for _, run := range w.runs {
		rows = append(rows, rowOf(time.UnixMilli(run.At), run.Rule, run.Outcome, run.Reason, run.Actions(), run.Trigger.Text))
	}
	slices.Sort(rows)
	slices.Sort(states)
	return rows, states
}

// diary notes how entities change.
type diary struct {
	mu   sync.Mutex
	sub  *registry.Subscription
	last map[entity.ID]string
	out  []string
}

func newDiary(reg *registry.Registry) *diary {
	d := &diary{last: map[entity.ID]string{}}
	d.mu.Lock()
	defer d.mu.Unlock()
	snap, sub := reg.Subscribe(d.read)
	d.sub = sub
	for _, rec := range snap.Entities {
		d.last[rec.ID] = rec.State
	}
	return d
}

func (d *diary) read() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		events, err := d.sub.Take(nil)
		if err != nil {
			panic(err)
		}
		if len(events) == 0 {
			return
		}
		for _, e := range events {
			if e.Entity == nil || e.Entity.Kind == entity.KindSensor || e.Entity.Kind == entity.KindButton || d.last[e.ID] == e.Entity.State {
				continue
			}
			d.last[e.ID] = e.Entity.State
			d.out = append(d.out, stateOf(e.At, e.ID, e.Entity.State))
		}
	}
}

func (d *diary) states() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.out)
}

// perfectBoards are the boards of a house that do at once what they are told, one
// after the other. They are written for this test: they share nothing with the
// simulator's.
type perfectBoards struct {
	reg   *registry.Registry
	specs map[entity.ID]entity.Spec
	queue chan func()
	done  chan struct{}
	all   map[entity.BoardName]*perfectBoard

	heater *perfectHeater // the only one
}

type perfectBoard struct {
	id     entity.BoardID
	att    *registry.Attachment // nil while it is away
	values map[entity.PointID]entity.Value
	limits map[entity.PointID]entity.Output
	last   map[entity.PointID]entity.Level
	timers map[entity.PointID][2]*time.Timer // off_after, max_on
	of     *perfectBoards
}

func newPerfectBoards(reg *registry.Registry, h *entity.House) *perfectBoards {
	p := &perfectBoards{reg: reg, specs: map[entity.ID]entity.Spec{}, queue: make(chan func(), 1000), done: make(chan struct{}),
		all: map[entity.BoardName]*perfectBoard{}}
	for _, b := range h.Boards {
		p.all[b.Name] = &perfectBoard{id: b.ID, values: map[entity.PointID]entity.Value{}, limits: map[entity.PointID]entity.Output{},
			last: map[entity.PointID]entity.Level{}, timers: map[entity.PointID][2]*time.Timer{}, of: p}
	}
	temps := map[entity.ID]int64{"t0": 10_000, "t1": 20_000}
	for _, e := range h.Entities {
		p.specs[e.ID] = e.Spec
		refs := e.Spec.Points()
		if len(refs) == 0 {
			continue
		}
		b, v := p.all[refs[0].Board], entity.Value{}
		switch s := e.Spec.(type) {
		case *entity.Contact:
			v.On = !s.Class.Detects()
		case *entity.Light:
			v.HasLevel = true
		case *entity.Sensor:
			v.Reading = &entity.Reading{Valid: true, Number: temps[e.ID]}
		case *entity.Thermostat:
			p.heater = &perfectHeater{board: b, spec: s, to: entity.Setting{Off: true}, temp: entity.Temp(temps[s.Sensor])}
			v = p.heater.value()
		}
		if out, ok := entity.OutputOf(e.Spec); ok {
			b.limits[refs[0].Point] = out
		}
		b.values[refs[0].Point] = v
	}
	for _, name := range slices.Sorted(maps.Keys(p.all)) {
		p.all[name].attach()
	}
	go p.work()
	return p
}

// work does what is in the queue, and has the sensors speak up every few minutes.
func (p *perfectBoards) work() {
	defer close(p.done)
	again := time.NewTicker(4 * time.Minute)
	defer again.Stop()
	for {
		select {
		case do, ok := <-p.queue:
			if !ok {
				return
			}
			do()
		case <-again.C:
			for _, s := range p.specs {
				if sensor, ok := s.(*entity.Sensor); ok {
					b := p.all[sensor.Board]
					b.report(sensor.Ref().Point, b.values[sensor.Ref().Point], entity.Cause{Kind: entity.CauseSensor})
				}
			}
		}
	}
}

func (p *perfectBoards) stop() {
	for _, b := range p.all {
		for _, pair := range b.timers {
			for _, t := range pair {
				if t != nil {
					t.Stop()
				}
			}
		}
	}
	if p.heater.timer != nil {
		p.heater.timer.Stop()
	}
	close(p.queue)
	<-p.done
}

// now has something done by the boards' goroutine, and all that follows.
func (p *perfectBoards) now(do func()) {
	p.queue <- do
	synctest.Wait()
}

func (p *perfectBoards) link(name entity.BoardName, up bool) {
	b := p.all[name]
	p.now(func() {
		if up {
			b.attach()
			return
		}
		b.att.Detach(entity.BoardOffline, entity.Said{Message: "The test has taken it away"})
		b.att = nil
	})
}

func (p *perfectBoards) happen(g entity.Given) {
	by := entity.Cause{Kind: entity.CauseBoard}
	switch s := p.specs[g.Entity].(type) {
	case *entity.Contact:
		p.now(func() {
			p.all[s.Board].report(s.Ref().Point, entity.Value{On: g.State == "closed" || g.State == "detected"}, by)
		})
	case *entity.Sensor:
		reading := entity.Reading{Valid: true, Number: int64(g.Number.Value * 1000)}
		p.now(func() {
			p.all[s.Board].report(s.Ref().Point, entity.Value{Reading: &reading}, entity.Cause{Kind: entity.CauseSensor})
			if g.Entity == p.heater.spec.Sensor {
				p.heater.temp = entity.Temp(reading.Number)
				p.heater.regulate()
			}
		})
	case *entity.Button:
		p.now(func() {
			b, point := p.all[s.Board], s.Ref().Point
			b.report(point, entity.Value{On: true}, by)
			for _, w := range s.Bindings {
				if target := p.specs[w.Target]; w.On == g.Gesture && s.OnBoard(w, target) {
					out, _ := entity.OutputOf(target)
					b.drive(out.Ref().Point, !b.values[out.Ref().Point].On, nil, entity.Cause{Kind: entity.CauseButton, By: string(g.Entity)})
				}
			}
			_ = b.att.Gesture(point, g.Gesture, time.Time{})
			b.report(point, entity.Value{}, by)
		})
	}
}

func (b *perfectBoard) attach() {
	var points []registry.PointReport
	for _, p := range slices.Sorted(maps.Keys(b.values)) {
		points = append(points, registry.PointReport{Point: p, Value: b.values[p], Cause: entity.Cause{Kind: entity.CauseBoard}})
	}
	b.att, _ = b.of.reg.Attach(b.id, "", "", b, points)
}

// Send implements registry.Session.
func (b *perfectBoard) Send(c registry.BoardCommand) (func(), error) {
	b.of.queue <- func() {
		if c.Do == entity.VerbPlan {
			b.of.heater.take(*c.Plan)
			c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
			return
		}
		b.drive(c.Point, c.Do != entity.VerbOff && (c.Level == nil || *c.Level > 0), c.Level, c.Cause)
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}
	return func() {}, nil
}

// drive switches an output, and winds up its limits.
func (b *perfectBoard) drive(p entity.PointID, on bool, level *entity.Level, by entity.Cause) {
	v, limits := b.values[p], b.limits[p]
	was := v.On
	if v.On = on; v.HasLevel {
		switch {
		case !on:
			v.Level = 0
		case level != nil:
			v.Level = *level
		case !was:
			v.Level = cmp.Or(b.last[p], entity.FullLevel)
		}
		if v.Level > 0 {
			b.last[p] = v.Level
		}
	}
	timers := b.timers[p]
	wind := func(i int, after time.Duration, why entity.CauseKind) {
		if timers[i] != nil {
			timers[i].Stop()
		}
		timers[i] = nil
		if after > 0 {
			timers[i] = time.AfterFunc(after, func() {
				b.of.queue <- func() { b.drive(p, false, nil, entity.Cause{Kind: why}) }
			})
		}
	}
	switch {
	case !on:
		wind(0, 0, "")
		wind(1, 0, "")
	default:
		wind(0, limits.OffAfter, entity.CauseOffAfter)
		if !was {
			wind(1, limits.MaxOn, entity.CauseMaxOn)
		}
	}
	b.timers[p] = timers
	b.report(p, v, by)
}

func (b *perfectBoard) report(p entity.PointID, v entity.Value, by entity.Cause) {
	b.values[p] = v
	if b.att != nil {
		_ = b.att.Report([]registry.PointReport{{Point: p, Value: v, Cause: by}})
	}
}

// perfectHeater does what a plan says, in a room that is as warm as the test says.
type perfectHeater struct {
	board  *perfectBoard
	spec   *entity.Thermostat
	temp   entity.Temp
	plan   entity.Plan
	to     entity.Setting
	active bool
	timer  *time.Timer
	log    []heldSetting
}

type heldSetting struct {
	at time.Time
	to entity.Setting
}

// since is what it held from a time on: what it held then, and each change.
func (h *perfectHeater) since(start time.Time) []string {
	var out []string
	for i, s := range h.log {
		if !s.at.After(start) {
			s.at = start
			if i+1 < len(h.log) && !h.log[i+1].at.After(start) {
				continue
			}
		}
		out = append(out, settingOf(s.at, s.to))
	}
	return out
}

func (h *perfectHeater) take(p entity.Plan) {
	h.plan = p
	h.hold()
}

func (h *perfectHeater) hold() {
	now := time.Now()
	if h.timer != nil {
		h.timer.Stop()
	}
	for i, s := range h.plan.Segments {
		if i > 0 && s.From.After(now) {
			h.timer = time.AfterFunc(s.From.Sub(now), func() { h.board.of.queue <- h.hold })
			break
		}
		h.to = s.To
	}
	if n := len(h.log); n == 0 || h.log[n-1].to != h.to {
		h.log = append(h.log, heldSetting{now, h.to})
	}
	h.regulate()
}

func (h *perfectHeater) regulate() {
	v := h.value()
	if old := h.board.values["gpio26"]; old.Control == nil || *old.Control != *v.Control {
		h.board.report("gpio26", v, entity.Cause{Kind: entity.CauseThermostat})
	}
}

// value is what the relay does, and why: the target, or frost protection below it,
// within half the hysteresis on either side.
func (h *perfectHeater) value() entity.Value {
	target, source := *h.spec.Frost, entity.TargetFrost
	if !h.to.Off && h.to.Temp >= target {
		target, source = h.to.Temp, entity.TargetPlan
	}
	switch half := h.spec.Hysteresis / 2; {
	case h.temp <= target-half:
		h.active = true
	case h.temp >= target+half:
		h.active = false
	}
	c := &entity.Control{Phase: entity.PhaseIdle, Target: target, HasTo: true, Temp: h.temp, HasTemp: true, Source: source, Plan: h.plan.ID}
	if h.active {
		c.Phase = entity.PhaseActive
	}
	return entity.Value{On: h.active, Control: c}
}
