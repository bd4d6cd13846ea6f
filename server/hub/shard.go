package hub

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// yieldEvery is after how many clients a pass lets others run: the goroutine
// that reads the boards must not wait for a thousand writes.
const yieldEvery = 32

// shard is some of the clients and the goroutine that sends to them when there
// are many.
type shard struct {
	woken chan struct{}

	mu      sync.Mutex
	clients []*client // grows or is replaced; no element ever changes
	turn    int       // where the next pass begins, so that nobody is always last
}

func newShard() *shard { return &shard{woken: make(chan struct{}, 1)} }

func (s *shard) wake() {
	select {
	case s.woken <- struct{}{}:
	default: // a pass is due already, and will see this change
	}
}

func (s *shard) run(ctx context.Context) {
	for {
		select {
		case <-s.woken:
			s.pass()
		case <-ctx.Done():
			return
		}
	}
}

// pass brings every client up to date, as far as it takes it.
func (s *shard) pass() {
	s.mu.Lock()
	clients := s.clients
	s.turn++
	turn := s.turn
	s.mu.Unlock()
	for i := range clients {
		clients[(i+turn)%len(clients)].flush()
		if i%yieldEvery == yieldEvery-1 {
			runtime.Gosched()
		}
	}
}

func (s *shard) list() []*client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clients
}

func (s *shard) add(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients = append(s.clients, c) // beyond what any pass looks at
}

func (s *shard) remove(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.clients, c); i >= 0 {
		s.clients = slices.Concat(s.clients[:i], s.clients[i+1:])
	}
}
