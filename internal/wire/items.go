package wire

import (
	"time"

	"hob/internal/entity"
)

// Defaults of item members in docs/wire.md; a member with its default is left out.
const (
	defaultDebounce  = 30 * time.Millisecond
	defaultHoldAfter = 600 * time.Millisecond
	defaultOrder     = "grb"
)

func item(kind string) writer { return writer("{").str("kind", kind) }

func (w writer) millis(name string, d, absent time.Duration) writer {
	if d == absent {
		return w
	}
	return w.integer(name, d.Milliseconds())
}

func (w writer) text(name, s, absent string) writer {
	if s == absent || s == "" {
		return w
	}
	return w.str(name, s)
}

func (w writer) flag(name string, b bool) writer {
	if !b {
		return w
	}
	return w.boolean(name, true)
}

// boardItem is nil when a board has nothing of its own to configure.
func boardItem(b entity.Board) []byte {
	if b.StatusLED == nil && b.I2C == nil {
		return nil
	}
	w := item("board")
	if b.StatusLED != nil {
		w = w.integer("status_led", int64(*b.StatusLED))
	}
	if b.I2C != nil {
		w = w.integer("sda", int64(b.I2C.SDA)).integer("scl", int64(b.I2C.SCL))
	}
	return w.close()
}

// pointItems are the items of an entity's points; none for kinds without any.
func pointItems(s entity.Spec) []part {
	switch s := s.(type) {
	case *entity.Switch:
		return []part{{pin: s.Pin, item: outputItem("relay", s.Output).close()}}
	case *entity.Light:
		return []part{{pin: s.Pin, item: lightItem(s)}}
	case *entity.Button:
		return []part{{pin: s.Pin, item: buttonItem(s)}}
	case *entity.Contact:
		return []part{contactItem(s.Input)}
	case *entity.Sensor:
		return []part{{pin: s.Pin, item: sensorItem(s)}}
	case *entity.Thermostat:
		return []part{relayItem(s.Relay, s.Inverted)}
	case *entity.GarageDoor:
		return doorItems(s)
	}
	return nil
}

// relayItem is a relay with nothing to it: what has it takes care of the rest.
func relayItem(pin int, inverted bool) part {
	return part{pin: pin, item: outputItem("relay", entity.Output{Pin: pin, Inverted: inverted}).close()}
}

func contactItem(in entity.Input) part {
	return part{pin: in.Pin, item: inputItem(in, "contact").close()}
}

// doorItems are a door's relay, its reeds and what warns of it.
func doorItems(d *entity.GarageDoor) []part {
	items := []part{relayItem(d.Relay, d.Inverted)}
	for _, reed := range []*entity.Input{d.Closed, d.Open} {
		if reed != nil {
			items = append(items, contactItem(*reed))
		}
	}
	if d.Warning != nil {
		items = append(items, relayItem(d.Warning.Pin, d.Warning.Inverted))
	}
	return items
}

func outputItem(kind string, o entity.Output) writer {
	return item(kind).str("point", string(entity.GPIO(o.Pin))).integer("pin", int64(o.Pin)).
		flag("inverted", o.Inverted).
		text("boot", string(o.Boot), string(entity.BootOff)).
		millis("off_after", o.OffAfter, 0).
		millis("max_on", o.MaxOn, 0).
		millis("lease", o.Lease, 0).
		text("interlock", o.Interlock, "").
		millis("interlock_wait", o.InterlockWait, 0)
}

func lightItem(l *entity.Light) []byte {
	if l.Drive == entity.DrivePin {
		return outputItem("relay", l.Output).close()
	}
	w := outputItem(string(l.Drive), l.Output).millis("fade", l.Fade, 0)
	if l.MinBrightness != 0 {
		w = w.integer("min", int64(l.MinBrightness))
	}
	if l.Drive == entity.DriveWS2812 {
		w = w.integer("count", int64(l.Count)).text("order", l.Order, defaultOrder)
	}
	return w.close()
}

func inputItem(in entity.Input, role string) writer {
	active := "high"
	if in.ActiveLow() {
		active = "low"
	}
	return item("input").str("point", string(entity.GPIO(in.Pin))).integer("pin", int64(in.Pin)).
		text("pull", string(in.Pull), string(entity.PullNone)).
		text("active", active, "high").
		millis("debounce", in.Debounce, defaultDebounce).
		str("role", role)
}

// buttonItem asks the board to look only for gestures that mean something,
// since looking for a double press delays the single one.
func buttonItem(b *entity.Button) []byte {
	w := inputItem(b.Input, "button").
		flag("double", b.Heeds(entity.GestureDouble)).
		flag("hold", b.Heeds(entity.GestureHold))
	if b.HoldAfter != 0 { // a house always has it; 0 would make every press a hold
		w = w.millis("hold_after", b.HoldAfter, defaultHoldAfter)
	}
	return w.close()
}

func bindingItem(button *entity.Button, b entity.Binding, out entity.Output) []byte {
	do := b.Action.Verb
	if b.Action.Level != nil {
		do = entity.VerbSet // "on at 40 %" is a set to the board
	}
	w := item("binding").str("point", string(entity.GPIO(button.Pin))).str("on", string(b.On)).
		str("target", string(entity.GPIO(out.Pin))).str("do", string(do))
	if b.Action.Level != nil {
		w = w.integer("level", int64(*b.Action.Level))
	}
	return w.close()
}
