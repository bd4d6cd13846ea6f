package schedule

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, without a zone: a day that people mean, whether or not some
// zone left it out.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the date that a calendar in t's location shows at t.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// AddDays returns the date n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date { return dateOfDay(d.number() + int64(n)) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return weekdayOfDay(d.number()) }

// String writes 2026-03-29.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// number counts days from 1970-01-01.
func (d Date) number() int64 {
	return floorDiv(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix(), secondsPerDay)
}

func dateOfDay(day int64) Date {
	return DateOf(time.Unix(day*secondsPerDay, 0).UTC())
}

// weekdayOfDay: 1970-01-01 was a Thursday.
func weekdayOfDay(day int64) time.Weekday {
	return time.Weekday(floorMod(day+int64(time.Thursday), 7))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
