package automation

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// perfectBoards are the boards of a house that do at once what they are told, one
// after the other, with rooms and doors around them. They are written for this test:
// they share nothing with the simulator's.
type perfectBoards struct {
	reg   *registry.Registry
	specs map[entity.ID]entity.Spec
	queue chan func()
	quit  chan struct{}
	done  chan struct{}
	all   map[entity.BoardName]*perfectBoard

	heaters []*perfectHeater
	rooms   map[entity.ID]*perfectRoom // by their sensor
	doors   map[entity.ID]*perfectDoor
}

type perfectBoard struct {
	id      entity.BoardID
	att     *registry.Attachment // nil while it is away
	values  map[entity.PointID]entity.Value
	limits  map[entity.PointID]entity.Output
	last    map[entity.PointID]entity.Level
	timers  map[entity.PointID][2]*pause // off_after, max_on
	heaters map[entity.PointID]*perfectHeater
	doors   map[entity.PointID]*perfectDoor
	of      *perfectBoards
}

// pause is something that the boards' goroutine does later.
type pause struct {
	timer *time.Timer
	off   bool
}

func (w *pause) Stop() {
	w.off = true
	w.timer.Stop()
}

func (p *perfectBoards) after(d time.Duration, do func()) *pause {
	w := &pause{}
	w.timer = time.AfterFunc(d, func() {
		p.put(func() {
			if !w.off {
				do()
			}
		})
	})
	return w
}

func (p *perfectBoards) put(do func()) {
	select {
	case p.queue <- do:
	case <-p.quit:
	}
}

// newPerfectBoards begins with all that is not told otherwise off, closed and at
// 20 °C. Rooms keep their temperature until letGo.
func newPerfectBoards(reg *registry.Registry, h *entity.House) *perfectBoards {
	p := &perfectBoards{reg: reg, specs: map[entity.ID]entity.Spec{}, queue: make(chan func(), 1000), quit: make(chan struct{}), done: make(chan struct{}),
		all: map[entity.BoardName]*perfectBoard{}, rooms: map[entity.ID]*perfectRoom{}, doors: map[entity.ID]*perfectDoor{}}
	for _, b := range h.Boards {
		p.all[b.Name] = &perfectBoard{id: b.ID, values: map[entity.PointID]entity.Value{}, limits: map[entity.PointID]entity.Output{},
			last: map[entity.PointID]entity.Level{}, timers: map[entity.PointID][2]*pause{}, heaters: map[entity.PointID]*perfectHeater{},
			doors: map[entity.PointID]*perfectDoor{}, of: p}
	}
	for _, e := range h.Entities {
		p.specs[e.ID] = e.Spec
		if s, ok := e.Spec.(*entity.Thermostat); ok {
			p.heat(e.ID, s, h)
		}
	}
	for _, e := range h.Entities {
		p.add(e)
	}
	for _, name := range slices.Sorted(maps.Keys(p.all)) {
		p.all[name].attach()
	}
	go p.work()
	return p
}

// heat adds a heater or a cooler, and the room that it is in.
func (p *perfectBoards) heat(id entity.ID, s *entity.Thermostat, h *entity.House) {
	room := p.rooms[s.Sensor]
	if room == nil {
		i := slices.IndexFunc(h.Entities, func(e entity.Entity) bool { return e.ID == s.Sensor })
		at := h.Entities[i].Spec.(*entity.Sensor).Ref()
		room = &perfectRoom{board: p.all[at.Board], point: at.Point, still: true, shown: 20_000, is: big.NewRat(20_000, 1)}
		p.rooms[s.Sensor] = room
	}
	heater := &perfectHeater{board: p.all[s.Board], id: id, spec: s, room: room, to: entity.Setting{Off: true}}
	room.stats = append(room.stats, heater)
	heater.board.heaters[heater.point()] = heater
	p.heaters = append(p.heaters, heater)
}

func (p *perfectBoards) add(e entity.Entity) {
	refs := e.Spec.Points()
	if len(refs) == 0 {
		return
	}
	b, v := p.all[refs[0].Board], entity.Value{}
	switch s := e.Spec.(type) {
	case *entity.Contact:
		v.On = !s.Class.Detects()
	case *entity.Light:
		v.HasLevel = true
	case *entity.Sensor:
		v.Reading = &entity.Reading{}
		if room := p.rooms[e.ID]; room != nil {
			v.Reading = &entity.Reading{Valid: true, Number: int64(room.shown)}
		}
	case *entity.Thermostat:
		v = b.heaters[refs[0].Point].value()
	case *entity.GarageDoor:
		d := &perfectDoor{board: b, spec: s}
		p.doors[e.ID], b.doors[d.relay()] = d, d
		for _, r := range refs {
			b.values[r.Point] = entity.Value{}
		}
		d.reeds()
		return
	}
	if out, ok := entity.OutputOf(e.Spec); ok {
		b.limits[refs[0].Point] = out
	}
	b.values[refs[0].Point] = v
}

// work does what is in the queue, and has the sensors speak up every few minutes.
func (p *perfectBoards) work() {
	defer close(p.done)
	again := time.NewTicker(4 * time.Minute)
	defer again.Stop()
	for {
		select {
		case <-p.quit:
			return
		case do := <-p.queue:
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
	close(p.quit)
	<-p.done
}

// now has something done by the boards' goroutine, and all that follows.
func (p *perfectBoards) now(do func()) {
	p.put(do)
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
		for _, d := range b.doors {
			d.cutOff()
		}
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
			if room := p.rooms[g.Entity]; room != nil {
				room.become(entity.Temp(reading.Number))
				return
			}
			p.all[s.Board].report(s.Ref().Point, entity.Value{Reading: &reading}, entity.Cause{Kind: entity.CauseSensor})
		})
	case *entity.GarageDoor: // somebody with a remote
		p.now(func() {
			d, goal := p.doors[g.Entity], 0.0
			if g.State == entity.DoorOpen {
				goal = 1
			}
			if d.moves() || d.place != goal {
				d.send(goal)
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
	b.of.put(func() {
		if d := b.doors[c.Point]; d != nil {
			d.obey(c)
			return
		}
		if c.Do == entity.VerbPlan {
			b.heaters[c.Point].take(*c.Plan)
		} else {
			b.drive(c.Point, c.Do != entity.VerbOff && (c.Level == nil || *c.Level > 0), c.Level, c.Cause)
		}
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	})
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
			timers[i] = b.of.after(after, func() { b.drive(p, false, nil, entity.Cause{Kind: why}) })
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
