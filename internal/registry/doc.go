// Package registry holds what is true now: the declared house, what boards
// have reported, what is available, which commands are pending, and the
// revision that counts every change.
//
// link feeds it (Attach, Report, Gesture, Detach, SetBoard), command.Router
// asks it to accept and finish commands, app gives it a new house (Apply), and
// hub and automation follow it (Subscribe, Watch). Drivers of automation tell it
// the time (Tick) and take what is to be stored (TakeUnsaved).
//
// All methods may be called from any goroutine. One mutex guards everything;
// under it there is no I/O and no blocking send. Every change gets one revision
// and one Event; events are published in revision order. Subscribers hold a
// cursor into a shared ring and no queue. It has room for the slowest of them, up
// to a bound: one that falls further behind gets ErrLagged and subscribes again.
//
// An entity's state machine hears of its board when the board has reported all of
// the entity's points, and never of a part. Whoever watches an entity is told of
// a change within the same update, so no snapshot shows one without the other.
// What a change costs depends on the entities that it concerns and on no others.
package registry
