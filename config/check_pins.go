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
	pin     *pin
	drives  bool
	pull    *choice // of an input; nil for an output
	channel channel
}

// wired is a pin use on a board that exists and whose chip is known.
type wired struct {
	pinUse
	by    string // who uses it, for messages
	at    value
	part  part
	chip  chip.Chip
	board entity.BoardName
	gpio  int
}

// checkPins checks every pin of the house against its board's chip, and that
// each has one owner.
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
		u.checkChip(used[u.board])
	}
	checkOwners(uses, used)
	checkChannels(uses)
}

// wiredPins lists all pins in use in the order of the file, status LEDs first.
func (b *book) wiredPins() []wired {
	var out []wired
	for _, d := range b.file.Boards.items {
		led := d.T.StatusLED
		if led.valid && d.T.Chip.valid {
			out = append(out, wired{
				pinUse: pinUse{drives: true}, by: "the status LED", at: led.at,
				chip: d.T.Chip.value, board: entity.BoardName(d.id), gpio: led.value,
			})
		}
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

// wire finds the board of a pin use, and reports one that does not exist.
func (b *book) wire(it item, use pinUse) (wired, bool) {
	if !use.pin.valid {
		return wired{}, false
	}
	d, ok := b.boards[use.pin.board]
	if !ok {
		use.pin.at.problem(problem{
			code:    diag.UnknownBoard,
			message: "unknown board " + quote(string(use.pin.board)),
			suggestion: b.r.didYouMean(string(use.pin.board), b.boardNames,
				fmt.Sprintf("declare it: boards: {%s: {id: hob-7c9ebd, chip: esp32}}", use.pin.board)),
			part: use.pin.boardPart(),
		})
		return wired{}, false
	}
	if !d.T.Chip.valid {
		return wired{}, false // reported by the decoder
	}
	return wired{
		pinUse: use, by: fmt.Sprintf("the %s %q", it.kind(), it.id), at: use.pin.at, part: use.pin.numberPart(),
		chip: d.T.Chip.value, board: use.pin.board, gpio: use.pin.number,
	}, true
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

// warn tells of second roles. The status LED is exempt: makers of boards do put
// it on such pins, where it does no harm.
func (u wired) warn(p chip.Pin, used []int) {
	switch {
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
	want := chip.Present
	switch {
	case u.drives:
		want = chip.Output
	case u.pulled():
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
		message:    fmt.Sprintf("pin %s/%d is used by %s and, on line %d, by %s", u.board, u.gpio, u.by, there.Line, other.by),
		suggestion: u.suggestFree(used), part: u.part,
	}, diag.Related{Span: there, Message: other.by})
}

// checkChannels: dimming and LED strips need hardware of which a chip has a few.
func checkChannels(uses []wired) {
	count := make(map[entity.BoardName]map[channel]int)
	for _, u := range uses {
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
