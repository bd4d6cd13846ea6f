package config

import (
	"fmt"
	"slices"
	"strings"

	"hob/internal/chip"
	"hob/internal/diag"
	"hob/internal/entity"
)

// channel is the hardware that a pin needs besides itself.
type channel int

const (
	noChannel channel = iota
	plainOutput
	pwmChannel
	stripChannel
)

// pinUse is one pin of an entity and what it is for.
type pinUse struct {
	pin      *pin
	role     string // which of several pins of one entity, such as "relay"; "" for its only one
	drives   bool
	asks     bool    // a sensor on it is asked, so the board must drive it too
	measures bool    // it reads a voltage
	reed     bool    // a contact to ground, with the chip's pull-up where there is one
	pull     *choice // of an input; nil for an output
	channel  channel
}

// wired is a pin use on a board that exists.
type wired struct {
	pinUse
	by    string // who uses it, for messages
	at    value
	part  part
	chip  chip.Chip // the zero Chip where the board's is unknown
	board entity.BoardName
	gpio  int
}

func (u wired) chipKnown() bool { return u.chip.Name != "" }

// checkPins checks every pin of the house against its board's chip, and that
// each has one owner, whatever the chip is.
func (b *book) checkPins() {
	uses := b.wiredPins()
	used := make(map[entity.BoardName][]int)
	for _, u := range uses {
		// Only real pins, each once: the list stays as short as the chip is.
		if u.chip.Pin(u.gpio).Present() && !slices.Contains(used[u.board], u.gpio) {
			used[u.board] = append(used[u.board], u.gpio)
		}
	}
	for _, u := range uses {
		if u.chipKnown() {
			u.checkChip(used[u.board])
		}
	}
	checkOwners(uses, used)
	checkChannels(uses)
}

// wiredPins lists all pins in use in the order of the file, status LEDs first.
func (b *book) wiredPins() []wired {
	var out []wired
	for _, d := range b.file.Boards.items {
		led := d.T.StatusLED
		if led.valid {
			out = append(out, wired{
				pinUse: pinUse{drives: true}, by: "the status LED", at: led.at,
				chip: d.T.Chip.value, board: entity.BoardName(d.id), gpio: led.value,
			})
		}
		out = append(out, i2cPins(d)...)
	}
	for _, it := range b.items {
		for _, use := range it.pins() {
			if u, ok := b.wire(it, use); ok {
				out = append(out, u)
			}
		}
	}
	return out
}

// i2cPins are the two pins of a board's bus.
func i2cPins(d *declared[boardYAML]) []wired {
	var out []wired
	for _, line := range []struct {
		name string
		pin  *whole
	}{{"SDA", &d.T.I2C.T.SDA}, {"SCL", &d.T.I2C.T.SCL}} {
		if line.pin.valid {
			out = append(out, wired{
				pinUse: pinUse{asks: true}, by: "the I2C bus (" + line.name + ")", at: line.pin.at,
				chip: d.T.Chip.value, board: entity.BoardName(d.id), gpio: line.pin.value,
			})
		}
	}
	return out
}

// wire finds the board of a pin use, and reports one that does not exist.
func (b *book) wire(it item, use pinUse) (wired, bool) {
	if !use.pin.valid {
		return wired{}, false
	}
	d, ok := b.boards[use.pin.board]
	if !ok {
		b.unknownBoard(use.pin.at, string(use.pin.board), use.pin.boardPart())
		return wired{}, false
	}
	by := fmt.Sprintf("the %s %q", kindName(it.kind()), it.id)
	if use.role != "" {
		by = fmt.Sprintf("the %s of %s", use.role, by)
	}
	return wired{
		pinUse: use, by: by, at: use.pin.at, part: use.pin.numberPart(),
		chip: d.T.Chip.value, board: use.pin.board, gpio: use.pin.number,
	}, true
}

func (b *book) unknownBoard(at value, name string, where part) {
	at.problem(problem{
		code:    diag.UnknownBoard,
		message: "unknown board " + quote(name),
		suggestion: b.r.didYouMean(name, b.boardNames,
			fmt.Sprintf("declare it: boards: {%s: {id: hob-7c9ebd, chip: esp32}}", name)),
		part: where,
	})
}

// checkChip checks the pin against what the chip has. used are the board's pins
// in use, of which none is suggested.
func (u wired) checkChip(used []int) {
	p := u.chip.Pin(u.gpio)
	fail := func(code diag.Code, format string, args ...any) {
		u.at.problem(problem{code: code, message: fmt.Sprintf(format, args...), suggestion: u.suggestFree(used), part: u.part})
	}
	switch {
	case !p.Present():
		fail(diag.PinAbsent, "the %s has no GPIO%d", u.chip.Title, u.gpio)
	case !p.Usable():
		fail(diag.PinFlash, "GPIO%d of the %s belongs to its flash memory (%s)", u.gpio, u.chip.Title, p.Note)
	case u.drives && p.InputOnly():
		fail(diag.PinInputOnly, "GPIO%d of the %s can only be read, and %s drives it", u.gpio, u.chip.Title, u.by)
	case u.asks && p.InputOnly():
		fail(diag.PinInputOnly, "GPIO%d of the %s can only be read, and %s is also driven by the board", u.gpio, u.chip.Title, u.by)
	case u.measures && !p.Caps.Has(chip.Analog):
		fail(diag.PinNoADC, "GPIO%d of the %s cannot measure a voltage%s", u.gpio, u.chip.Title, whyNot(p))
	case u.pulled() && !p.Caps.Has(chip.Pull):
		u.pull.at.problem(problem{
			code:       diag.PinNoPull,
			message:    fmt.Sprintf("GPIO%d of the %s has no internal pull resistors", u.gpio, u.chip.Title),
			suggestion: "wire a resistor of 10 kΩ and delete pull, or use another pin; " + u.suggestFree(used),
		})
	case u.pin != nil:
		u.warn(p, used)
	}
}

// whyNot explains a pin whose converter is of no use to a board that is online.
func whyNot(p chip.Pin) string {
	if p.ADC == "" {
		return ""
	}
	return fmt.Sprintf(": its converter (%s) does not work beside Wi-Fi", p.ADC)
}

// warn tells of second roles. The status LED is exempt: makers of boards do put
// it on such pins, where it does no harm.
func (u wired) warn(p chip.Pin, used []int) {
	switch {
	case u.reed && !p.Caps.Has(chip.Pull):
		u.at.warning(problem{
			code: diag.PinNoPull,
			message: fmt.Sprintf("GPIO%d of the %s has no internal pull resistors: the reed needs a resistor of 10 kΩ from the pin to 3.3 V",
				u.gpio, u.chip.Title),
			suggestion: "without one, use another pin; " + u.suggestFree(used), part: u.part,
		})
	case p.Caps.Has(chip.Strapping):
		u.at.warning(problem{
			code: diag.PinStrapping,
			message: fmt.Sprintf("GPIO%d chooses how the %s boots (%s): what is connected to it can keep the board from starting",
				u.gpio, u.chip.Title, p.Note),
			suggestion: u.suggestFree(used), part: u.part,
		})
	case p.Caps&(chip.Console|chip.USB) != 0:
		u.at.warning(problem{
			code: diag.PinConsole,
			message: fmt.Sprintf("GPIO%d of the %s has another use (%s): it moves at each start, and flashing over it stops working",
				u.gpio, u.chip.Title, p.Note),
			suggestion: u.suggestFree(used), part: u.part,
		})
	}
}

// pulled reports whether the use needs an internal resistor.
func (u wired) pulled() bool {
	return u.pull != nil && u.pull.valid && entity.Pull(u.pull.value) != entity.PullNone
}

// suggestFree names some pins that would do instead.
func (u wired) suggestFree(used []int) string {
	if !u.chipKnown() {
		return ""
	}
	want := chip.Present
	switch {
	case u.drives, u.asks:
		want = chip.Output
	case u.measures:
		want = chip.Analog
	case u.pulled(), u.reed:
		want = chip.Pull
	}
	free := u.chip.FreePins(want, used...)
	if len(free) == 0 {
		return fmt.Sprintf("no such pin is free on the board %q", u.board)
	}
	const most = 8
	var out []string
	for _, n := range free[:min(most, len(free))] {
		out = append(out, fmt.Sprint(n))
	}
	return fmt.Sprintf("free on the board %q: %s", u.board, strings.Join(out, ", "))
}

// checkOwners reports a pin with two owners at each of them.
func checkOwners(uses []wired, used map[entity.BoardName][]int) {
	owners := make(map[entity.PointRef][]wired)
	for _, u := range uses {
		owners[u.ref()] = append(owners[u.ref()], u)
	}
	for _, u := range uses {
		all := owners[u.ref()]
		if len(all) == 1 {
			continue
		}
		other := all[0] // everyone points to the first, and the first to the next
		if other.is(u) {
			other = all[1]
		}
		u.reportTaken(other, used[u.board])
	}
}

func (u wired) ref() entity.PointRef {
	return entity.PointRef{Board: u.board, Point: entity.GPIO(u.gpio)}
}

// is reports whether u and o are the same use: nobody uses a pin twice.
func (u wired) is(o wired) bool { return u.by == o.by }

func (u wired) reportTaken(other wired, used []int) {
	there := other.at.partSpan(other.part)
	u.at.problem(problem{
		code:       diag.PinTaken,
		message:    fmt.Sprintf("pin %s/%d is used by %s and, on %s, by %s", u.board, u.gpio, u.by, line(there, u.at.partSpan(u.part)), other.by),
		suggestion: u.suggestFree(used), part: u.part,
	}, diag.Related{Span: there, Message: other.by})
}

// checkChannels: dimming and LED strips need hardware of which a chip has a few.
func checkChannels(uses []wired) {
	count := make(map[entity.BoardName]map[channel]int)
	for _, u := range uses {
		if !u.chipKnown() {
			continue
		}
		if count[u.board] == nil {
			count[u.board] = make(map[channel]int)
		}
		count[u.board][u.channel]++
		n := count[u.board][u.channel]
		switch {
		case u.channel == pwmChannel && n == u.chip.PWMChannels+1:
			u.tooMany("dim %d outputs", u.chip.PWMChannels)
		case u.channel == stripChannel && n == u.chip.StripChannels+1:
			u.tooMany("drive %d LED strips", u.chip.StripChannels)
		}
	}
}

func (u wired) tooMany(what string, most int) {
	u.at.problem(problem{
		code:       diag.TooManyChannels,
		message:    fmt.Sprintf("an %s can "+what+" at once; on the board %q this is one more", u.chip.Title, most, u.board),
		suggestion: "move this light to another board",
	})
}
