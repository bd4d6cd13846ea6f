package main

import (
	"slices"
	"testing"

	"hob/config"
)

func TestTheHousesThatAreMeasuredAreValid(t *testing.T) {
	const stand = "127.0.0.1:8080"
	for name, text := range map[string]string{
		"small": smallHouse(stand), "reload": midHouse(stand), "large": largeHouse(stand), "many boards": manyBoards(slices.Repeat([]string{stand}, 1000), 8),
	} {
		if house, list := config.Parse(name, []byte(text)); house == nil {
			t.Errorf("%s: %d errors, the first: %v", name, list.Errors(), list[0])
		} else if n := len(house.Entities); name == "large" && n != mostSwitches+1 {
			t.Errorf("%s: %d entities", name, n)
		}
	}
}
