package entity

// Verbs are what an entity of this kind can be told in one word, the usual ones first.
// A thermostat takes the names of its presets besides, and only one that has frost
// protection takes VerbFrost. VerbSet is not among them: it is nothing without a value.
func (k Kind) Verbs() []Verb {
	switch k {
	case KindSwitch, KindLight:
		return []Verb{VerbOn, VerbOff, VerbToggle}
	case KindButton:
		return []Verb{VerbPress, VerbDouble, VerbHold}
	case KindGarageDoor:
		return []Verb{VerbOpen, VerbClose, VerbPulse}
	case KindHeater:
		return []Verb{VerbOff, VerbAuto, VerbBoost, VerbFrost, VerbLock, VerbUnlock}
	case KindCooler:
		return []Verb{VerbOff, VerbAuto, VerbBoost, VerbLock, VerbUnlock}
	case KindScene:
		return []Verb{VerbActivate}
	case KindPerson:
		return []Verb{VerbHome, VerbAway}
	case KindAlarm:
		return []Verb{VerbArmAway, VerbArmHome, VerbDisarm}
	}
	return nil
}
