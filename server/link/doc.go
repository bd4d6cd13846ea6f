// Package link owns the server's end of the board link of docs/wire.md: it
// dials boards, holds one encrypted session with each declared one, keeps their
// keys, and hands what they report to the registry, which hands it commands.
//
// The app makes one Manager, tells it the house (SetHouse) and what discovery
// hears (Found, Lost), and runs it (Run). The API asks for Status, Adopt,
// Rotate, Revoke, Identify and Restart. All methods may be called from any
// goroutine.
//
// A board costs one goroutine. It reads, decodes each frame once and calls the
// registry itself; whoever has something for the board writes, one at a time, and
// never waits for it. The registry may call Send under its own lock, so Send takes
// only the session's lock and never calls back, and nothing here calls the registry
// while it holds that lock or a board's; what Send took goes out with Flush, which
// the registry calls without its lock.
//
// Whether a board is there is decided by the session alone: no announcement and
// no goodbye ends one.
package link
