package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/command"
	"hob/internal/entity"
)

// listen serves on a real port until the test ends, and gives its URL.
func (r *rig) listen(trust Trust) string {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.serve(l, trust)
	return "http://" + l.Addr().String()
}

func (r *rig) serve(l net.Listener, trust Trust) *http.Server {
	srv := NewServer(r.api.Handler(trust), slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	r.t.Cleanup(func() {
		_ = srv.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			r.t.Error(err)
		}
	})
	return srv
}

// pipes is a listener of connections within this process: time is fake there.
type pipes struct {
	incoming chan net.Conn
	done     context.Context
	close    context.CancelFunc
}

func newPipes() *pipes {
	ctx, cancel := context.WithCancel(context.Background())
	return &pipes{make(chan net.Conn), ctx, cancel}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.incoming:
		return c, nil
	case <-p.done.Done():
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.incoming <- theirs
	return ours
}

func send(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := c.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
}

// answer reads one answer and says how long it took.
func answer(t *testing.T, c net.Conn) (*http.Response, time.Duration) {
	t.Helper()
	began := time.Now()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp, time.Since(began)
}

func post(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, len(body), body)
}

// deaf takes commands and never ends them.
type deaf struct{ Commands }

func (deaf) Submit(command.Request, func(command.Result)) entity.CommandID { return "1" }
func (deaf) Find(entity.CommandID) (command.Result, bool)                  { return command.Result{}, false }

func TestAnAnswerComesWhenTheWaitIsOver(t *testing.T) {
	for _, wait := range []struct {
		body string
		want time.Duration
	}{
		{`{"action":"on","wait":"0s"}`, 0},
		{`{"action":"on"}`, 5 * time.Second},
		{`{"action":"on","wait":"30s"}`, 30 * time.Second}, // longer than what a body may take to come
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, func(o *Options) { o.Commands = deaf{} })
			l := newPipes()
			r.serve(l, TrustSocket)
			c := l.dial()
			defer c.Close()
			send(t, c, post("/api/entities/porch/commands", wait.body))
			resp, took := answer(t, c)
			if resp.StatusCode != http.StatusAccepted || took != wait.want {
				t.Errorf("%s: %d after %v, want 202 after %v", wait.body, resp.StatusCode, took, wait.want)
			}
		})
	}
}

func TestASilentBoardIsAnExpiredCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.board.silent = true
		l := newPipes()
		r.serve(l, TrustSocket)
		c := l.dial()
		defer c.Close()
		send(t, c, post("/api/entities/porch/commands", `{"action":"on","wait":"20s"}`))
		if resp, _ := answer(t, c); resp.StatusCode != http.StatusGatewayTimeout {
			t.Errorf("got %d", resp.StatusCode)
		}
	})
}

func TestAnAskerWhoDribblesIsCutOff(t *testing.T) {
	for name, drops := range map[string]string{
		"in the header": "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ",
		"in the body":   "POST /api/entities/porch/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
		"between two":   "",
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			l := newPipes()
			r.serve(l, TrustSocket)
			c := l.dial()
			defer c.Close()
			began := time.Now()
			if drops != "" {
				send(t, c, drops)
			}
			gone := make(chan struct{})
			go func() { // what comes back, until the server hangs up
				defer close(gone)
				b := make([]byte, 512)
				for {
					if _, err := c.Read(b); err != nil {
						return
					}
				}
			}()
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for hung := false; !hung; {
				select {
				case <-gone:
					hung = true
				case <-tick.C:
					if drops != "" {
						_, _ = c.Write([]byte("x")) // until it is refused
					}
				}
				if time.Since(began) > 3*time.Minute {
					t.Fatalf("%s: still connected", name)
				}
			}
		})
	}
}

func TestAHugeHeaderIsRefused(t *testing.T) {
	r := newRig(t)
	url := r.listen(TrustLoopback)
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() {
		_, _ = c.Write([]byte("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n"))
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d", resp.StatusCode)
	}
}

func TestALiveSessionOutlivesTheTimeoutsOfRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := websocket.Upgrader{Subprotocols: []string{"hob.live.1"}}
		r := newRig(t, func(o *Options) {
			o.Live = func(w http.ResponseWriter, r *http.Request, _ Asker) {
				ws, err := up.Upgrade(w, r, nil)
				if err != nil {
					t.Error(err)
					return
				}
				defer ws.Close()
				for {
					kind, b, err := ws.ReadMessage()
					if err != nil {
						return
					}
					_ = ws.WriteMessage(kind, b)
				}
			}
		})
		l := newPipes()
		r.serve(l, TrustSocket)
		d := websocket.Dialer{Subprotocols: []string{"hob.live.1"},
			NetDialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial(), nil }}
		ws, _, err := d.Dial("ws://localhost/api/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		for range 3 {
			time.Sleep(time.Hour) // fake: the bubble's clock
			if err := ws.WriteMessage(websocket.TextMessage, []byte("still there?")); err != nil {
				t.Fatal(err)
			}
			if _, b, err := ws.ReadMessage(); err != nil || string(b) != "still there?" {
				t.Fatalf("%q %v", b, err)
			}
		}
	})
}

func TestAPanicIsLoggedAndAnsweredAndTheServerGoesOn(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Commands = nil })
	wantProblem(t, r.do("GET /api/commands/1", ""), 500, "internal error")
	if log := r.log.String(); !strings.Contains(log, "panicked") || !strings.Contains(log, "commands.go") {
		t.Errorf("log: %s", log)
	}
	if rec := r.do("GET /healthz", ""); rec.Code != 200 {
		t.Errorf("afterwards: %d", rec.Code)
	}
}
