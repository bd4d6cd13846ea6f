package entity

// Kind says what an entity is to people. The strings are part of the command
// line's and the API's contract.
type Kind string

// Every kind that the contract names. A house may declare only those that this
// version implements; config refuses the others by name.
const (
	KindSwitch     Kind = "switch"
	KindLight      Kind = "light"
	KindGarageDoor Kind = "garage_door"
	KindHeater     Kind = "heater"
	KindCooler     Kind = "cooler"
	KindSensor     Kind = "sensor"
	KindContact    Kind = "contact"
	KindButton     Kind = "button"
	KindScene      Kind = "scene"
	KindAlarm      Kind = "alarm"
	KindPerson     Kind = "person"
)
