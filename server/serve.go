package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/server/app"
	"hob/web"
)

const defaultListen = "127.0.0.1:8420"

func (c *cli) serveCommand() *cobra.Command {
	var file, listen, iface, level string
	var reports int
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the house",
		Long: `Runs the house that a config file declares: finds its boards, keeps them
configured and linked, and serves the dashboard and the API.

It listens on this computer only unless --listen names another address, such as
:8420 for every interface; then every request needs the token that is kept in
the state directory.

The config file and what it includes are read again whenever they are saved. What
has changed is in force within a second; a file with mistakes changes nothing, and
the log, the dashboard and hob boards say what is wrong. So does a start that finds
mistakes: the house runs by the version that was in force last, which the state
directory keeps. SIGHUP reads the file at once, and the token too: it makes a new one
if that file is gone, and whoever came in by the old one must show the new.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := c.logger(level)
			if err != nil {
				return err
			}
			return c.serve(cmd.Context(), file, app.Options{State: c.state, Listen: listen, Interface: iface, Reports: reports, Log: log})
		},
	}
	cmd.Flags().StringVar(&file, "config", "config.yaml", "the house")
	listenFlag(cmd, &listen)
	cmd.Flags().StringVar(&iface, "mdns-interface", "", "the only network interface to look for boards on")
	cmd.Flags().StringVar(&level, "log", "info", "what is logged: debug, info, warn or error")
	cmd.Flags().IntVar(&reports, "reports", 0, "how many reports of a board are taken up in a second; all when negative")
	_ = cmd.Flags().MarkHidden("reports") // for the bench, which measures how fast the rest is
	return cmd
}

// logger writes to standard error: for people on a terminal, as JSON lines with --json.
func (c *cli) logger(level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usage("--log must be debug, info, warn or error, not %q", level)
	}
	if c.json {
		return slog.New(slog.NewJSONHandler(c.stderr, &slog.HandlerOptions{Level: l})), nil
	}
	return slog.New(tint.NewTextHandler(c.stderr, &tint.Options{Level: l, NoColor: !colorful(c.stderr), TimeFormat: "15:04:05.000"})), nil
}

func (c *cli) serve(ctx context.Context, file string, o app.Options) error {
	house, list, err := c.loadToRun(file)
	if list.HasErrors() {
		house, o.Since = c.before(file, o.Log)
	}
	if house == nil {
		return err
	}
	o.File, o.Warnings = file, list
	a, err := c.newApp(house, o)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := c.greet(a, house); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	reloads := reloadOnHangup(ctx, a, o.Log)
	err = a.Run(ctx)
	stop()
	<-reloads
	return err
}

// before is the house that was in force when the server ran last, and since when; nil
// if there is none. Boards run by it anyway, and a power cut in the middle of an edit
// is no reason for a house to stay without its server.
func (c *cli) before(file string, log *slog.Logger) (*entity.House, time.Time) {
	kept, ok := app.KeptConfig(c.state, file)
	if !ok {
		return nil, time.Time{}
	}
	house := kept.Load(file).House
	if house != nil {
		log.Error("the config has mistakes; the house runs by the version before until they are mended", "file", file,
			"goes_on_with", kept.Since)
	}
	return house, kept.Since
}

// collectAt is Go's GOGC for a server: it holds little and makes little garbage,
// so memory is worth more than the collector's time (docs/performance.md).
const collectAt = 50

func (c *cli) newApp(house *entity.House, o app.Options) (*app.App, error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	if !c.json { // a log of JSON has the first mistake, and the API the others
		o.Diagnosed = func(list diag.List) { _ = c.diagnose(list) }
	}
	o.House, o.Version, o.Dashboard, o.Policy = house, version, web.Files(), web.ContentSecurityPolicy()
	a, err := app.New(o)
	switch {
	case errors.Is(err, app.ErrInUse):
		return nil, fmt.Errorf("%w; stop it, or give this one another --state", err)
	case errors.Is(err, app.ErrState):
		return nil, fmt.Errorf("%w; give one that you can write to with --state, or in HOB_STATE", err)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%w; stop what uses it, or choose another --listen", err)
	}
	return a, err
}

// greet says where the dashboard is. With --json it is one line for scripts.
func (c *cli) greet(a *app.App, h *entity.House) error {
	url := address(a.Addr())
	if c.json {
		return c.printLine(map[string]any{"url": url, "state": c.state, "pid": os.Getpid(), "token_needed": a.Guarded()})
	}
	fmt.Fprintf(c.stderr, "%s: %s\n", title(h), contents(h))
	switch {
	case !a.Guarded():
	case terminal(c.stderr):
		// The part behind # stays in the browser; it is in no log and no request line.
		url += "#token=" + a.Token()
	default: // a journal keeps what it is told
		fmt.Fprintf(c.stderr, "It asks for the token in %s\n", filepath.Join(c.state, "token"))
	}
	fmt.Fprintf(c.stderr, "Dashboard: %s\n", url)
	return nil
}

// address is what to type into a browser here: a listener on every interface
// has none of its own.
func address(a net.Addr) string {
	s := a.String()
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		s = net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return "http://" + s + "/"
}

func title(h *entity.House) string {
	if h.Name == "" {
		return "Hob"
	}
	return "Hob at " + strings.TrimSpace(h.Name)
}

// reloadOnHangup reads the file and the token again on SIGHUP, until ctx is done.
func reloadOnHangup(ctx context.Context, a *app.App, log *slog.Logger) (done chan struct{}) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer signal.Stop(hangups)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
			}
			if changed, err := a.RereadToken(); err != nil {
				log.Error("the token stays as it is", "error", err)
			} else if changed {
				log.Info("the token has changed")
			}
			a.ReadConfig()
		}
	}()
	return done
}
