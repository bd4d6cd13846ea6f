package automation

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/logtest"
	"hob/internal/registry"
	"hob/internal/schedule"
)

// A house in fast time: state machines, registry, router and drivers together,
// with boards that do what they are told and a world around them, and people,
// power cuts, restarts and burglars at random. `make test` lives through the two
// weekends on which clocks change, a campaign through the year.
func TestAHouseLivesThroughTheYear(t *testing.T) {
	day := func(month time.Month, d int) time.Time { return time.Date(2000, month, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name        string
		from, until time.Time
		long        bool
	}{
		{"the night that lacks an hour", day(3, 25), day(3, 28), false},
		{"the night that has one twice", day(10, 28), day(10, 31), false},
		{"the year", day(1, 2), day(1, 2).AddDate(1, 0, 0), true},
	} {
		if c.long && os.Getenv("HOB_CAMPAIGN") == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // whose clock begins with the year 2000
				time.Sleep(time.Until(c.from))
				newLife(t, 2, 1).until(c.until)
			})
		})
	}
}

const (
	// everyStep is between two looks at everything; sensors are read as often.
	everyStep = 5 * time.Minute
	// offbeat keeps the looks away from whole minutes, at which things are due; and
	// nothing that people ask for lasts a whole number of steps.
	offbeat = 47 * time.Second
)

// life is a house with its server, its boards and its people.
type life struct {
	*stage
	t     *testing.T
	zone  *time.Location
	house *entity.House
	rnd   *rand.Rand
	store *shelf
	plots []*plot
	stop  func()

	asked, ended atomic.Int64
	statuses     map[entity.Status]int
	outcomes     chan command.Result
	dramas       int
}

func newLife(t *testing.T, boards int, seed uint64) *life {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	l := &life{t: t, zone: zone, rnd: rand.New(rand.NewPCG(seed, uint64(time.Now().Unix()))), store: &shelf{},
		statuses: map[entity.Status]int{}, outcomes: make(chan command.Result, 4096)}
	l.house = &entity.House{Timezone: "Europe/Berlin"}
	night := &entity.Scene{}
	for n := range boards {
		p := newPlot(l, n)
		l.plots = append(l.plots, p)
		l.house.Boards = append(l.house.Boards, entity.Board{Name: p.name, ID: p.id, Chip: "esp32"})
		l.house.Entities = append(l.house.Entities, p.entities(zone, plotWeek(t))...)
		night.Tasks = append(night.Tasks, entity.Task{Target: p.called("heat"), Action: entity.Action{Verb: "sleep"}},
			entity.Task{Target: p.called("lamp"), Action: entity.Action{Verb: entity.VerbOff}})
	}
	l.house.Entities = append(l.house.Entities,
		entity.Entity{ID: "night", Spec: night}, entity.Entity{ID: "anna", Spec: &entity.Person{}},
		entity.Entity{ID: entity.AlarmID, Spec: &entity.Alarm{ExitDelay: 45 * time.Second, EntryDelay: 30 * time.Second,
			Away: []entity.ID{"front0", "window0"}, Home: []entity.ID{"front0"}, Siren: "lamp1", Code: entity.NewSecret("4711")}})
	l.serve()
	return l
}

// plotWeek has a point at a time that one day of the year lacks and one has twice.
func plotWeek(t *testing.T) schedule.Plan[entity.Planned] {
	t.Helper()
	var lines []schedule.PlanLine[entity.Planned]
	for _, days := range [][]time.Weekday{{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, {time.Saturday, time.Sunday}} {
		line := schedule.PlanLine[entity.Planned]{Days: schedule.DaysOf(days...)}
		for _, p := range plotPoints(days[0]) {
			line.Points = append(line.Points, schedule.Point[entity.Planned]{At: schedule.Clock(p.minute * 60),
				Value: entity.Planned{Preset: p.preset, To: entity.Setting{Temp: plotPresets[p.preset]}}})
		}
		lines = append(lines, line)
	}
	week, err := schedule.NewPlan(lines...)
	if err != nil {
		t.Fatal(err)
	}
	return week
}

type plotPoint struct {
	minute int
	preset string
}

func plotPoints(d time.Weekday) []plotPoint {
	if d == time.Saturday || d == time.Sunday {
		return []plotPoint{{150, "away"}, {480, "comfort"}, {1410, "sleep"}}
	}
	return []plotPoint{{360, "comfort"}, {510, "away"}, {1020, "comfort"}, {1350, "sleep"}}
}

var plotPresets = map[string]entity.Temp{"away": 15_000, "sleep": 17_000, "comfort": 21_000}

// scheduled is what the week says, found without any of the code that is tested.
func (l *life) scheduled(at time.Time) entity.Temp {
	local := at.In(l.zone)
	minute := local.Hour()*60 + local.Minute()
	for _, before := range []time.Duration{30 * time.Minute, 59 * time.Minute} { // in the second of two hours the first counts
		if b := at.Add(-before).In(l.zone); b.Day() == local.Day() {
			minute = max(minute, b.Hour()*60+b.Minute())
		}
	}
	to := "sleep" // what every evening ends with
	for _, p := range plotPoints(local.Weekday()) {
		if p.minute <= minute {
			to = p.preset
		}
	}
	return plotPresets[to]
}

// serve starts a server with what the last one has stored.
func (l *life) serve() {
	l.store.mu.Lock()
	saved := l.store.kept
	l.store.mu.Unlock()
	l.stage = &stage{log: &logtest.Buffer{}}
	l.reg = registry.New(registry.Options{Keeper: true, Saved: saved, Unrestored: func(err error) { l.t.Error(err) }})
	l.reg.Apply(l.house)
	l.router = command.New(command.Options{House: l.reg})
	log := slog.New(slog.NewTextHandler(l.log, nil))
	stops := []func(){
		run(l.t, NewKeeping(l.reg, l.store, log).Run), run(l.t, NewDeadlines(l.reg).Run), run(l.t, NewPlans(l.reg, log).Run),
		run(l.t, NewSiren(l.reg, l.router, log).Run), run(l.t, NewBindings(l.reg, l.router, log).Run),
		run(l.t, NewFeeds(l.reg, &manger{}).Run),
	}
	l.stop = func() {
		l.router.Close()
		for _, stop := range slices.Backward(stops) {
			stop()
		}
	}
	for _, p := range l.plots {
		if p.powered {
			p.attach()
		}
	}
}

func (l *life) restart() {
	l.stop()
	for _, p := range l.plots {
		p.forgetLink()
	}
	time.Sleep(time.Duration(l.rnd.IntN(300)) * time.Second)
	l.serve()
}

// ask asks for something as a person does, and waits for nothing.
func (l *life) ask(id entity.ID, a entity.Action) {
	l.asked.Add(1)
	l.router.Submit(command.Request{Entity: id, Action: a, Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}}, func(r command.Result) {
		l.ended.Add(1)
		l.outcomes <- r
	})
}

func (l *life) until(end time.Time) {
	defer func() { l.stop() }()
	time.Sleep(time.Until(time.Now().Truncate(everyStep).Add(everyStep + offbeat)))
	for day := 0; time.Now().Before(end); day++ {
		for range 24 * time.Hour / everyStep {
			for _, p := range l.plots {
				p.step()
			}
			time.Sleep(10 * time.Second) // whatever is due has happened
			synctest.Wait()
			for _, p := range l.plots {
				l.check(p)
			}
			l.happen()
			next := time.Now().Truncate(everyStep).Add(everyStep + offbeat)
			time.Sleep(time.Until(next))
		}
		l.rest()
		if day%7 == 1 {
			l.restart()
		}
		if l.t.Failed() {
			return
		}
	}
	if l.statuses[entity.StatusConfirmed] < 50 || l.dramas == 0 {
		l.t.Errorf("not much has happened: %v, %d burglaries", l.statuses, l.dramas)
	}
}

// happen has something happen, or not.
func (l *life) happen() {
	p := l.plots[l.rnd.IntN(len(l.plots))]
	time.Sleep(time.Duration(l.rnd.IntN(60)) * time.Second)
	switch l.rnd.IntN(60) {
	case 0, 1:
		l.ask(p.called("door"), entity.Action{Verb: entity.VerbOpen})
	case 2, 3:
		l.ask(p.called("door"), entity.Action{Verb: entity.VerbClose})
	case 4, 5:
		p.press()
	case 6, 7, 8:
		warm := entity.Temp(18_000 + 500*l.rnd.IntN(8))
		l.ask(p.called("heat"), entity.Action{Verb: entity.VerbSet, Temp: &warm})
	case 9:
		l.ask(p.called("heat"), entity.Action{Verb: entity.VerbBoost})
	case 10:
		l.ask(p.called("heat"), entity.Action{Verb: entity.VerbOff, For: 92 * time.Minute})
	case 11, 12:
		l.ask(p.called("heat"), entity.Action{Verb: entity.VerbAuto})
	case 13:
		l.ask(p.called("heat"), entity.Action{Verb: entity.VerbLock})
		time.Sleep(time.Duration(l.rnd.IntN(120)) * time.Second)
		l.ask(p.called("heat"), entity.Action{Verb: entity.VerbUnlock})
	case 14, 15:
		p.window(l.rnd.IntN(12) + 1)
	case 16:
		p.cut(l.rnd.IntN(2) == 0, l.rnd.IntN(18)+1)
	case 17:
		l.ask("night", entity.Action{Verb: entity.VerbActivate})
	case 18:
		l.ask("anna", entity.Action{Verb: []entity.Verb{entity.VerbHome, entity.VerbAway}[l.rnd.IntN(2)]})
	case 19:
		l.ask(p.called("lamp"), entity.Action{Verb: entity.VerbToggle})
	case 20:
		l.burglary()
	}
}

// burglary: the alarm is armed, a door is opened, the siren sounds, and the code
// silences it.
func (l *life) burglary() {
	house, horn := l.plots[0], l.plots[1]
	if !house.linked() || !horn.linked() {
		return
	}
	l.dramas++
	l.ask(entity.AlarmID, entity.Action{Verb: entity.VerbArmAway})
	time.Sleep(50 * time.Second)
	house.front(false)
	time.Sleep(40 * time.Second)
	synctest.Wait()
	if alarm, siren := l.state(entity.AlarmID), l.state("lamp1"); alarm != entity.AlarmTriggered || siren != "on" {
		l.t.Errorf("%v: 40 s after a door was opened the alarm is %s and the siren %s", time.Now(), alarm, siren)
	}
	if l.rnd.IntN(3) == 0 {
		l.restart()
	}
	l.ask(entity.AlarmID, entity.Action{Verb: entity.VerbDisarm, Code: entity.NewSecret("4711")})
	house.front(true)
	time.Sleep(30 * time.Second)
	if alarm, siren := l.state(entity.AlarmID), l.state("lamp1"); alarm != entity.AlarmDisarmed || siren != "off" {
		l.t.Errorf("%v: after the code the alarm is %s and the siren %s", time.Now(), alarm, siren)
	}
}

// check looks at one board: it holds what is asked for, and that is what the
// schedule says unless somebody has said otherwise.
func (l *life) check(p *plot) {
	now := time.Now()
	rec, _ := l.reg.Entity(p.called("heat"))
	a := rec.Attributes.(entity.ThermostatAttributes)
	if a.Mode == entity.ModeAuto && a.Setpoint != entity.Some(l.scheduled(now).Celsius()) {
		l.t.Fatalf("%v: %s asks for %+v, and the schedule says %v", now.In(l.zone), p.name, a.Setpoint, l.scheduled(now))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.att == nil {
		return
	}
	if planned, _ := l.reg.Planned(p.called("heat")); !planned.Linked || planned.Plan != planned.Planner.Plan(now).ID {
		l.t.Fatalf("%v: %s runs the plan %q, not %q", now, p.name, planned.Plan, planned.Planner.Plan(now).ID)
	}
	want := max(entity.Temp(math.Round(a.Setpoint.Value*1000)), plotFrost)
	if a.Mode == entity.ModeLocked {
		want = 0
	}
	if got := p.target(now); got != want {
		l.t.Fatalf("%v: %s holds %v, and %+v is asked for", now.In(l.zone), p.name, got, a)
	}
	if p.temp < 4 || p.temp > 26 || p.heating && p.temp > 25.5 {
		l.t.Fatalf("%v: %s is at %.1f °C", now, p.name, p.temp)
	}
	if p.steady > 60 && p.temp < want.Celsius()-0.6 {
		l.t.Fatalf("%v: %s is at %.1f °C after %d steps at %v", now, p.name, p.temp, p.steady, want)
	}
}

// rest lets half an hour go by in which nobody asks for anything: then nothing is
// under way any more.
func (l *life) rest() {
	for _, p := range l.plots {
		p.restore()
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	if asked, ended := l.asked.Load(), l.ended.Load(); asked != ended {
		l.t.Errorf("%v: %d commands were begun, and %d ended", time.Now(), asked, ended)
	}
	for len(l.outcomes) > 0 {
		r := <-l.outcomes
		l.statuses[r.Status]++
		if r.Status == entity.StatusExpired || r.Code == entity.CodeNotKept ||
			r.Status == entity.StatusFailed && r.Code != entity.CodeLinkLost && r.Code != entity.CodePartial {
			l.t.Errorf("%v: %+v", time.Now(), r)
		}
	}
	for _, rec := range l.reg.Snapshot().Entities {
		switch {
		case rec.Pending != nil:
			l.t.Errorf("%v: %s is pending: %+v", time.Now(), rec.ID, rec.Pending)
		case !rec.Available:
			l.t.Errorf("%v: %s is not available: %+v", time.Now(), rec.ID, rec.Unavailable)
		case slices.Contains([]string{entity.DoorOpening, entity.DoorClosing, entity.AlarmArming, entity.AlarmPending, entity.AlarmTriggered}, rec.State):
			l.t.Errorf("%v: %s is still %s", time.Now(), rec.ID, rec.State)
		case rec.Kind == entity.KindSensor && rec.State == entity.StateUnknown:
			l.t.Errorf("%v: %s is unknown", time.Now(), rec.ID)
		}
	}
	for _, p := range l.plots {
		if rec, _ := l.reg.Entity(p.called("door")); rec.State != p.doorIs() {
			l.t.Errorf("%v: %s is %s, and shown as %s", time.Now(), rec.ID, p.doorIs(), rec.State)
		}
		if rec, _ := l.reg.Entity(p.called("water")); rec.State != fmt.Sprint(p.total) {
			l.t.Errorf("%v: %s is %s, and %d went through", time.Now(), rec.ID, rec.State, p.total)
		}
	}
}
