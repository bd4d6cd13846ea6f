package entity

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseAction reads an action from words: "on", "off", "toggle", "40%",
// "#ff8800", "set 40% #ff8800", "on 40%", "press", "21.5", "70°F", "comfort",
// "21.5 for 2h", "boost 24 30m". It checks the shape only; whether a kind knows
// the verb is for that kind to say.
func ParseAction(words []string) (Action, error) {
	var a Action
	p := phrase{words: withUnits(words), action: &a}
	for p.at < len(p.words) {
		if err := p.word(); err != nil {
			return Action{}, err
		}
	}
	if a.Verb == "" {
		if a.Level == nil && a.Color == nil && a.Temp == nil {
			return Action{}, fmt.Errorf("an action is missing")
		}
		a.Verb = VerbSet
	}
	if err := a.checkArguments(); err != nil {
		return Action{}, err
	}
	return a, nil
}

// phrase is an action that is being read.
type phrase struct {
	words  []string
	at     int
	action *Action
}

// withUnits joins a number and a unit that stand apart: "21 °C".
func withUnits(words []string) []string {
	var out []string
	for _, w := range words {
		if last := len(out) - 1; last >= 0 && (w == "°C" || w == "°F") && startsNumber(out[last]) {
			out[last] += w
			continue
		}
		out = append(out, w)
	}
	return out
}

func (p *phrase) word() error {
	w, first := p.words[p.at], p.at == 0
	p.at++
	switch {
	case strings.HasSuffix(w, "%"):
		return p.level(w)
	case strings.HasPrefix(w, "#"):
		return p.color(w)
	case w == "for" && !first:
		if p.at == len(p.words) {
			return fmt.Errorf("after for there must be a time such as 30m")
		}
		p.at++
		return p.hold(p.words[p.at-1])
	case startsNumber(w):
		if _, err := time.ParseDuration(w); err == nil && !first && w != "0" {
			return p.hold(w)
		}
		return p.temp(w)
	case notFinite(w):
		return fmt.Errorf("%q is no number that anything could be set to", w)
	case first:
		p.action.Verb = Verb(w)
		return nil
	}
	return fmt.Errorf("%q is not a level such as 40%%, a color such as #ff8800, a temperature such as 21.5 nor a time such as 30m", w)
}

// startsNumber says whether a word can only be meant as a number: no verb
// begins like that.
func startsNumber(w string) bool {
	digits := strings.TrimLeft(w, "+-.,")
	return digits != "" && digits[0] >= '0' && digits[0] <= '9'
}

func notFinite(w string) bool {
	f, err := strconv.ParseFloat(w, 64)
	return err == nil && (math.IsNaN(f) || math.IsInf(f, 0))
}

func (p *phrase) twice(what string) error {
	return fmt.Errorf("two %s in %q", what, strings.Join(p.words, " "))
}

func (p *phrase) level(w string) error {
	f, err := strconv.ParseFloat(strings.TrimSuffix(w, "%"), 64)
	if err != nil {
		return fmt.Errorf("%q is not a percentage", w)
	}
	l, err := LevelOfPercent(f)
	if err != nil {
		return err
	}
	if p.action.Level != nil {
		return p.twice("levels")
	}
	p.action.Level = &l
	return nil
}

func (p *phrase) color(w string) error {
	c, err := ParseRGB(w)
	if err != nil {
		return err
	}
	if p.action.Color != nil {
		return p.twice("colors")
	}
	p.action.Color = &c
	return nil
}

func (p *phrase) temp(w string) error {
	t, err := ParseTemp(w)
	if err != nil {
		return err
	}
	if p.action.Temp != nil {
		return p.twice("temperatures")
	}
	p.action.Temp = &t
	return nil
}

func (p *phrase) hold(w string) error {
	d, err := parseFor(w)
	if err != nil {
		return err
	}
	if p.action.For != 0 {
		return p.twice("times")
	}
	p.action.For = d
	return nil
}

// parseFor reads how long something is to hold.
func parseFor(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil && startsNumber(s) && strings.Trim(s, "+-.0123456789") == "":
		return 0, fmt.Errorf("%q has no unit: write %sm for minutes or %sh for hours", s, s, s)
	case err != nil:
		return 0, fmt.Errorf("%q is not a time such as 30m or 2h", s)
	case d <= 0 || d > mostFor:
		return 0, fmt.Errorf("how long must be from 1s to 31 days, not %s", s)
	}
	return d, nil
}

var (
	tempShape  = regexp.MustCompile(`^([+-]?[0-9]{1,6}(?:\.[0-9]{1,9})?)(°?[CcFf])?$`)
	commaShape = regexp.MustCompile(`^([+-]?[0-9]+),([0-9]+)(.*)$`)
)

// ParseTemp reads a temperature: "21.5" and "21.5°C" are degrees Celsius,
// "70°F" is Fahrenheit.
func ParseTemp(s string) (Temp, error) {
	m := tempShape.FindStringSubmatch(s)
	if m == nil {
		if c := commaShape.FindStringSubmatch(s); c != nil {
			return 0, fmt.Errorf("%q has a comma: write %s.%s%s", s, c[1], c[2], c[3])
		}
		return 0, fmt.Errorf("%q is not a temperature such as 21.5, 21.5°C or 70°F", s)
	}
	f, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, err
	}
	if strings.HasSuffix(strings.ToUpper(m[2]), "F") {
		return TempOfFahrenheit(f)
	}
	return TempOfCelsius(f)
}
