package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	// bounceTime is how long a contact may bounce, bounceFlips how often it flips
	// back at most. Cheap tactile switches do about this.
	bounceTime  = 5 * time.Millisecond
	bounceFlips = 3
)

// hands press what is wired to a board's inputs. Contacts bounce, at random but
// the same way for the same seed. For use by any goroutine; one gesture at a
// time on a pin.
type hands struct {
	pins *pinBank

	mu   sync.Mutex
	rand *rand.Rand
	busy map[int]bool
}

func newHands(pins *pinBank, seed uint64) *hands {
	return &hands{pins: pins, rand: rand.New(rand.NewPCG(seed, 0)), busy: map[int]bool{}}
}

// press pushes a button for a time, and again for each further one after gap.
func (h *hands) press(ctx context.Context, pin, times int, held, gap time.Duration) error {
	return h.gesture(pin, func() error {
		for n := range times {
			if n > 0 {
				if err := wait(ctx, gap); err != nil {
					return err
				}
			}
			if err := h.pressOnce(ctx, pin, held); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *hands) pressOnce(ctx context.Context, pin int, held time.Duration) error {
	start := time.Now()
	if err := h.settle(ctx, pin, true); err != nil {
		return err
	}
	if err := wait(ctx, held-time.Since(start)); err != nil {
		return err
	}
	return h.settle(ctx, pin, false)
}

// push pushes a button and leaves a finger on it; lift takes it away.
func (h *hands) push(ctx context.Context, pin int) error {
	return h.gesture(pin, func() error { return h.settle(ctx, pin, true) })
}

func (h *hands) lift(ctx context.Context, pin int) error {
	return h.gesture(pin, func() error { return h.settle(ctx, pin, false) })
}

// gesture keeps two hands off one pin.
func (h *hands) gesture(pin int, do func() error) error {
	h.mu.Lock()
	if h.busy[pin] {
		h.mu.Unlock()
		return fmt.Errorf("pin %d is being pressed already", pin)
	}
	h.busy[pin] = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.busy, pin)
		h.mu.Unlock()
	}()
	return do()
}

// settle brings a contact to a position, with its bounces.
func (h *hands) settle(ctx context.Context, pin int, down bool) error {
	start := time.Now()
	if err := h.pins.press(pin, down); err != nil {
		return err
	}
	position := down
	for _, at := range h.bounces() {
		if err := wait(ctx, at-time.Since(start)); err != nil {
			return err
		}
		if time.Since(start) > 2*bounceTime {
			break // a computer that is busy must not make presses of its own out of bounces
		}
		position = !position
		if err := h.pins.press(pin, position); err != nil {
			return err
		}
	}
	return h.pins.press(pin, down)
}

// bounces gives the moments after a contact's first touch at which it flips: an
// even number of them, so that it ends where it was going.
func (h *hands) bounces() []time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := make([]time.Duration, 2*h.rand.IntN(bounceFlips+1))
	for i := range at {
		at[i] = time.Duration(h.rand.Int64N(int64(bounceTime)))
	}
	slices.Sort(at)
	return at
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
