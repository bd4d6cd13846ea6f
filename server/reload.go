package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"hob/config"
	"hob/config/watch"
	"hob/server/app"
)

// keepReloading takes over each edit of the config file and of the files that it
// names, and reads them and the token again on SIGHUP, until ctx is done; then it
// closes done. files are those that the running house was read from.
func (c *cli) keepReloading(ctx context.Context, a *app.App, file string, files []string, log *slog.Logger) (done chan struct{}) {
	saved := make(chan struct{}, 1)
	watcher := watch.New(watch.Options{Changed: func() {
		select {
		case saved <- struct{}{}:
		default: // one is waiting already, and reads what is newest
		}
	}})
	watcher.SetFiles(files)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	done = make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() { _ = watcher.Run(ctx) }) // it returns nil
	go func() {
		defer close(done)
		defer running.Wait()
		defer signal.Stop(hangups)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				rereadToken(a, log)
			case <-saved:
			}
			c.reload(a, file, watcher, log)
		}
	}()
	return done
}

// reload applies the file if it is valid; else everything stays as it is.
func (c *cli) reload(a *app.App, file string, watcher *watch.Watcher, log *slog.Logger) {
	loaded, err := config.LoadFiles(file)
	// Also where it failed: what is missing or wrong is where the next edit comes.
	watcher.SetFiles(loaded.Files)
	if err == nil {
		err = c.diagnose(loaded.List)
	}
	switch {
	case err != nil:
		log.Error("the house stays as it is", "file", file, "error", err)
	case loaded.List.HasErrors():
		log.Error("the house stays as it is", "file", file, "error", tally(loaded.List))
	default:
		a.Reload(loaded.House)
		log.Info("config reloaded", "file", file, "contents", contents(loaded.House))
	}
}

func rereadToken(a *app.App, log *slog.Logger) {
	if changed, err := a.RereadToken(); err != nil {
		log.Error("the token stays as it is", "error", err)
	} else if changed {
		log.Info("the token has changed")
	}
}
