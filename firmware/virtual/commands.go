package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

const (
	defaultPress = 80 * time.Millisecond  // how long a finger stays on a button
	defaultGap   = 120 * time.Millisecond // between the two presses of a double
	maxWait      = time.Minute            // of any one request
	maxAdvance   = 366 * 24 * time.Hour
)

// fields are the members of an answer.
type fields map[string]any

// command does what one line of the control socket asks for.
type command func(ctx context.Context, c *control, line []byte) (fields, error)

// head is what every request has.
type head struct {
	Cmd   string `json:"cmd"`
	Board string `json:"board"`
}

// noArgs is a request that concerns no board.
type noArgs struct {
	Cmd string `json:"cmd"`
}

func (h head) boardID() string { return h.Board }

// onBoard makes a command of a function with strictly decoded arguments: a
// member that it does not have is an error.
func onBoard[A interface{ boardID() string }](do func(ctx context.Context, b *board, args A) (fields, error)) command {
	return func(ctx context.Context, c *control, line []byte) (fields, error) {
		var args A
		if err := decodeStrict(line, &args); err != nil {
			return nil, err
		}
		b, err := c.board(args.boardID())
		if err != nil {
			return nil, err
		}
		return do(ctx, b, args)
	}
}

func decodeStrict(line []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return badRequest("%s", inWords(err))
	}
	return nil
}

// inWords says what is wrong with the JSON of a request, which has no objects within.
func inWords(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		if kind.Field == "" {
			return fmt.Sprintf("a JSON %s is no object", kind.Value)
		}
		return fmt.Sprintf("%s must not be a JSON %s", kind.Field[strings.LastIndex(kind.Field, ".")+1:], kind.Value)
	}
	return strings.Replace(strings.TrimPrefix(err.Error(), "json: "), "unknown field", "unknown member", 1)
}

// plain makes a command of something that takes no arguments and answers only ok.
func plain(do func(b *board) error) command {
	return onBoard(func(_ context.Context, b *board, _ head) (fields, error) { return nil, do(b) })
}

func commandTable() map[string]command {
	return map[string]command{
		"boards": listBoards,
		"quit":   quit,
		"state":  onBoard(showState),
		"pins":   onBoard(showPins),
		"edges":  onBoard(showEdges),

		"press":   onBoard(press),
		"double":  onBoard(doublePress),
		"hold":    onBoard(hold),
		"release": onBoard(release),
		"set":     onBoard(setLevel),
		"unset":   onBoard(unsetLevel),

		"power_cut":   onBoard(powerCut),
		"power_on":    onBoard(powerOn),
		"reboot":      onBoard(reboot),
		"cut_write":   onBoard(cutWrite),
		"boot_button": onBoard(bootButton),
		"advance":     onBoard(advance),

		"world":   showWorld,
		"room":    onBoard(setRoom),
		"door":    onBoard(setDoor),
		"sensor":  onBoard(setSensor),
		"weather": setWeather,

		"drop_link": plain((*board).orderDropLink),
		"block":     plain((*board).orderBlock),
		"unblock":   plain((*board).orderUnblock),
		"freeze":    plain(func(b *board) error { return b.orderFreeze(true) }),
		"thaw":      plain(func(b *board) error { return b.orderFreeze(false) }),
	}
}

// ---- questions ----

func listBoards(_ context.Context, c *control, line []byte) (fields, error) {
	if err := decodeStrict(line, &noArgs{}); err != nil {
		return nil, err
	}
	infos := make([]boardInfo, 0, len(c.boards))
	for _, b := range c.boards {
		info, err := b.info()
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return fields{"boards": infos}, nil
}

func showState(_ context.Context, b *board, _ head) (fields, error) {
	info, err := b.info()
	return fields{"board": info}, err
}

func showPins(_ context.Context, b *board, _ head) (fields, error) {
	return fields{"pins": b.pins.view()}, nil
}

type edgesArgs struct {
	head
	Since  uint64 `json:"since"`
	WaitMS int64  `json:"wait_ms"`
}

// showEdges gives the edges after since; with wait_ms it waits for the first.
func showEdges(ctx context.Context, b *board, args edgesArgs) (fields, error) {
	patience, err := duration("wait_ms", &args.WaitMS, 0, maxWait)
	if err != nil {
		return nil, err
	}
	view := b.pins.edges.since(args.Since)
	if len(view.edges) == 0 && patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-view.more:
			view = b.pins.edges.since(args.Since)
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return fields{"edges": view.edges, "last": view.last, "lost": view.lost}, nil
}

// ---- hands ----

type pinArgs struct {
	head
	Pin *int `json:"pin"`
}

func (a pinArgs) pin() (int, error) {
	if a.Pin == nil {
		return 0, badRequest("pin is missing")
	}
	return *a.Pin, nil
}

type pressArgs struct {
	pinArgs
	MS *int64 `json:"ms"`
}

func press(ctx context.Context, b *board, args pressArgs) (fields, error) {
	pin, err := args.pin()
	if err != nil {
		return nil, err
	}
	held, err := duration("ms", args.MS, defaultPress, maxWait)
	if err != nil {
		return nil, err
	}
	return nil, b.hands.press(ctx, pin, 1, held, 0)
}

type doubleArgs struct {
	pressArgs
	GapMS *int64 `json:"gap_ms"`
}

func doublePress(ctx context.Context, b *board, args doubleArgs) (fields, error) {
	pin, err := args.pin()
	if err != nil {
		return nil, err
	}
	held, err := duration("ms", args.MS, defaultPress, maxWait)
	if err != nil {
		return nil, err
	}
	gap, err := duration("gap_ms", args.GapMS, defaultGap, maxWait)
	if err != nil {
		return nil, err
	}
	return nil, b.hands.press(ctx, pin, 2, held, gap)
}

// hold presses for ms, or until release when no time is given.
func hold(ctx context.Context, b *board, args pressArgs) (fields, error) {
	if args.MS != nil {
		return press(ctx, b, args)
	}
	pin, err := args.pin()
	if err != nil {
		return nil, err
	}
	return nil, b.hands.push(ctx, pin)
}

func release(ctx context.Context, b *board, args pinArgs) (fields, error) {
	pin, err := args.pin()
	if err != nil {
		return nil, err
	}
	return nil, b.hands.lift(ctx, pin)
}

type setArgs struct {
	pinArgs
	Level *bool `json:"level"`
}

func setLevel(_ context.Context, b *board, args setArgs) (fields, error) {
	pin, err := args.pin()
	if err != nil {
		return nil, err
	}
	if args.Level == nil {
		return nil, badRequest("level is missing")
	}
	return nil, b.pins.hold(pin, *args.Level)
}

func unsetLevel(_ context.Context, b *board, args pinArgs) (fields, error) {
	pin, err := args.pin()
	if err != nil {
		return nil, err
	}
	return nil, b.pins.letGo(pin)
}

// ---- what befalls a board ----

type powerCutArgs struct {
	head
	Sockets string `json:"sockets"`
}

func powerCut(_ context.Context, b *board, args powerCutArgs) (fields, error) {
	switch args.Sockets {
	case "", "hang", "reset":
		return nil, b.orderPowerCut(args.Sockets == "reset")
	}
	return nil, badRequest("sockets is hang or reset")
}

type powerOnArgs struct {
	head
	Listen string `json:"listen"`
}

func powerOn(ctx context.Context, b *board, args powerOnArgs) (fields, error) {
	if args.Listen != "" {
		if _, err := netip.ParseAddrPort(args.Listen); err != nil {
			return nil, badRequest("listen is an IP address and a port: %v", err)
		}
	}
	if err := b.orderPowerOn(args.Listen); err != nil {
		return nil, err
	}
	return showState(ctx, b, args.head)
}

type rebootArgs struct {
	head
	Reset resetReason `json:"reset"`
}

func reboot(_ context.Context, b *board, args rebootArgs) (fields, error) {
	if args.Reset == "" {
		args.Reset = resetRestart
	}
	if _, ok := args.Reset.code(); !ok {
		return nil, badRequest("no reset reason %q", args.Reset)
	}
	return nil, b.orderReset(args.Reset)
}

type cutWriteArgs struct {
	head
	Bytes *int `json:"bytes"`
}

func cutWrite(_ context.Context, b *board, args cutWriteArgs) (fields, error) {
	if args.Bytes == nil || *args.Bytes < 0 {
		return nil, badRequest("bytes is a number from 0")
	}
	return nil, b.orderCutWrite(*args.Bytes)
}

type msArgs struct {
	head
	MS *int64 `json:"ms"`
}

func bootButton(ctx context.Context, b *board, args msArgs) (fields, error) {
	held, err := duration("ms", args.MS, bootHold, maxWait)
	if err != nil {
		return nil, err
	}
	return nil, b.pressBoot(ctx, held)
}

// advance makes the board's uptime jump ahead.
func advance(_ context.Context, b *board, args msArgs) (fields, error) {
	if args.MS == nil {
		return nil, badRequest("ms is missing")
	}
	by, err := duration("ms", args.MS, 0, maxAdvance)
	if err != nil {
		return nil, err
	}
	return nil, b.orderAdvance(by)
}

// quit only checks the request: the process ends once the answer has been sent.
func quit(_ context.Context, _ *control, line []byte) (fields, error) {
	return nil, decodeStrict(line, &noArgs{})
}

// duration gives ms as a duration, def when it was left out.
func duration(name string, ms *int64, def, limit time.Duration) (time.Duration, error) {
	if ms == nil {
		return def, nil
	}
	if *ms < 0 || *ms > limit.Milliseconds() {
		return 0, badRequest("%s is a number from 0 to %d", name, limit.Milliseconds())
	}
	return time.Duration(*ms) * time.Millisecond, nil
}
