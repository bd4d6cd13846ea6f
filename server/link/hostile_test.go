package link

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/logtest"
	"hob/internal/wire"
)

// sendRaw sends bytes as one frame of the session, well encrypted.
func (s *fakeSession) sendRaw(plain []byte) {
	s.wmu <- struct{}{}
	defer func() { <-s.wmu }()
	sealed, err := s.noise.Seal(nil, plain)
	if err == nil {
		_ = s.ws.WriteMessage(websocket.BinaryMessage, sealed)
	}
}

func (s *fakeSession) sendBytes(kind int, msg []byte) {
	s.wmu <- struct{}{}
	defer func() { <-s.wmu }()
	_ = s.ws.WriteMessage(kind, msg)
}

func TestWhatIsNoFrameEndsTheSessionWithAReasonAndTheHouseGoesOn(t *testing.T) {
	for name, send := range map[string]func(*fakeSession){
		"not JSON":     func(s *fakeSession) { s.sendRaw([]byte("hello")) },
		"nothing":      func(s *fakeSession) { s.sendRaw(nil) },
		"cut in half":  func(s *fakeSession) { s.sendRaw([]byte(`{"t":"pong","boot":"9f3c2a11"`)) },
		"a wrong type": func(s *fakeSession) { s.sendRaw([]byte(`{"t":"pong","boot":"9f3c2a11","up":"1","n":1}`)) },
		"another boot": func(s *fakeSession) { s.sendRaw([]byte(`{"t":"pong","boot":"00000000","up":1,"n":1}`)) },
		"a second hello": func(s *fakeSession) {
			s.send(&wire.BoardHello{Stamp: s.b.stamp(), Proto: 1, ID: hallID, Reset: "panic"})
		},
		"adopted out of order": func(s *fakeSession) { s.send(&wire.Adopted{Stamp: s.b.stamp()}) },
		"a text message": func(s *fakeSession) {
			sealed, err := s.noise.Seal(nil, (&wire.Pong{Stamp: s.b.stamp()}).Append(nil)) // a good frame but for that
			if err == nil {
				s.sendBytes(websocket.TextMessage, sealed)
			}
		},
		"bytes of nobody's":      func(s *fakeSession) { s.sendBytes(websocket.BinaryMessage, make([]byte, 64)) },
		"an empty message":       func(s *fakeSession) { s.sendBytes(websocket.BinaryMessage, nil) },
		"a message too long":     func(s *fakeSession) { s.sendBytes(websocket.BinaryMessage, make([]byte, wire.MaxMessage+1)) },
		"a message far too long": func(s *fakeSession) { s.sendBytes(websocket.BinaryMessage, make([]byte, 1<<20)) },
		"49 points": func(s *fakeSession) {
			s.send(&wire.State{Stamp: s.b.stamp(), Points: make([]wire.Point, 49)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				r.online()
				go send(r.hall.session) // the link stops reading half-way
				synctest.Wait()
				r.want(entity.BoardOffline)
				if s := r.status(); !strings.HasPrefix(s.Message, "The link was ended: ") {
					t.Fatalf("message %q", s.Message)
				}
				if e := r.entity("porch"); e.State != "off" || e.Available {
					t.Fatalf("porch is %s, available %v", e.State, e.Available)
				}
				pass(time.Minute)
				r.want(entity.BoardOnline)
				if n := r.status().Link.Refused; n != 1 {
					t.Fatalf("%d refused", n)
				}
			})
		})
	}
}

func TestLongestAllowedMessageIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		plain := []byte(`{"t":"state","boot":"9f3c2a11","up":1,"points":[{"p":"gpio16","v":true,"up":1,"cause":"input"}],"x":"`)
		plain = append(plain, strings.Repeat("a", wire.MaxFrame-len(plain)-2)+`"}`...)
		r.hall.session.sendRaw(plain)
		synctest.Wait()
		r.want(entity.BoardOnline)
		if e := r.entity("porch"); e.State != "on" {
			t.Fatalf("porch is %s", e.State)
		}
	})
}

func TestReplayedFrameEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		s := r.hall.session
		sealed, err := s.noise.Seal(nil, (&wire.Pong{Stamp: r.hall.stamp()}).Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		s.sendBytes(websocket.BinaryMessage, sealed)
		synctest.Wait()
		r.want(entity.BoardOnline)
		s.sendBytes(websocket.BinaryMessage, sealed)
		synctest.Wait()
		r.want(entity.BoardOffline)
	})
}

func TestHostilePeerIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		var log logtest.Buffer
		r.m.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		r.hall.mu.Lock()
		r.hall.intercept = func(s *fakeSession, f wire.ServerFrame) bool {
			s.sendRaw([]byte("rubbish"))
			return true
		}
		r.hall.mu.Unlock()
		r.found(hallAddr)
		pass(10 * time.Minute)
		if n := strings.Count(log.String(), "\n"); n < 5 || n > 11 {
			t.Fatalf("%d lines in ten minutes:\n%s", n, log.String())
		}
		if strings.Contains(log.String(), "rubbish") {
			t.Fatal("the log quotes the peer")
		}
	})
}

// answer serves one HTTP answer on an address, whatever is asked.
func answer(t *testing.T, n *network, address string, f http.HandlerFunc) {
	t.Helper()
	server := &http.Server{Handler: f}
	l := n.listen(address)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
}

func TestWhatAnswersButIsNoBoardIsOffline(t *testing.T) {
	upgrader := websocket.Upgrader{EnableCompression: true}
	var endless atomic.Bool // more headers were read than there may be
	for name, f := range map[string]http.HandlerFunc{
		"a web page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("welcome")) },
		"a redirect": func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "http://198.51.100.1/", http.StatusFound)
		},
		"no subprotocol": func(w http.ResponseWriter, q *http.Request) {
			if ws, err := upgrader.Upgrade(w, q, nil); err == nil {
				_ = ws.Close()
			}
		},
		"endless headers": func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			_, _ = c.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n"))
			for range 2 * maxUpgrade / 10 {
				if _, err := c.Write([]byte("X-More: 1\r\n")); err != nil {
					return
				}
			}
			endless.Store(true)
		},
		"compression that nobody offered": func(w http.ResponseWriter, q *http.Request) {
			q.Header.Set("Sec-WebSocket-Extensions", "permessage-deflate")
			up := websocket.Upgrader{EnableCompression: true, Subprotocols: []string{wire.Subprotocol}}
			if ws, err := up.Upgrade(w, q, nil); err == nil {
				_, _, _ = ws.ReadMessage()
				_ = ws.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				answer(t, r.net, "192.0.2.66:80", f)
				r.found("192.0.2.66:80")
				synctest.Wait()
				r.want(entity.BoardOffline)
				if s := r.status(); s.Message != "What answers at 192.0.2.66:80 is no board" {
					t.Fatalf("message %q", s.Message)
				}
			})
		})
	}
	if endless.Load() {
		t.Error("headers are read without end")
	}
}

func TestPeerThatStallsAtAnyStageCostsFiveSecondsAndNoMore(t *testing.T) {
	for name, f := range map[string]http.HandlerFunc{
		"no answer to the upgrade": func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() },
		"no message 2": func(w http.ResponseWriter, q *http.Request) {
			up := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}}
			if ws, err := up.Upgrade(w, q, nil); err == nil {
				for err == nil {
					_, _, err = ws.ReadMessage()
				}
				_ = ws.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				answer(t, r.net, "192.0.2.66:80", f)
				r.found("192.0.2.66:80", hallAddr) // the board is behind it
				pass(openWait + 10*time.Millisecond)
				r.want(entity.BoardOnline)
			})
		})
	}
	t.Run("no hello", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, testHouse())
			r.hall.silent = true
			r.found(hallAddr)
			pass(openWait + 10*time.Millisecond)
			r.want(entity.BoardOffline)
		})
	})
}

func TestServerThatStopsWhileItDialsDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.hall.silent = true // it never says hello
		r.found(hallAddr)
		synctest.Wait()
		began := time.Now()
		r.stop()
		if d := time.Since(began); d > time.Second {
			t.Fatalf("it took %v", d)
		}
	})
}

// lag is a connection whose bytes from the server are held up.
type lag struct {
	net.Conn
	mu    sync.Mutex
	delay time.Duration
}

func (l *lag) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	l.mu.Lock()
	delay := l.delay
	l.mu.Unlock()
	time.Sleep(delay)
	return n, err
}

func TestCommandHeldUpBeyondItsDeadlineIsNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		var slow *lag
		r.net.wrap = func(_ string, c net.Conn) net.Conn {
			slow = &lag{Conn: c}
			return slow
		}
		r.online()
		slow.mu.Lock()
		slow.delay = 6 * time.Second
		slow.mu.Unlock()
		var o outcomes
		if _, err := r.command("porch", entity.VerbOn, 5*time.Second, &o); err != nil {
			t.Fatal(err)
		}
		pass(14 * time.Second)
		o.wantOne(t, entity.StatusExpired, entity.CodeTimeout)
		if e := r.entity("porch"); e.State != "off" {
			t.Fatalf("porch is %s", e.State)
		}
	})
}

// relay stands between and does something to what the board sends.
type relay struct {
	net.Conn
	mu    sync.Mutex
	write func(c net.Conn, p []byte) (int, error) // nil passes on
}

func (f *relay) Write(p []byte) (int, error) {
	f.mu.Lock()
	write := f.write
	f.mu.Unlock()
	if write == nil {
		return f.Conn.Write(p)
	}
	return write(f.Conn, p)
}

func TestFaultyNetworkNeverBringsAFalseState(t *testing.T) {
	for name, write := range map[string]func(c net.Conn, p []byte) (int, error){
		"drops what is sent":     func(_ net.Conn, p []byte) (int, error) { return len(p), nil },
		"sends everything twice": func(c net.Conn, p []byte) (int, error) { _, _ = c.Write(p); return c.Write(p) },
		"flips a bit": func(c net.Conn, p []byte) (int, error) {
			q := bytes.Clone(p)
			q[len(q)-1] ^= 1
			return c.Write(q)
		},
		"cuts the end": func(c net.Conn, p []byte) (int, error) {
			_, err := c.Write(p[:len(p)-1])
			_ = c.Close()
			return len(p), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, testHouse())
				var faulty *relay
				r.net.wrap = func(_ string, c net.Conn) net.Conn {
					faulty = &relay{Conn: c}
					return faulty
				}
				r.online()
				faulty.mu.Lock()
				faulty.write = write
				faulty.mu.Unlock()
				sent := make(chan struct{})
				go func() {
					defer close(sent)
					r.hall.say(t, func(s wire.Stamp) wire.BoardFrame {
						return &wire.State{Stamp: s, Points: []wire.Point{{ID: "gpio16", Up: s.Up, Cause: wire.CauseInput}}}
					})
				}()
				pass(20 * time.Second)
				<-sent
				if e := r.entity("porch"); e.State != "off" {
					t.Fatalf("porch is %s", e.State)
				}
				pass(time.Minute)
				r.want(entity.BoardOnline)
				if r.hall.sessions() < 2 {
					t.Fatal("the broken session was kept")
				}
			})
		})
	}
}
