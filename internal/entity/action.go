package entity

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hob/internal/schedule"
)

// Level is a brightness in per mille: 0 is off, 1000 is full. Whole numbers
// keep the board free of floating point.
type Level int

// FullLevel is the brightest Level.
const FullLevel Level = 1000

// Percent is the level as people say it, 0 to 100 with at most one decimal.
func (l Level) Percent() float64 { return float64(l) / 10 }

// LevelOfPercent rounds a percentage to a Level. It fails outside 0 to 100 and
// for anything that is not a number.
func LevelOfPercent(p float64) (Level, error) {
	if math.IsNaN(p) || p < 0 || p > 100 {
		return 0, fmt.Errorf("level must be 0 to 100 percent, not %v", p)
	}
	return Level(math.Round(p * 10)), nil
}

// RGB is a colour, 8 bits a channel. Its text is "#rrggbb".
type RGB struct{ R, G, B uint8 }

var colorShape = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// ParseRGB reads "#rrggbb".
func ParseRGB(s string) (RGB, error) {
	if !colorShape.MatchString(s) {
		return RGB{}, fmt.Errorf("color must look like #ff8800, not %q", s)
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return RGB{}, err
	}
	return RGB{uint8(n >> 16), uint8(n >> 8 & 0xff), uint8(n & 0xff)}, nil
}

// String is "#rrggbb", in lower case.
func (c RGB) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// MarshalText implements encoding.TextMarshaler.
func (c RGB) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *RGB) UnmarshalText(b []byte) error {
	v, err := ParseRGB(string(b))
	if err == nil {
		*c = v
	}
	return err
}

// Verb is what a command asks for.
type Verb string

// Verbs of the kinds that exist.
const (
	VerbOn     Verb = "on"     // switch, light
	VerbOff    Verb = "off"    // switch, light
	VerbToggle Verb = "toggle" // switch, light
	VerbSet    Verb = "set"    // light: Level, Color or both
	VerbPress  Verb = "press"  // button: run what the gesture is bound to
	VerbDouble Verb = "double" // button
	VerbHold   Verb = "hold"   // button

	VerbOpen     Verb = "open"     // garage door
	VerbClose    Verb = "close"    // garage door
	VerbPulse    Verb = "pulse"    // garage door; an Order for a relay
	VerbAuto     Verb = "auto"     // heater, cooler: back to the schedule
	VerbBoost    Verb = "boost"    // heater, cooler: Temp and For may be given
	VerbFrost    Verb = "frost"    // heater: nothing but frost protection
	VerbLock     Verb = "lock"     // heater, cooler: off for maintenance, until VerbUnlock
	VerbUnlock   Verb = "unlock"   // heater, cooler
	VerbActivate Verb = "activate" // scene
	VerbHome     Verb = "home"     // person
	VerbAway     Verb = "away"     // person
	VerbArmAway  Verb = "arm_away" // alarm
	VerbArmHome  Verb = "arm_home" // alarm
	VerbDisarm   Verb = "disarm"   // alarm
	VerbPlan     Verb = "plan"     // an Order for a thermostat's relay
)

// Action is a verb and its arguments. A nil pointer means "not given".
type Action struct {
	Verb  Verb
	Level *Level        // with VerbSet and VerbOn
	Color *RGB          // with VerbSet and VerbOn, on a light that has colour
	Temp  *Temp         // with VerbSet and VerbBoost
	For   time.Duration // how long it is to hold; 0 is as long as the kind sees fit
	// Code is what the alarm wants to see. It is in no text that comes of an Action.
	Code Secret
	// Confirm says that whoever asks can see what moves.
	Confirm bool
}

// String is the action in the words that ParseAction reads.
func (a Action) String() string {
	words := []string{string(a.Verb)}
	if a.Level != nil {
		words = append(words, strconv.FormatFloat(a.Level.Percent(), 'f', -1, 64)+"%")
	}
	if a.Color != nil {
		words = append(words, a.Color.String())
	}
	if a.Temp != nil {
		words = append(words, strconv.FormatFloat(a.Temp.Celsius(), 'f', -1, 64)+"°C")
	}
	if a.Verb == VerbSet && len(words) > 1 {
		words = words[1:]
	}
	if a.For != 0 {
		words = append(words, "for", schedule.DurationText(a.For))
	}
	return strings.Join(words, " ")
}

// mostFor bounds how long an action may be told to hold: what is meant for
// longer is meant for good.
const mostFor = 31 * 24 * time.Hour

// checkArguments says what no kind could make sense of.
func (a Action) checkArguments() error {
	lit := a.Level != nil || a.Color != nil
	switch {
	case lit && a.Temp != nil:
		return fmt.Errorf("a temperature does not go with a level or a color")
	case a.Verb == VerbSet && !lit && a.Temp == nil:
		return fmt.Errorf("set needs a level, a color or a temperature")
	case lit && a.Verb != VerbSet && a.Verb != VerbOn:
		return fmt.Errorf("%s takes no level and no color", a.Verb)
	case a.Temp != nil && a.Verb != VerbSet && a.Verb != VerbBoost:
		return fmt.Errorf("%s takes no temperature", a.Verb)
	case a.For < 0 || a.For > mostFor:
		return fmt.Errorf("how long must be from 1s to 31 days, not %s", schedule.DurationText(a.For))
	}
	return nil
}

// arguments is a set of an Action's arguments.
type arguments uint8

const (
	argLit  arguments = 1 << iota // Level and Color
	argTemp                       // Temp
	argFor                        // For
	argCode                       // Code
)

// only refuses what a kind has no use for, rather than drop it in silence.
// Confirm says nothing about what is to be done, so it is welcome everywhere.
func (a Action) only(kind Kind, allowed arguments) error {
	switch {
	case allowed&argLit == 0 && (a.Level != nil || a.Color != nil):
		return invalid("no_brightness", "{_what} has no brightness and no color", "kind", kind, "_what", aKind(kind))
	case allowed&argTemp == 0 && a.Temp != nil:
		return invalid("no_temperature", "{_what} cannot be set to a temperature", "kind", kind, "_what", aKind(kind))
	case allowed&argFor == 0 && a.For != 0:
		return invalid("no_time", "{_what} takes no time to hold for", "kind", kind, "_what", aKind(kind))
	case allowed&argCode == 0 && !a.Code.IsZero():
		return invalid("no_code", "{_what} takes no code", "kind", kind, "_what", aKind(kind))
	}
	return nil
}

// aKind is a kind as it stands in a sentence: "a garage door".
func aKind(k Kind) string {
	article := "a "
	if k == KindAlarm {
		article = "an "
	}
	return article + strings.ReplaceAll(string(k), "_", " ")
}
