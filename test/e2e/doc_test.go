//go:build e2e

// Package e2e runs the real thing: bin/hob and bin/hob-board as processes, with
// nothing between them but sockets, and breaks it in every way that a house
// breaks. Run it with `make e2e`, which builds both first.
package e2e
