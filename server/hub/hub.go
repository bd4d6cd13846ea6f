package hub

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

const (
	subprotocol   = "hob.live.1"
	defaultMost   = 4096
	inlineClients = 32 // up to here the goroutine that brought a change sends it on
	mostMessage   = 4096
	helloWithin   = 10 * time.Second
	pingEvery     = 20 * time.Second
	silentFor     = 60 * time.Second
	holdFor       = 2 * time.Millisecond
)

// Close codes of docs/api.md.
const (
	closeGoingAway   = 1001
	closeBadMessages = 1008
	closeNoHello     = 4400
	closeTokenGone   = 4401
	closeTooMany     = 4503
)

// Source is what the hub follows.
type Source interface {
	Subscribe(wake func()) (registry.Snapshot, *registry.Subscription)
}

// Commands is where clients' commands go.
type Commands interface {
	Submit(command.Request, func(command.Result)) entity.CommandID
	Cancel(entity.CommandID) bool
	Find(entity.CommandID) (command.Result, bool)
}

// Options configures New.
type Options struct {
	Source   Source
	Commands Commands
	Log      *slog.Logger
	// Shards is how many goroutines send when there are many clients; the
	// number of cores when 0.
	Shards int
	// Most is how many clients there may be at once; 4096 when 0.
	Most int
}

// Hub keeps every client in sync. Make one with New, and Run it.
type Hub struct {
	source   Source
	commands Commands
	logger   *slog.Logger
	upgrader websocket.Upgrader
	shards   []*shard
	most     int64
	// What tests make longer: on a busy computer one who means to read is late.
	drainWithin time.Duration
	count       atomic.Int64
	nextID      atomic.Uint64
	refusals    refusals
	work        sync.WaitGroup // sessions

	mu         sync.Mutex
	sub        *registry.Subscription
	mirror     *mirror
	events     []registry.Event // reused by feed
	audiences  map[string]*audience
	commanders map[*client]int // clients with unfinished commands
	held       bool            // release will send to all
	release    *time.Timer
	stopped    bool
	token      uint64 // number of the token in force
}

// New returns a hub that follows its source; Run makes it serve.
func New(o Options) *Hub {
	if o.Shards == 0 {
		o.Shards = runtime.GOMAXPROCS(0)
	}
	if o.Most == 0 {
		o.Most = defaultMost
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{source: o.Source, commands: o.Commands, logger: o.Log, most: int64(o.Most), drainWithin: drainWithin,
		events: make([]registry.Event, 0, 256), audiences: map[string]*audience{}, commanders: map[*client]int{},
		upgrader: websocket.Upgrader{Subprotocols: []string{subprotocol}, ReadBufferSize: 512, WriteBufferSize: 512,
			WriteBufferPool: &sync.Pool{},
			// api has checked Host and Origin before it calls Serve.
			CheckOrigin: func(*http.Request) bool { return true }}}
	for range o.Shards {
		h.shards = append(h.shards, newShard())
	}
	h.mu.Lock()
	h.follow()
	h.mu.Unlock()
	return h
}

// follow (re)subscribes. Clients that are there get a snapshot.
func (h *Hub) follow() {
	snap, sub := h.source.Subscribe(h.changed)
	h.sub, h.mirror = sub, newMirror(snap)
	for _, a := range h.audiences {
		// A new log with a segment far ahead makes every place lag.
		l := newLog(snap.Revision)
		l.head.seq = a.log.head.seq + keptSegments + 1
		a.log, a.cache = l, snapshotCache{}
		a.newest.Store(l.head.seq)
	}
}

// Run serves until ctx is done, then closes every client and waits for all
// goroutines of the hub.
func (h *Hub) Run(ctx context.Context) error {
	var passes sync.WaitGroup
	for _, s := range h.shards {
		passes.Go(func() { s.run(ctx) })
	}
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			h.pingAll()
		case <-ctx.Done():
			h.stop()
			passes.Wait()
			h.work.Wait()
			return nil
		}
	}
}

func (h *Hub) stop() {
	h.mu.Lock()
	h.stopped = true
	h.sub.Close()
	if h.held {
		h.release.Stop()
	}
	h.mu.Unlock()
	for _, c := range h.all() {
		c.close(closeGoingAway, "the server stops")
	}
}

func (h *Hub) all() []*client {
	var out []*client
	for _, s := range h.shards {
		out = append(out, s.list()...)
	}
	return out
}

// Clients is the number of connected clients.
func (h *Hub) Clients() int { return int(h.count.Load()) }

func (h *Hub) pingAll() {
	ping := frame(framePing, nil)
	for _, c := range h.all() {
		if c.silence() > silentFor {
			c.drop("silent for too long")
			continue
		}
		c.send(ping)
	}
}

// changed is the registry's wake: it runs on the goroutine that brought the change.
func (h *Hub) changed() {
	h.mu.Lock()
	news := !h.stopped && h.feed()
	h.mu.Unlock()
	if news {
		h.distribute()
	}
}

// distribute sends what is new in the logs: at once, or, while somebody waits for the
// end of a command, when that has come, or holdFor later. The answer is then not
// behind a thousand writes, and all get the command and what it did in one.
func (h *Hub) distribute() {
	h.mu.Lock()
	hold := len(h.commanders) > 0 && !h.stopped
	if hold && !h.held {
		h.held = true
		h.release = time.AfterFunc(holdFor, h.sendAll)
	}
	h.mu.Unlock()
	if !hold {
		h.sendAll()
	}
}

// sendAll brings every client up to date, whoever waits for a command before the
// others: by itself while they are few, else through the shards.
func (h *Hub) sendAll() {
	h.mu.Lock()
	h.held = false
	first := slices.Collect(maps.Keys(h.commanders))
	h.mu.Unlock()
	for _, c := range first {
		c.flush()
	}
	few := h.count.Load() <= inlineClients
	for _, s := range h.shards {
		if few {
			s.pass()
		} else {
			s.wake()
		}
	}
}

// feed takes what is new into the mirror and the logs. It reports whether
// there was anything.
func (h *Hub) feed() bool {
	some := false
	for {
		events, err := h.sub.Take(h.events[:0])
		if err != nil {
			h.logger.Warn("fell behind the registry; clients get a snapshot")
			h.sub.Close()
			h.follow()
			return true
		}
		if len(events) == 0 {
			return some
		}
		some = true
		for _, e := range events {
			h.spread(e, h.mirror.apply(e))
		}
	}
}

// spread puts a frame into the logs of those who may see it.
func (h *Hub) spread(e registry.Event, frame []byte) {
	for _, a := range h.audiences {
		switch e.Kind {
		case registry.StateChanged, registry.EntityDeclared, registry.EntityRemoved:
			if !a.sees(e.ID) {
				continue
			}
		case registry.BoardChanged, registry.BoardRemoved:
			if !a.seesBoard(*e.Board) {
				continue
			}
		}
		a.log.append(frame, e.Revision, &a.newest)
	}
}
