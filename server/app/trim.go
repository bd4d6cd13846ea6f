package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// trimLook is how often the memory is looked at. A look that changes nothing
	// costs microseconds.
	trimLook = 10 * time.Second
	// trimRest is the least time between two collections: one keeps a core of a
	// small computer busy for some hundredths of a second.
	trimRest = time.Minute
	// trimLeast is what is worth a collection, in bytes, and trimShare which part
	// of what is in use.
	trimLeast = 1 << 20
	trimShare = 4
)

// trim gives memory back that was needed once: a start, a reload and a thousand
// boards that come back after a power cut leave garbage that the collector, which
// goes by how much is allocated, would not look at again in a calm house for
// hours, and Go's own scavenger keeps what the collector may need next.
func trim(ctx context.Context) error { return trimWhen(ctx, spare, debug.FreeOSMemory) }

// trimWhen gives back at the first look, whatever spare says: what the collector last
// found in use was in use during the start, and hides how much of it is garbage now.
func trimWhen(ctx context.Context, spare func() bool, give func()) error {
	look := time.NewTicker(trimLook)
	defer look.Stop()
	var last time.Time
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil
		}
		if last.IsZero() || time.Since(last) >= trimRest && spare() {
			give()
			last = time.Now()
		}
	}
}

// spare says whether the process holds much memory that it has no use for.
func spare() bool {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(s)
	return worthTrimming(s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64())
}

// worthTrimming judges bytes: free is what the collector has freed and kept, objects
// what is allocated, live what of that was in use when it last looked.
func worthTrimming(free, objects, live uint64) bool {
	unused := free + max(objects, live) - live
	return unused >= trimLeast && unused >= objects/trimShare
}
