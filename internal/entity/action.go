package entity

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
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
	Verb    Verb
	Level   *Level        // with VerbSet and VerbOn
	Color   *RGB          // with VerbSet and VerbOn, on a light that has colour
	Temp    *Temp         // heater, cooler: with VerbSet and VerbBoost
	For     time.Duration // heater, cooler: how long it holds; 0 is as declared
	Code    Secret        // alarm
	Confirm bool          // garage door: whoever asks says that they can see it
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
	if a.Verb == VerbSet && len(words) > 1 {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// ParseAction reads an action from words: "on", "off", "toggle", "40%",
// "#ff8800", "set 40% #ff8800", "on 40%", "press". It checks the shape only;
// whether a kind knows the verb is for that kind to say.
func ParseAction(words []string) (Action, error) {
	var a Action
	for i, w := range words {
		switch {
		case strings.HasSuffix(w, "%"):
			p, err := strconv.ParseFloat(strings.TrimSuffix(w, "%"), 64)
			if err != nil {
				return Action{}, fmt.Errorf("%q is not a percentage", w)
			}
			l, err := LevelOfPercent(p)
			if err != nil {
				return Action{}, err
			}
			if a.Level != nil {
				return Action{}, fmt.Errorf("two levels in %q", strings.Join(words, " "))
			}
			a.Level = &l
		case strings.HasPrefix(w, "#"):
			c, err := ParseRGB(w)
			if err != nil {
				return Action{}, err
			}
			if a.Color != nil {
				return Action{}, fmt.Errorf("two colors in %q", strings.Join(words, " "))
			}
			a.Color = &c
		case i == 0:
			a.Verb = Verb(w)
		default:
			return Action{}, fmt.Errorf("%q is not a level such as 40%% nor a color such as #ff8800", w)
		}
	}
	if a.Verb == "" {
		if a.Level == nil && a.Color == nil {
			return Action{}, fmt.Errorf("an action is missing")
		}
		a.Verb = VerbSet
	}
	return a, a.checkArguments()
}

// ActionOf builds an action from the fields of an API request: level in
// percent, color as "#rrggbb".
func ActionOf(verb string, level *float64, color *string) (Action, error) {
	a := Action{Verb: Verb(verb)}
	if verb == "" {
		return a, fmt.Errorf("action is missing")
	}
	if level != nil {
		l, err := LevelOfPercent(*level)
		if err != nil {
			return a, err
		}
		a.Level = &l
	}
	if color != nil {
		c, err := ParseRGB(*color)
		if err != nil {
			return a, err
		}
		a.Color = &c
	}
	return a, a.checkArguments()
}

func (a Action) checkArguments() error {
	switch given := a.Level != nil || a.Color != nil; {
	case a.Verb == VerbSet && !given:
		return fmt.Errorf("set needs a level or a color")
	case given && a.Verb != VerbSet && a.Verb != VerbOn:
		return fmt.Errorf("%s takes no level and no color", a.Verb)
	}
	return nil
}
