package discovery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/grandcat/zeroconf"
)

const (
	service = "_hob._tcp"
	domain  = "local."
	// With a subtype zeroconf asks for the subtype and still takes every record
	// of the service. Nobody offers this one, so nobody answers: we only listen.
	silently = ",_unasked"
)

// session is a set of zeroconf resolvers, one for each IP family, and what it
// takes to end them. A resolver can be used once, reports each name once, and
// joins no interface later; so sessions are short.
type session struct {
	cancel  context.CancelFunc
	drained sync.WaitGroup
	failed  error // of those resolvers that could not be started
}

// resolveFunc is the type of resolve.
type resolveFunc func(context.Context, []link, bool, chan<- *zeroconf.ServiceEntry) *session

// resolve starts a session on links. With ask it asks who is there, else it only
// listens. Everything heard goes to out until stop.
//
// One resolver per family: where IPv6 is off, a resolver for both fails and
// leaks its IPv4 socket.
func resolve(ctx context.Context, links []link, ask bool, out chan<- *zeroconf.ServiceEntry) *session {
	ctx, cancel := context.WithCancel(ctx)
	s := &session{cancel: cancel}
	what := service
	if !ask {
		what += silently
	}
	for _, family := range []zeroconf.IPType{zeroconf.IPv4, zeroconf.IPv6} {
		ifaces := withFamily(links, family == zeroconf.IPv4)
		if len(ifaces) == 0 {
			continue // zeroconf would take an empty list for "all"
		}
		if err := s.browse(ctx, what, family, ifaces, out); err != nil {
			s.failed = errors.Join(s.failed, err)
		}
	}
	return s
}

func (s *session) browse(ctx context.Context, what string, family zeroconf.IPType, ifaces []net.Interface, out chan<- *zeroconf.ServiceEntry) error {
	r, err := zeroconf.NewResolver(zeroconf.SelectIfaces(ifaces), zeroconf.SelectIPTraffic(family))
	if err != nil {
		return fmt.Errorf("mdns: join: %w", err)
	}
	entries := make(chan *zeroconf.ServiceEntry)
	s.drained.Go(func() { drain(ctx, entries, out) })
	// On an error, too, zeroconf closes entries and its sockets.
	if err := r.Browse(ctx, what, domain, entries); err != nil {
		return fmt.Errorf("mdns: ask: %w", err)
	}
	return nil
}

// drain passes entries on until zeroconf closes the channel, which it does after
// ctx has ended. Were it left undrained, the resolver would hang for ever.
func drain(ctx context.Context, entries <-chan *zeroconf.ServiceEntry, out chan<- *zeroconf.ServiceEntry) {
	for e := range entries {
		select {
		case out <- e:
		case <-ctx.Done():
		}
	}
}

// stop ends the session and waits until nothing more comes out of it.
func (s *session) stop() {
	s.cancel()
	s.drained.Wait()
}
