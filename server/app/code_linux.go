package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// letGoOfCode gives back the pages of the program's own file. What is needed again
// the kernel has in its cache of files, or reads again. It gives how many bytes of
// addresses that was about.
func letGoOfCode() (bytes int64, err error) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return 0, err
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var total int64
	for _, r := range codeOf(program, f) {
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, r.from, r.to-r.from, syscall.MADV_DONTNEED); errno != 0 {
			return total, os.NewSyscallError("madvise", errno)
		}
		total += int64(r.to - r.from)
	}
	return total, nil
}

// codeMapped is how many bytes of files are mapped and in memory, which is the
// program but for a few (proc_pid_statm(5)).
func codeMapped() (bytes int64, err error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var size, resident, shared int64
	if _, err := fmt.Sscan(string(b), &size, &resident, &shared); err != nil {
		return 0, fmt.Errorf("/proc/self/statm: %w", err)
	}
	return shared * int64(os.Getpagesize()), nil
}

// memoryRange is addresses from one up to another.
type memoryRange struct{ from, to uintptr }

// codeOf finds in smaps (proc_pid_smaps(5)) where the program's file is mapped and
// every page still is as in the file: never written to by us, nor, in a program that
// is made to lie anywhere, by whoever loaded it.
func codeOf(program string, smaps io.Reader) []memoryRange {
	var out []memoryRange
	var r memoryRange
	wanted := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		line := lines.Bytes()
		var next memoryRange
		var perms, name string
		if n, _ := fmt.Sscanf(string(line), "%x-%x %s", &next.from, &next.to, &perms); n == 3 {
			r = next
			if at := bytes.IndexByte(line, '/'); at >= 0 {
				name = strings.TrimSuffix(string(line[at:]), " (deleted)")
			}
			wanted = !strings.Contains(perms, "w") && name == strings.TrimSuffix(program, " (deleted)")
			continue
		}
		if rest, ok := bytes.CutPrefix(line, []byte("Anonymous:")); ok && wanted && string(bytes.TrimSpace(rest)) == "0 kB" {
			out = append(out, r)
		}
	}
	return out
}
