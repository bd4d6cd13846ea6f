package app

import (
	"runtime/debug"
	"testing"
)

// kept keeps what a test allocates from being freed, or optimised away.
var kept []byte

func TestMemoryIsGivenBackWhereThereIsSomethingToGive(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // nothing is collected but here
	debug.FreeOSMemory()
	if spare() {
		t.Error("right after a collection there is nothing to give back")
	}
	for range 64 {
		kept = make([]byte, 1<<20)
	}
	if !spare() {
		t.Error("64 MB of garbage are nothing to give back")
	}
	debug.FreeOSMemory()
	if spare() {
		t.Error("it was not given back")
	}
}
