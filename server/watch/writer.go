package watch

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// idleFor is how long somebody may keep a changed file open for writing and do
	// nothing to it before it is read as it is.
	idleFor = 5 * time.Second
	// slowest is how long they may write altogether before that.
	slowest = time.Minute
)

// unfinished says whether somebody is still at work on a file that differs from what
// was read: the first half of a house may be a valid house, in which the relays of the
// second half are gone.
func (w *Watcher) unfinished(s *storm) bool {
	if time.Since(s.last) >= w.idle || time.Since(s.began) >= w.slowest {
		return false
	}
	for name, now := range look(w.files) {
		if now != w.seen[name] && w.writing(name) {
			return true
		}
	}
	return false
}

// openForWriting says whether somebody has a file open for writing: the system gives
// no lease of it then. Who opens it to write in the moment until the lease is given up
// waits for that moment, and the signal that we are sent is one that Go ignores. The
// system gives no lease either of a file that is somebody else's, unless to root, and
// on file systems that know none (NFS, FUSE): nothing is known there, and false is
// returned.
func openForWriting(name string) bool {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer f.Close() // and the lease ends: who opens the file meanwhile waits no longer
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	return errors.Is(err, unix.EAGAIN)
}
