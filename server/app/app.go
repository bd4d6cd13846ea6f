// Package app joins the parts of the server: it builds them, starts them, gives
// them a new house, and stops them, in an order that is on this page. It has no
// behaviour of its own. The hob command and tests use it; an App is one server.
package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hob/config"
	"hob/internal/command"
	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/store"
	"hob/server/api"
	"hob/server/automation"
	"hob/server/discovery"
	"hob/server/hub"
	"hob/server/link"
	"hob/server/notify"
	"hob/server/watch"
)

// Options configures New. All are needed but Interface, Log, and what is said of
// the file.
type Options struct {
	House    *entity.House
	File     string    // where House was read from, and is read from again when it is saved; "" for nowhere
	Warnings diag.List // of House; or what is wrong with File, if House is of a version before
	Since    time.Time // since when House is in force; zero for now
	// Reloaded is told of every new house, and Diagnosed of what is to be said of the
	// file whenever that is something new. Both are called one after the other.
	Reloaded  func(*entity.House)
	Diagnosed func(diag.List)
	State     string // directory for keys, token, socket and what is remembered
	Listen    string // address for HTTP, such as "127.0.0.1:8420"
	Interface string // where to browse for boards; "" is every usable one
	Reports   int    // of a board that are taken up in a second; 0 is the link's own, all when negative
	Version   string
	Dashboard fs.FS
	Policy    string // the dashboard's Content-Security-Policy
	Log       *slog.Logger
}

// App is a server. Make one with New, then Run it.
type App struct {
	log       *slog.Logger
	state     *stateDir
	listeners []listener
	store     *store.Store

	registry *registry.Registry
	router   *command.Router
	notices  *notices
	links    *link.Manager
	browser  *discovery.Browser
	hub      *hub.Hub
	drivers  []driver
	rules    *automation.Rules
	channels *notify.Channels
	calls    *notify.Calls
	api      *api.API
	watcher  *watch.Watcher // nil when the house is in no file

	file        file
	diagnostics atomic.Pointer[diag.List]
	reloaded    func(*entity.House)
	diagnosed   func(diag.List)

	reloading  sync.Mutex
	token      string   // guarded by reloading
	notInForce []string // guarded by reloading; what the log has been told of the house
}

// driver turns time, or what happens, into what is done.
type driver interface {
	Run(ctx context.Context) error
}

// New builds a server and opens its listeners. Nothing is served before Run.
func New(o Options) (*App, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reloaded == nil {
		o.Reloaded = func(*entity.House) {}
	}
	if o.Diagnosed == nil {
		o.Diagnosed = func(diag.List) {}
	}
	if o.Since.IsZero() {
		o.Since = time.Now()
	}
	a := &App{log: o.Log, reloaded: o.Reloaded, diagnosed: o.Diagnosed,
		file: file{name: o.File, house: o.House, since: o.Since, told: o.Warnings}}
	var err error
	if a.state, err = openState(o.State, o.Log); err != nil {
		return nil, err
	}
	if err := a.build(o); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) build(o Options) error {
	var err error
	if a.token, err = a.state.token(); err != nil {
		return err
	}
	keys, err := link.OpenKeys(a.state.file("keys"))
	if err != nil {
		return err
	}
	saved, err := a.remember(o.House)
	if err != nil {
		return err
	}
	a.registry = registry.New(registry.Options{Saved: saved, Keeper: true, Unrestored: a.unrestored})
	a.router = command.New(command.Options{House: a.registry})
	a.notices = &notices{store: a.store, registry: a.registry, log: o.Log}
	a.notices.restore(context.Background())
	a.links = link.New(link.Options{Registry: a.registry, Keys: keys, Log: o.Log, Version: o.Version, Reports: o.Reports})
	a.browser = discovery.New(discovery.Options{Interface: o.Interface, Sink: a.found, Log: o.Log})
	a.hub = hub.New(hub.Options{Source: a.registry, Commands: a.router, Log: o.Log})
	a.channels, a.calls = notify.NewChannels(o.Log), notify.NewCalls()
	a.rules = automation.NewRules(automation.RulesOptions{House: a.registry, Commands: a.router, Store: ruleStore{a.store},
		Teller: teller{a.notices, a.channels}, Caller: a.calls, Log: o.Log})
	a.drivers = []driver{
		a.store,
		automation.NewKeeping(a.registry, a.store, o.Log), // stops last but for the store: the others' changes count
		automation.NewDeadlines(a.registry),
		automation.NewPlans(a.registry, o.Log),
		automation.NewFeeds(a.registry, a.links),
		automation.NewSiren(a.registry, a.router, o.Log),
		automation.NewBindings(a.registry, a.router, o.Log),
		a.channels,
	}
	a.api = api.New(api.Options{House: a.registry, Commands: a.router, Boards: boards{a.links}, History: a.store, Notices: a.notices, Rules: askedRules{a.rules},
		Live: func(w http.ResponseWriter, r *http.Request, who api.Asker) {
			a.hub.Serve(w, r, hub.Who{Cause: who.Cause, Token: who.Token})
		},
		Diagnostics: func() diag.List { return *a.diagnostics.Load() }, File: o.File,
		Dashboard: o.Dashboard, Policy: o.Policy, Token: a.token, Version: o.Version, Log: o.Log})
	a.diagnostics.Store(&o.Warnings)
	a.Reload(o.House)
	if o.File != "" {
		a.showConfig(o.Warnings)
		a.watcher = watch.New(watch.Options{Files: []string{o.File}, Read: a.readConfig, Log: o.Log})
	}
	a.listeners, err = listen(o.Listen, a.state)
	return err
}

// Reload gives every part the new house. It was checked as a whole before, so
// nothing here can fail half-way.
func (a *App) Reload(h *entity.House) {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	ids := make([]string, 0, len(h.Boards))
	for _, b := range h.Boards {
		ids = append(ids, string(b.ID))
	}
	if now := config.NotInForce(h); !slices.Equal(now, a.notInForce) { // not again with each edit
		for _, what := range now {
			a.log.Warn(what)
		}
		a.notInForce = now
	}
	a.rename(h)
	a.registry.Apply(h)
	if err := a.rules.Reload(h); err != nil {
		a.log.Error("the rules stay as they are", "error", err)
	}
	a.channels.SetUsers(h.Users)
	a.links.SetHouse(h)
	a.browser.SetKnown(ids)
}

// Run serves until ctx is done, then stops everything and waits for it: rules stop
// in the middle of what they do, which the next run of the server takes up, askers
// get their answers, then what brings work in stops, and last what does the work.
func (a *App) Run(ctx context.Context) error {
	defer a.Close()
	var parts parts
	for _, d := range a.drivers {
		parts.start(ctx, d.Run)
	}
	parts.start(ctx, a.links.Run)
	parts.start(ctx, a.lookAgain)
	parts.start(ctx, trim)
	// Stops before the links do, so that a server that ends is a gap and not a house of lost boards.
	parts.start(ctx, recorder{a.store, a.registry}.Run)
	parts.start(ctx, a.hub.Run)
	parts.start(ctx, a.browser.Run)
	if a.watcher != nil {
		parts.start(ctx, a.watcher.Run)
	}
	for _, l := range a.listeners {
		parts.start(ctx, func(ctx context.Context) error { return a.serve(ctx, l) })
	}
	parts.start(ctx, a.rules.Run)
	a.log.Info("ready", "address", a.Addr().String())
	parts.await(ctx)
	ruled := parts.stopLast()
	a.router.Close() // requests that wait for a board would hold up the listeners
	return errors.Join(ruled, parts.stop())
}

// serve answers on one listener until ctx is done.
func (a *App) serve(ctx context.Context, l listener) error {
	srv := api.NewServer(a.api.Handler(l.trust), a.log)
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		// A moment for answers that are under way. Live sessions are the hub's.
		limit, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if srv.Shutdown(limit) != nil {
			_ = srv.Close()
		}
	})
	err := srv.Serve(l.Listener)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	stop()
	return err
}

// Close gives up the address and the state directory of an App that is not
// run; Run does so itself. It may be called more than once.
func (a *App) Close() {
	for _, l := range a.listeners {
		_ = l.Close()
	}
	if a.calls != nil {
		a.calls.Close()
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Error("closing the store", "error", err)
		}
	}
	a.state.Close()
}

// Addr is the address that HTTP is served on.
func (a *App) Addr() net.Addr { return a.listeners[0].Addr() }

// Token is the bearer token; Guarded says whether Addr asks for it.
func (a *App) Token() string {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	return a.token
}

// RereadToken takes over the token that the state directory holds now, and makes
// one when it holds none. With another token than before, the live sessions that
// the old one let in are ended. On an error the old one stays.
func (a *App) RereadToken() (changed bool, err error) {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	t, err := a.state.token()
	if err != nil || t == a.token {
		return false, err
	}
	a.token = t
	a.hub.SetToken(a.api.SetToken(t))
	return true, nil
}

// Guarded says whether requests to Addr need the token.
func (a *App) Guarded() bool { return a.listeners[0].trust == api.TrustNobody }

// Boards lists the boards as they are.
func (a *App) Boards() []entity.BoardRecord { return a.registry.Boards() }
