package wire

import (
	"math"

	"hob/internal/entity"
)

// Server decodes a frame from the server, as a board does. A type that this
// version does not know is ClassUnknown. What a board refuses in its result
// (an unknown verb, a level out of range) is not an error here.
func (d *Decoder) Server(frame []byte) (ServerFrame, error) {
	o, t, err := d.begin(frame)
	if err != nil {
		return nil, err
	}
	f := o.server(string(t))
	if err := d.end(); err != nil {
		return nil, err
	}
	return f, nil
}

func (o object) server(t string) ServerFrame {
	switch t {
	case "hello":
		return &ServerHello{int(o.integer("proto", 0, 1<<15)), o.str("server"), o.integer("unix", 0, MaxInt)}
	case "ping":
		return &Ping{o.integer("n", 0, MaxInt)}
	case "command":
		return o.command()
	case "cancel":
		return &Cancel{o.integer("id", 1, MaxInt)}
	case "renew":
		return o.renew()
	case "feed":
		return o.feed()
	case "config_begin", "config_item", "config_commit":
		return o.config(t)
	case "adopt":
		return &Adopt{o.key()}
	case "rotate":
		return &Rotate{o.key()}
	case "forget":
		return &Forget{}
	case "identify":
		return &Identify{o.integer("for", 0, MaxInt)}
	case "restart":
		return &Restart{}
	case "update_begin":
		return o.updateBegin()
	case "update_part":
		return o.updatePart()
	case "time":
		return &Time{o.integer("unix", 0, MaxInt)}
	}
	o.fail(ClassUnknown, "t")
	return nil
}

func (o object) config(t string) ServerFrame {
	switch t {
	case "config_begin":
		f := &ConfigBegin{Rev: o.revision("rev", false), Items: int(o.integer("items", 0, MaxInt))}
		o.hex("sha256", f.SHA256[:])
		return f
	case "config_item":
		f := &ConfigItem{N: int(o.integer("n", 0, MaxInt))}
		if i := o.need("item", tokObject); i >= 0 {
			f.Item = append(f.Item, o.raw(i)...)
		}
		return f
	}
	return &ConfigCommit{o.revision("rev", false)}
}

func (o object) command() *Command {
	f := &Command{ID: o.integer("id", 1, MaxInt), Point: entity.PointID(o.str("point")),
		Do: entity.Verb(o.str("do")), Until: o.uptime("until")}
	switch f.Do {
	case entity.VerbPulse:
		f.Pulse = o.pulse()
		return f
	case entity.VerbPlan:
		f.Plan = o.plan()
		return f
	}
	if o.has("level") {
		level := entity.Level(o.integer("level", -MaxInt, MaxInt))
		f.Level = &level
	}
	if c, ok := o.rgb("rgb"); ok {
		f.Color = &c
	}
	if o.has("fade") {
		fade := o.integer("fade", 0, MaxInt)
		f.Fade = &fade
	}
	return f
}

// pulse takes any number, since a board answers one out of range with a result.
func (o object) pulse() (p Pulse) {
	if o.has("ms") {
		p.Width = o.integer("ms", -MaxInt, MaxInt)
	}
	if o.has("gap") {
		p.Gap = o.integer("gap", -MaxInt, MaxInt)
	}
	if o.has("warn") {
		p.Warn = entity.PointID(o.str("warn"))
	}
	if o.has("warn_ms") {
		p.Warning = o.integer("warn_ms", -MaxInt, MaxInt)
	}
	if o.has("pre") {
		o.elements("pre", MaxFrame, func(i int) {
			if o.tokens[i].typ != tokObject {
				o.fail(ClassType, "pre")
				return
			}
			c := object{o.Decoder, i}
			p.Pre = append(p.Pre, Condition{entity.PointID(c.str("point")), c.needBoolean("is"),
				c.integer("age", -MaxInt, MaxInt)})
		})
	}
	return p
}

func (o object) renew() *Renew {
	f := &Renew{Until: o.uptime("until")}
	o.elements("points", MaxPoints, func(i int) {
		if o.tokens[i].typ != tokString {
			o.fail(ClassType, "points")
			return
		}
		f.Points = append(f.Points, o.intern("points", o.raw(i)))
	})
	return f
}

// feed takes a value that no sensor measures for none: a board passes over both.
func (o object) feed() *Feed {
	f := &Feed{Point: entity.PointID(o.str("point"))}
	if i := o.find("v"); i < 0 || o.tokens[i].typ != tokNull {
		if n := o.integer("v", -MaxInt, MaxInt); n >= math.MinInt32 && n <= math.MaxInt32 {
			t := entity.Temp(n)
			f.Value = &t
		}
	}
	f.Age, f.Until = o.integer("age", 0, MaxInt), o.uptime("until")
	return f
}

func (o object) key() Key {
	var b [KeySize]byte
	o.hex("key", b[:])
	k, err := KeyOf(b[:])
	if err != nil {
		o.fail(ClassValue, "key")
	}
	return k
}
