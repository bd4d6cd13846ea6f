package automation

import (
	"context"
	"log/slog"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

// Source is what is followed.
type Source interface {
	Watch(wants func(*registry.Event) bool, wake func()) *registry.Subscription
	House() *entity.House
	Fail(entity.ID, entity.Failure)
}

// Commands is where commands go.
type Commands interface {
	Submit(command.Request, func(command.Result)) entity.CommandID
}

// Bindings runs the bindings that need the server: those whose target is on
// another board, or whose action the board does not know.
type Bindings struct {
	source   Source
	commands Commands
	log      *slog.Logger

	// The house that specs was made for, so that a press costs no walk through it.
	house *entity.House
	specs map[entity.ID]entity.Spec
}

// NewBindings returns a driver; Run it.
func NewBindings(s Source, c Commands, log *slog.Logger) *Bindings {
	return &Bindings{source: s, commands: c, log: log}
}

// Run follows the house until ctx is done. A gesture that came while the
// driver had fallen behind is not made up for: a press must act now or never.
func (b *Bindings) Run(ctx context.Context) error {
	woken := make(chan struct{}, 1)
	wake := func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
	used := func(e *registry.Event) bool { return e.Gesture != "" && !e.Asked }
	sub := b.source.Watch(used, wake)
	defer func() { sub.Close() }()
	events := make([]registry.Event, 0, 64)
	for {
		var err error
		if events, err = sub.Take(events[:0]); err != nil {
			b.log.Warn("fell behind the registry; button presses may have been lost")
			sub.Close()
			sub = b.source.Watch(used, wake)
			continue
		}
		for _, e := range events {
			b.gesture(e)
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return nil
		}
	}
}

func (b *Bindings) gesture(e registry.Event) {
	id, g := e.ID, e.Gesture
	for _, w := range b.serverSide(id, g) {
		if now := time.Now(); e.Late(now) {
			b.late(e, w, now)
			continue
		}
		b.commands.Submit(command.Request{Entity: w.Target, Action: w.Action,
			Cause: entity.Cause{Kind: entity.CauseButton, By: string(id)}, Pressed: id}, func(r command.Result) {
			if r.Status != entity.StatusConfirmed {
				b.log.Warn("binding failed", "button", id, "gesture", g, "target", w.Target,
					"status", r.Status, "message", r.Message)
			}
		})
	}
}

// late tells of a gesture that was held up on its way: it does nothing any more,
// for whoever made it has seen nothing happen, and need not stand there still.
func (b *Bindings) late(e registry.Event, w entity.Binding, now time.Time) {
	age := now.Sub(e.Made).Round(100 * time.Millisecond)
	b.log.Warn("a gesture came too late to be acted on", "button", e.ID, "gesture", e.Gesture, "target", w.Target, "age", age)
	b.source.Fail(w.Target, entity.Failure{Action: w.Action.Verb, Status: entity.StatusExpired, Code: entity.CodeTimeout,
		Said: entity.Say("gesture_too_late", "The {gesture} of {button} came {_age} late over a slow link, so it was not acted on",
			"gesture", e.Gesture, "button", e.ID, "seconds", age.Seconds(), "_age", age), At: now.UnixMilli()})
}

// serverSide lists what the gesture of the button does that its board does not do.
func (b *Bindings) serverSide(id entity.ID, g entity.Gesture) []entity.Binding {
	if h := b.source.House(); h != b.house {
		b.house, b.specs = h, make(map[entity.ID]entity.Spec, len(h.Entities))
		for _, e := range h.Entities {
			b.specs[e.ID] = e.Spec
		}
	}
	button, ok := b.specs[id].(*entity.Button)
	if !ok {
		return nil
	}
	var out []entity.Binding
	for _, w := range button.Bindings {
		if w.On == g && !button.OnBoard(w, b.specs[w.Target]) {
			out = append(out, w)
		}
	}
	return out
}
