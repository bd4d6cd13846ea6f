package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
)

// speaking is a client of a server that answers as told.
func speaking(t *testing.T, token string, h http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := New(Options{URL: srv.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func problem(status int, detail string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"status":1,"title":"Title","detail":"`+detail+`"}`)
	}
}

func TestAProblemIsAnErrorOfItsKind(t *testing.T) {
	for status, is := range map[int]error{401: ErrAuth, 404: ErrNotFound} {
		if _, err := speaking(t, "", problem(status, "why not")).Entity(t.Context(), "porch"); !errors.Is(err, is) || !strings.Contains(err.Error(), "why not") {
			t.Errorf("%d: %v", status, err)
		}
	}
	_, err := speaking(t, "", problem(409, "why not")).Adopt(t.Context(), "hall", "code", false)
	var p *Problem
	if !errors.As(err, &p) || p.Status != 409 || p.Detail != "why not" {
		t.Errorf("409: %v", err)
	}
	if _, err = speaking(t, "", problem(421, "")).Boards(t.Context()); err == nil || err.Error() != "Title" {
		t.Errorf("without a detail: %v", err)
	}
}

func TestTheEndOfACommandIsAResultWhateverTheStatus(t *testing.T) {
	c := speaking(t, "", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if want := `{"action":"set","color":"#ff8800","level":40.5,"wait":"5s"}`; string(b) != want || r.URL.Path != "/api/entities/strip/commands" {
			t.Errorf("asked %s with %s, want %s", r.URL, b, want)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"command":"1f","entity":"strip","action":"set","status":"refused","code":"offline","message":"m"}`)
	})
	level, color := entity.Level(405), entity.RGB{R: 255, G: 136}
	res, err := c.Command(t.Context(), "strip", entity.Action{Verb: entity.VerbSet, Level: &level, Color: &color}, 5*time.Second)
	if err != nil || res.Status != entity.StatusRefused || res.Code != entity.CodeOffline {
		t.Errorf("%+v %v", res, err)
	}
}

func TestEveryArgumentOfAnActionIsSent(t *testing.T) {
	var got []string
	c := speaking(t, "", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, string(b))
		_, _ = io.WriteString(w, `{"status":"confirmed"}`)
	})
	temp := entity.Temp(21_500)
	for _, a := range []entity.Action{
		{Verb: entity.VerbSet, Temp: &temp, For: 2 * time.Hour},
		{Verb: entity.VerbDisarm, Code: entity.NewSecret("4711")},
		{Verb: entity.VerbClose, Confirm: true},
	} {
		if _, err := c.Command(t.Context(), "x", a, 0); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`{"action":"set","for":"2h0m0s","temperature":21.5,"wait":"0s"}`,
		`{"action":"disarm","code":"4711","wait":"0s"}`, `{"action":"close","confirm":true,"wait":"0s"}`}
	if !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestTheTokenAndWhoAsksGoWithARequest(t *testing.T) {
	c := speaking(t, " secret\n", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Hob-Client") != "cli" || r.Header.Get("Origin") != "" {
			t.Errorf("headers %v", r.Header)
		}
		_, _ = io.WriteString(w, "[]")
	})
	if _, err := c.Entities(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoHobServerIsSaidToBeNone(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a web page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"a broken one": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) },
		"half an answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `[{"id":`)
		},
	} {
		if list, err := speaking(t, "", h).Entities(t.Context()); err == nil {
			t.Errorf("%s: %v", name, list)
		}
		if _, err := speaking(t, "", h).Live(t.Context()); err == nil {
			t.Errorf("%s: a live session", name)
		}
	}
}

func TestWhereNoServerIsTheErrorSaysSo(t *testing.T) {
	state := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := "http://" + l.Addr().String()
	_ = l.Close()
	stale := t.TempDir()
	u, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(stale, SocketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	u.SetUnlinkOnClose(false)
	_ = u.Close()
	for name, c := range map[string]struct {
		o    Options
		says string
	}{
		"no socket":     {Options{State: state}, "hob serve"},
		"an old socket": {Options{State: stale}, "hob serve"},
		"a free port":   {Options{URL: free}, "connection refused"},
	} {
		cl, err := New(c.o)
		if err != nil {
			t.Fatal(err)
		}
		for _, ask := range []func() error{
			func() error { _, err := cl.Entities(t.Context()); return err },
			func() error { _, err := cl.Live(t.Context()); return err },
		} {
			if err := ask(); !errors.Is(err, ErrNoServer) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestAServerThatDoesNotAnswerIsATimeout(t *testing.T) {
	release := make(chan struct{})
	c := speaking(t, "", func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Boards(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	for _, u := range []string{"192.0.2.1:8420", "ftp://x", "http://", "://", "http://a b"} {
		if _, err := New(Options{URL: u}); err == nil {
			t.Errorf("taken: %s", u)
		}
	}
}

func TestALiveSessionSaysHelloAndEndsWithItsContext(t *testing.T) {
	up := websocket.Upgrader{Subprotocols: []string{"hob.live.1"}}
	heard := make(chan string, 1)
	c := speaking(t, "secret", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || websocket.Subprotocols(r)[0] != "hob.live.1" {
			t.Errorf("headers %v", r.Header)
		}
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer ws.Close()
		_, b, _ := ws.ReadMessage()
		heard <- string(b)
		_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"snapshot","epoch":"e","revision":1}`))
		_, _, _ = ws.ReadMessage()
	})
	ctx, cancel := context.WithCancel(t.Context())
	live, err := c.Live(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if got := strings.TrimSpace(<-heard); got != `{"protocol":1,"type":"hello"}` {
		t.Errorf("it said %s", got)
	}
	if m, err := live.Next(); err != nil || m.Type != "snapshot" {
		t.Errorf("%+v %v", m, err)
	}
	cancel()
	if _, err := live.Next(); err == nil {
		t.Error("it goes on")
	}
}

func TestALiveSessionThatIsRefusedSaysWhy(t *testing.T) {
	for status, is := range map[int]error{401: ErrAuth, 404: ErrNotFound} {
		_, err := speaking(t, "", problem(status, "why not")).Live(t.Context())
		if !errors.Is(err, is) || !strings.Contains(err.Error(), "why not") {
			t.Errorf("%d: %v", status, err)
		}
	}
	_, err := speaking(t, "", problem(421, "not by that name")).Live(t.Context())
	var p *Problem
	if !errors.As(err, &p) || p.Status != 421 || p.Detail != "not by that name" {
		t.Errorf("421: %v", err)
	}
}

func TestASocketOfAnotherUserIsAQuestionOfRights(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may do everything")
	}
	state := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(state, SocketName))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Chmod(filepath.Join(state, SocketName), 0); err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{State: state})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Entities(t.Context()); !errors.Is(err, ErrAuth) {
		t.Errorf("got %v", err)
	}
}
