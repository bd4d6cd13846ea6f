package main

import (
	"context"
	"strings"
	"time"

	"hob/server/client"
)

// calendar is how times are told to people, and read from them: in the house's
// zone, as seen from now.
type calendar struct {
	now  time.Time
	zone *time.Location
}

// calendarAt is that of a server's house. Of one that cannot be asked it is this
// computer's.
func calendarAt(ctx context.Context, cl *client.Client) calendar {
	h, err := cl.House(ctx)
	if err != nil {
		h = client.House{}
	}
	return calendar{time.Now(), zoneOf(h)}
}

// zoneOf is a house's zone; this computer's when it has none that is known here.
func zoneOf(h client.House) *time.Location {
	if zone, err := time.LoadLocation(h.Timezone); err == nil && h.Timezone != "" {
		return zone
	}
	return time.Local
}

// in is a time within a sentence: "at 16:12:03", "yesterday at 16:12:03", "on Tue
// 24 Nov at 16:12:03".
func (c calendar) in(ms int64) string {
	at, now := time.UnixMilli(ms).In(c.zone), c.now.In(c.zone)
	clock := at.Format("at 15:04:05")
	switch day := at.Format(time.DateOnly); {
	case day == now.Format(time.DateOnly):
		return clock
	case day == now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "yesterday " + clock
	case day == now.AddDate(0, 0, 1).Format(time.DateOnly):
		return "tomorrow " + clock
	case at.Sub(now).Abs() > 300*24*time.Hour:
		return at.Format("on Mon 2 Jan 2006 ") + clock
	}
	return at.Format("on Mon 2 Jan ") + clock
}

// alone is a time in a table.
func (c calendar) alone(ms int64) string {
	return strings.TrimPrefix(strings.TrimPrefix(c.in(ms), "at "), "on ")
}

// moments are how people write times of the past, in the house's zone.
const moments = "16:12, yesterday 16:12, 2026-11-24 16:12:30 or 2026-11-24T16:12:30+01:00"

// past reads a time of the past. A time of day alone is its last one.
func (c calendar) past(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return c.notAhead(at)
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, c.zone); err == nil {
			return c.notAhead(at)
		}
	}
	rest, yesterday := strings.CutPrefix(text, "yesterday ")
	rest = strings.TrimPrefix(rest, "at ")
	for _, layout := range []string{"15:04", "15:04:05"} {
		clock, err := time.Parse(layout, rest)
		if err != nil {
			continue
		}
		now := c.now.In(c.zone)
		on := func(back int) time.Time {
			return time.Date(now.Year(), now.Month(), now.Day()-back, clock.Hour(), clock.Minute(), clock.Second(), 0, c.zone)
		}
		if at := on(0); !yesterday && !at.After(now) {
			return at, nil
		}
		return on(1), nil
	}
	return time.Time{}, usage("%q is no time; write %s", text, moments)
}

func (c calendar) notAhead(at time.Time) (time.Time, error) {
	if at.After(c.now) {
		return time.Time{}, usage("%s is yet to come; hob simulate tells of the future", at.In(c.zone).Format(time.DateTime))
	}
	return at, nil
}
