//go:build unix && (!linux || race)

// The race detector takes what was written before a byte was sent as known to
// who has read it; only the library's own calls tell it so.

package sock

import "syscall"

func read(fd uintptr, p []byte) (int, error) { return syscall.Read(int(fd), p) }

func write(fd uintptr, p []byte) (int, error) { return syscall.Write(int(fd), p) }
