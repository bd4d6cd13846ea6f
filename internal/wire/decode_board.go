package wire

import (
	"encoding/binary"

	"hob/internal/entity"
)

// maxSlot is as many places for firmware as a partition table can have.
const maxSlot = 16

// Board decodes a frame from a board. A type that this version does not know is
// an *Unknown and no error. Errors are *Error.
func (d *Decoder) Board(frame []byte) (BoardFrame, error) {
	o, t, err := d.begin(frame)
	if err != nil {
		return nil, err
	}
	f := o.board(string(t))
	if err := d.end(); err != nil {
		return nil, err
	}
	return f, nil
}

func (o object) board(t string) BoardFrame {
	s := o.stamp()
	switch t {
	case "state":
		o.state = State{s, o.pointValues()}
		return &o.state
	case "pong":
		o.pong = Pong{s, o.integer("n", 0, MaxInt)}
		return &o.pong
	case "hello":
		return o.boardHello(s)
	case "event":
		return o.event(s)
	case "result":
		return o.result(s)
	case "configured":
		return &Configured{s, o.revision("rev", false)}
	case "config_error":
		return &ConfigError{s, o.revision("rev", false), o.str("path"), o.str("code"), o.str("message")}
	case "adopted":
		return &Adopted{s}
	case "rotated":
		return &Rotated{s}
	case "forgotten":
		return &Forgotten{s}
	case "update":
		return o.update(s)
	case "stats":
		return o.stats(s)
	}
	return &Unknown{s}
}

func (o object) stamp() Stamp {
	var boot [4]byte
	o.hex("boot", boot[:])
	return Stamp{BootID(binary.BigEndian.Uint32(boot[:])), o.uptime("up")}
}

func (o object) uptime(name string) Uptime { return Uptime(o.integer(name, 0, MaxInt)) }

func (o object) boardHello(s Stamp) *BoardHello {
	f := &BoardHello{
		Stamp: s,
		Proto: int(o.integer("proto", 1, 1<<15)),
		ID:    entity.BoardID(o.str("id")),
		Chip:  o.str("chip"),
		FW:    o.str("fw"),
		Adopt: o.boolean("adopt"),
		Trial: o.boolean("trial"),
		Reset: o.choice("reset", "power_on", "restart", "watchdog", "brownout", "panic", "unknown"),
	}
	if o.has("slot") {
		f.Slot = int(o.integer("slot", 1, maxSlot))
	}
	// An adoption session shows neither.
	if !f.Adopt || o.has("config") {
		f.Config = o.revision("config", true)
	}
	if !f.Adopt || o.has("points") {
		f.Points = o.pointValues()
		o.points = nil // a hello lists all points, what follows mostly one
	}
	return f
}

func (o object) event(s Stamp) *Event {
	return &Event{s, o.point("p"), entity.Gesture(o.choice("event",
		string(entity.GesturePress), string(entity.GestureDouble),
		string(entity.GestureHold), string(entity.GestureRelease))), o.integer("n", 0, MaxInt)}
}

func (o object) result(s Stamp) *Result {
	f := &Result{Stamp: s, ID: o.integer("id", 1, MaxInt), Message: o.optional("message")}
	f.Code = ResultCode(o.choice("code", string(ResultDone), string(ResultRefused),
		string(ResultExpired), string(ResultDuplicate)))
	if f.Code == ResultRefused {
		f.Reason = o.str("reason")
	}
	return f
}

func (o object) stats(s Stamp) *Stats {
	f := &Stats{Stamp: s, Heap: o.integer("heap", 0, MaxInt), Loop: o.integer("loop", 0, MaxInt),
		RSSI: o.integer("rssi", -1000, 1000)}
	f.HeapLow = o.known("heap_low", 0, MaxInt)
	f.Stack = o.known("stack", 0, MaxInt)
	f.Temp = o.known("temp", -1000, 1000)
	return f
}

// pointValues reads "points" into the decoder's own buffer.
func (o object) pointValues() []Point {
	o.elements("points", MaxPoints, func(i int) {
		if o.tokens[i].typ != tokObject {
			o.fail(ClassType, "points")
			return
		}
		o.points = append(o.points, object{o.Decoder, i}.pointValue())
	})
	return o.points
}

func (o object) pointValue() Point {
	p := Point{ID: o.point("p"), Up: o.uptime("up"), Cause: o.cause()}
	if p.Cause == CauseSensor {
		p.Value.Reading = o.reading()
		return p
	}
	p.Value = o.value()
	switch p.Cause {
	case CauseCommand:
		if o.has("cmd") {
			p.Cmd = o.integer("cmd", 1, MaxInt)
		}
	case CauseBinding:
		p.By = o.point("by")
	}
	if o.has("th") {
		p.Value.Control = o.control("th")
	}
	return p
}

func (o object) value() (v entity.Value) {
	i := o.find("v")
	if i < 0 {
		o.fail(ClassMissing, "v")
		return v
	}
	switch o.tokens[i].typ {
	case tokTrue:
		v.On = true
	case tokFalse:
	case tokNumber:
		v.Level = entity.Level(o.integer("v", 0, int64(entity.FullLevel)))
		v.HasLevel, v.On = true, v.Level > 0
	default:
		o.fail(ClassType, "v")
	}
	v.Color, v.HasColor = o.rgb("rgb")
	return v
}

// reading is what a sensor measured; its v is null before there was anything.
func (o object) reading() *entity.Reading {
	r := &entity.Reading{Fault: o.fault()}
	if i := o.find("v"); i >= 0 && o.tokens[i].typ == tokNull {
		return r
	}
	r.Valid, r.Number = true, o.integer("v", -MaxInt, MaxInt)
	if r.HasHumidity = o.has("h"); r.HasHumidity {
		r.Humidity = o.integer("h", 0, 100_000)
	}
	return r
}

func (o object) fault() entity.SensorFault {
	if !o.has("fault") {
		return entity.FaultNone
	}
	return entity.SensorFault(o.choice("fault", string(entity.FaultNoAnswer),
		string(entity.FaultChecksum), string(entity.FaultRange)))
}

func (o object) cause() Cause {
	return Cause(o.choice("cause", string(CauseCommand), string(CauseBinding), string(CauseInput),
		string(CauseBoot), string(CauseConfig), string(CauseOffAfter), string(CauseMaxOn),
		string(CauseLease), string(CauseInterlock), string(CauseSensor),
		string(CauseThermostat)))
}
