package entity

// StatesOf lists the words that an entity's state can be, for conditions and
// triggers; none where it is a number or a gesture. "unknown" is among them only
// where it says something about the thing itself.
func StatesOf(s Spec) []string {
	switch s := s.(type) {
	case *Switch, *Light:
		return []string{"on", "off"}
	case *Contact:
		if s.Class.Detects() {
			return []string{"detected", "clear"}
		}
		return []string{"open", "closed"}
	case *GarageDoor:
		return []string{"open", "closed", "opening", "closing", "stopped", "obstructed", StateUnknown}
	case *Thermostat:
		active := ThermostatHeating
		if s.Cools {
			active = ThermostatCooling
		}
		return []string{active, ThermostatIdle, ThermostatWaiting, "off", ThermostatLost, ThermostatCutOff, ThermostatLocked}
	case *Person:
		return []string{PersonHome, PersonAway}
	case *Alarm:
		return []string{AlarmDisarmed, AlarmArming, AlarmArmedAway, AlarmArmedHome, AlarmPending, AlarmTriggered}
	}
	return nil
}
