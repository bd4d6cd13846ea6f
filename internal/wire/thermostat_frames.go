package wire

import (
	"math"
	"strconv"

	"hob/internal/entity"
)

// MaxSegments is how many settings one plan has at most.
const MaxSegments = 32

// Plan is what a thermostat is to hold, in the board's time.
type Plan struct {
	ID       string    // 1 to 8 hexadecimal digits
	Locked   bool      // off whatever happens; Segments may be left out
	Segments []Segment // rising; the first has begun
	End      Uptime    // after the last; with Segments
}

// Segment is a target and when it begins.
type Segment struct {
	From Uptime
	To   *entity.Temp // nil: nothing but frost
}

func (w writer) plan(p *Plan) writer {
	w = w.str("plan", p.ID).flag("locked", p.Locked)
	if len(p.Segments) == 0 && p.Locked {
		return w
	}
	w = append(w.integer("end", int64(p.End)).key("segments"), '[')
	for i, s := range p.Segments {
		if i > 0 {
			w = append(w, ',')
		}
		w = append(w, '[')
		w = strconv.AppendInt(w, int64(s.From), 10)
		w = append(w, ',')
		if s.To != nil {
			w = strconv.AppendInt(w, int64(*s.To), 10)
		} else {
			w = append(w, "null"...)
		}
		w = append(w, ']')
	}
	return append(w, ']')
}

// plan takes any numbers, since a board answers those that it refuses with a result.
func (o object) plan() (p Plan) {
	p.ID, p.Locked = o.str("plan"), o.boolean("locked")
	if p.Locked && !o.has("segments") {
		return p
	}
	o.elements("segments", MaxFrame, func(i int) {
		if o.tokens[i].typ != tokArray {
			o.fail(ClassType, "segments")
			return
		}
		p.Segments = append(p.Segments, o.segment(i))
	})
	p.End = o.uptime("end")
	return p
}

// segment is the array i, of a time and a target.
func (o object) segment(i int) (s Segment) {
	end := int(o.tokens[i].next)
	from := i + 1
	if from >= end {
		o.fail(ClassMissing, "segments")
		return s
	}
	to := int(o.tokens[from].next)
	if to >= end || int(o.tokens[to].next) != end {
		o.fail(ClassMissing, "segments")
		return s
	}
	s.From = Uptime(o.number("segments", from, 0, MaxInt))
	if o.tokens[to].typ != tokNull {
		n := o.number("segments", to, -MaxInt, MaxInt)
		t := entity.Temp(min(max(n, math.MinInt32), math.MaxInt32))
		s.To = &t
	}
	return s
}

func (w writer) control(c *entity.Control) writer {
	w = append(w.key("th"), '{').str("phase", string(c.Phase))
	if c.HasTo {
		w = w.integer("target", int64(c.Target))
	}
	if c.HasTemp {
		w = w.integer("temp", int64(c.Temp))
	}
	return append(w.str("source", string(c.Source)).str("plan", c.Plan).
		text("warn", string(c.Warning), ""), '}')
}

func (o object) control(name string) *entity.Control {
	c := &entity.Control{}
	i := o.need(name, tokObject)
	if i < 0 {
		return c
	}
	th := object{o.Decoder, i}
	c.Phase = entity.Phase(th.choice("phase", string(entity.PhaseIdle), string(entity.PhaseActive),
		string(entity.PhaseWait), string(entity.PhaseOff), string(entity.PhaseLost),
		string(entity.PhaseRange), string(entity.PhaseLocked)))
	c.Target, c.HasTo = th.temp("target")
	c.Temp, c.HasTemp = th.temp("temp")
	c.Source = entity.TargetSource(th.choice("source", string(entity.TargetPlan),
		string(entity.TargetFallback), string(entity.TargetFrost), string(entity.TargetNone)))
	c.Plan = th.planID("plan")
	if th.has("warn") {
		c.Warning = entity.ThermostatWarning(th.choice("warn", string(entity.WarningNoRise),
			string(entity.WarningStuck)))
	}
	return c
}

// temp is a temperature that may be left out.
func (o object) temp(name string) (entity.Temp, bool) {
	if !o.has(name) {
		return 0, false
	}
	return entity.Temp(o.integer(name, int64(entity.MinTemp), int64(entity.MaxTemp))), true
}

// planID is "" or 1 to 8 hexadecimal digits. The last one is kept, since a plan
// is told again with every temperature.
func (o object) planID(name string) string {
	text := o.bytes(name)
	switch {
	case o.err != nil || len(text) == 0:
		return ""
	case len(text) > 8 || !allHex(text):
		o.fail(ClassValue, name)
		return ""
	case o.lastPlan != string(text):
		o.lastPlan = string(text)
	}
	return o.lastPlan
}
