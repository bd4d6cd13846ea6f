// Package link owns the server's end of the board link of docs/wire.md: it
// dials boards, holds one encrypted session with each declared one, keeps their
// keys, and hands what they report to the registry, which hands it commands.
//
// The app makes one Manager, tells it the house (SetHouse) and what discovery
// hears (Found, Lost), and runs it (Run). The API asks for Status, Adopt,
// Rotate, Revoke, Identify and Restart. All methods may be called from any
// goroutine.
//
// A board costs one goroutine, and a second one while its session is live. The
// first reads, decodes each frame once and calls the registry itself; the
// second is the only writer. The registry may call Send under its own lock, so
// Send takes only the session's lock and never calls back, and nothing here
// calls the registry while it holds that lock or a board's.
//
// Whether a board is there is decided by the session alone: no announcement and
// no goodbye ends one.
package link
