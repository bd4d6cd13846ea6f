package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/server/api"
	"hob/server/client"
	"hob/server/hub"
)

const (
	hallID   = entity.BoardID("hob-7c9ebd")
	shedID   = entity.BoardID("hob-a0b765")
	token    = "correct-horse-battery"
	goodCode = "7K2QF-9XVMT-AAAAA-BBBBB-CCCCCC"
)

// fakeHouse is a server in this process whose boards are played: the real
// registry, router, hub and API, on the socket of the state directory and, with
// the token, on a port.
type fakeHouse struct {
	reg    *registry.Registry
	router *command.Router
	hub    *hub.Hub
	hall   *playedBoard
	stops  []func()
}

// runHouse is: house start|stop|offline|silent|press. A script has one house.
func runHouse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: house start|stop|offline|silent|press")
	}
	if args[0] == "start" {
		h := &fakeHouse{}
		houses.Store(ts, h)
		ts.Defer(h.stop)
		h.start(ts)
		return
	}
	v, ok := houses.Load(ts)
	if !ok {
		ts.Fatalf("no house was started")
	}
	h := v.(*fakeHouse)
	switch args[0] {
	case "stop":
		h.stop()
	case "offline":
		h.hall.att.Detach(entity.BoardOffline, entity.Said{Message: "No answer for 15 s"})
	case "silent":
		h.hall.mu.Lock()
		h.hall.silent = true
		h.hall.mu.Unlock()
	case "press":
		ts.Check(h.hall.att.Gesture("gpio32", entity.GesturePress, time.Time{}))
	default:
		ts.Fatalf("house does not know %s", args[0])
	}
}

// houses are those of the scripts that run, by script.
var houses sync.Map

func declared() *entity.House {
	return &entity.House{Name: "Test", Timezone: "UTC", Units: "metric",
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}, {Name: "shed", ID: shedID, Chip: "esp32c3"}},
		Areas:  []entity.Area{{ID: "garden", Name: "Garden"}},
		Entities: []entity.Entity{
			{ID: "porch", Name: "Porch lamp", Area: "garden", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}},
			{ID: "stairs", Name: "Stairs", Spec: &entity.Light{Output: entity.Output{Board: "hall", Pin: 19}, Drive: entity.DrivePWM}},
			{ID: "button", Name: "Button", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32},
				Bindings: []entity.Binding{{On: "press", Target: "porch", Action: entity.Action{Verb: "toggle"}}}}},
			{ID: "gate", Name: "Gate", Spec: &entity.Contact{Input: entity.Input{Board: "hall", Pin: 33}}},
			{ID: "pump", Name: "Pump", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}},
		}}
}

func (h *fakeHouse) start(ts *testscript.TestScript) {
	h.reg = registry.New(registry.Options{})
	h.reg.Apply(declared())
	h.reg.SetBoard(entity.BoardRecord{ID: "hob-ffffff", Chip: "esp32\x1b[31m", Status: entity.BoardUnknown, Said: entity.Said{Message: "It is in no config"}})
	h.router = command.New(command.Options{House: h.reg})
	h.hub = hub.New(hub.Options{Source: h.reg, Commands: h.router})
	h.hall = &playedBoard{}
	var err error
	h.hall.att, err = h.reg.Attach(hallID, "192.0.2.7:80", "0.1.0", h.hall, []registry.PointReport{
		{Point: "gpio16"}, {Point: "gpio19", Value: entity.Value{HasLevel: true}}, {Point: "gpio32"}})
	ts.Check(err)
	played := newPlayedRules()
	a := api.New(api.Options{Rules: played, History: played, House: h.reg, Commands: h.router, Boards: playedBoards{}, Notices: playedNotices{h.reg}, Token: token,
		Live: func(w http.ResponseWriter, r *http.Request, who api.Asker) {
			h.hub.Serve(w, r, hub.Who{Cause: who.Cause})
		},
		Dashboard: fstest.MapFS{}, Version: "1.2.3"})

	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { _ = h.hub.Run(ctx); close(ended) }()
	h.stops = append(h.stops, h.router.Close, func() { cancel(); <-ended })
	socket, err := net.Listen("unix", filepath.Join(ts.Getenv("HOB_STATE"), client.SocketName))
	ts.Check(err)
	h.serve(socket, a.Handler(api.TrustSocket))
	port, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	h.serve(port, a.Handler(api.TrustNobody))
	ts.Setenv("URL", "http://"+port.Addr().String())
	ts.Setenv("TOKEN", token)
	ts.Setenv("CODE", goodCode)
}

func (h *fakeHouse) serve(l net.Listener, handler http.Handler) {
	srv := api.NewServer(handler, slog.New(slog.DiscardHandler))
	ended := make(chan struct{})
	go func() { _ = srv.Serve(l); close(ended) }()
	h.stops = append(h.stops, func() { _ = srv.Close(); <-ended })
}

// stop may be called twice: by the script and at its end.
func (h *fakeHouse) stop() {
	for _, f := range h.stops {
		f()
	}
	h.stops = nil
}

// playedBoard does what it is told, unless it is silent.
type playedBoard struct {
	att *registry.Attachment

	mu     sync.Mutex
	silent bool
}

func (b *playedBoard) Send(c registry.BoardCommand) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent {
		return func() {}, nil
	}
	go func() {
		v := entity.Value{On: c.Do == entity.VerbOn}
		if c.Level != nil {
			v.Level, v.HasLevel = *c.Level, true
		}
		_ = b.att.Report([]registry.PointReport{{Point: c.Point, Value: v, Cause: c.Cause, At: time.Now()}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

// playedBoards are what can be asked of boards.
type playedBoards struct{}

// Link is that of a chip in the hall, and of a board that tells next to nothing in the shed.
func (b playedBoards) Link(id entity.BoardID) *entity.LinkInfo {
	low, stack, temp := int64(98304), int64(3120), int64(41)
	switch id {
	case hallID:
		return &entity.LinkInfo{Boot: "9f3c2a11", Reset: "power_on", UptimeMS: 93_784_500, Config: "0c6e2f1d83b94a5e", Points: 3,
			RSSI: -61, Heap: 123456, HeapLow: &low, Stack: &stack, LoopUS: 850, Temp: &temp, Reconnects: 2}
	case shedID:
		return &entity.LinkInfo{Boot: "9f3c2a12", Reset: "brownout", UptimeMS: 61_000}
	}
	return nil
}

func (playedBoards) Adopt(_ context.Context, id entity.BoardID, code string, replace bool) error {
	switch {
	case id != hallID:
		return &api.BoardError{Status: http.StatusServiceUnavailable, Said: entity.Said{Message: "the board is not reached"}}
	case code != goodCode:
		return &api.BoardError{Status: http.StatusUnprocessableEntity, Said: entity.Said{Message: "that is no setup code"}}
	case !replace:
		return &api.BoardError{Status: http.StatusConflict, Said: entity.Said{Message: "the server holds a key of this board"}}
	}
	return nil
}

func (playedBoards) Rotate(context.Context, entity.BoardID) error   { return nil }
func (playedBoards) Identify(context.Context, entity.BoardID) error { return nil }
func (playedBoards) Provision(_ context.Context, id entity.BoardID, replace bool) (entity.ProvisionedKey, error) {
	if id == hallID && !replace {
		return entity.ProvisionedKey{}, &api.BoardError{Status: http.StatusConflict, Said: entity.Said{Message: "the server holds a key of this board"}}
	}
	return entity.ProvisionedKey{Board: id, Key: strings.Repeat("42", 32)}, nil
}
func (playedBoards) Update(_ context.Context, id entity.BoardID, _ []byte) error {
	if id != hallID {
		return &api.BoardError{Status: http.StatusServiceUnavailable, Said: entity.Said{Message: "the board is not online"}}
	}
	return nil
}
func (playedBoards) Progress(id entity.BoardID) *entity.UpdateInfo {
	if id != hallID {
		return nil
	}
	return &entity.UpdateInfo{Firmware: "0.2.0", Stage: "done", Done: 5000, Size: 5000}
}
func (playedBoards) Restart(context.Context, entity.BoardID) error { return nil }
func (playedBoards) Revoke(_ context.Context, id entity.BoardID) (bool, error) {
	return id == hallID, nil
}

// playedNotices are kept nowhere but in the registry.
type playedNotices struct{ *registry.Registry }

func (p playedNotices) Dismiss(id int64) bool { return p.RemoveNotice(id) }

const playedWorld = `{"ok":true,"weather":{"temp":8.25,"humidity":60,"factor":1},` +
	`"rooms":[{"name":"living","temp":19.5,"heating":true,"cooling":false,"draught":true}],` +
	`"doors":[{"name":"left","place":0.5,"motion":"opening"}],` +
	`"sensors":[{"pin":4,"room":"living","fault":"stuck"},{"addr":68,"room":"","fault":""}]}` + "\n"

// wallsocket BOARD plays the control socket of a demo's board: it takes one
// request, writes it to a file of the board's name, and grants it unless the
// pin is 99.
func wallSocket(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: wallsocket BOARD")
	}
	path := boardSocket(ts.Getenv("HOB_STATE"), args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	l, err := net.Listen("unix", path)
	ts.Check(err)
	note, ended := ts.MkAbs(args[0]), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var request map[string]any
			_ = json.NewDecoder(c).Decode(&request)
			b, _ := json.Marshal(request)
			_ = os.WriteFile(note, append(b, '\n'), 0o600)
			answer := map[string]any{"ok": request["pin"] != 99.0}
			if request["pin"] == 99.0 {
				answer["message"] = "there is no such pin"
			}
			if request["cmd"] == "world" {
				_, _ = io.WriteString(c, playedWorld)
				_ = c.Close()
				continue
			}
			_ = json.NewEncoder(c).Encode(answer)
			_ = c.Close()
		}
	}()
	ts.Defer(func() { _ = l.Close(); <-ended })
}
