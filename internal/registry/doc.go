// Package registry holds what is true now: the declared house, what boards
// have reported, what is available, which commands are pending, and the
// revision that counts every change.
//
// link feeds it (Attach, Report, Gesture, Detach, SetBoard), command.Router
// asks it to accept and finish commands, app gives it a new house (Apply), and
// hub, automation and later the store follow it (Subscribe).
//
// All methods may be called from any goroutine. One mutex guards everything;
// under it there is no I/O and no blocking send. Every change gets one revision
// and one Event; events are published in revision order. Subscribers hold a
// cursor into a shared ring and no queue: one that falls behind gets ErrLagged
// and subscribes again.
package registry
