package main

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestUptimeRunsFromBootAndJumpsWhenTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock
		c.restart()
		must(t, wait(t.Context(), 1500*time.Microsecond))
		if up := c.now(); up != 1 {
			t.Errorf("after 1.5 ms: %d", up)
		}
		c.advance(time.Hour)
		must(t, wait(t.Context(), time.Second))
		if up := c.now(); up != 3601001 {
			t.Errorf("an hour and a second later: %d", up)
		}
		c.restart()
		if up := c.now(); up != 0 {
			t.Errorf("after a restart: %d", up)
		}
	})
}
