package wire

import (
	"encoding/base64"
	"math"
)

// MaxPart is how many bytes of an image one frame carries.
const MaxPart = 2048

// UpdateBegin offers a board an image; Sig is a signature over the rest, in the
// words of docs/wire.md.
type UpdateBegin struct {
	Chip, FW string
	Security uint16
	Size     int64
	SHA256   [32]byte
	Sig      [64]byte
}

// UpdatePart is a part of the image, at a place that the board has asked for.
type UpdatePart struct {
	At   int64
	Data []byte // 1 to MaxPart bytes
}

// UpdateStage is how far a board is with an image.
type UpdateStage string

// Values of UpdateStage.
const (
	UpdateNone       UpdateStage = "none"       // it knows of none
	UpdateReceiving  UpdateStage = "receiving"  // the part at Update.Next is wanted
	UpdateWait       UpdateStage = "wait"       // the part came during a pulse; it says receiving after that
	UpdateChecking   UpdateStage = "checking"   // all parts are there
	UpdateRestarting UpdateStage = "restarting" // into the new firmware
	UpdateFailed     UpdateStage = "failed"     // with Code and Message
	UpdateKept       UpdateStage = "kept"       // the new firmware has proved itself
)

// Update says how far a board is.
type Update struct {
	Stamp
	Stage         UpdateStage
	Next          int64
	Code, Message string // with UpdateFailed
}

func (*UpdateBegin) fromServer() {}
func (*UpdatePart) fromServer()  {}

// Append implements ServerFrame.
func (f *UpdateBegin) Append(dst []byte) []byte {
	return open(dst, "update_begin").str("chip", f.Chip).str("fw", f.FW).integer("security", int64(f.Security)).
		integer("size", f.Size).hex("sha256", f.SHA256[:]).hex("sig", f.Sig[:]).close()
}

// Append implements ServerFrame.
func (f *UpdatePart) Append(dst []byte) []byte {
	w := append(open(dst, "update_part").integer("at", f.At).key("data"), '"')
	return writer(append(base64.StdEncoding.AppendEncode(w, f.Data), '"')).close()
}

// Append implements BoardFrame.
func (f *Update) Append(dst []byte) []byte {
	w := stamped(dst, "update", f.Stamp).str("stage", string(f.Stage)).integer("next", f.Next)
	if f.Stage == UpdateFailed {
		w = w.str("code", f.Code).str("message", f.Message)
	}
	return w.close()
}

func (o object) update(s Stamp) *Update {
	f := &Update{Stamp: s, Next: o.integer("next", 0, MaxInt)}
	f.Stage = UpdateStage(o.choice("stage", string(UpdateNone), string(UpdateReceiving), string(UpdateWait),
		string(UpdateChecking), string(UpdateRestarting), string(UpdateFailed), string(UpdateKept)))
	if f.Stage == UpdateFailed {
		f.Code, f.Message = o.str("code"), o.str("message")
	}
	return f
}

func (o object) updateBegin() *UpdateBegin {
	f := &UpdateBegin{Chip: o.word("chip", 11), FW: o.word("fw", 31), Security: uint16(o.integer("security", 0, math.MaxUint16)),
		Size: o.integer("size", 1, math.MaxInt32)}
	o.hex("sha256", f.SHA256[:])
	o.hex("sig", f.Sig[:])
	return f
}

// word is one word of printable ASCII.
func (o object) word(name string, limit int) string {
	s := o.str(name)
	if o.has(name) && (s == "" || len(s) > limit) {
		o.fail(ClassValue, name)
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			o.fail(ClassValue, name)
		}
	}
	return s
}

func (o object) updatePart() *UpdatePart {
	f := &UpdatePart{At: o.integer("at", 0, MaxInt)}
	if i := o.need("data", tokString); i >= 0 {
		data, err := base64.StdEncoding.Strict().DecodeString(string(o.raw(i)))
		if err != nil || len(data) == 0 || len(data) > MaxPart {
			o.fail(ClassValue, "data")
		}
		f.Data = data
	}
	return f
}
