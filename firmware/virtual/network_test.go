package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second // for what should take no time at all

// testNetwork listens on loopback and hands over what it accepts.
func testNetwork(t *testing.T) (*network, <-chan net.Conn) {
	t.Helper()
	accepted := make(chan net.Conn, 64)
	n := newNetwork(func(l net.Listener) {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	})
	must(t, n.open("127.0.0.1:0"))
	t.Cleanup(n.close)
	return n, accepted
}

func connect(t *testing.T, n *network, accepted <-chan net.Conn) (client *net.TCPConn, board net.Conn) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", n.address().String(), patience)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(patience)))
	select {
	case board = <-accepted:
	case <-time.After(patience):
		t.Fatal("not accepted")
	}
	return conn.(*net.TCPConn), board
}

func wantRead(t *testing.T, from io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(from, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

func TestABlockedNetworkDelaysBothDirectionsAndLosesNothing(t *testing.T) {
	n, accepted := testNetwork(t)
	client, board := connect(t, n, accepted)
	_, err := board.Write([]byte("one"))
	must(t, err)
	wantRead(t, client, "one")

	n.cut()
	_, err = board.Write([]byte("two"))
	must(t, err)
	_, err = client.Write([]byte("hello"))
	must(t, err)
	got := make(chan string, 1)
	go func() {
		buf := make([]byte, 5)
		if _, err := io.ReadFull(board, buf); err != nil {
			buf = []byte(err.Error())
		}
		got <- string(buf)
	}()
	if _, err := net.DialTimeout("tcp", n.address().String(), patience); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dialling a blocked board: %v", err)
	}
	must(t, client.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("something came through: %v", err)
	}
	select {
	case text := <-got:
		t.Errorf("the board read %q", text)
	default:
	}

	must(t, n.restore())
	must(t, client.SetReadDeadline(time.Now().Add(patience)))
	wantRead(t, client, "two")
	if text := <-got; text != "hello" {
		t.Errorf("the board read %q", text)
	}
	connect(t, n, accepted)
}

func TestAConnectionClosedWhileBlockedIsResetAfterwards(t *testing.T) {
	n, accepted := testNetwork(t)
	client, board := connect(t, n, accepted)
	n.cut()
	must(t, board.Close())
	must(t, client.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the peer learnt of it: %v", err)
	}
	must(t, n.restore())
	must(t, client.SetReadDeadline(time.Now().Add(patience)))
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("want a reset, got %v", err)
	}
}

func TestResetEndsEveryConnection(t *testing.T) {
	n, accepted := testNetwork(t)
	for _, held := range []bool{false, true} {
		client, board := connect(t, n, accepted)
		if held {
			n.cut()
		}
		n.reset()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("held %v: want a reset, got %v", held, err)
		}
		if _, err := board.Read(make([]byte, 1)); err == nil {
			t.Errorf("held %v: the board's end still reads", held)
		}
		if _, err := board.Write([]byte("x")); err == nil {
			t.Errorf("held %v: the board's end still writes", held)
		}
	}
}

func TestThePortIsKeptWhileTheListenerIsClosed(t *testing.T) {
	n, accepted := testNetwork(t)
	before := n.address().String()
	for range 3 {
		n.closeListener()
		if l, err := net.Listen("tcp", before); err == nil {
			l.Close()
			t.Fatal("somebody else got the port")
		}
		must(t, n.open(""))
		if n.address().String() != before {
			t.Fatalf("moved from %s to %s", before, n.address())
		}
		connect(t, n, accepted)
	}
}

func TestABoardMovesToANewAddress(t *testing.T) {
	n, accepted := testNetwork(t)
	before := n.address().String()
	n.closeListener()
	must(t, n.open("127.0.0.1:0"))
	if n.address().String() == before {
		t.Error("did not move")
	}
	connect(t, n, accepted)
	n.closeListener()
	if n.open("127.0.0.1:0") != nil || n.open("") == nil {
		t.Error("listens twice")
	}
}

func TestAPeerThatDoesNotReadNeverStopsTheBoard(t *testing.T) {
	n, accepted := testNetwork(t)
	client, board := connect(t, n, accepted)
	must(t, client.SetReadBuffer(4096))
	sent := 0
	chunk := bytes.Repeat([]byte{1}, 4096)
	done := make(chan error, 1)
	go func() {
		for {
			size, err := board.Write(chunk)
			sent += size
			if err != nil {
				done <- err
				return
			}
			if sent > 256<<20 {
				done <- errors.New("no limit")
				return
			}
		}
	}()
	select {
	case err := <-done:
		if !errors.Is(err, errPeerStalled) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("a write waits for the peer")
	}
}

func TestASlowPeerGetsEverythingInOrder(t *testing.T) {
	n, accepted := testNetwork(t)
	client, board := connect(t, n, accepted)
	go func() {
		defer board.Close()
		for i := range 2000 {
			for {
				// Stay below the limit of what is kept: a slow peer, not a dead one.
				s := board.(*socket)
				s.mu.Lock()
				room := len(s.unsent) < maxUnsent/2
				s.mu.Unlock()
				if room {
					break
				}
			}
			if _, err := board.Write(bytes.Repeat([]byte{byte(i)}, 1000)); err != nil {
				return
			}
		}
	}()
	chunk := make([]byte, 1000)
	for i := range 1900 { // the end may be cut off by the close
		if _, err := io.ReadFull(client, chunk); err != nil {
			t.Fatalf("chunk %d: %v", i, err)
		}
		if chunk[0] != byte(i) || chunk[999] != byte(i) {
			t.Fatalf("chunk %d holds %d", i, chunk[0])
		}
	}
}

func TestConnectionsBeyondTheLimitAreClosed(t *testing.T) {
	n, accepted := testNetwork(t)
	var boards []net.Conn
	for range maxSockets {
		_, board := connect(t, n, accepted)
		boards = append(boards, board)
	}
	extra, err := net.DialTimeout("tcp", n.address().String(), patience)
	must(t, err)
	defer extra.Close()
	must(t, extra.SetReadDeadline(time.Now().Add(patience)))
	if _, err := extra.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection too many: %v", err)
	}
	must(t, boards[0].Close())
	connect(t, n, accepted)
}

func TestFinishWaitsForConnectionsButNotForEver(t *testing.T) {
	n, accepted := testNetwork(t)
	_, board := connect(t, n, accepted)
	go board.Close()
	n.finish(patience)
	must(t, n.open(""))
	connect(t, n, accepted)
	n.finish(time.Millisecond)
}
