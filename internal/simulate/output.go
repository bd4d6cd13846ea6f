package simulate

import (
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// output is a driven pin of a switch or a light, with the limits that its board
// keeps.
type output struct {
	board *board
	spec  entity.Output
	last  entity.Level // the newest brightness above zero, which on goes back to

	offSince time.Time // the zero time while it has not been on
	offAfter func()    // calls the timers off; nil when none runs
	maxOn    func()
	waiting  *waiting
}

// waiting is a command that an interlock holds up.
type waiting struct {
	callOff func()
	end     func(registry.BoardResult)
}

func (b *board) addOutput(spec entity.Output, dark entity.Value) {
	o := &output{board: b, spec: spec, last: entity.FullLevel}
	p := spec.Ref().Point
	b.outputs[p] = o
	b.rank = append(b.rank, o)
	b.put(p, dark)
}

func (o *output) value() entity.Value { return o.board.values[o.spec.Ref().Point] }

// asked is the value that a verb leads to.
func (o *output) asked(do entity.Verb, level *entity.Level, color *entity.RGB) entity.Value {
	v := o.value()
	switch {
	case do == entity.VerbToggle && v.On, do == entity.VerbOff:
		v.On, v.Level = false, 0
	case level != nil:
		v.Level, v.On = *level, *level > 0
	case do != entity.VerbSet: // a colour alone turns nothing on
		v.On, v.Level = true, max(v.Level, o.last)
		if v.Level > 0 && o.value().On {
			v.Level = o.value().Level
		}
	}
	if color != nil && v.HasColor {
		v.Color = *color
	}
	if !v.HasLevel {
		v.Level = 0
	}
	return v
}

// binding is a gesture on a button of this board.
func (o *output) binding(a entity.Action, button entity.ID) {
	v := o.asked(a.Verb, a.Level, a.Color)
	o.supersede()
	if v.On && !o.cutRivals() {
		o.after(func() { o.become(v, entity.Cause{Kind: entity.CauseButton, By: string(button)}, true) }, nil)
		return
	}
	o.become(v, entity.Cause{Kind: entity.CauseButton, By: string(button)}, v.On)
}

// command is a word from the server.
func (o *output) command(c registry.BoardCommand) {
	v := o.asked(c.Do, c.Level, c.Color)
	o.supersede()
	if v.On && !o.cutRivals() {
		end := o.board.takesTime(c)
		o.after(func() {
			o.become(v, c.Cause, true)
			end(confirmed())
		}, end)
		return
	}
	o.become(v, c.Cause, v.On)
	c.Done(confirmed())
}

// supersede calls off what waits in the output's interlock group.
func (o *output) supersede() {
	for _, other := range o.board.rank {
		if w := other.waiting; w != nil && (other == o || other.rivals(o)) {
			other.waiting = nil
			w.callOff()
			if w.end != nil {
				w.end(superseded())
			}
		}
	}
}

func (o *output) rivals(other *output) bool {
	return o != other && o.spec.Interlock != "" && o.spec.Interlock == other.spec.Interlock
}

// cutRivals has the others of the group off, and says whether this one may go on
// at once.
func (o *output) cutRivals() (free bool) {
	for _, other := range o.board.rank {
		if other.rivals(o) && other.value().On {
			v := other.value()
			v.On, v.Level = false, 0
			other.become(v, entity.Cause{Kind: entity.CauseInterlock}, false)
		}
	}
	return !o.board.house.now.Before(o.ready())
}

// ready is from when on this one may be on.
func (o *output) ready() time.Time {
	var at time.Time
	if o.value().On {
		return at
	}
	for _, other := range o.board.rank {
		if other.rivals(o) && !other.offSince.IsZero() {
			if ready := other.offSince.Add(o.spec.InterlockWait); ready.After(at) {
				at = ready
			}
		}
	}
	return at
}

// after does something when the interlock allows it; end, which may be nil, is
// for what comes in between.
func (o *output) after(do func(), end func(registry.BoardResult)) {
	o.waiting = &waiting{end: end, callOff: o.board.house.agenda.add(o.ready(), func() {
		o.waiting = nil
		do()
	})}
}

// become gives the output a value, and its limits what they go by. on says that
// somebody has asked for it to be on, which begins off_after anew.
func (o *output) become(v entity.Value, by entity.Cause, on bool) {
	h, was := o.board.house, o.value()
	if v.Level > 0 {
		o.last = v.Level
	}
	if on && o.spec.OffAfter > 0 {
		stop(&o.offAfter)
		o.offAfter = h.later(o.spec.OffAfter, func() { o.lapse(entity.CauseOffAfter) })
	}
	switch {
	case v.On && !was.On && o.spec.MaxOn > 0:
		o.maxOn = h.later(o.spec.MaxOn, func() { o.lapse(entity.CauseMaxOn) })
	case !v.On:
		stop(&o.offAfter)
		stop(&o.maxOn)
		if was.On {
			o.offSince = h.now
		}
	}
	o.board.report(registry.PointReport{Point: o.spec.Ref().Point, Value: v, Cause: by})
}

// lapse is the end of a limit.
func (o *output) lapse(why entity.CauseKind) {
	v := o.value()
	v.On, v.Level = false, 0
	o.become(v, entity.Cause{Kind: why}, false)
}

// stop calls a timer off.
func stop(timer *func()) {
	if *timer != nil {
		(*timer)()
		*timer = nil
	}
}
