// Package hub holds the WebSocket sessions of browsers and of the command
// line: /api/live of docs/api.md. It turns registry events into frames, once
// per change, and gets them to every client that may see them.
//
// A client has no queue. It holds a place in its audience's log of frames; a
// pass over the clients sends each one everything from its place to the end in
// one non-blocking write, so changes that come while a pass runs are batched by
// nature. A client that the kernel takes nothing more for is left to a goroutine
// of its own with a deadline, and one that has fallen out of the log gets the
// newest state of what it missed, or the snapshot. So a stalled client costs a
// bounded amount of memory and nobody else any time.
//
// app starts Run and api calls Serve. All exported methods are safe for
// concurrent use. Locks are taken in the order Hub.mu, client.mu.
package hub
