// Package watch reads files again when they have changed, in whatever way they
// were saved: in place, by renaming another file over them, by deleting and
// creating them, by turning a symbolic link somewhere on their path.
//
// app runs one Watcher for config.yaml and what it includes. Directories are
// watched and not files, since a watched file that was replaced is never heard of
// again (names.go). What counts is the content (content.go): an event after which
// all files are as they were is none. A file that somebody is still writing is waited
// for where the system tells (writer.go). Where the system has no events to give, the files are looked at
// every two seconds.
//
// Options.Read and what it returns are called on Run's goroutine, one after the
// other; Again may be called from any.
package watch

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quietFor is how long files must have been left alone before they are read:
	// editors save in several steps, a moment apart.
	quietFor = 100 * time.Millisecond
	// longestWait is how long a storm of saves puts reading off, and how long a file
	// may be away before that is news.
	longestWait = 500 * time.Millisecond
	// pollEvery is how often files are looked at where there are no events.
	pollEvery = 2 * time.Second
	// lookEvery is how often they are looked at although there are: for network
	// file systems, which do not tell what other computers do, and for a directory
	// far up the path that was moved away.
	lookEvery = 10 * time.Second
	// mostReads bounds how often files are read until they hold still meanwhile.
	mostReads = 4
)

// Options configures New. All are needed but Log.
type Options struct {
	// Files are watched until the first Read has told which there are.
	Files []string
	// Read reads the files, and tells which they are, also those that it looked for
	// in vain, and what to do with what it has read. It is called when Run begins,
	// when a file differs, and, with asked set, after Again. If a file changed while
	// it read, what it has read is dropped and it is called once more.
	Read func(asked bool) (files []string, use func())
	Log  *slog.Logger
}

// Watcher watches files. Make one with New, then Run it.
type Watcher struct {
	read  func(bool) ([]string, func())
	log   *slog.Logger
	again chan struct{}

	// What tests make shorter, or fail.
	quiet, longest, poll, look, idle, slowest time.Duration

	open    func() (*fsnotify.Watcher, error)
	add     func(*fsnotify.Watcher, string) error
	writing func(file string) bool

	// Run's goroutine owns the rest.
	files    []string
	seen     contents
	names    names
	events   *fsnotify.Watcher // nil where there are none
	complete bool              // every directory is watched
	said     bool              // that it is not
}

// New returns a Watcher. Nothing is watched before Run.
func New(o Options) *Watcher {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Watcher{read: o.Read, log: o.Log, again: make(chan struct{}, 1), files: slices.Clone(o.Files),
		quiet: quietFor, longest: longestWait, poll: pollEvery, look: lookEvery, idle: idleFor, slowest: slowest,
		open: fsnotify.NewWatcher, add: (*fsnotify.Watcher).Add, writing: openForWriting}
}

// Again has the files read, whether they differ or not.
func (w *Watcher) Again() {
	select {
	case w.again <- struct{}{}:
	default: // it is asked for already
	}
}

// Run watches until ctx is done, and returns nil then.
func (w *Watcher) Run(ctx context.Context) error {
	defer w.close()
	w.readAll(false)
	var s storm
	defer s.end()
	pause := w.pause()
	look := time.NewTimer(pause)
	defer look.Stop()
	for {
		events, errs := w.channels()
		select {
		case <-ctx.Done():
			return nil
		case <-w.again:
			s.end()
			w.readAll(true)
		case e, ok := <-events:
			if !ok {
				w.close()
			} else if w.names.concern(e.Name) {
				s.goOn(w.quiet, w.longest)
			}
		case err := <-errs:
			if !errors.Is(err, fsnotify.ErrEventOverflow) { // that one lost some events, and gives more
				w.close()
				w.without(err)
			}
			s.goOn(w.quiet, w.longest)
		case <-s.over():
			if s.young(w.longest) && w.lost() {
				s.wait(min(w.quiet, w.longest)) // who saves by deleting creates next
				continue
			}
			if w.unfinished(&s) {
				s.wait(w.quiet)
				continue
			}
			s.end()
			w.compare()
		case <-look.C:
			if w.follow(); s.timer == nil && w.differs() {
				s.goOn(w.quiet, w.longest)
			}
			pause = 0
		}
		if now := w.pause(); now != pause {
			pause = now
			look.Reset(pause)
		}
	}
}

// pause is how long the files may go without being looked at.
func (w *Watcher) pause() time.Duration {
	if w.complete {
		return w.look
	}
	return w.poll
}

// compare reads the files if any of them differs from what was read.
func (w *Watcher) compare() {
	w.follow()
	if w.differs() {
		w.readAll(false)
	}
}

func (w *Watcher) differs() bool { return !w.seen.equal(look(w.files)) }

// lost says whether a file that was read is not there now.
func (w *Watcher) lost() bool { return w.seen.lost(look(w.files)) }

// readAll reads the files and uses what was read. The directories are watched and
// the contents noted before that, so that no change in between goes unseen; if
// there was one, or other files are named now, it is done again.
func (w *Watcher) readAll(asked bool) {
	for n := 1; ; n++ {
		w.follow()
		before := look(w.files)
		files, use := w.read(asked)
		same := slices.Equal(files, w.files)
		w.files = slices.Clone(files)
		if same && before.equal(look(w.files)) || n == mostReads {
			w.seen = before
			use()
			return
		}
	}
}

// storm is a series of events that lie close together.
type storm struct {
	began, last time.Time   // the first and the last of them
	timer       *time.Timer // nil while there is none
}

// goOn notes one more event. It puts the end off for so long and no longer.
func (s *storm) goOn(quiet, longest time.Duration) {
	s.last = time.Now()
	if s.timer == nil {
		s.began, s.timer = s.last, time.NewTimer(min(quiet, longest))
		return
	}
	if left := longest - time.Since(s.began); left > 0 {
		s.timer.Reset(min(quiet, left))
	}
}

// wait puts off the end of a storm without an event.
func (s *storm) wait(quiet time.Duration) { s.timer.Reset(quiet) }

// over tells when the files are to be compared.
func (s *storm) over() <-chan time.Time {
	if s.timer == nil {
		return nil
	}
	return s.timer.C
}

// young says whether the storm may be waited for.
func (s *storm) young(longest time.Duration) bool { return time.Since(s.began) < longest }

func (s *storm) end() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}
