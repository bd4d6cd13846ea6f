package config

import (
	"fmt"

	"hob/internal/diag"
	"hob/internal/entity"
)

// maxBoardBindings is what a board holds (docs/wire.md). Its limit of 48 points
// needs no check: no chip has that many pins, and a pin is one point.
const maxBoardBindings = 48

// checkIDs: an id names one entity, whatever its kind. Two keys in one section
// are reported by the decoder already.
func (b *book) checkIDs() {
	for _, it := range b.items {
		first := b.byID[it.id]
		if first.kind() == it.kind() {
			continue // itself
		}
		duplicateID(it, first)
		duplicateID(first, it)
	}
}

func duplicateID(it, other item) {
	there := other.at.keySpan()
	it.at.r.errorAt(it.at.keySpan(), problem{
		code:       diag.DuplicateID,
		message:    fmt.Sprintf("the %s %q has the id of the %s on line %d", it.kind(), it.id, other.kind(), there.Line),
		suggestion: "ids are unique over all kinds: rename one of them",
	}, diag.Related{Span: there, Message: fmt.Sprintf("the %s", other.kind())})
}

// checkBoards: a board id is one board.
func (b *book) checkBoards() {
	first := make(map[entity.BoardID]*declared[boardYAML])
	for _, d := range b.file.Boards.items {
		id := d.T.ID
		if !id.valid {
			continue
		}
		other, dup := first[id.value]
		if !dup {
			first[id.value] = d
			continue
		}
		duplicateBoard(d, other)
		duplicateBoard(other, d)
	}
}

func duplicateBoard(d, other *declared[boardYAML]) {
	there := other.T.ID.at.span()
	d.T.ID.at.problem(problem{
		code:       diag.DuplicateBoardID,
		message:    fmt.Sprintf("the board %q has the same id as %q on line %d", d.id, other.id, there.Line),
		suggestion: "every board has its own id; `hob boards` lists those that are there",
	}, diag.Related{Span: there, Message: "the other board"})
}

func (b *book) checkAreas() {
	for _, it := range b.items {
		area := it.common().Area
		if !area.valid {
			continue
		}
		if _, ok := b.areas[entity.AreaID(area.value)]; ok {
			continue
		}
		area.at.problem(problem{
			code:    diag.UnknownArea,
			message: fmt.Sprintf("unknown area %s", quote(area.value)),
			suggestion: b.r.didYouMean(area.value, b.areaNames,
				fmt.Sprintf("declare it: areas: {%s: {}}", area.value)),
		})
	}
}

// checkActions: the target exists and can do what is asked, and the board has
// room for the bindings that it carries out by itself.
func (b *book) checkActions() {
	onBoard := make(map[entity.BoardName]int)
	for _, it := range b.items {
		button, ok := it.body.(*buttonYAML)
		if !ok {
			continue
		}
		for _, g := range button.gestures() {
			if g.do.valid && b.checkAction(g.do) && b.sameBoard(button, g.do.target) {
				onBoard[button.Pin.board]++
				b.checkBindings(onBoard[button.Pin.board], g.do, button.Pin.board)
			}
		}
	}
}

func (b *book) checkBindings(n int, do *action, board entity.BoardName) {
	if n == maxBoardBindings+1 {
		do.at.problem(problem{
			code:       diag.TooManyBindings,
			message:    fmt.Sprintf("the board %q can hold %d button actions for its own outputs; this is one more", board, maxBoardBindings),
			suggestion: "move a button to another board",
		})
	}
}

func (b *book) sameBoard(button *buttonYAML, target entity.ID) bool {
	for _, p := range b.byID[target].pins() {
		if p.pin.valid && p.pin.board == button.Pin.board {
			return true
		}
	}
	return false
}

func (b *book) checkAction(do *action) bool {
	target, ok := b.byID[do.target]
	if !ok {
		do.at.problem(problem{
			code:       diag.UnknownEntity,
			message:    fmt.Sprintf("there is no entity %s", quote(string(do.target))),
			suggestion: b.r.didYouMean(string(do.target), b.switchable, "declare it under switches or lights"),
			part:       do.targetPart,
		})
		return false
	}
	if why := cannot(target, do.action); why != "" {
		do.at.problem(problem{code: diag.ImpossibleAction, message: why, part: do.targetPart,
			suggestion: "switches and lights can be switched, lights with pwm or ws2812 dimmed"})
		return false
	}
	return true
}

// cannot says why the target cannot do the action, "" if it can.
func cannot(target item, do entity.Action) string {
	switch body := target.body.(type) {
	case *switchYAML:
		if do.Verb == entity.VerbSet {
			return fmt.Sprintf("%q is a switch: it has no brightness", target.id)
		}
	case *lightYAML:
		if drive, _ := body.drive(); do.Verb == entity.VerbSet && drive == entity.DrivePin {
			return fmt.Sprintf("%q is a light that is only on or off: it has no brightness", target.id)
		}
	default:
		return fmt.Sprintf("%q is a %s: it cannot be switched", target.id, target.kind())
	}
	return ""
}
