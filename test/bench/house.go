package main

import (
	"fmt"
	"strings"
)

// smallHouse is the stand-in board with its contact and its relay, and eight
// more entities.
func smallHouse(board string) string { return houseOf(board, 1, 8) }

// houseOf is the stand-in board and others that are not there, each with some
// relays.
func houseOf(board string, others, relays int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "home:\n  name: Bench\nboards:\n  bench: {id: %s, chip: esp32, address: %q}\n", standInID, board)
	for i := range others {
		fmt.Fprintf(&b, "  b%d: {id: %s, chip: esp32}\n", i, otherID(i))
	}
	b.WriteString("contacts:\n  door: {name: Door, pin: bench/33, pull: up, class: door, debounce: 1ms}\n")
	b.WriteString("switches:\n  lamp: {name: Lamp, pin: bench/16}\n")
	for i := range others {
		writeRelays(&b, i, min(relays, mostSwitches-1-i*relays))
	}
	return b.String()
}

// mostSwitches is how many a house may have.
const mostSwitches = 10_000

// writeRelays declares relays on the first pins that any ESP32 has free.
func writeRelays(b *strings.Builder, board, relays int) {
	for j, pin := range relayPins(relays) {
		fmt.Fprintf(b, "  r%d_%d: {name: Relay %d of board %d, pin: b%d/%d}\n", board, j, j, board, board, pin)
	}
}

func relayPins(n int) []int {
	return []int{13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26, 27}[:n]
}

// manyBoards is a house of boards that are there, each with some relays.
func manyBoards(addresses []string, relays int) string {
	var b strings.Builder
	b.WriteString("home:\n  name: Bench\nboards:\n")
	for i, a := range addresses {
		fmt.Fprintf(&b, "  b%d: {id: %s, chip: esp32, address: %q}\n", i, otherID(i), a)
	}
	b.WriteString("switches:\n")
	for i := range addresses {
		writeRelays(&b, i, relays)
	}
	return b.String()
}

// firstOther is where ids of boards count up from; hob-board --boards does so too.
const firstOther = 0xa00000

func otherID(i int) string { return fmt.Sprintf("hob-%06x", firstOther+i) }
