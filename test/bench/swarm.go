package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// swarm is any number of browsers, read by one thread, so that reading costs
// little beside what is measured. Sample counts start at reset.
type swarm struct {
	clock   stopwatch
	speaks  dialect
	ep      int
	clients []*browser
	byFD    map[int]*browser
	wakeFD  [2]int // a pipe that ends the loop
	done    chan struct{}
	failed  atomic.Pointer[error]

	frames  atomic.Int64 // messages about changes, over all browsers
	reached atomic.Int64 // newest mark that all have reached
	moved   chan struct{}

	mu      sync.Mutex // the loop holds it while it looks at what came
	block   int64      // a mark is this many changes
	marks   []int      // ring: how many browsers have reached a mark
	stamps  int64      // of so many changes the arrivals are kept
	arrived []arrival  // the loop's own while changes are on their way
}

// arrival is a change that one browser has got.
type arrival struct {
	change int64
	at     int64 // ns on the run's clock
}

// browser is one connection.
type browser struct {
	fd    int
	rest  []byte // an unfinished frame
	inner []byte // an unfinished message of a protocol inside of frames
	last  [2]byte
	count int64 // changes seen since reset
}

const markRing = 4096

// newSwarm connects n browsers and waits until each is subscribed.
func newSwarm(clock stopwatch, at endpoint, n int) (*swarm, error) {
	s := &swarm{clock: clock, speaks: at.speaks, byFD: map[int]*browser{}, moved: make(chan struct{}, 1),
		done: make(chan struct{}), block: 1, marks: make([]int, markRing)}
	var err error
	if s.ep, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	if err := syscall.Pipe2(s.wakeFD[:], syscall.O_CLOEXEC); err != nil {
		return nil, err
	}
	if err := s.connect(at, n); err != nil {
		s.release()
		return nil, err
	}
	for _, fd := range append(s.descriptors(), s.wakeFD[0]) {
		ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
		if err := syscall.EpollCtl(s.ep, syscall.EPOLL_CTL_ADD, fd, &ev); err != nil {
			s.release()
			return nil, err
		}
	}
	go s.loop()
	return s, nil
}

// connect opens n browsers, some at a time: a server may look for new ones only
// now and then.
func (s *swarm) connect(at endpoint, n int) error {
	const together = 64
	var work sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, together)
	for range n {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			c, err := at.open(0)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
				return
			}
			s.clients = append(s.clients, c)
			s.byFD[c.fd] = c
		})
	}
	work.Wait()
	return failed
}

func (s *swarm) descriptors() []int {
	var fds []int
	for _, c := range s.clients {
		fds = append(fds, c.fd)
	}
	return fds
}

// close ends the browsers and waits for the loop.
func (s *swarm) close() {
	_, _ = syscall.Write(s.wakeFD[1], []byte{0})
	<-s.done
	s.release()
}

func (s *swarm) release() {
	for _, fd := range append(s.descriptors(), s.ep, s.wakeFD[0], s.wakeFD[1]) {
		_ = syscall.Close(fd)
	}
}

func (s *swarm) loop() {
	defer close(s.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	events := make([]syscall.EpollEvent, 256)
	buf := make([]byte, 256<<10)
	for {
		n, err := syscall.EpollWait(s.ep, events, -1)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			s.fail(err)
			return
		}
		ended, err := s.readAll(events[:max(n, 0)], buf)
		if err != nil {
			s.fail(err)
		}
		if ended || err != nil {
			return
		}
	}
}

// readAll reads what is ready; ended is true when the swarm is closed.
func (s *swarm) readAll(events []syscall.EpollEvent, buf []byte) (ended bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ev := range events {
		c := s.byFD[int(ev.Fd)]
		if c == nil {
			return true, nil // the pipe
		}
		if err := s.read(c, buf); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (s *swarm) fail(err error) {
	s.failed.Store(&err)
	s.notify()
}

func (s *swarm) notify() {
	select {
	case s.moved <- struct{}{}:
	default:
	}
}

func (s *swarm) read(c *browser, buf []byte) error {
	n, err := syscall.Read(c.fd, buf)
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return nil
	}
	if err != nil || n == 0 {
		return errors.Join(errEnded, err)
	}
	now := s.clock.now()
	b := buf[:n]
	if len(c.rest) > 0 {
		b = append(c.rest, b...)
	}
	news, frames := 0, 0
	for {
		op, payload, rest, ok := nextFrame(b)
		if !ok {
			break
		}
		b = rest
		if op == opClose {
			return fmt.Errorf("closed: %q: %w", payload, errEnded)
		}
		if op == opPing {
			if err := writeAll(c.fd, masked(opPong, payload)); err != nil {
				return err
			}
			continue
		}
		k, f := s.speaks.take(c, payload)
		news, frames = news+k, frames+f
	}
	c.rest = append(c.rest[:0], b...)
	s.frames.Add(int64(frames))
	if news > 0 {
		s.count(c, int64(news), now)
	}
	return nil
}

// count notes that a browser has seen so many changes more.
func (s *swarm) count(c *browser, news, now int64) {
	before := c.count
	c.count += news
	for i := before; i < min(c.count, s.stamps); i++ {
		s.arrived = append(s.arrived, arrival{i, now})
	}
	for mark := before/s.block + 1; mark <= c.count/s.block; mark++ {
		i := mark % markRing
		if s.marks[i]++; s.marks[i] == len(s.clients) {
			s.marks[i] = 0
			s.reached.Store(mark)
			s.notify()
		}
	}
}

// reset starts a measurement with marks every block changes; of the first
// stamps changes every arrival is kept. Nothing may be on its way.
func (s *swarm) reset(block, stamps int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames.Store(0)
	s.reached.Store(0)
	s.block, s.stamps = int64(block), int64(stamps)
	s.arrived = make([]arrival, 0, stamps*len(s.clients))
	clear(s.marks)
	for _, c := range s.clients {
		c.count = 0
	}
}

// watch has the browsers count the changes of another entity. The first message
// about it says how it is, and may or may not be counted.
func (s *swarm) watch(entity string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.speaks.(live); ok {
		l.entity = entity
		s.speaks = l
	}
}

// delays are those of all arrivals, sorted, by when each change was sent.
func (s *swarm) delays(sent []int64) []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]int64, 0, len(s.arrived))
	for _, a := range s.arrived {
		out = append(out, a.at-sent[a.change])
	}
	slices.Sort(out)
	return out
}

// errLost says that a change did not get to all browsers.
var errLost = errors.New("not all")

// wait returns when all browsers have reached a mark.
func (s *swarm) wait(mark int64) error {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for s.reached.Load() < mark {
		if err := s.failed.Load(); err != nil {
			return *err
		}
		select {
		case <-s.moved:
		case <-timeout.C:
			return fmt.Errorf("%w of %d browsers have change %d after %v (all have %d)",
				errLost, len(s.clients), mark*s.block, patience, s.reached.Load()*s.block)
		}
	}
	return nil
}
