package store

import (
	"strconv"
	"testing"

	"hob/internal/entity"
)

// BenchmarkCommit is the price of one small transaction that need not, and that
// must, wait for the disk.
func BenchmarkCommit(b *testing.B) {
	for name, full := range map[string]bool{"normal": false, "full": true} {
		b.Run(name, func(b *testing.B) {
			s, err := Open(Options{Path: b.TempDir() + "/hob.db"})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			for n := 0; b.Loop(); n++ {
				batch := []entity.Saved{saved("bath", strconv.Itoa(n))} // what does not change is not written
				if err := s.write("bench", full, func(db *database) error { return db.keep(batch) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
