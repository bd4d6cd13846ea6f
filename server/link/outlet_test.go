package link

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// sockets is both ends of a connection with descriptors.
func sockets(t *testing.T) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if near, err = net.Dial("tcp", l.Addr().String()); err == nil {
		far, err = l.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	_ = near.(*net.TCPConn).SetWriteBuffer(16 << 10) // so that it is full soon
	_ = far.(*net.TCPConn).SetReadBuffer(16 << 10)
	return near, far
}

// fill writes numbered frames until the socket takes no more, and gives what it wrote.
func fill(t *testing.T, o *outlet) []byte {
	t.Helper()
	var sent []byte
	for n := 0; ; n++ {
		frame := bytes.Repeat([]byte{byte(n)}, 4000)
		if _, err := o.Write(frame); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, frame...)
		if full, err := o.full(); err != nil {
			t.Fatal(err)
		} else if full {
			return sent
		}
	}
}

func TestAnOutletSendsInOrderAndNeverWaits(t *testing.T) {
	near, far := sockets(t)
	o := newOutlet(near)
	room := make(chan struct{}, 1)
	o.onRoom(func() { room <- struct{}{} })
	for range 3 {
		sent := fill(t, o)
		last := []byte("what comes while something waits")
		if n, err := o.Write(last); n != len(last) || err != nil {
			t.Fatalf("%d bytes, %v", n, err)
		}
		sent = append(sent, last...)
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(far, got); err != nil || !bytes.Equal(got, sent) {
			t.Fatalf("what came is not what was written: %v", err)
		}
		<-room
		if full, err := o.full(); full || err != nil {
			t.Fatalf("with room again: full %v, %v", full, err)
		}
	}
}

func TestAPeerThatTakesNothingOfWhatItAsksForIsGivenNoMore(t *testing.T) {
	near, _ := sockets(t)
	o := newOutlet(near)
	fill(t, o)
	var err error
	for range mostWaiting {
		if _, err = o.Write([]byte("pong")); err != nil {
			break
		}
	}
	if !errors.Is(err, errMostWaiting) {
		t.Errorf("got %v", err)
	}
	if _, err := o.Write([]byte("more")); !errors.Is(err, errMostWaiting) {
		t.Errorf("after that: %v", err)
	}
}

func TestAPeerThatReadsTooLateIsGivenNoMoreEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		defer near.Close()
		o := newOutlet(near)
		if _, err := o.Write([]byte("a frame")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // it is being written
		if _, err := o.Write(make([]byte, mostWaiting)); !errors.Is(err, errMostWaiting) {
			t.Fatalf("got %v", err)
		}
		if _, err := io.ReadFull(far, make([]byte, len("a frame"))); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := o.full(); !errors.Is(err, errMostWaiting) {
			t.Errorf("%v: what was lost is forgotten", err)
		}
	})
}

func TestAPeerMayTakeNothingForWriteWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		defer near.Close()
		o := newOutlet(near)
		told := make(chan struct{})
		o.onRoom(func() { close(told) })
		begun := time.Now()
		if _, err := o.Write([]byte("a frame")); err != nil {
			t.Fatal(err)
		}
		<-told
		if _, err := o.full(); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != writeWait {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

func TestAGoodbyeWaitsForWhatWasWrittenAndNotForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		o := newOutlet(near)
		_, _ = o.Write([]byte("goodbye"))
		go func() {
			time.Sleep(goodbyeWait / 2)
			_, _ = io.ReadFull(far, make([]byte, len("goodbye")))
		}()
		begun := time.Now()
		o.finish(goodbyeWait)
		if full, err := o.full(); full || err != nil || time.Since(begun) != goodbyeWait/2 {
			t.Errorf("after %v: full %v, %v", time.Since(begun), full, err)
		}
		o = newOutlet(near)
		_, _ = o.Write([]byte("goodbye"))
		begun = time.Now()
		o.finish(goodbyeWait)
		if _, err := o.full(); err == nil || time.Since(begun) != goodbyeWait {
			t.Errorf("to one that does not listen: after %v: %v", time.Since(begun), err)
		}
		_, _ = near.Close(), far.Close()
	})
}

func TestWhatComesWhileSomebodyWritesIsWrittenByThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		s := r.live()
		if !s.claim() {
			t.Fatal("somebody writes to a board at rest")
		}
		if !s.give(&wire.Identify{For: 1000}) {
			t.Fatal("not taken")
		}
		var o outcomes
		if err := r.sends(registry.BoardCommand{Point: "gpio16", Do: entity.VerbOn, Until: time.Now().Add(time.Second), Done: o.done}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(s.queue); n != 2 {
			t.Errorf("%d frames wait", n)
		}
		s.write()
		pass(time.Millisecond)
		if got := o.list(); len(got) != 1 || got[0].Status != entity.StatusConfirmed {
			t.Errorf("the command ended with %v", got)
		}
	})
}

func TestABoardThatTakesNothingHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		stuck := make(chan struct{})
		r.intercepts(func(*fakeSession, wire.ServerFrame) bool {
			<-stuck
			return true
		})
		begun := time.Now()
		var o outcomes
		for range 20 {
			r.mustCommand("porch", entity.VerbOn, &o)
		}
		if waited := time.Since(begun); waited != 0 {
			t.Errorf("they waited %v", waited)
		}
		pass(writeWait + time.Second)
		if got := o.list(); len(got) != 20 || got[0].Code != entity.CodeLinkLost {
			t.Errorf("the commands ended with %v", got)
		}
		close(stuck)
	})
}

func TestNoGoroutineWaitsToWriteToABoardAtRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		pass(time.Minute) // pings come and go
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if strings.Contains(string(stacks), "link.(*writer)") || strings.Contains(string(stacks), "link.(*outlet).drain") {
			t.Errorf("somebody does:\n%s", stacks)
		}
		if !strings.Contains(string(stacks), "link.(*session).read") {
			t.Error("nobody reads: this test does not see what there is")
		}
	})
}
