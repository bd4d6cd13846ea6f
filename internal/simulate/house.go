package simulate

import (
	"fmt"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/schedule"
)

// never is how long a command may take here, and a sensor be silent: the boards
// answer, and a clock that runs ahead must not be compared with the real one.
const never = 10 * 365 * 24 * time.Hour

// House is a declared house on modelled boards. Its outputs are off, its doors
// and contacts closed, its people at home and its alarm is disarmed until it is
// told otherwise. What a sensor measures is not known, but for those that a
// thermostat goes by: their rooms are at startTemp.
type House struct {
	declared *entity.House
	specs    map[entity.ID]entity.Spec
	registry *registry.Registry
	router   *command.Router
	events   *registry.Subscription
	buffer   []registry.Event

	now    time.Time
	zone   *time.Location
	agenda agenda
	soon   []func() // what follows at once, when the registry's lock is released

	boards []*board
	byName map[entity.BoardName]*board
	rooms  map[entity.ID]*room // by their sensor
	still  bool                // rooms are as warm as they were said to be; else see letRoomsChange

	plans    map[entity.ID]string // the plan that is on its way to a thermostat's board
	wishes   map[entity.ID]wish
	day      schedule.Date // for which the plans were made
	sounding bool          // the siren was asked for

	changed func(registry.Event) // is told of everything that happens; may be nil
	held    func(entity.ID, entity.Setting)
}

// newHouse is the house as it is at a moment. Its rooms are as warm as they are said
// to be, whatever heats them, until letRoomsChange.
func newHouse(declared *entity.House, zone *time.Location, at time.Time) *House {
	h := &House{
		declared: timeless(declared), specs: map[entity.ID]entity.Spec{}, now: at, zone: zone, still: true,
		byName: map[entity.BoardName]*board{}, rooms: map[entity.ID]*room{}, plans: map[entity.ID]string{},
		wishes: map[entity.ID]wish{},
		buffer: make([]registry.Event, 0, 256),
	}
	h.registry = registry.New(registry.Options{Now: h.clock, Epoch: "simulated"})
	h.router = command.New(command.Options{House: h.registry, Now: h.clock, Timeout: never})
	for _, e := range h.declared.Entities {
		h.specs[e.ID] = e.Spec
	}
	for _, b := range h.declared.Boards {
		m := newBoard(h, b)
		h.boards = append(h.boards, m)
		h.byName[b.Name] = m
	}
	h.build()
	h.registry.Apply(h.declared)
	_, h.events = h.registry.Subscribe(func() {})
	for _, b := range h.boards {
		b.attach()
	}
	for _, e := range h.declared.Entities {
		if e.Kind() == entity.KindPerson {
			h.ask(e.ID, entity.Action{Verb: entity.VerbHome}, entity.Cause{Kind: entity.CauseConfig})
		}
	}
	h.registry.Tick(at)
	return h
}

// timeless is the house with sensors that need not be heard of every few minutes.
func timeless(h *entity.House) *entity.House {
	out := *h
	out.Entities = make([]entity.Entity, len(h.Entities))
	for i, e := range h.Entities {
		if s, ok := e.Spec.(*entity.Sensor); ok {
			silent := *s
			silent.Every = never / 3
			e.Spec = &silent
		}
		out.Entities[i] = e
	}
	return &out
}

// build puts the entities onto their boards.
func (h *House) build() {
	for _, e := range h.declared.Entities {
		points := e.Spec.Points()
		if len(points) == 0 {
			continue
		}
		b := h.byName[points[0].Board]
		if b == nil {
			continue // config refuses it
		}
		switch spec := e.Spec.(type) {
		case *entity.Switch:
			b.addOutput(spec.Output, entity.Value{})
		case *entity.Light:
			b.addOutput(spec.Output, darkness(spec))
		case *entity.Button:
			b.put(spec.Ref().Point, entity.Value{})
		case *entity.Contact:
			b.put(spec.Ref().Point, entity.Value{On: !spec.Class.Detects()})
		case *entity.Sensor:
			b.put(spec.Ref().Point, entity.Value{Reading: &entity.Reading{}})
		case *entity.GarageDoor:
			b.addDoor(spec)
		}
	}
	for _, e := range h.declared.Entities {
		if spec, ok := e.Spec.(*entity.Thermostat); ok && h.byName[spec.Board] != nil {
			h.byName[spec.Board].addThermostat(e.ID, spec)
		}
	}
}

// darkness is the value of a light that is off.
func darkness(l *entity.Light) entity.Value {
	v := entity.Value{HasLevel: l.Drive != entity.DrivePin, HasColor: l.Drive == entity.DriveWS2812}
	if v.HasColor {
		v.Color = entity.RGB{R: 255, G: 255, B: 255}
	}
	return v
}

func (h *House) clock() time.Time { return h.now }

// ask is a command, whose end done is told; nil is allowed.
func (h *House) ask(id entity.ID, a entity.Action, by entity.Cause) {
	h.submit(command.Request{Entity: id, Action: a, Cause: by}, nil)
}

func (h *House) submit(r command.Request, done func(command.Result)) { h.router.Submit(r, done) }

// later has something done after a while.
func (h *House) later(after time.Duration, do func()) (callOff func()) {
	return h.agenda.add(h.now.Add(after), do)
}

// next is when something is due by itself.
func (h *House) next() (at time.Time, ok bool) {
	at, ok = h.agenda.next()
	if wait, due := h.registry.NextDue(h.now); due {
		if w := h.now.Add(wait); !ok || w.Before(at) {
			at, ok = w, true
		}
	}
	return at, ok
}

// reach makes it this late and does what is due: on the boards first, then in
// the server. settle is called after each.
func (h *House) reach(at time.Time, settle func()) {
	if at.After(h.now) {
		h.now = at
	}
	for do := h.agenda.take(h.now); do != nil; do = h.agenda.take(h.now) {
		do()
		settle()
	}
	h.registry.Tick(h.now)
	h.supplyAll()
	settle()
}

// step does one thing that follows at once, and says whether there was one.
func (h *House) step() bool { return h.tell(nil) || h.proceed() }

// tell tells what has happened, in the order in which it has, and says whether
// anything had.
func (h *House) tell(happened func([]registry.Event)) bool {
	events, err := h.events.Take(h.buffer[:0])
	switch {
	case err != nil:
		// One step publishes at most a few events for each entity, and the ring has
		// room for thousands.
		panic(fmt.Sprintf("simulate: %v", err))
	case len(events) == 0:
		return false
	}
	for _, e := range events {
		h.follow(e)
		if h.changed != nil {
			h.changed(e)
		}
	}
	if happened != nil {
		happened(events)
	}
	return true
}

// proceed has the next thing done that was to follow at once, and says whether there
// was one.
func (h *House) proceed() bool {
	if len(h.soon) == 0 {
		return false
	}
	do := h.soon[0]
	h.soon = h.soon[1:]
	do()
	return true
}

// rest does all that follows at once.
func (h *House) rest() {
	for h.step() {
	}
}

// follow does what the server's own drivers do: a thermostat's board gets its
// plan, the siren is on while the alarm sounds, a gesture does what it is bound to.
func (h *House) follow(e registry.Event) {
	if e.Entity == nil {
		return
	}
	switch spec := h.specs[e.ID].(type) {
	case *entity.Thermostat:
		if a, ok := e.Entity.Attributes.(entity.ThermostatAttributes); ok {
			h.supplyIfNew(e.ID, wish{e.Entity.Available, a.Mode, a.Setpoint, a.Until, a.Next})
		}
	case *entity.Alarm:
		h.sound(spec, e.Entity.State)
	case *entity.Button:
		if e.Gesture != "" && !e.Asked {
			h.gesture(e.ID, spec, e.Gesture)
		}
	}
}

// wish is what a thermostat's plan goes by, as far as it shows.
type wish struct {
	there    bool
	mode     string
	setpoint entity.Maybe[float64]
	until    int64
	next     entity.Maybe[entity.NextPoint]
}

// supplyIfNew is supply when there is another plan to be expected. Most of what is
// heard of a thermostat is that it has become a little warmer.
func (h *House) supplyIfNew(id entity.ID, w wish) {
	if h.wishes[id] != w {
		h.wishes[id] = w
		h.supply(id)
	}
}

// supplyAll is for a new day, with which plans are made anew.
func (h *House) supplyAll() {
	today := schedule.DateOf(h.now.In(h.zone))
	if today == h.day {
		return
	}
	h.day = today
	for _, e := range h.declared.Entities {
		if _, ok := e.Spec.(*entity.Thermostat); ok {
			h.supply(e.ID)
		}
	}
}

// supply sends a thermostat's board the plan that it should run, unless it does.
func (h *House) supply(id entity.ID) {
	p, ok := h.registry.Planned(id)
	if !ok || !p.Linked || p.Pending {
		return
	}
	want := p.Planner.Plan(h.now)
	if want.ID == p.Plan || want.ID == h.plans[id] {
		return
	}
	h.plans[id] = want.ID
	err := h.registry.SendPlan(id, p.Revision, want, h.now.Add(never), func(registry.BoardResult) { delete(h.plans, id) })
	if err != nil { // the board has just gone; it is looked at again when it is back
		delete(h.plans, id)
	}
}

func (h *House) sound(a *entity.Alarm, state string) {
	sounds := a.Sounds(state)
	if a.Siren == "" || sounds == h.sounding {
		return
	}
	h.sounding = sounds
	verb := entity.VerbOff
	if sounds {
		verb = entity.VerbOn
	}
	h.ask(a.Siren, entity.Action{Verb: verb}, entity.Cause{Kind: entity.CauseAlarm, By: string(entity.AlarmID)})
}

// gesture does what the button's board leaves to the server.
func (h *House) gesture(id entity.ID, b *entity.Button, g entity.Gesture) {
	for _, w := range b.Bindings {
		if w.On == g && !b.OnBoard(w, h.specs[w.Target]) {
			h.submit(command.Request{Entity: w.Target, Action: w.Action, Pressed: id,
				Cause: entity.Cause{Kind: entity.CauseButton, By: string(id)}}, nil)
		}
	}
}
