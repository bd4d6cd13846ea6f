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
	return uint32(min(uint64(info.Freeram)*uint64(info.Unit), math.MaxUint32))
}
