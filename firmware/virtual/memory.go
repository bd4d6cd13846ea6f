package main

import (
	"math"
	"syscall"
)

// freeMemory is the free memory of this computer in bytes, as far as a stats
// frame can say: a virtual board has no heap of its own.
func freeMemory() uint32 {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return 0
	}
	free := uint64(info.Freeram) * uint64(info.Unit) //nolint:unconvert // narrower on 32-bit machines
	return uint32(min(free, math.MaxUint32))
}
