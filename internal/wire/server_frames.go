package wire

import "hob/internal/entity"

// ServerFrame is a frame from the server to a board.
type ServerFrame interface {
	// Append appends the frame's JSON to dst and returns the result, which may
	// be longer than MaxFrame; Session.Seal refuses that.
	Append(dst []byte) []byte
	fromServer()
}

// Uptime is a board's time: milliseconds since its boot.
type Uptime int64

// ServerHello opens a session after the handshake.
type ServerHello struct {
	Proto  int
	Server string // version
	Unix   int64  // wall time in ms; 0 is not known
}

// Ping asks for a Pong with the same N.
type Ping struct{ N int64 }

// ConfigBegin announces a configuration.
type ConfigBegin struct {
	Rev    string // 1 to 16 hexadecimal digits
	Items  int
	SHA256 [32]byte // over every item's bytes, each followed by "\n"
}

// ConfigItem is one part of a configuration.
type ConfigItem struct {
	N    int
	Item []byte // a JSON object, exactly as it is hashed
}

// ConfigCommit puts the announced configuration in force.
type ConfigCommit struct{ Rev string }

// Command asks for a change of one output.
type Command struct {
	ID    int64 // rises within a session, from 1
	Point entity.PointID
	Do    entity.Verb // on, off, set, pulse or plan
	Level *entity.Level
	Color *entity.RGB
	Fade  *int64 // ms; nil is the point's own
	Pulse Pulse  // with pulse
	Plan  Plan   // with plan
	Until Uptime
}

// Pulse switches a relay on for a time, once, if its conditions hold. A board
// never runs one twice, and neither must whoever sends it: an outcome that is not
// known is not a reason to try again.
type Pulse struct {
	Width int64       // ms, 1 to MaxPulse; 0 is left out, which a board refuses
	Gap   int64       // ms since the output was last on, at least
	Pre   []Condition // all of them, at most MaxConditions
	// Warn is an output of the same board that is on for Warning ms, MinWarning to
	// MaxWarning, before the pulse, and while that lasts. Both or neither.
	Warn    entity.PointID
	Warning int64
}

// Condition is what an input of the same board must be when a pulse starts.
type Condition struct {
	Point entity.PointID
	Is    bool
	Age   int64 // ms since the board has looked at it, at most
}

// Limits of pulses.
const (
	MaxPulse      = 60_000    // ms
	MaxGap        = 3_600_000 // ms
	MaxAge        = 60_000    // ms
	MinWarning    = 1_000     // ms
	MaxWarning    = 60_000    // ms
	MaxConditions = 4
)

// Cancel ends a command that waits for its interlock or min_off, or that warns.
type Cancel struct{ ID int64 }

// Renew keeps leases running.
type Renew struct {
	Points []entity.PointID
	Until  Uptime
}

// Feed tells a board what a sensor of another board has measured.
type Feed struct {
	Point entity.PointID
	Value *entity.Temp // nil: nothing, which a board passes over
	Age   int64        // ms since it was sampled
	Until Uptime
}

// Adopt gives a board its first key.
type Adopt struct{ Key Key }

// Rotate gives a board its next key.
type Rotate struct{ Key Key }

// Forget makes a board wipe its keys.
type Forget struct{}

// Identify blinks the status LED.
type Identify struct{ For int64 } // ms, at most 60000

// Restart makes a board restart.
type Restart struct{}

// Time sets a board's wall clock.
type Time struct{ Unix int64 } // ms

func (*ServerHello) fromServer()  {}
func (*Ping) fromServer()         {}
func (*ConfigBegin) fromServer()  {}
func (*ConfigItem) fromServer()   {}
func (*ConfigCommit) fromServer() {}
func (*Command) fromServer()      {}
func (*Cancel) fromServer()       {}
func (*Renew) fromServer()        {}
func (*Feed) fromServer()         {}
func (*Adopt) fromServer()        {}
func (*Rotate) fromServer()       {}
func (*Forget) fromServer()       {}
func (*Identify) fromServer()     {}
func (*Restart) fromServer()      {}
func (*Time) fromServer()         {}

// Append implements ServerFrame.
func (f *ServerHello) Append(dst []byte) []byte {
	return open(dst, "hello").integer("proto", int64(f.Proto)).str("server", f.Server).
		integer("unix", f.Unix).close()
}

// Append implements ServerFrame.
func (f *Ping) Append(dst []byte) []byte { return open(dst, "ping").integer("n", f.N).close() }

// Append implements ServerFrame.
func (f *ConfigBegin) Append(dst []byte) []byte {
	return open(dst, "config_begin").str("rev", f.Rev).integer("items", int64(f.Items)).
		hex("sha256", f.SHA256[:]).close()
}

// Append implements ServerFrame.
func (f *ConfigItem) Append(dst []byte) []byte {
	return append(append(open(dst, "config_item").integer("n", int64(f.N)).key("item"), f.Item...), '}')
}

// Append implements ServerFrame.
func (f *ConfigCommit) Append(dst []byte) []byte {
	return open(dst, "config_commit").str("rev", f.Rev).close()
}

// Append implements ServerFrame.
func (f *Command) Append(dst []byte) []byte {
	w := open(dst, "command").integer("id", f.ID).str("point", string(f.Point)).
		str("do", string(f.Do))
	if f.Level != nil {
		w = w.integer("level", int64(*f.Level))
	}
	if f.Color != nil {
		w = w.rgb("rgb", *f.Color)
	}
	if f.Fade != nil {
		w = w.integer("fade", *f.Fade)
	}
	switch f.Do {
	case entity.VerbPulse:
		w = w.pulse(&f.Pulse)
	case entity.VerbPlan:
		w = w.plan(&f.Plan)
	}
	return w.integer("until", int64(f.Until)).close()
}

func (w writer) pulse(p *Pulse) writer {
	if p.Width != 0 {
		w = w.integer("ms", p.Width)
	}
	if p.Gap != 0 {
		w = w.integer("gap", p.Gap)
	}
	if p.Warn != "" {
		w = w.str("warn", string(p.Warn))
	}
	if p.Warning != 0 {
		w = w.integer("warn_ms", p.Warning)
	}
	if len(p.Pre) == 0 {
		return w
	}
	w = append(w.key("pre"), '[')
	for i, c := range p.Pre {
		if i > 0 {
			w = append(w, ',')
		}
		w = append(w, '{').str("point", string(c.Point)).boolean("is", c.Is).integer("age", c.Age)
		w = append(w, '}')
	}
	return append(w, ']')
}

// Append implements ServerFrame.
func (f *Cancel) Append(dst []byte) []byte { return open(dst, "cancel").integer("id", f.ID).close() }

// Append implements ServerFrame.
func (f *Renew) Append(dst []byte) []byte {
	w := append(open(dst, "renew").key("points"), '[')
	for i, p := range f.Points {
		if i > 0 {
			w = append(w, ',')
		}
		w = appendString(w, string(p))
	}
	return append(w, ']').integer("until", int64(f.Until)).close()
}

// Append implements ServerFrame.
func (f *Feed) Append(dst []byte) []byte {
	w := open(dst, "feed").str("point", string(f.Point))
	if f.Value != nil {
		w = w.integer("v", int64(*f.Value))
	} else {
		w = append(w.key("v"), "null"...)
	}
	return w.integer("age", f.Age).integer("until", int64(f.Until)).close()
}

// Append implements ServerFrame.
func (f *Adopt) Append(dst []byte) []byte {
	return open(dst, "adopt").hex("key", f.Key.b[:]).close()
}

// Append implements ServerFrame.
func (f *Rotate) Append(dst []byte) []byte {
	return open(dst, "rotate").hex("key", f.Key.b[:]).close()
}

// Append implements ServerFrame.
func (*Forget) Append(dst []byte) []byte { return open(dst, "forget").close() }

// Append implements ServerFrame.
func (f *Identify) Append(dst []byte) []byte {
	return open(dst, "identify").integer("for", f.For).close()
}

// Append implements ServerFrame.
func (*Restart) Append(dst []byte) []byte { return open(dst, "restart").close() }

// Append implements ServerFrame.
func (f *Time) Append(dst []byte) []byte { return open(dst, "time").integer("unix", f.Unix).close() }
