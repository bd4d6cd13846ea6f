package automation

import (
	"fmt"
	"math"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/schedule"
)

const plotFrost entity.Temp = 5_000

// Points of a plot's board.
const (
	plotLamp, plotSensor, plotHeat   entity.PointID = "gpio16", "gpio4", "gpio21"
	plotRelay, plotWarn, plotButton  entity.PointID = "gpio25", "gpio13", "gpio27"
	plotShut, plotOpen               entity.PointID = "gpio32", "gpio33"
	plotWindow, plotFront, plotWater entity.PointID = "gpio34", "gpio35", "gpio39"
)

const plotTravel = 12 * time.Second

// plot is one board that does what it is told, and the room and the door around
// it. A door of an even plot has two reeds, one of an odd plot one.
type plot struct {
	l    *life
	n    int
	name entity.BoardName
	id   entity.BoardID

	powered bool // the test's own
	off     int  // steps until the power is back
	ajar    int  // steps until the window is shut
	total   int  // litres that the meter has counted, boots or not

	mu      sync.Mutex
	att     *registry.Attachment // nil without a link
	link    int                  // counts them: what was asked for in another is over
	before  <-chan struct{}      // closed when what was asked for last is done; in the registry's lock
	on      map[entity.PointID]bool
	place   string // of the door: "closed", "open", "" in between
	temp    float64
	heating bool
	plan    *entity.Plan
	locked  bool
	count   int64 // since the boot
	held    entity.Temp
	steady  int // steps since anything about the heating changed
}

func newPlot(l *life, n int) *plot {
	return &plot{l: l, n: n, name: entity.BoardName(fmt.Sprint("plot", n)), id: entity.BoardID(fmt.Sprintf("hob-00000%d", n)),
		powered: true, on: map[entity.PointID]bool{plotWindow: true, plotFront: true, plotShut: true}, place: entity.DoorClosed, temp: 18}
}

func (p *plot) called(what string) entity.ID { return entity.ID(fmt.Sprint(what, p.n)) }

func (p *plot) entities(zone *time.Location, week schedule.Plan[entity.Planned]) []entity.Entity {
	in := func(pin int) entity.Input { return entity.Input{Board: p.name, Pin: pin, Pull: entity.PullUp} }
	shut, open := in(32), in(33)
	door := &entity.GarageDoor{Board: p.name, Relay: 25, Pulse: 400 * time.Millisecond, Travel: plotTravel, Closed: &shut,
		Warning: &entity.Warning{Pin: 13, For: 6 * time.Second}}
	if p.n%2 == 0 {
		door.Open = &open
	}
	frost := plotFrost
	heat := &entity.Thermostat{Board: p.name, Relay: 21, Sensor: p.called("temp"), SensorPoint: entity.PointRef{Board: p.name, Point: plotSensor},
		Low: 5_000, High: 25_000, Hysteresis: 500, Frost: &frost, Zone: zone, Schedule: week, Manual: entity.Manual{UntilNext: true},
		Boost: &entity.Boost{To: 24_000, For: 31 * time.Minute}, Windows: []entity.ID{p.called("window")}}
	for _, name := range []string{"away", "sleep", "comfort"} {
		heat.Presets = append(heat.Presets, entity.Preset{Name: name, To: entity.Setting{Temp: plotPresets[name]}})
	}
	return []entity.Entity{
		{ID: p.called("lamp"), Spec: &entity.Switch{Output: entity.Output{Board: p.name, Pin: 16}}},
		{ID: p.called("temp"), Spec: &entity.Sensor{Type: entity.SensorDS18B20, Board: p.name, Pin: 4, Every: everyStep}},
		{ID: p.called("heat"), Spec: heat},
		{ID: p.called("window"), Spec: &entity.Contact{Input: in(34), Class: entity.ClassWindow}},
		{ID: p.called("front"), Spec: &entity.Contact{Input: in(35), Class: entity.ClassDoor}},
		{ID: p.called("door"), Spec: door},
		{ID: p.called("button"), Spec: &entity.Button{Input: in(27), Bindings: []entity.Binding{
			{On: entity.GesturePress, Target: p.called("door"), Action: entity.Action{Verb: entity.VerbClose}}}}},
		{ID: p.called("water"), Spec: &entity.Sensor{Type: entity.SensorPulse, Board: p.name, Pin: 39, Every: everyStep, PerUnit: 1, Unit: "L"}},
	}
}

// target is what the board holds at a moment; 0 when it is locked.
func (p *plot) target(at time.Time) entity.Temp {
	if p.locked {
		return 0
	}
	to := plotFrost
	if p.plan != nil && at.Before(p.plan.End) {
		for _, s := range p.plan.Segments {
			if !s.From.After(at) {
				if to = plotFrost; !s.To.Off {
					to = max(plotFrost, s.To.Temp)
				}
			}
		}
	}
	return to
}

func (p *plot) control() *entity.Control {
	c := &entity.Control{Phase: entity.PhaseIdle, HasTemp: true, Temp: entity.Temp(p.temp * 1000), Source: entity.TargetPlan}
	if p.heating {
		c.Phase = entity.PhaseActive
	}
	if p.plan != nil {
		c.Plan = p.plan.ID
	}
	if p.locked {
		c.Phase, c.Source = entity.PhaseLocked, entity.TargetNone
		return c
	}
	c.HasTo, c.Target = true, p.target(time.Now())
	return c
}

// decide is the control law, without least times.
func (p *plot) decide() {
	to := p.target(time.Now())
	if to != p.held {
		p.held, p.steady = to, 0
	}
	short := to.Celsius() - p.temp
	p.heating = to > 0 && (short >= 0.25 || p.heating && short > -0.25)
}

// points are those with these names, or all.
func (p *plot) points(cause entity.Cause, names ...entity.PointID) []registry.PointReport {
	if len(names) == 0 {
		names = []entity.PointID{plotLamp, plotSensor, plotHeat, plotRelay, plotWarn, plotButton, plotShut, plotOpen, plotWindow, plotFront, plotWater}
	}
	out := make([]registry.PointReport, 0, len(names))
	for _, name := range names {
		v := entity.Value{On: p.on[name]}
		switch name {
		case plotSensor:
			v = entity.Value{Reading: &entity.Reading{Valid: true, Number: int64(p.temp * 1000)}}
		case plotWater:
			v = entity.Value{Reading: &entity.Reading{Valid: true, Number: p.count}}
		case plotHeat:
			v = entity.Value{On: p.heating, Control: p.control()}
		}
		out = append(out, registry.PointReport{Point: name, Value: v, Cause: cause})
	}
	return out
}

// report tells the server what some points are. Nobody is told without a link.
func (p *plot) report(cause entity.Cause, names ...entity.PointID) {
	p.mu.Lock()
	att, points := p.att, p.points(cause, names...)
	p.mu.Unlock()
	if att != nil {
		_ = att.Report(points) // stale: the server has just restarted
	}
}

func (p *plot) attach() {
	p.mu.Lock()
	p.link++
	points := p.points(entity.Cause{Kind: entity.CauseBoard})
	p.mu.Unlock()
	att, err := p.l.reg.Attach(p.id, "", "", p, points)
	if err != nil {
		p.l.t.Error(err)
	}
	p.mu.Lock()
	p.att = att
	p.mu.Unlock()
}

// forgetLink is what the end of the server is to a board.
func (p *plot) forgetLink() (was *registry.Attachment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was, p.att = p.att, nil
	p.link++
	return was
}

func (p *plot) linked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.att != nil
}

// cut takes the board away for so many steps: its link alone, or its power.
func (p *plot) cut(power bool, steps int) {
	if !p.powered {
		return
	}
	p.powered, p.off = false, steps
	if att := p.forgetLink(); att != nil {
		att.Detach(entity.BoardOffline, entity.Said{Message: "No answer for 15 s"})
	}
	if !power {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.heating, p.count, p.steady = nil, false, 0, 0
	p.on[plotLamp], p.on[plotRelay], p.on[plotWarn] = false, false, false
}

// restore brings back what was away.
func (p *plot) restore() {
	if !p.powered {
		p.powered, p.off = true, 0
		p.attach()
	}
}

// step lets the world go on for everyStep.
func (p *plot) step() {
	if p.off--; p.off <= 0 {
		p.restore()
	}
	if p.ajar > 0 {
		if p.ajar--; p.ajar == 0 {
			p.set(plotWindow, true)
		}
	}
	now := time.Now()
	p.mu.Lock()
	p.steady++
	outside := 9 - 11*math.Cos(2*math.Pi*float64(now.YearDay()-20)/365) + 4*math.Sin(2*math.Pi*float64(now.Hour()-9)/24)
	rate := (outside - p.temp) / 30
	if !p.on[plotWindow] {
		rate, p.steady = rate*4, 0
	}
	if p.heating {
		rate += 2.5
	}
	if p.locked {
		p.steady = 0
	}
	p.temp += rate * everyStep.Hours()
	p.decide()
	if p.powered {
		p.count++
		p.total++
	}
	p.mu.Unlock()
	p.report(entity.Cause{Kind: entity.CauseSensor}, plotSensor, plotWater, plotHeat)
}

func (p *plot) set(name entity.PointID, on bool) {
	p.mu.Lock()
	p.on[name] = on
	p.mu.Unlock()
	p.report(entity.Cause{Kind: entity.CauseBoard}, name)
}

func (p *plot) window(steps int) { p.ajar = steps; p.set(plotWindow, false) }
func (p *plot) front(shut bool)  { p.set(plotFront, shut) }
func (p *plot) doorIs() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n%2 == 1 && p.place == entity.DoorOpen {
		return entity.DoorStopped // nothing tells more
	}
	return p.place
}

// press is a finger on the button beside the door.
func (p *plot) press() {
	p.mu.Lock()
	att := p.att
	p.mu.Unlock()
	if att != nil {
		_ = att.Gesture(plotButton, entity.GesturePress, time.Now())
	}
}

// Send implements registry.Session.
func (p *plot) Send(c registry.BoardCommand) (func(), error) {
	p.mu.Lock()
	link := p.link
	p.mu.Unlock()
	before, after := p.before, make(chan struct{})
	p.before = after
	go p.obey(c, link, before, after)
	return func() {}, nil
}

// obey does what was asked for after what was asked for before, as a link has it.
func (p *plot) obey(c registry.BoardCommand, link int, before <-chan struct{}, after chan<- struct{}) {
	time.Sleep(2 * time.Millisecond)
	if before != nil {
		<-before
	}
	begun := sync.OnceFunc(func() { close(after) })
	defer begun()
	var r registry.BoardResult
	switch c.Do {
	case entity.VerbPulse:
		begun() // a pulse holds nothing up
		r = p.pulse(c, link)
	case entity.VerbPlan:
		r = p.follow(c, link)
	default:
		if r = p.there(link); r.Status == entity.StatusConfirmed {
			p.mu.Lock()
			p.on[c.Point] = c.Do == entity.VerbOn
			p.mu.Unlock()
			p.report(c.Cause, c.Point)
		}
	}
	c.Done(r)
}

// there says whether the link that a command came by still is.
func (p *plot) there(link int) registry.BoardResult {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link != link {
		return registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeLinkLost, Said: entity.Said{Message: "The link broke"}}
	}
	return registry.BoardResult{Status: entity.StatusConfirmed}
}

func (p *plot) follow(c registry.BoardCommand, link int) registry.BoardResult {
	r := p.there(link)
	if r.Status == entity.StatusConfirmed {
		p.mu.Lock()
		p.plan, p.locked = c.Plan, c.Plan.Locked
		p.decide()
		p.mu.Unlock()
		p.report(entity.Cause{Kind: entity.CauseThermostat}, plotHeat)
	}
	return r
}

// may says whether the reeds are as a pulse wants them.
func (p *plot) may(c registry.BoardCommand) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pre := range c.Pulse.Pre {
		if p.on[pre.Point] != pre.Is {
			return false
		}
	}
	return true
}

func (p *plot) pulse(c registry.BoardCommand, link int) registry.BoardResult {
	refused := registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Said{Message: "an input is not as it must be"}}
	if !p.may(c) {
		return refused
	}
	if c.Pulse.Warn == "" && p.doorIs() != entity.DoorClosed && c.Cause.Kind != entity.CauseButton {
		p.l.t.Errorf("%v: %s closes without a warning for %+v", time.Now(), p.name, c.Cause)
	}
	if c.Pulse.Warn != "" {
		p.mu.Lock()
		p.on[c.Pulse.Warn] = true
		p.mu.Unlock()
		p.report(c.Cause, c.Pulse.Warn)
		time.Sleep(c.Pulse.WarnFor)
		if r := p.there(link); r.Status != entity.StatusConfirmed || !p.may(c) {
			p.set(c.Pulse.Warn, false)
			if r.Status == entity.StatusConfirmed {
				r = refused
			}
			return r
		}
	}
	p.mu.Lock()
	p.on[c.Point] = true
	to := entity.DoorOpen
	if p.place == entity.DoorOpen {
		to = entity.DoorClosed
	}
	p.place = ""
	p.mu.Unlock()
	p.report(c.Cause, c.Point)
	go p.travel(to)
	time.Sleep(c.Pulse.Width)
	p.mu.Lock()
	p.on[c.Point] = false
	names := []entity.PointID{c.Point}
	if c.Pulse.Warn != "" {
		p.on[c.Pulse.Warn] = false
		names = append(names, c.Pulse.Warn)
	}
	p.mu.Unlock()
	p.report(c.Cause, names...)
	return p.there(link)
}

// travel has the door leave one end and arrive at the other.
func (p *plot) travel(to string) {
	time.Sleep(300 * time.Millisecond)
	from, at := plotShut, plotOpen
	if to == entity.DoorClosed {
		from, at = plotOpen, plotShut
	}
	p.set(from, false)
	time.Sleep(plotTravel - time.Second)
	p.mu.Lock()
	p.place = to
	p.mu.Unlock()
	p.set(at, true)
}
