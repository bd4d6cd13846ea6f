package main

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestAPressBouncesAndEndsWhereItShould(t *testing.T) {
	bounced := false
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			pins := testPins(t, "esp32")
			must(t, pins.setInput(32, pullUp))
			must(t, newHands(pins, seed).press(t.Context(), 32, 1, 80*time.Millisecond, 0))
			edges := pins.edges.since(0).edges
			if len(edges)%2 != 0 || edges[len(edges)-1].value != 1 {
				t.Fatalf("seed %d ends pressed: %v", seed, drawn(pins, 0))
			}
			for _, e := range edges {
				if e.upMS > 5 && e.upMS < 80 || e.upMS > 85 {
					t.Errorf("seed %d: an edge at %d ms", seed, e.upMS)
				}
			}
			bounced = bounced || len(edges) > 2
		})
	}
	if !bounced {
		t.Error("nothing ever bounced")
	}
}

func TestTheSameSeedBouncesTheSameWay(t *testing.T) {
	run := func(seed uint64) (edges []string) {
		synctest.Test(t, func(t *testing.T) {
			pins := testPins(t, "esp32")
			must(t, pins.setInput(32, pullUp))
			must(t, newHands(pins, seed).press(t.Context(), 32, 5, 80*time.Millisecond, 100*time.Millisecond))
			edges = drawn(pins, 0)
		})
		return edges
	}
	if a, b := run(1), run(1); !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
	if a, b := run(1), run(2); slices.Equal(a, b) {
		t.Errorf("seeds 1 and 2 bounce alike: %v", a)
	}
}

func TestTwoHandsCannotPressOnePin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pins := testPins(t, "esp32")
		must(t, pins.setInput(32, pullUp))
		must(t, pins.setInput(33, pullUp))
		h := newHands(pins, 1)
		first := make(chan error, 1)
		go func() { first <- h.press(t.Context(), 32, 1, time.Second, 0) }()
		synctest.Wait()
		if h.press(t.Context(), 32, 1, 0, 0) == nil {
			t.Error("pressed by two")
		}
		must(t, h.press(t.Context(), 33, 1, 0, 0))
		must(t, <-first)
		must(t, h.press(t.Context(), 32, 1, 0, 0))
	})
}

func TestAPressEndsWithTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pins := testPins(t, "esp32")
		must(t, pins.setInput(32, pullUp))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- newHands(pins, 1).press(ctx, 32, 1, time.Hour, 0) }()
		synctest.Wait()
		cancel()
		if err := <-ended; err == nil {
			t.Error("an interrupted press says it was done")
		}
	})
}

func TestAFingerStaysUntilLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pins := testPins(t, "esp32")
		must(t, pins.setInput(32, pullUp))
		h := newHands(pins, 3)
		must(t, h.push(t.Context(), 32))
		must(t, wait(t.Context(), time.Hour))
		if pins.read(32) {
			t.Error("lifted by itself")
		}
		must(t, h.lift(t.Context(), 32))
		if !pins.read(32) {
			t.Error("still down")
		}
	})
}
