package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"hob/internal/entity"
)

const (
	// mostQueued is how many messages wait for a channel at most: the oldest gives way.
	mostQueued = 50
	// partWait is how long a stop waits for messages that are on their way.
	partWait = 3 * time.Second
)

// rests are the pauses between attempts; after the last the message is given up.
func rests() []time.Duration {
	return []time.Duration{2 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}
}

// Channels takes messages to users. A message that does not get through is tried
// again, for some six minutes. What waits is lost when the server stops: the
// dashboard has it all the same.
//
// Each channel has a goroutine of its own while it has something to send, so a
// service that does not answer holds up no other, and is never asked twice at
// once: the library gives no way to break off what it sends.
type Channels struct {
	log   *slog.Logger
	rests []time.Duration
	ctx   context.Context // ends the pauses
	stop  context.CancelFunc
	ended sync.WaitGroup

	mu      sync.Mutex
	users   []entity.User
	boxes   map[box]*outbox
	running bool
}

// box names a channel of a user.
type box struct {
	user entity.UserID
	url  entity.Secret
}

// outbox is what waits for a channel.
type outbox struct {
	name    box
	service types.Service // once it was made
	queue   []string
	busy    bool // a goroutine is at it
	lost    int  // messages that gave way
}

// NewChannels returns Channels of no users; SetUsers, and Run it.
func NewChannels(log *slog.Logger) *Channels {
	ctx, stop := context.WithCancel(context.Background())
	return &Channels{log: log, rests: rests(), ctx: ctx, stop: stop, boxes: map[box]*outbox{}}
}

// SetUsers has messages go where these users want them, from now on.
func (c *Channels) SetUsers(users []entity.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users = users
	still := map[box]bool{}
	for _, u := range users {
		for i, ch := range u.Notify {
			if ch.Dashboard {
				continue
			}
			still[box{u.ID, ch.URL}] = true
			if _, err := service(ch.URL); err != nil {
				c.log.Warn("a channel to a user cannot be used", "user", u.ID, "channel", i+1, "service", scheme(ch.URL), "error", err)
			}
		}
	}
	for name, b := range c.boxes {
		if !still[name] {
			b.queue = nil
			delete(c.boxes, name)
		}
	}
}

// Tell sends a text to a user's channels, or with "" to everybody's. It returns at once.
func (c *Channels) Tell(user entity.UserID, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range c.users {
		if user != "" && u.ID != user {
			continue
		}
		for _, ch := range u.Notify {
			if !ch.Dashboard {
				c.put(box{u.ID, ch.URL}, text)
			}
		}
	}
}

func (c *Channels) put(name box, text string) {
	b := c.boxes[name]
	if b == nil {
		b = &outbox{name: name}
		c.boxes[name] = b
	}
	if b.queue = append(b.queue, text); len(b.queue) > mostQueued {
		b.queue = b.queue[1:]
		b.lost++
	}
	c.wake(b)
}

// wake has somebody be at the outbox. The lock is held.
func (c *Channels) wake(b *outbox) {
	if c.running && !b.busy && len(b.queue) > 0 {
		b.busy = true
		c.ended.Add(1)
		go c.empty(b)
	}
}

// Run sends until ctx is done.
func (c *Channels) Run(ctx context.Context) error {
	c.mu.Lock()
	c.running = true
	for _, b := range c.boxes {
		c.wake(b)
	}
	c.mu.Unlock()
	<-ctx.Done()
	c.mu.Lock()
	c.running = false
	c.mu.Unlock()
	c.stop()
	done := make(chan struct{})
	go func() {
		c.ended.Wait()
		close(done)
	}()
	limit := time.NewTimer(partWait)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		c.log.Warn("a message is still on its way, and nobody waits for it any more")
	}
	return nil
}

// empty sends what waits, one after the other.
func (c *Channels) empty(b *outbox) {
	defer c.ended.Done()
	for {
		c.mu.Lock()
		if len(b.queue) == 0 || c.ctx.Err() != nil {
			if n := len(b.queue); n > 0 {
				c.log.Warn("messages were not sent: the server stops", "user", b.name.user, "service", scheme(b.name.url), "messages", n)
			}
			b.busy = false
			c.mu.Unlock()
			return
		}
		text, lost := b.queue[0], b.lost
		b.queue, b.lost = b.queue[1:], 0
		c.mu.Unlock()
		if lost > 0 {
			c.log.Warn("messages gave way to newer ones", "user", b.name.user, "service", scheme(b.name.url), "messages", lost)
		}
		c.deliver(b, text)
	}
}

// deliver sends one message, and tries again when it fails.
func (c *Channels) deliver(b *outbox, text string) {
	for attempt := 0; ; attempt++ {
		err := b.send(text)
		if err == nil {
			return
		}
		if attempt == len(c.rests) {
			c.log.Warn("a message did not get through", "user", b.name.user, "service", scheme(b.name.url), "attempts", attempt+1, "error", err)
			return
		}
		if attempt == 0 {
			c.log.Warn("a message did not get through; it is tried again", "user", b.name.user, "service", scheme(b.name.url), "error", err)
		}
		rest := time.NewTimer(c.rests[attempt])
		select {
		case <-rest.C:
		case <-c.ctx.Done():
			rest.Stop()
			return
		}
	}
}

// send sends a message once and waits for its end, however long that takes. One
// that took too long counts as failed only if it did: asking again would send it twice.
func (b *outbox) send(text string) error {
	if b.service == nil {
		s, err := service(b.name.url)
		if err != nil {
			return err
		}
		b.service = s
	}
	if err := b.service.Send(text, &types.Params{}); err != nil {
		return errors.New(scrub(err, b.name.url.Reveal()))
	}
	return nil
}

// service is what sends to an address. Its errors tell nothing of the address.
func service(address entity.Secret) (types.Service, error) {
	r, err := router.New(nil)
	if err != nil {
		return nil, errors.New(scrub(err, address.Reveal()))
	}
	s, err := r.Locate(address.Reveal())
	if err != nil {
		return nil, fmt.Errorf("%s", scrub(err, address.Reveal()))
	}
	return s, nil
}

// scheme is all that is told of an address.
func scheme(address entity.Secret) string {
	u, err := url.Parse(address.Reveal())
	if err != nil {
		return "unknown"
	}
	name, _, _ := strings.Cut(u.Scheme, "+")
	return name
}
