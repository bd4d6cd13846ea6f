package entity

import (
	"encoding/json"
	"fmt"
	"time"
)

// savedThermostat is the JSON of a thermostat's Saved.
type savedThermostat struct {
	Set    *savedOverride `json:"set,omitempty"`
	Under  *savedOverride `json:"under,omitempty"`
	Locked bool           `json:"locked,omitempty"`
	Unsure bool           `json:"unsure,omitempty"` // Locked is what nobody has said
}

// savedOverride is a setting by hand. Times are unix milliseconds.
type savedOverride struct {
	Mode   string `json:"mode"`
	Temp   *Temp  `json:"temp,omitempty"` // thousandths of a °C; missing is nothing but frost
	Preset string `json:"preset,omitempty"`
	Until  int64  `json:"until,omitempty"`
}

// Saved implements Lasting.
func (s thermostatState) Saved() ([]byte, error) {
	if !s.firm && s.set == (overrides{}) {
		return nil, nil
	}
	return json.Marshal(savedThermostat{s.set.top.saved(), s.set.under.saved(), s.locked, !s.firm})
}

func (o override) saved() *savedOverride {
	if o.mode == "" {
		return nil
	}
	v := &savedOverride{Mode: o.mode, Preset: o.preset, Until: savedTime(o.until)}
	if !o.to.Off {
		v.Temp = &o.to.Temp
	}
	return v
}

// Restore implements Lasting. What has ended meanwhile has ended, and what the
// declaration does not allow any more is dropped.
func (s thermostatState) Restore(saved []byte, now time.Time) (State, error) {
	var v savedThermostat
	if err := readSaved(saved, &v); err != nil {
		return nil, err
	}
	top, err := v.Set.restored()
	if err != nil {
		return nil, err
	}
	under, err := v.Under.restored()
	if err != nil {
		return nil, err
	}
	if under.mode != "" && top.mode != ModeBoost {
		return nil, fmt.Errorf("only a boost has something to go back to")
	}
	if v.Locked && v.Unsure {
		return nil, fmt.Errorf("a lock cannot be in force and unknown")
	}
	s.set = overrides{top.within(s.spec), under.within(s.spec)}.at(now)
	s.locked, s.firm, s.now = v.Locked, !v.Unsure, now
	return s, nil
}

func (v *savedOverride) restored() (override, error) {
	if v == nil {
		return override{}, nil
	}
	o := override{mode: v.Mode, preset: v.Preset, to: Setting{Off: v.Temp == nil}}
	if v.Temp != nil {
		o.to.Temp = *v.Temp
	}
	if v.Until != 0 {
		o.until = time.UnixMilli(v.Until)
	}
	switch v.Mode {
	case ModeOff, ModeFrost:
		if !o.to.Off {
			return o, fmt.Errorf("%s cannot have a temperature", v.Mode)
		}
	case ModeManual, ModeBoost:
		if v.Temp != nil && (*v.Temp < MinTemp || *v.Temp > MaxTemp) {
			return o, fmt.Errorf("a temperature cannot be %d", int(*v.Temp))
		}
		if v.Mode == ModeBoost && (v.Until == 0 || v.Temp == nil) {
			return o, fmt.Errorf("a boost has a temperature and an end")
		}
	default:
		return o, fmt.Errorf("a setting by hand cannot be %q", v.Mode)
	}
	return o, nil
}
