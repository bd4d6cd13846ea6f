package wire

import (
	"encoding/binary"
	"fmt"

	"hob/internal/entity"
)

// BoardFrame is a frame from a board to the server.
type BoardFrame interface {
	// Stamped is when and in which life of the board the frame was made.
	Stamped() Stamp
	// Append appends the frame's JSON to dst and returns the result.
	Append(dst []byte) []byte
}

// BootID tells one life of a board from the next.
type BootID uint32

// String gives the eight digits of the frames.
func (b BootID) String() string { return fmt.Sprintf("%08x", uint32(b)) }

// Stamp is what every frame from a board carries.
type Stamp struct {
	Boot BootID
	Up   Uptime
}

// Stamped implements BoardFrame for the frames that embed a Stamp.
func (s Stamp) Stamped() Stamp { return s }

// Cause is why a point has the value it has.
type Cause string

// Values of Cause.
const (
	CauseBoot       Cause = "boot"
	CauseConfig     Cause = "config"
	CauseCommand    Cause = "command" // with Point.Cmd
	CauseBinding    Cause = "binding" // with Point.By
	CauseInput      Cause = "input"
	CauseOffAfter   Cause = "off_after"
	CauseMaxOn      Cause = "max_on"
	CauseLease      Cause = "lease"
	CauseInterlock  Cause = "interlock"
	CauseSensor     Cause = "sensor" // of every sensor's point, and of no other
	CauseThermostat Cause = "thermostat"
)

// Point is the newest value of one point.
type Point struct {
	ID    entity.PointID
	Value entity.Value
	Up    Uptime // when it took the value
	Cause Cause
	Cmd   int64          // with CauseCommand: the command's id; 0 if it was of an earlier session
	By    entity.PointID // with CauseBinding: the button
}

// BoardHello answers a ServerHello.
type BoardHello struct {
	Stamp
	Proto  int
	ID     entity.BoardID
	Chip   string
	FW     string
	Reset  string // power_on, restart, watchdog, brownout, panic or unknown
	Config string // revision in force; "" for none
	Points []Point
	Adopt  bool // an adoption session
	Trial  bool // the firmware that runs is on trial
	Slot   int  // that it runs from, 1 to 16; 0 if the board does not say
}

// Pong answers a Ping.
type Pong struct {
	Stamp
	N int64
}

// Configured says that a configuration is in force.
type Configured struct {
	Stamp
	Rev string
}

// ConfigError says that a configuration was refused and why.
type ConfigError struct {
	Stamp
	Rev, Path, Code, Message string
}

// Result ends a command.
type Result struct {
	Stamp
	ID      int64
	Code    ResultCode
	Reason  string // with ResultRefused
	Message string // for people; may be empty
}

// ResultCode is how a command ended on the board.
type ResultCode string

// Values of ResultCode.
const (
	ResultDone      ResultCode = "done"
	ResultRefused   ResultCode = "refused"
	ResultExpired   ResultCode = "expired"
	ResultDuplicate ResultCode = "duplicate"
)

// State reports points that changed.
type State struct {
	Stamp
	Points []Point
}

// Event is what a person did with a button.
type Event struct {
	Stamp
	Point entity.PointID
	Event entity.Gesture
	N     int64 // counts the point's events since boot
}

// Adopted answers Adopt.
type Adopted struct{ Stamp }

// Rotated answers Rotate.
type Rotated struct{ Stamp }

// Forgotten answers Forget.
type Forgotten struct{ Stamp }

// Stats are the board's own figures, every 30 s.
type Stats struct {
	Stamp
	Heap    int64  // free heap in bytes
	HeapLow *int64 // the least it was since boot, in bytes; nil when the board does not know
	Stack   *int64 // the least that any task has left of its stack, in bytes; nil as above
	Loop    int64  // worst loop time since the last Stats, in µs
	RSSI    int64  // dBm; 0 when not on Wi-Fi
	Temp    *int64 // °C; nil when the chip has no sensor
}

// Unknown is a frame of a type that this version does not know.
type Unknown struct{ Stamp }

func stamped(dst []byte, t string, s Stamp) writer {
	var boot [4]byte
	binary.BigEndian.PutUint32(boot[:], uint32(s.Boot))
	return open(dst, t).hex("boot", boot[:]).integer("up", int64(s.Up))
}

func (w writer) points(points []Point) writer {
	w = append(w.key("points"), '[')
	for i := range points {
		if i > 0 {
			w = append(w, ',')
		}
		w = w.point(&points[i])
	}
	return append(w, ']')
}

func (w writer) point(p *Point) writer {
	w = append(w, '{').str("p", string(p.ID))
	switch {
	case p.Value.Reading != nil:
		w = w.reading(p.Value.Reading)
	case p.Value.HasLevel:
		w = w.integer("v", int64(p.Value.Level))
	default:
		w = w.boolean("v", p.Value.On)
	}
	if p.Value.HasColor {
		w = w.rgb("rgb", p.Value.Color)
	}
	w = w.integer("up", int64(p.Up)).str("cause", string(p.Cause))
	switch p.Cause {
	case CauseCommand:
		if p.Cmd != 0 {
			w = w.integer("cmd", p.Cmd)
		}
	case CauseBinding:
		w = w.str("by", string(p.By))
	}
	if p.Value.Control != nil {
		w = w.control(p.Value.Control)
	}
	return append(w, '}')
}

func (w writer) reading(r *entity.Reading) writer {
	if r.Valid {
		w = w.integer("v", r.Number)
	} else {
		w = append(w.key("v"), "null"...)
	}
	if r.HasHumidity {
		w = w.integer("h", r.Humidity)
	}
	return w.text("fault", string(r.Fault), "")
}

// Append implements BoardFrame.
func (f *BoardHello) Append(dst []byte) []byte {
	w := stamped(dst, "hello", f.Stamp).integer("proto", int64(f.Proto)).str("id", string(f.ID)).
		str("chip", f.Chip).str("fw", f.FW).str("reset", f.Reset).str("config", f.Config).
		points(f.Points)
	if f.Adopt {
		w = w.boolean("adopt", true)
	}
	if f.Trial {
		w = w.boolean("trial", true)
	}
	if f.Slot > 0 {
		w = w.integer("slot", int64(f.Slot))
	}
	return w.close()
}

// Append implements BoardFrame.
func (f *Pong) Append(dst []byte) []byte {
	return stamped(dst, "pong", f.Stamp).integer("n", f.N).close()
}

// Append implements BoardFrame.
func (f *Configured) Append(dst []byte) []byte {
	return stamped(dst, "configured", f.Stamp).str("rev", f.Rev).close()
}

// Append implements BoardFrame.
func (f *ConfigError) Append(dst []byte) []byte {
	return stamped(dst, "config_error", f.Stamp).str("rev", f.Rev).str("path", f.Path).
		str("code", f.Code).str("message", f.Message).close()
}

// Append implements BoardFrame.
func (f *Result) Append(dst []byte) []byte {
	w := stamped(dst, "result", f.Stamp).integer("id", f.ID).str("code", string(f.Code))
	if f.Code == ResultRefused {
		w = w.str("reason", f.Reason) // needed there, even if a board has put none into it
	}
	if f.Message != "" {
		w = w.str("message", f.Message)
	}
	return w.close()
}

// Append implements BoardFrame.
func (f *State) Append(dst []byte) []byte {
	return stamped(dst, "state", f.Stamp).points(f.Points).close()
}

// Append implements BoardFrame.
func (f *Event) Append(dst []byte) []byte {
	return stamped(dst, "event", f.Stamp).str("p", string(f.Point)).
		str("event", string(f.Event)).integer("n", f.N).close()
}

// Append implements BoardFrame.
func (f *Adopted) Append(dst []byte) []byte { return stamped(dst, "adopted", f.Stamp).close() }

// Append implements BoardFrame.
func (f *Rotated) Append(dst []byte) []byte { return stamped(dst, "rotated", f.Stamp).close() }

// Append implements BoardFrame.
func (f *Forgotten) Append(dst []byte) []byte { return stamped(dst, "forgotten", f.Stamp).close() }

// Append implements BoardFrame.
func (f *Stats) Append(dst []byte) []byte {
	return stamped(dst, "stats", f.Stamp).integer("heap", f.Heap).known("heap_low", f.HeapLow).
		known("stack", f.Stack).integer("loop", f.Loop).integer("rssi", f.RSSI).known("temp", f.Temp).close()
}

// Append implements BoardFrame. A test that plays a newer board needs it.
func (f *Unknown) Append(dst []byte) []byte { return stamped(dst, "unknown", f.Stamp).close() }
