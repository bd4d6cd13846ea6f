//go:build linux && !race

package sock

import (
	"syscall"
	"unsafe"
)

// read is read(2) of at least one byte.
func read(fd uintptr, p []byte) (int, error) { return direct(syscall.SYS_READ, fd, p) }

// write is write(2) of at least one byte.
func write(fd uintptr, p []byte) (int, error) { return direct(syscall.SYS_WRITE, fd, p) }

// direct makes a call that the scheduler does not hear of. It may be made only
// where the kernel never waits.
func direct(trap, fd uintptr, p []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(trap, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
