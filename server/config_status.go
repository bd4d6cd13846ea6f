package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"hob/server/client"
)

// warnOfConfig says on standard error, in one line, that the house is not what its
// file says. A server that does not tell has nothing wrong with it here: what was
// asked for has been shown already.
func (c *cli) warnOfConfig(ctx context.Context, cl *client.Client) {
	if house, err := cl.House(ctx); err == nil {
		c.sayConfig(house)
	}
}

func (c *cli) sayConfig(h client.House) {
	s, zone := h.Config, zoneOf(h)
	if s == nil || s.OK {
		return
	}
	line := fmt.Sprintf("hob: %s has %s", filepath.Base(s.File), count(s.Errors, "mistake"))
	if f := s.First; f != nil && f.Line > 0 {
		line += fmt.Sprintf(" (%s:%d:%d: %s)", filepath.Base(f.File), f.Line, f.Column, f.Message)
	} else if f != nil {
		line = fmt.Sprintf("hob: %s cannot be read (%s)", filepath.Base(s.File), f.Message)
	}
	line += "; the house goes on with the version of " + moment(time.UnixMilli(s.At).In(zone), time.Now().In(zone))
	fmt.Fprintln(c.stderr, printable(line))
}

// moment is a time, with its day when that is not today.
func moment(at, now time.Time) string {
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}
