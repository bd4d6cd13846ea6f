package config_test

import (
	"fmt"
	"strings"
	"testing"

	"hob/config"
)

// largeHouse has 1000 boards with 8 outputs each, in 50 areas.
func largeHouse() []byte {
	var b strings.Builder
	b.WriteString("areas:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  area%d: {name: Area %d}\n", i, i)
	}
	b.WriteString("boards:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  b%d: {id: hob-%06x, chip: esp32}\n", i, i)
	}
	b.WriteString("switches:\n")
	for i := range 1000 {
		for _, pin := range []int{4, 13, 14, 18, 19, 21, 22, 23} {
			fmt.Fprintf(&b, "  s%d_%d: {name: Output %d, area: area%d, pin: b%d/%d, off_after: 30m}\n", i, pin, i*pin, i%50, i, pin)
		}
	}
	return []byte(b.String())
}

func TestHouseOfAThousandBoardsIsWithinTheLimits(t *testing.T) {
	house, list := config.Parse("large.yaml", largeHouse())
	if house == nil || len(house.Entities) != 8000 || len(house.Boards) != 1000 {
		t.Fatalf("refused:\n%s", asText(t, list))
	}
}

func BenchmarkParseThousandBoards(b *testing.B) {
	data := largeHouse()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if house, _ := config.Parse("large.yaml", data); house == nil {
			b.Fatal("refused")
		}
	}
}
