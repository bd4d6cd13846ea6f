package schedule

import "time"

// SunDay is what the sun does on one local date. Where an event comes twice (on a date near the
// end of a polar day) the first is given; one that does not come is zero.
type SunDay struct {
	Dawn, Sunrise, Sunset, Dusk time.Time
	Kind                        SunKind
}

// SunKind tells days with sunrise or sunset from those without.
type SunKind int

// The kinds.
const (
	OrdinaryDay SunKind = iota // the sun rises, or sets, or both
	PolarDay                   // it is up all day
	PolarNight                 // it is down all day, though there may be dawn and dusk
)

func (k SunKind) String() string {
	return [...]string{"ordinary day", "polar day: the sun does not set", "polar night: the sun does not rise"}[k]
}

// SunOn returns what the sun does at the place on a date of the zone.
func (p Place) SunOn(date Date, loc *time.Location) SunDay {
	begin := At(date, 0, loc).At
	end := At(date.AddDays(1), 0, loc).At
	first := func(e SunEvent) time.Time {
		at, ok := Sun{Event: e}.At(p, loc).Next(begin.Add(-1))
		if !ok || !at.Before(end) {
			return time.Time{}
		}
		return at
	}
	day := SunDay{Dawn: first(Dawn), Sunrise: first(Sunrise), Sunset: first(Sunset), Dusk: first(Dusk)}
	if day.Sunrise.IsZero() && day.Sunset.IsZero() {
		day.Kind = PolarNight
		if p.Up(begin) {
			day.Kind = PolarDay
		}
	}
	return day
}
