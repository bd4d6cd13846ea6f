// Package api is what Hob says over HTTP: REST with its OpenAPI description,
// the way in to the live WebSocket, and the dashboard. docs/api.md is its
// contract.
//
// app builds one API and serves its handlers on each listener; a handler knows
// how much its listener is trusted. The package keeps no state but the token's
// hash; everything but SetToken may be called from any goroutine.
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"hob/internal/command"
	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/registry"
)

// House is what the api reads.
type House interface {
	Snapshot() registry.Snapshot
	Entity(entity.ID) (entity.Record, bool)
	Boards() []entity.BoardRecord
	Revision() entity.Revision
	Epoch() string
}

// Commands is where commands go.
type Commands interface {
	Submit(command.Request, func(command.Result)) entity.CommandID
	Find(entity.CommandID) (command.Result, bool)
}

// Boards is what can be done with boards; app joins it to the link. Errors are
// *BoardError for what a person can put right.
type Boards interface {
	Link(entity.BoardID) *entity.LinkInfo // nil when there is none
	Adopt(ctx context.Context, id entity.BoardID, code string, replace bool) error
	// Provision makes the next key of a board that somebody has on a cable, known
	// here or not.
	Provision(ctx context.Context, id entity.BoardID, replace bool) (entity.ProvisionedKey, error)
	Rotate(ctx context.Context, id entity.BoardID) error
	// Revoke says whether the board could be told.
	Revoke(ctx context.Context, id entity.BoardID) (told bool, err error)
	Identify(ctx context.Context, id entity.BoardID) error
	Restart(ctx context.Context, id entity.BoardID) error
	// Update begins to bring a board to the firmware of a signed image.
	Update(ctx context.Context, id entity.BoardID, image []byte) error
	Progress(entity.BoardID) *entity.UpdateInfo // nil when there was none
}

// Asker is who opens a live session.
type Asker struct {
	Cause entity.Cause // of its commands
	Token uint64       // number of the token that let it in; 0 when none was needed
}

// Live serves the WebSocket to one client.
type Live func(http.ResponseWriter, *http.Request, Asker)

// Options configures New. All of it is needed but Log, File and Diagnostics.
type Options struct {
	House    House
	Commands Commands
	Boards   Boards
	History  History
	Notices  Notices
	Rules    Rules
	Live     Live
	// Diagnostics are what is to be said of config.yaml as it is now. May be nil.
	Diagnostics func() diag.List
	File        string // that declares the house; "": none
	Dashboard   fs.FS  // the built dashboard
	Policy      string // its Content-Security-Policy
	Token       string // asked for on listeners that are not trusted
	Version     string
	Log         *slog.Logger
}

// API answers requests. Make one with New.
type API struct {
	Options
	echo  *echo.Echo
	token atomic.Pointer[token]

	editing sync.Mutex // held while config.yaml is read, checked or edited: one asker at a time, and no more memory than one takes
}

// New returns an API.
func New(o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{Options: o, echo: echo.New()}
	a.token.Store(newToken(o.Token, 1))
	a.echo.HideBanner, a.echo.HidePort = true, true
	a.echo.HTTPErrorHandler = a.problems
	a.echo.IPExtractor = echo.ExtractIPDirect()
	a.echo.Use(a.recoverPanic, a.secureHeaders, a.guard,
		limit("64K", func(r *http.Request) bool { return !bringsFile(r) }), limit("4M", bringsFile))
	a.route(operations{humaecho.New(a.echo, a.config()), false})
	a.routeDescription()
	a.echo.GET("/healthz", a.health)
	a.echo.GET("/api/live", a.live)
	a.echo.POST("/api/session", a.openSession)
	a.echo.DELETE("/api/session", a.closeSession)
	a.echo.Any("/api", a.notFound)
	a.echo.Any(noSuchAddress, a.notFound)
	a.echo.GET("/*", a.dashboard())
	return a
}

// route registers what can be done over REST.
func (a *API) route(ops operations) {
	a.routeHouse(ops)
	a.routeCommands(ops)
	a.routeBoards(ops)
	a.routeConfig(ops)
	a.routeConfigEdits(ops)
	a.routeHistory(ops)
	a.routeNotices(ops)
	a.routeRules(ops)
	a.routeHooks(ops)
}

// limit bounds the bodies of some requests.
func limit(most string, of func(*http.Request) bool) echo.MiddlewareFunc {
	return middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: most,
		Skipper: func(c echo.Context) bool { return !of(c.Request()) }})
}

func (a *API) config() huma.Config {
	c := huma.DefaultConfig("Hob", a.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // routeDescription has its own
	c.CreateHooks = nil                                   // no $schema member in answers
	c.Transformers = append(c.Transformers, withoutValues)
	c.Info.Description = "The normative description, with the live protocol, is docs/api.md."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "Not needed on loopback and on the unix socket."}}
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[entity.Params](), reflect.TypeFor[map[string]any]())
	c.Security = []map[string][]string{{"token": {}}, {}}
	return c
}

// withoutValues keeps what was sent out of the answer that finds fault with it:
// the alarm's code may stand in it.
func withoutValues(_ huma.Context, _ string, v any) (any, error) {
	if problem, ok := v.(*huma.ErrorModel); ok {
		for _, e := range problem.Errors {
			e.Value = nil
		}
	}
	return v, nil
}

// Trust says how a listener's requests are taken.
type Trust int

// Values of Trust.
const (
	TrustNobody   Trust = iota // every request needs the token
	TrustLoopback              // every local process may ask
	TrustSocket                // the unix socket: the command line
)

type trustKey struct{}

// Handler answers for one listener.
func (a *API) Handler(t Trust) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), trustKey{}, t))
		if r.Method == http.MethodHead {
			r.Method = http.MethodGet // of the copy: net/http knows to send no body
		}
		a.echo.ServeHTTP(w, r)
	})
}

// NewServer wraps a handler with the limits that a server on a home network needs.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

func trustOf(ctx context.Context) Trust {
	t, _ := ctx.Value(trustKey{}).(Trust)
	return t
}

// causeOf is who a request's commands come from.
func causeOf(r *http.Request) entity.Cause {
	switch {
	case r.Header.Get("Origin") != "":
		return entity.Cause{Kind: entity.CauseUser}
	case trustOf(r.Context()) == TrustSocket || r.Header.Get("Hob-Client") == "cli":
		return entity.Cause{Kind: entity.CauseCLI}
	}
	return entity.Cause{Kind: entity.CauseAPI}
}

func (a *API) live(c echo.Context) error {
	if !websocket.IsWebSocketUpgrade(c.Request()) {
		c.Response().Header().Set("Upgrade", "websocket")
		return problem(http.StatusUpgradeRequired, "this address speaks WebSocket; docs/api.md says what")
	}
	asker := Asker{Cause: causeOf(c.Request())}
	if trustOf(c.Request().Context()) == TrustNobody {
		t := a.token.Load()
		if !t.is(tokenOf(c.Request())) { // replaced since guard has looked
			return problem(http.StatusUnauthorized, "this needs the token from the server's state directory")
		}
		asker.Token = t.number
	}
	a.Live(c.Response().Writer, c.Request(), asker)
	return nil
}

func (a *API) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler: // how a handler drops its connection
				panic(p)
			default:
				a.Log.Error("a request panicked", "path", c.Path(), "panic", p, "stack", string(debug.Stack()))
				err = problem(http.StatusInternalServerError, "internal error")
			}
		}()
		return next(c)
	}
}
