package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"hob/internal/entity"
	"hob/internal/leaktest"
	"hob/internal/nettest"
	"hob/internal/registry"
	"hob/server/client"
)

const hallID = entity.BoardID("hob-7c9ebd")

const within = 20 * time.Second

func house() *entity.House {
	return &entity.House{Name: "Test", Timezone: "UTC", Units: "metric",
		Boards:   []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}},
		Entities: []entity.Entity{{ID: "porch", Name: "Porch", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}}}}
}

func options(state string) Options {
	return Options{House: house(), State: state, Listen: "127.0.0.1:0", Interface: "lo", Version: "1.2.3",
		Dashboard: fstest.MapFS{"index.html": {Data: []byte("home")}}, Policy: "default-src 'none'"}
}

func build(t *testing.T, o Options) *App {
	t.Helper()
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// run serves until stop is called, which waits for the end and wants it clean.
func run(t *testing.T, a *App) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() { // whoever calls it later waits too
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(within):
			t.Error("it does not stop")
		}
	})
	t.Cleanup(stop)
	return stop
}

// over speaks to an app over its socket.
func over(t *testing.T, a *App) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{State: a.state.path})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// silent is a board's session that never answers.
type silent struct{ asked chan registry.BoardCommand }

func (s silent) Send(c registry.BoardCommand) (func(), error) {
	s.asked <- c
	return func() {}, nil
}

func attach(t *testing.T, a *App) silent {
	t.Helper()
	s := silent{make(chan registry.BoardCommand, 8)}
	if _, err := a.registry.Attach(hallID, "192.0.2.7:80", "0.1.0", s, []registry.PointReport{{Point: "gpio16"}}); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAServerAnswersOnItsAddressAndItsSocket(t *testing.T) {
	a := build(t, options(t.TempDir()))
	run(t, a)
	if a.Guarded() {
		t.Error("a loopback address asks for the token")
	}
	web, err := client.New(client.Options{URL: "http://" + a.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*client.Client{"address": web, "socket": over(t, a)} {
		list, err := c.Entities(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != "porch" {
			t.Errorf("%s: %+v %v", name, list, err)
		}
	}
}

func TestOnAnOpenAddressTheTokenIsNeeded(t *testing.T) {
	home := nettest.New(t)
	var a *App
	o := options(t.TempDir())
	o.Listen = ":0"
	home.Do(t, func() { a = build(t, o) })
	run(t, a)
	if !a.Guarded() {
		t.Error("an open address asks for no token")
	}
	_, port, err := net.SplitHostPort(a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for auth, want := range map[string]string{"": "HTTP/1.1 401", "Authorization: Bearer " + a.Token() + "\r\n": "HTTP/1.1 200"} {
		home.Do(t, func() {
			c, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(within))
			_, _ = io.WriteString(c, "GET /api/house HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"+auth+"\r\n")
			b, err := io.ReadAll(c)
			if err != nil || !strings.HasPrefix(string(b), want) {
				t.Errorf("with %q: %v %.80s", auth, err, b)
			}
		})
	}
}

func TestATokenThatIsReplacedLetsNobodyInAnyMore(t *testing.T) {
	home := nettest.New(t)
	var a *App
	o := options(t.TempDir())
	o.Listen = ":0"
	home.Do(t, func() { a = build(t, o) })
	run(t, a)
	_, port, err := net.SplitHostPort(a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// live opens a session by a token from within the network.
	live := func(token string) (l *client.Live, err error) {
		home.Do(t, func() {
			var c *client.Client
			if c, err = client.New(client.Options{URL: "http://127.0.0.1:" + port, Token: token}); err == nil {
				l, err = c.Live(t.Context())
			}
		})
		return l, err
	}
	old := a.Token()
	before, err := live(old)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	if changed, err := a.RereadToken(); changed || err != nil {
		t.Errorf("the same file again: %v %v", changed, err)
	}

	file := filepath.Join(o.State, "token")
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if changed, err := a.RereadToken(); changed || err == nil || a.Token() != old {
		t.Errorf("an unusable file: %v %v", changed, err)
	}
	if m, err := before.Next(); err != nil || m.Type != "snapshot" {
		t.Errorf("then the session got %v %v", m.Type, err)
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if changed, err := a.RereadToken(); !changed || err != nil || a.Token() == old {
		t.Fatalf("no file: %v %v", changed, err)
	}
	for err = nil; err == nil; {
		_, err = before.Next()
	}
	if !errors.Is(err, client.ErrAuth) {
		t.Errorf("the session ended with %v", err)
	}
	if _, err := live(old); !errors.Is(err, client.ErrAuth) {
		t.Errorf("the old token: %v", err)
	}
	after, err := live(a.Token())
	if err != nil {
		t.Fatalf("the new token: %v", err)
	}
	after.Close()
}

func TestAServerThatStopsLeavesNothingBehind(t *testing.T) {
	state := t.TempDir()
	once := func() {
		a := build(t, options(state))
		stop := run(t, a)
		if _, err := over(t, a).Boards(t.Context()); err != nil {
			t.Fatal(err)
		}
		live, err := over(t, a).Live(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer live.Close()
		if _, err := live.Next(); err != nil {
			t.Fatal(err)
		}
		stop()
	}
	once() // opens what the runtime keeps: epoll and the like
	goroutines, files := goleak.IgnoreCurrent(), leaktest.Open(t)
	once()
	leaktest.Goroutines(t, goroutines)
	files.NoMore(t)
	if _, err := os.Stat(state + "/hob.sock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// open lists what this process has open.
func open(t *testing.T) []string {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil { // not the one of ReadDir itself
			out = append(out, to)
		}
	}
	return out
}

func TestWhoWaitsForABoardIsAnsweredWhenTheServerStops(t *testing.T) {
	a := build(t, options(t.TempDir()))
	stop := run(t, a)
	board := attach(t, a)
	type end struct {
		res entity.Result
		err error
	}
	ended := make(chan end, 1)
	go func() {
		res, err := over(t, a).Command(t.Context(), "porch", entity.Action{Verb: entity.VerbOn}, within)
		ended <- end{res, err}
	}()
	<-board.asked
	stop()
	got := <-ended
	if got.err != nil || got.res.Status != entity.StatusFailed || !strings.Contains(got.res.Message, "stopping") {
		t.Errorf("got %+v", got)
	}
}

func TestALiveSessionIsToldThatTheServerStops(t *testing.T) {
	a := build(t, options(t.TempDir()))
	stop := run(t, a)
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+a.Addr().String()+"/api/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","protocol":1}`)); err != nil {
		t.Fatal(err)
	}
	_ = ws.SetReadDeadline(time.Now().Add(within))
	if _, b, err := ws.ReadMessage(); err != nil || !strings.Contains(string(b), `"snapshot"`) {
		t.Fatalf("%s %v", b, err)
	}
	go stop()
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
				t.Error(err)
			}
			break
		}
	}
}

func TestANewHouseReachesEveryPart(t *testing.T) {
	a := build(t, options(t.TempDir()))
	run(t, a)
	live, err := over(t, a).Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	h := house()
	h.Boards = append(h.Boards, entity.Board{Name: "shed", ID: "hob-a0b765", Chip: "esp32"})
	h.Entities = []entity.Entity{{ID: "pump", Name: "Pump", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}}}
	var view client.View
	for len(view.Boards) < 2 || view.Entities["porch"] != nil || view.Entities["pump"] == nil {
		m, err := live.Next()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := view.Apply(m); err != nil {
			t.Fatal(err)
		}
		if m.Type == "snapshot" {
			a.Reload(h)
		}
	}
	if _, ok := a.links.Board("hob-a0b765"); !ok {
		t.Error("the link does not know the new board")
	}
	if list := a.Boards(); len(list) != 2 || list[1].Name != "shed" {
		t.Errorf("boards: %+v", list)
	}
}

func TestAnAddressThatIsTakenIsSaidAndNothingIsHeld(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	o := options(t.TempDir())
	o.Listen = taken.Addr().String()
	if _, err := New(o); !errors.Is(err, syscall.EADDRINUSE) || strings.Count(err.Error(), o.Listen) != 1 {
		t.Fatalf("got %v", err)
	}
	o.Listen = "127.0.0.1:0"
	build(t, o) // the state directory is free again
}

func TestWhenAPartFailsTheServerStopsAndSaysWhy(t *testing.T) {
	a := build(t, options(t.TempDir()))
	_ = a.listeners[0].Close()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(t.Context()) }()
	select {
	case err := <-ended:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	case <-time.After(within):
		t.Fatal("it serves on")
	}
}

func TestAnEmptyHouseIsServed(t *testing.T) {
	o := options(t.TempDir())
	o.House = &entity.House{}
	a := build(t, o)
	run(t, a)
	resp, err := http.Get("http://" + a.Addr().String() + "/api/boards")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []entity.BoardDetails
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Error(err)
	}
}
