package main

import (
	"testing"
	"time"

	"hob/internal/entity"
)

// A scene or a button may come to a door, whose warning alone takes five seconds.
func TestWhatMayMoveADoorIsWaitedForUnlessSomethingElseIsAskedFor(t *testing.T) {
	for verb, want := range map[entity.Verb]time.Duration{entity.VerbClose: mostWait, entity.VerbActivate: mostWait, entity.VerbDouble: mostWait,
		entity.VerbOn: 5 * time.Second, entity.VerbSet: 5 * time.Second} {
		if got := (setOptions{wait: 5 * time.Second}).patience(verb); got != want {
			t.Errorf("%s is waited for for %v, want %v", verb, got, want)
		}
		if got := (setOptions{wait: time.Second, waits: true}).patience(verb); got != time.Second {
			t.Errorf("%s, where a second was asked for: %v", verb, got)
		}
	}
}
