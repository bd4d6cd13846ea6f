package watch

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"maps"
	"os"
	"syscall"
)

// content tells what a file holds now from what it held before.
type content struct {
	there bool
	mode  fs.FileMode // that others may read a file of secrets matters
	sum   [sha256.Size]byte
}

// contents are those of several files, by name.
type contents map[string]content

func (c contents) equal(other contents) bool { return maps.Equal(c, other) }

// lost says whether a file that was there is not there now.
func (c contents) lost(now contents) bool {
	for name, was := range c {
		if was.there && !now[name].there {
			return true
		}
	}
	return false
}

// mostLooked bounds what is read of one file. A configuration is far smaller.
const mostLooked = 4 << 20

func look(files []string) contents {
	out := make(contents, len(files))
	for _, name := range files {
		out[name] = contentOf(name)
	}
	return out
}

func contentOf(name string) content {
	// A pipe that has taken the place of a file must not hold us up.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		info, err := os.Stat(name)
		if err != nil {
			return content{}
		}
		return content{mode: info.Mode()} // it is there, and may become readable
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return content{}
	}
	c := content{there: true, mode: info.Mode()}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.LimitReader(f, mostLooked)); err != nil {
		return content{mode: info.Mode()}
	}
	hash.Sum(c.sum[:0])
	return c
}
