package wire

import "hob/internal/entity"

// Decoder decodes the frames of one session. Its buffers serve one frame after
// another: what Board or Server returns is valid until the next call, but for
// what an entity.Value leads to, which stays.
type Decoder struct {
	text   []byte
	tokens []token
	err    error
	points []Point
	names  map[string]entity.PointID // so that a point's name is allocated once
	state  State
	// lastPlan is the plan that a thermostat was last said to follow.
	lastPlan string
	pong     Pong
}

// Buffers that an unusually rich frame has grown beyond these sizes are not
// kept, since a thousand sessions may be open.
const (
	keepTokens = 64 // five points; 8 bytes each
	keepPoints = 16
	keepNames  = MaxPoints
)

// begin parses a frame and hands out its outermost object and its type.
func (d *Decoder) begin(frame []byte) (object, []byte, error) {
	if cap(d.tokens) > keepTokens {
		d.tokens = nil
	}
	if cap(d.points) > keepPoints {
		d.points = nil
	}
	d.text, d.err, d.points = frame, nil, d.points[:0]
	var err error
	if d.tokens, err = parse(frame, d.tokens); err != nil {
		return object{}, nil, err
	}
	o := object{d, 0}
	return o, o.bytes("t"), d.err
}

// end drops the frame's text, which is the caller's.
func (d *Decoder) end() error {
	d.text = nil
	return d.err
}

// point is a point's name as a string that is shared by all frames.
func (o object) point(name string) entity.PointID {
	text := o.bytes(name)
	if o.err != nil {
		return ""
	}
	return o.intern(name, text)
}

func (o object) intern(member string, text []byte) entity.PointID {
	if id, ok := o.names[string(text)]; ok {
		return id
	}
	if !validPoint(text) {
		o.fail(ClassValue, member)
		return ""
	}
	id := entity.PointID(text)
	if o.names == nil {
		o.names = make(map[string]entity.PointID)
	}
	if len(o.names) < keepNames {
		o.names[string(id)] = id
	}
	return id
}

// validPoint says whether text is 1 to 15 characters out of a-z0-9-.
func validPoint(text []byte) bool {
	if len(text) < 1 || len(text) > 15 {
		return false
	}
	for _, c := range text {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
