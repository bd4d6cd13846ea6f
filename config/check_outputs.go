package config

import (
	"fmt"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
)

// checkLimits warns of a limit that another one always reaches first.
func (b *book) checkLimits() {
	for _, it := range b.items {
		out := it.driven()
		if out == nil || !out.OffAfter.valid || !out.MaxOn.valid || out.MaxOn.value > out.OffAfter.value {
			continue
		}
		there := out.MaxOn.at.span()
		out.OffAfter.at.warning(problem{
			code: diag.LimitNeverReached,
			message: fmt.Sprintf(`"off_after" has no effect: "max_on" on %s switches off after %s`,
				line(there, out.OffAfter.at.span()), formatDuration(out.MaxOn.value)),
			suggestion: "make max_on longer than off_after, or delete one of them",
		}, diag.Related{Span: there, Message: "the shorter limit"})
	}
}

// group is an interlock group.
type group struct {
	members []item
}

// interlocks lists the groups by name, and the names in the order of the file.
func (b *book) interlocks() ([]string, map[string]*group) {
	groups := make(map[string]*group)
	var order []string
	for _, it := range b.items {
		out := it.driven()
		if out == nil || !out.Interlock.valid {
			continue
		}
		g := groups[out.Interlock.value]
		if g == nil {
			g = &group{}
			groups[out.Interlock.value] = g
			order = append(order, out.Interlock.value)
		}
		g.members = append(g.members, it)
	}
	return order, groups
}

// checkInterlocks: the board enforces an interlock, with or without a server,
// so a group is on one board.
func (b *book) checkInterlocks() {
	order, groups := b.interlocks()
	for _, name := range order {
		members := groups[name].members
		if len(members) == 1 {
			members[0].driven().Interlock.at.warning(problem{
				code:       diag.LoneInterlock,
				message:    fmt.Sprintf("%q is alone in the interlock group %q: nothing is locked", members[0].id, name),
				suggestion: fmt.Sprintf("add interlock: %s to the outputs that must not be on together", name),
			})
		}
		for _, it := range members[1:] {
			checkOneBoard(name, members[0], it)
		}
		checkOneOn(name, members)
	}
	b.checkWaits()
}

// checkWaits: a waiting time belongs to a group.
func (b *book) checkWaits() {
	for _, it := range b.items {
		out := it.driven()
		if out != nil && out.InterlockWait.given && !out.Interlock.given {
			out.InterlockWait.at.r.errorAt(out.InterlockWait.at.keySpan(), problem{
				code:       diag.NotApplied,
				message:    `"interlock_wait" has no effect without "interlock"`,
				suggestion: "add interlock: with the name of a group, or delete interlock_wait",
			})
		}
	}
}

func checkOneBoard(name string, first, it item) {
	here, there := boardOf(it), boardOf(first)
	if here == "" || there == "" || here == there {
		return
	}
	say := func(it, other item) {
		at := other.driven().Interlock.at.span()
		it.driven().Interlock.at.problem(problem{
			code: diag.InterlockBoards,
			message: fmt.Sprintf("%q is on the board %q, but %q (%s) of the interlock group %q is on %q",
				it.id, boardOf(it), other.id, line(at, it.driven().Interlock.at.span()), name, boardOf(other)),
			suggestion: "a board can only lock its own outputs: move one, or use another group",
		}, diag.Related{Span: at, Message: fmt.Sprintf("%q is on the board %q", other.id, boardOf(other))})
	}
	say(it, first)
	say(first, it)
}

// checkOneOn: of a group, one output at most can be on after power-up.
func checkOneOn(name string, members []item) {
	var on []item
	for _, it := range members {
		if boot := it.driven().Boot; boot.valid && entity.Boot(boot.value) == entity.BootOn {
			on = append(on, it)
		}
	}
	for i, it := range on {
		if len(on) == 1 {
			return
		}
		other := on[0] // as with pins: everyone points to the first, the first to the next
		if i == 0 {
			other = on[1]
		}
		there := other.driven().Boot.at.span()
		it.driven().Boot.at.problem(problem{
			code: diag.BootConflict,
			message: fmt.Sprintf("%q and, on %s, %q of the interlock group %q would both be on after power-up",
				it.id, line(there, it.driven().Boot.at.span()), other.id, name),
			suggestion: "leave boot: on with one of them",
		}, diag.Related{Span: there, Message: string(other.id)})
	}
}

// boardOf is the board of the entity's output, "" if its pin could not be read.
func boardOf(it item) entity.BoardName {
	for _, use := range it.pins() {
		if use.pin.valid {
			return use.pin.board
		}
	}
	return ""
}

// shareInterlockWaits gives members that name no wait the longest one of their
// group: a pause that protects a motor protects it in both directions.
func (b *book) shareInterlockWaits(h *entity.House) {
	longest := make(map[string]time.Duration)
	given := make(map[entity.ID]bool)
	for _, it := range b.items {
		if out := it.driven(); out != nil && out.Interlock.valid {
			given[it.id] = out.InterlockWait.given
			longest[out.Interlock.value] = max(longest[out.Interlock.value], out.InterlockWait.value)
		}
	}
	for _, e := range h.Entities {
		out := outputOf(e.Spec)
		if out != nil && out.Interlock != "" && !given[e.ID] {
			out.InterlockWait = longest[out.Interlock]
		}
	}
}

func outputOf(s entity.Spec) *entity.Output {
	switch s := s.(type) {
	case *entity.Switch:
		return &s.Output
	case *entity.Light:
		return &s.Output
	}
	return nil
}
