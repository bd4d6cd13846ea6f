package sock

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"hob/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// pair is both ends of a connection.
func pair(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = net.Dial("tcp", l.Addr().String()); err == nil {
		b, err = l.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = a.Close(), b.Close() })
	return a, b
}

func TestAReaderWaitsForBytesAndThenForTheEnd(t *testing.T) {
	a, b := pair(t)
	r := NewReader(a)
	sent := bytes.Repeat([]byte("0123456789"), 100_000)
	go func() {
		_, _ = b.Write(sent)
		_ = b.Close()
	}()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d, %v", len(got), len(sent), err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %d, %v", n, err)
	}
}

func TestAReaderObeysTheDeadlineAndTheCloseOfItsConnection(t *testing.T) {
	a, _ := pair(t)
	r := NewReader(a)
	_ = a.SetReadDeadline(time.Now().Add(time.Millisecond))
	var timeout net.Error
	if _, err := r.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after its deadline: %v", err)
	}
	_ = a.SetReadDeadline(time.Time{})
	ended := make(chan error)
	go func() {
		_, err := r.Read(make([]byte, 1))
		ended <- err
	}()
	_ = a.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestAReaderTellsOfAConnectionThatWasReset(t *testing.T) {
	a, b := pair(t)
	_ = b.(*net.TCPConn).SetLinger(0)
	_ = b.Close()
	if _, err := NewReader(a).Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
}

func TestAWriterSendsWhatTheSocketTakesAndDoesNotWaitForMore(t *testing.T) {
	a, b := pair(t)
	w := NewWriter(a)
	chunk := make([]byte, 1<<20)
	total := 0
	for {
		n, err := w.Try(chunk)
		if err != nil {
			t.Fatal(err)
		}
		if total += n; n == 0 {
			break // full
		}
	}
	if n, err := io.CopyN(io.Discard, b, int64(total)); err != nil {
		t.Fatalf("%d of %d bytes came: %v", n, total, err)
	}
}

func TestAWriterThatWaitsSendsSomeOnceThereIsRoom(t *testing.T) {
	a, b := pair(t)
	w := NewWriter(a)
	sent := bytes.Repeat([]byte("0123456789"), 1_000_000)
	ended := make(chan error, 1)
	go func() {
		for rest := sent; len(rest) > 0; {
			n, err := w.Some(rest)
			if rest = rest[n:]; n == 0 || err != nil {
				ended <- errors.Join(err, a.Close())
				return
			}
		}
		ended <- a.Close()
	}()
	got, err := io.ReadAll(b)
	if err = errors.Join(err, <-ended); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d, %v", len(got), len(sent), err)
	}
}

func TestAWriterThatWaitsObeysTheDeadline(t *testing.T) {
	a, _ := pair(t)
	w := NewWriter(a)
	_ = a.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
	var err error
	for err == nil {
		_, err = w.Some(make([]byte, 1<<20))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAWriterTellsThatTheConnectionIsClosed(t *testing.T) {
	a, b := pair(t)
	w := NewWriter(a)
	_ = a.Close()
	if _, err := w.Try([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("its own end: %v", err)
	}
	w = NewWriter(b)
	var err error
	for err == nil { // the first write is answered with a reset
		_, err = w.Try([]byte("x"))
	}
	if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the other end: %v", err)
	}
}

func TestAConnectionWithoutADescriptorHasNeither(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if NewReader(a) != nil || NewWriter(a) != nil {
		t.Error("a pipe in memory has an end")
	}
}

func TestReadingAndWritingMakesNoGarbage(t *testing.T) {
	a, b := pair(t)
	r, w := NewReader(a), NewWriter(b)
	p := make([]byte, 16)
	if n := testing.AllocsPerRun(100, func() {
		_, _ = w.Try(p)
		_, _ = r.Read(p)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAConnectionSendsAllAndWaitsWhereItMust(t *testing.T) {
	a, b := pair(t)
	quick := NewConn(a)
	sent := bytes.Repeat([]byte("0123456789"), 1_000_000)
	ended := make(chan error, 1)
	go func() {
		n, err := quick.Write(sent)
		if n != len(sent) {
			err = errors.Join(err, io.ErrShortWrite)
		}
		ended <- errors.Join(err, quick.Close())
	}()
	got, err := io.ReadAll(NewConn(b))
	if err = errors.Join(err, <-ended); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d, %v", len(got), len(sent), err)
	}
}

func TestAConnectionThatWaitsToSendObeysTheDeadline(t *testing.T) {
	a, b := pair(t)
	quick := NewConn(a)
	type end struct {
		n   int
		err error
	}
	ended := make(chan end, 1)
	go func() {
		n, err := quick.Write(make([]byte, 64<<20)) // more than sockets hold
		ended <- end{n, err}
	}()
	if _, err := b.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	_ = quick.SetWriteDeadline(time.Now())
	if e := <-ended; e.n == 0 || e.n == 64<<20 || !errors.Is(e.err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes, %v", e.n, e.err)
	}
}

func TestAConnectionWithoutADescriptorStaysAsItIs(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if NewConn(a) != a || Below(a) != a {
		t.Error("a pipe in memory was wrapped")
	}
	if c, _ := pair(t); Below(NewConn(c)) != c {
		t.Error("what lies below is not what was wrapped")
	}
}
