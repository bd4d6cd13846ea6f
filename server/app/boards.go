package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"hob/internal/entity"
	"hob/internal/image"
	"hob/internal/registry"
	"hob/internal/wire"
	"hob/server/api"
	"hob/server/discovery"
	"hob/server/link"
)

// found hands what discovery hears to the link.
func (a *App) found(change discovery.Change, n discovery.Announcement) {
	if change == discovery.Gone {
		a.links.Lost(entity.BoardID(n.ID))
		return
	}
	a.links.Found(link.Announcement{ID: entity.BoardID(n.ID), Addresses: n.Addresses, State: n.State,
		Chip: n.Chip, Firmware: n.Firmware, Conflict: n.Conflict})
}

// ErrNotThere says that a board cannot be reached yet: it has not been found, or
// does not answer at this moment.
var ErrNotThere = errors.New("the board cannot be reached yet")

// Adopt gives a key to a board with this setup code. It fails with ErrNotThere
// when trying again soon makes sense.
func (a *App) Adopt(ctx context.Context, id entity.BoardID, code string) error {
	err := boards{a.links}.Adopt(ctx, id, code, false)
	var why *api.BoardError
	if errors.As(err, &why) {
		switch why.Status {
		case http.StatusNotFound, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return fmt.Errorf("%w: %w", ErrNotThere, err)
		}
	}
	return err
}

// identifyFor is how long a board blinks when asked to show itself.
const identifyFor = 10 * time.Second

// boards is the link as the api sees it.
type boards struct{ links *link.Manager }

// Link implements api.Boards.
func (b boards) Link(id entity.BoardID) *entity.LinkInfo {
	s, ok := b.links.Board(id)
	if !ok || s.Link == nil {
		return nil
	}
	l := s.Link
	return &entity.LinkInfo{Boot: l.Boot, Reset: l.Reset, UptimeMS: l.Uptime.Milliseconds(), Config: l.Config,
		Points: l.Points, RSSI: l.RSSI, Heap: l.Heap, HeapLow: l.HeapLow, Stack: l.Stack, LoopUS: l.LoopMicros, Temp: l.Temp,
		Reconnects: l.Reconnects, Refused: l.Refused, Excess: l.Excess}
}

// Adopt implements api.Boards.
func (b boards) Adopt(ctx context.Context, id entity.BoardID, code string, replace bool) error {
	c, err := wire.ParseSetupCode(code)
	if err != nil {
		return &api.BoardError{Status: http.StatusUnprocessableEntity, Said: entity.Said{Message: err.Error()}}
	}
	return forPeople(b.links.Adopt(ctx, id, c, replace))
}

// Provision implements api.Boards.
func (b boards) Provision(ctx context.Context, id entity.BoardID, replace bool) (entity.ProvisionedKey, error) {
	key, err := b.links.Provision(ctx, id, replace)
	if err != nil {
		return entity.ProvisionedKey{}, forPeople(err)
	}
	return entity.ProvisionedKey{Board: id, Key: key.Reveal()}, nil
}

// Rotate implements api.Boards.
func (b boards) Rotate(ctx context.Context, id entity.BoardID) error {
	return forPeople(b.links.Rotate(ctx, id))
}

// Revoke implements api.Boards.
func (b boards) Revoke(ctx context.Context, id entity.BoardID) (told bool, err error) {
	told, err = b.links.Revoke(ctx, id)
	return told, forPeople(err)
}

// Identify implements api.Boards.
func (b boards) Identify(ctx context.Context, id entity.BoardID) error {
	return forPeople(b.links.Identify(ctx, id, identifyFor))
}

// Restart implements api.Boards.
func (b boards) Restart(ctx context.Context, id entity.BoardID) error {
	return forPeople(b.links.Restart(ctx, id))
}

// Update implements api.Boards.
func (b boards) Update(ctx context.Context, id entity.BoardID, file []byte) error {
	s, err := image.Decode(file)
	if err != nil {
		return &api.BoardError{Status: http.StatusUnprocessableEntity, Said: entity.Said{Message: err.Error()}}
	}
	return forPeople(b.links.Update(ctx, id, &link.Image{Data: s.Data, Head: wire.UpdateBegin{
		Chip: s.Chip, FW: s.FW, Security: s.Security, Size: int64(len(s.Data)), SHA256: s.SHA256, Sig: s.Signature}}))
}

// Progress implements api.Boards.
func (b boards) Progress(id entity.BoardID) *entity.UpdateInfo {
	s, ok := b.links.Board(id)
	if !ok || s.Update == nil {
		return nil
	}
	u := s.Update
	return &entity.UpdateInfo{Firmware: u.FW, Stage: u.Stage, Done: u.Done, Size: u.Size,
		Code: u.Code, Message: u.Message, Since: u.Since.UnixMilli()}
}

// forPeople gives the link's kinds of errors their HTTP status.
func forPeople(err error) error {
	var why *link.Error
	if !errors.As(err, &why) {
		return err
	}
	status, ok := map[link.Kind]int{
		link.KindInvalid:     http.StatusUnprocessableEntity,
		link.KindNotFound:    http.StatusNotFound,
		link.KindRefused:     http.StatusConflict,
		link.KindUnavailable: http.StatusServiceUnavailable,
		link.KindTimeout:     http.StatusGatewayTimeout,
	}[why.Kind]
	if says, full := diskFull(err); full {
		return &api.BoardError{Status: http.StatusInsufficientStorage,
			Said: entity.Say("key_not_stored", "{_op} {_board}: the server cannot store the key: {_why}", "_op", why.Op, "_board", why.Board, "_why", says)}
	}
	if !ok {
		return err
	}
	said := why.Said
	said.Message = why.Error() // with the operation and the board
	return &api.BoardError{Status: status, Said: said}
}

// diskFull says whether an error is that of a disk that takes nothing, and its words.
func diskFull(err error) (says string, full bool) {
	var e syscall.Errno
	if !errors.As(err, &e) || e != syscall.ENOSPC && e != syscall.EDQUOT && e != syscall.EROFS {
		return "", false
	}
	return e.Error(), true
}

// lookAgain has discovery ask anew when a board goes: one that comes back,
// perhaps elsewhere, is then noticed by its first announcement.
func (a *App) lookAgain(ctx context.Context) error {
	woken := make(chan struct{}, 1)
	wake := func() {
		select {
		case woken <- struct{}{}:
		default: // it is awake already
		}
	}
	lost := func(e *registry.Event) bool {
		return e.Kind == registry.BoardChanged && e.Board.Declared && e.Board.Status == entity.BoardOffline
	}
	sub := a.registry.Watch(lost, wake)
	defer func() { sub.Close() }()
	events := make([]registry.Event, 0, 64)
	for {
		var err error
		if events, err = sub.Take(events[:0]); err != nil {
			sub.Close()
			sub = a.registry.Watch(lost, wake)
		}
		if err != nil || len(events) > 0 {
			a.browser.Refresh()
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
