package schedule

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// SunEvent is a moment of the sun's day.
type SunEvent int

// The events. Dawn and dusk begin and end civil twilight.
const (
	Sunrise SunEvent = iota
	Sunset
	Dawn
	Dusk
)

func (e SunEvent) String() string {
	return [...]string{"sunrise", "sunset", "dawn", "dusk"}[e]
}

// Lines that the centre of the sun crosses, in degrees of geometric altitude: 34' of refraction
// and 16' to the sun's edge for sunrise and sunset, 6 degrees for civil twilight. They are the
// conventions of almanacs.
const (
	horizon  = -50.0 / 60
	twilight = -6.0
)

// Sun is an event of the sun, or a time before or after it: the spec `sun: sunset-20m`.
type Sun struct {
	Event  SunEvent
	Offset time.Duration // whole seconds; negative: before the event
}

// At binds the event to a place; occurrences are given in loc, which changes nothing else. On a
// day on which the sun does not rise or set there is none, and the next one follows weeks later.
// They lie within 5 s of the almanacs' below 60 degrees of latitude, and within two minutes where
// the sun grazes the horizon; real refraction varies more than that.
func (s Sun) At(place Place, loc *time.Location) Occurrences {
	return sunOccurrences{sun: s, place: place, loc: loc}
}

// On is At on some days of the week, moved at random where that is wanted. A day is that of the
// event with its offset.
func (s Sun) On(days Days, random Random, place Place, loc *time.Location) Occurrences {
	var o Occurrences = onlyOn{s.At(place, loc), days, loc}
	if random.Within > 0 {
		o = varied{o, random, s.String(), loc}
	}
	return o
}

// onlyOn are the occurrences on some days of the week.
type onlyOn struct {
	of   Occurrences
	days Days
	loc  *time.Location
}

// mostDaily bounds a search: more than the events of any year.
const mostDaily = 800

// Next implements Occurrences.
func (o onlyOn) Next(after time.Time) (time.Time, bool) {
	for range mostDaily {
		at, ok := o.of.Next(after)
		if !ok || o.days.Contains(at, o.loc) {
			return at, ok
		}
		after = at
	}
	return time.Time{}, false
}

// String writes it as ParseSun reads it.
func (s Sun) String() string {
	if s.Offset == 0 {
		return s.Event.String()
	}
	text := fmt.Sprintf("%+d", int64(s.Offset/time.Second))
	return s.Event.String() + text[:1] + DurationText(s.Offset.Abs())
}

type sunOccurrences struct {
	sun   Sun
	place Place
	loc   *time.Location
}

func (o sunOccurrences) Next(after time.Time) (time.Time, bool) {
	if outOfRange(after) {
		return time.Time{}, false
	}
	line := horizon
	if o.sun.Event == Dawn || o.sun.Event == Dusk {
		line = twilight
	}
	offset := int64(o.sun.Offset / time.Second)
	rising := o.sun.Event == Sunrise || o.sun.Event == Dawn
	at, ok := o.place.crossing(line, rising, after.Unix()-offset)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(at+offset, 0).In(o.loc), true
}

// longestSunOffset keeps an occurrence nearer to its own event than to the next day's.
const longestSunOffset = 12 * time.Hour

// ParseSun reads sunrise, sunset, dawn or dusk, followed or not by + or - and a duration of hours,
// minutes and seconds up to 12 hours: sunset-20m, dawn+1h30m. Spaces around the sign do no harm.
// The error is a *SyntaxError.
func ParseSun(raw string) (Sun, error) {
	fail := func(message, suggestion string) (Sun, error) {
		return Sun{}, &SyntaxError{Message: message, Suggestion: suggestion, Length: len(raw)}
	}
	m := regexp.MustCompile(`^\s*([a-zA-Z]+)\s*(?:([+-])\s*(\S+))?\s*$`).FindStringSubmatch(raw)
	if m == nil {
		suggestion := "write sunrise, sunset, dawn or dusk, or such as sunset-20m"
		if meant, ok := sunInWords(raw); ok {
			suggestion = "write " + meant.String()
		}
		return fail(excerpt(raw)+" is no event of the sun", suggestion)
	}
	event, ok := sunEvent(strings.ToLower(m[1]))
	if !ok {
		return fail(excerpt(m[1])+" is no event of the sun", "write sunrise, sunset, dawn or dusk")
	}
	if m[2] == "" {
		return Sun{Event: event}, nil
	}
	offset, ok := readOffset(m[3])
	if !ok {
		suggestion := "write hours, minutes and seconds, such as 20m or 1h30m"
		if regexp.MustCompile(`^[0-9]{1,5}$`).MatchString(m[3]) {
			suggestion = fmt.Sprintf("write %s%s%sm", event, m[2], m[3])
		}
		return fail(excerpt(m[3])+" is no time before or after "+event.String(), suggestion)
	}
	if offset > longestSunOffset {
		return fail(excerpt(raw)+" is more than 12 hours from "+event.String(), "take another event")
	}
	if m[2] == "-" {
		offset = -offset
	}
	return Sun{Event: event, Offset: offset}, nil
}

var (
	offsetBehind = regexp.MustCompile(`^([a-z]+)\s*([+-])\s*([0-9]{1,5})\s*([hms])[a-z]*$`)
	offsetBefore = regexp.MustCompile(`^([0-9]{1,5})\s*([hms])[a-z]*\s+(before|after)\s+([a-z]+)$`)
)

// sunInWords is what people mean by "sunset - 20 minutes" and "20m before sunset".
func sunInWords(raw string) (Sun, bool) {
	raw = strings.ToLower(strings.TrimSpace(raw))
	if m := offsetBefore.FindStringSubmatch(raw); m != nil {
		sign := map[string]string{"before": "-", "after": "+"}[m[3]]
		raw = m[4] + sign + m[1] + m[2]
	} else if m := offsetBehind.FindStringSubmatch(raw); m != nil {
		raw = m[1] + m[2] + m[3] + m[4]
	} else {
		return Sun{}, false
	}
	sun, err := ParseSun(raw)
	return sun, err == nil
}

func sunEvent(word string) (SunEvent, bool) {
	for _, e := range []SunEvent{Sunrise, Sunset, Dawn, Dusk} {
		if e.String() == word {
			return e, true
		}
	}
	return 0, false
}

func readOffset(raw string) (time.Duration, bool) {
	m := regexp.MustCompile(`^(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,5})s)?$`).FindStringSubmatch(raw)
	if m == nil || raw == "" {
		return 0, false
	}
	return time.Duration(number(m[1]))*time.Hour + time.Duration(number(m[2]))*time.Minute +
		time.Duration(number(m[3]))*time.Second, true
}
