package api

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
)

const hooksPath = "/api/hooks/"

// How often webhooks may be asked for: bursts, and one more after each interval.
// A name is a secret, so it must not be guessed; and what a rule does in the house
// need not happen more often than this.
const (
	hookBurst    = 30 // of one remote
	hookEvery    = time.Second
	allHookBurst = 100 // of all remotes together
	allHookEvery = 200 * time.Millisecond
	mostRemotes  = 1024
)

// isHookName says whether config would take the name: 1 to 64 letters, digits, _ or -.
func isHookName(s string) bool {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	return s != "" && len(s) <= 64 && strings.Trim(s, all) == ""
}

type hookInput struct {
	Name   string `path:"name" doc:"as the rule's trigger says; it is a secret"`
	remote string
}

// Resolve implements huma.Resolver.
func (in *hookInput) Resolve(ctx huma.Context) []error {
	in.remote = remoteOf(humaecho.Unwrap(ctx).Request())
	return nil
}

// routeHooks serves what other programs ask for by a name that only they know.
// The body is left unread: a rule has no use for it.
func (a *API) routeHooks(ops operations) {
	l := newLimiter(time.Now)
	serveNothing(ops, "POST "+hooksPath+"{name}", "Ask for a webhook", func(_ context.Context, in *hookInput) error {
		if wait, ok := l.allow(in.remote); !ok {
			h := http.Header{"Retry-After": {strconv.Itoa(int(wait/time.Second) + 1)}}
			return huma.ErrorWithHeaders(huma.Error429TooManyRequests("webhooks are asked for too often"), h)
		}
		known, busy := false, false
		if isHookName(in.Name) {
			known, busy = a.Rules.Hook(in.Name)
		}
		switch {
		case !known:
			return huma.Error404NotFound("there is no such webhook")
		case busy:
			return huma.Error503ServiceUnavailable("too many webhooks have just come; this one does nothing")
		}
		return nil
	})
}

// isHook says whether a request is for a webhook, whose name is its right to ask.
func isHook(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, hooksPath) }

// otherwise tells who asks for a webhook in another way how it is done: whatever
// the name, so that it says nothing of those that there are.
func otherwise(c echo.Context) error {
	c.Response().Header().Set("Allow", http.MethodPost)
	return problem(http.StatusMethodNotAllowed, "a webhook is asked for with POST, such as by curl -X POST")
}

// remoteOf names who asks, as far as limits go: an address, or the network that
// one host with IPv6 has to itself.
func remoteOf(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "" // the unix socket
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// limiter bounds how often each remote, and all together, may do something. What
// it remembers of remotes is bounded: it forgets those who could do everything
// again anyway, and when all of mostRemotes are busy it refuses others.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	all     bucket
	remotes map[string]bucket
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, remotes: map[string]bucket{}}
}

// bucket is when its burst is whole again; the zero value's is.
type bucket struct{ full time.Time }

// take uses up one of burst, or says how long there is none.
func (b bucket) take(now time.Time, burst int, every time.Duration) (after bucket, wait time.Duration) {
	if b.full.Before(now) {
		b.full = now
	}
	after = bucket{b.full.Add(every)}
	return after, after.full.Sub(now) - time.Duration(burst)*every
}

// allow says whether a remote may ask now, and else how long it must wait.
func (l *limiter) allow(remote string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	all, wait := l.all.take(now, allHookBurst, allHookEvery)
	if wait > 0 {
		return wait, false
	}
	one, known := l.remotes[remote]
	if !known && len(l.remotes) >= mostRemotes && !l.forget(now) {
		return hookEvery, false
	}
	if one, wait = one.take(now, hookBurst, hookEvery); wait > 0 {
		return wait, false
	}
	l.all, l.remotes[remote] = all, one
	return 0, true
}

// forget makes room for remotes; false: there is none.
func (l *limiter) forget(now time.Time) bool {
	for remote, b := range l.remotes {
		if !b.full.After(now) {
			delete(l.remotes, remote)
		}
	}
	return len(l.remotes) < mostRemotes
}
