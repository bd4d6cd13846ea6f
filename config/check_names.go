package config

import (
	"fmt"
	"slices"

	"hob/internal/diag"
	"hob/internal/entity"
)

// maxBoardBindings is what a board holds (docs/wire.md). Its limit of 48 points
// needs no check: no chip has that many pins (TestAcceptedHouseFitsItsBoards).
const maxBoardBindings = 48

// checkIDs: an id names one entity, whatever its kind. Two keys in one section
// are reported by the decoder already.
func (b *book) checkIDs() {
	for _, it := range b.items {
		if slices.Contains(reservedIDs(), string(it.id)) {
			it.at.r.errorAt(it.at.keySpan(), problem{code: diag.ReservedWord,
				message:    fmt.Sprintf("%s cannot be an id: scenes, actions and rules mean something else by it", quote(string(it.id))),
				suggestion: fmt.Sprintf("write, for example, %s_1", it.id)})
		}
		first := b.byID[it.id]
		if first.kind() == it.kind() {
			continue // itself
		}
		duplicateID(it, first)
		duplicateID(first, it)
	}
}

// reservedIDs are words that stand where an entity's id may stand: in front of
// actions, as keys of scenes, and as keys of a rule's triggers and conditions.
func reservedIDs() []string {
	return slices.Concat(verbsFirst(), []string{"notify", "delay", "name", "area", "icon", "was", "stop"},
		triggerWords(), refinements(), conditionWords())
}

func duplicateID(it, other item) {
	here, there := it.at.keySpan(), other.at.keySpan()
	it.at.r.errorAt(here, problem{
		code:       diag.DuplicateID,
		message:    fmt.Sprintf("the %s %q has the id of the %s on %s", kindName(it.kind()), it.id, kindName(other.kind()), line(there, here)),
		suggestion: "ids are unique over all kinds: rename one of them",
	}, diag.Related{Span: there, Message: "the " + kindName(other.kind())})
}

// checkFormerIDs: what an entity was called before is nobody's name now, and the
// past of one entity at most.
func (b *book) checkFormerIDs() {
	first := make(map[string]item)
	for _, it := range b.items {
		was := it.common().Was
		if !was.valid {
			continue
		}
		now, isNow := b.byID[entity.ID(was.value)]
		other, taken := first[was.value]
		switch {
		case isNow:
			was.at.problem(problem{code: diag.BadWas,
				message:    fmt.Sprintf("%s is the id of %s now, so it cannot be the former one of %q", quote(was.value), aKind(now.kind()), it.id),
				suggestion: "delete was, or name the id that this one had before",
			}, diag.Related{Span: now.at.keySpan(), Message: string(now.id)})
		case taken:
			was.at.problem(problem{code: diag.BadWas,
				message:    fmt.Sprintf("%q was %s too: the past of one entity cannot become that of two", other.id, quote(was.value)),
				suggestion: "delete was in one of them",
			}, diag.Related{Span: other.common().Was.at.span(), Message: string(other.id)})
		default:
			first[was.value] = it
		}
	}
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
		message:    fmt.Sprintf("the board %q has the same id as %q on %s", d.id, other.id, line(there, d.T.ID.at.span())),
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
		b.unknownArea(area)
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
			if !g.do.valid || !b.checkAction(g.do) {
				continue
			}
			b.checkDoorButton(button, g.do)
			if b.sameBoard(button, g.do) {
				onBoard[button.Pin.board]++
				b.checkBindings(onBoard[button.Pin.board], g.do, button.Pin.board)
			}
		}
	}
}

// checkDoorButton: who presses a button on the door's own board stands beside
// the door; any other button may be anywhere.
func (b *book) checkDoorButton(button *buttonYAML, do *action) {
	target := b.byID[do.target]
	door, ok := target.body.(*garageDoorYAML)
	if !ok || do.action.Verb == entity.VerbOpen || door.UnattendedClose.given ||
		!button.Pin.valid || !door.Relay.valid || button.Pin.board == door.Relay.board {
		return
	}
	do.at.problem(problem{code: diag.UnsafeMove,
		message: fmt.Sprintf("this button is on the board %q, so nobody may be standing in front of %q, which is on %q, and nothing would warn people",
			button.Pin.board, do.target, door.Relay.board),
		suggestion: "give the door closed_reed and unattended_close, or wire the button to its board"})
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

// sameBoard says whether the button's board carries the action out by itself.
func (b *book) sameBoard(button *buttonYAML, do *action) bool {
	target := b.byID[do.target]
	return target.driven() != nil && do.action.Color == nil && boardOf(target) == button.Pin.board && button.Pin.valid
}
