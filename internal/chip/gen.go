//go:build ignore

// Gen writes the firmware's chip tables into the directory named by its argument.
package main

import (
	"log"
	"os"
	"path/filepath"

	"hob/internal/chip"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run gen.go DIRECTORY")
	}
	for name, data := range map[string][]byte{
		"hob_chip_table.h": chip.CHeader(),
		"hob_chip_table.c": chip.CSource(),
	} {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), data, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
