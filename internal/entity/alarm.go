package entity

import "time"

// AlarmID is the id of the one alarm that a house may have.
const AlarmID ID = "alarm"

// Alarm watches contacts while it is armed.
type Alarm struct {
	ExitDelay  time.Duration // between being armed and watching
	EntryDelay time.Duration // between a contact that opens and the siren
	Away, Home []ID          // contacts that each mode watches
	Siren      ID            // a switch or a light; "" when there is none
	Code       Secret        // needed to disarm; "" when none is
}

// Kind implements Spec.
func (*Alarm) Kind() Kind { return KindAlarm }

// Points implements Spec.
func (*Alarm) Points() []PointRef { return nil }
