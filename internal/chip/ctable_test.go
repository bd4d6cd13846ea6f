package chip_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"hob/internal/chip"
)

func TestCommittedCTableIsUpToDate(t *testing.T) {
	for name, want := range map[string][]byte{
		"hob_chip_table.h": chip.CHeader(),
		"hob_chip_table.c": chip.CSource(),
	} {
		path := filepath.Join("..", "..", "firmware", "core", name)
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from internal/chip: run `go generate ./internal/chip`", path)
		}
	}
}

func TestGeneratorIsDeterministic(t *testing.T) {
	for range 20 {
		if !bytes.Equal(chip.CSource(), chip.CSource()) || !bytes.Equal(chip.CHeader(), chip.CHeader()) {
			t.Fatal("two runs differ")
		}
	}
}
