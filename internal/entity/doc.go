// Package entity holds what Hob speaks about: ids, kinds, the declared house,
// states, commands and the pure state machine of every kind.
//
// Everything here is a plain value or a pure function of its inputs and `now`;
// there is no I/O, no goroutine and no clock. config builds a House, registry
// runs the state machines under its own lock, and everyone else reads copies.
// Nothing in this package is safe for concurrent mutation; a House is immutable
// once config has returned it, so it may be shared freely.
package entity
