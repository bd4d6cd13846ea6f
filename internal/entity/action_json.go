package entity

import "fmt"

// Wish is an action as clients write it in JSON (docs/api.md, "Commands"). A
// member that is nil was not given.
type Wish struct {
	Action      string   `json:"action"`
	Level       *float64 `json:"level"`       // percent
	Color       *string  `json:"color"`       // "#rrggbb"
	Temperature *float64 `json:"temperature"` // °C
	For         *string  `json:"for"`         // such as "30m"
	Code        *Secret  `json:"code"`
	Confirm     bool     `json:"confirm"`
}

// ActionOf reads a wish. It checks the shape only, as ParseAction does.
func ActionOf(w Wish) (Action, error) {
	a := Action{Verb: Verb(w.Action), Confirm: w.Confirm}
	if w.Action == "" {
		return Action{}, fmt.Errorf("action is missing")
	}
	if w.Level != nil {
		l, err := LevelOfPercent(*w.Level)
		if err != nil {
			return Action{}, err
		}
		a.Level = &l
	}
	if w.Color != nil {
		c, err := ParseRGB(*w.Color)
		if err != nil {
			return Action{}, err
		}
		a.Color = &c
	}
	if w.Temperature != nil {
		t, err := TempOfCelsius(*w.Temperature)
		if err != nil {
			return Action{}, err
		}
		a.Temp = &t
	}
	if w.For != nil {
		d, err := parseFor(*w.For)
		if err != nil {
			return Action{}, err
		}
		a.For = d
	}
	if w.Code != nil {
		a.Code = *w.Code
	}
	if err := a.checkArguments(); err != nil {
		return Action{}, err
	}
	return a, nil
}
