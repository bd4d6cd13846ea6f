package entity

import "time"

// House is config.yaml decoded and checked: everything in it is consistent
// (references resolve, a pin has one owner, ids are unique). Slices keep the
// order of the file, which is the order in which people see things.
type House struct {
	Name     string
	Location *Location // nil when not given
	Timezone string    // IANA name; "" means the server's own
	Units    string    // "metric" or "imperial"
	Boards   []Board
	Areas    []Area
	Entities []Entity
	Rules    []Rule
	Users    []User
	Tests    []Test
	Files    []string // that the house was read from, the main one first
}

// Location is a place on Earth in decimal degrees (WGS 84, north and east positive).
type Location struct {
	Latitude, Longitude float64
}

// Board is a board that config.yaml declares.
type Board struct {
	Name      BoardName
	ID        BoardID
	Chip      string // a name that internal/chip knows
	Address   string // "host" or "host:port" to dial besides mDNS; "" when not given
	StatusLED *int   // GPIO of the status LED; nil when not given
	I2C       *I2C   // nil when the board has no I2C bus
}

// I2C is the pair of GPIOs that a board's I2C bus is on.
type I2C struct{ SDA, SCL int }

// Area is a room or zone.
type Area struct {
	ID   AreaID
	Name string
}

// Entity is one declared entity: what is common to all kinds, and its Spec.
type Entity struct {
	ID   ID
	Name string // for people; config fills it from the id when not given
	Was  ID     // the id that it had before, so that its past stays its own; "" for none
	Area AreaID // "" when in no area
	Icon string // an icon name such as "water-pump"; "" when not given
	Spec Spec
}

// Kind is the entity's kind.
func (e Entity) Kind() Kind { return e.Spec.Kind() }

// Spec is the part of a declaration that depends on the kind: one of *Switch,
// *Light, *Button, *Contact, *Sensor, *GarageDoor, *Thermostat, *Scene, *Person,
// *Alarm.
type Spec interface {
	Kind() Kind
	// Points lists the points that the entity owns, the main one first.
	Points() []PointRef
}

// Boot says what an output does at power-up, before any network.
type Boot string

// Values of Boot.
const (
	BootOff     Boot = "off"
	BootOn      Boot = "on"
	BootRestore Boot = "restore" // the last state that was stored
)

// Output is what switches and lights have in common: a pin that is driven.
// A zero duration means that the limit is not set.
type Output struct {
	Board         BoardName
	Pin           int
	Inverted      bool // on drives the pin low
	Boot          Boot
	OffAfter      time.Duration // off by itself this long after the last "on"
	MaxOn         time.Duration // never on longer than this, whoever asks
	Lease         time.Duration // off when the server has not renewed for this long
	Interlock     string        // group in which at most one output is on
	InterlockWait time.Duration // pause between one going off and another on
}

// Ref is the point of the output.
func (o Output) Ref() PointRef { return PointRef{o.Board, GPIO(o.Pin)} }

// Switch is a relay or any other pin that is on or off.
type Switch struct {
	Output
}

// Kind implements Spec.
func (*Switch) Kind() Kind { return KindSwitch }

// Points implements Spec.
func (s *Switch) Points() []PointRef { return []PointRef{s.Ref()} }

// Drive says how a light's pin is driven.
type Drive string

// Values of Drive.
const (
	DrivePin    Drive = "pin"    // on and off only
	DrivePWM    Drive = "pwm"    // brightness
	DriveWS2812 Drive = "ws2812" // brightness and colour
)

// Light is a light: plain, dimmed by PWM, or a strip of WS2812 LEDs.
type Light struct {
	Output
	Drive         Drive
	Fade          time.Duration // from one brightness to the next; 0 is at once
	MinBrightness Level         // the lowest brightness above off; 0 is no minimum
	Count         int           // WS2812: number of LEDs
	Order         string        // WS2812: order of the colour bytes, "grb" unless given
}

// Kind implements Spec.
func (*Light) Kind() Kind { return KindLight }

// Points implements Spec.
func (l *Light) Points() []PointRef { return []PointRef{l.Ref()} }

// Pull is an input's internal resistor.
type Pull string

// Values of Pull.
const (
	PullNone Pull = "none"
	PullUp   Pull = "up"
	PullDown Pull = "down"
)

// Input is what buttons and contacts have in common: a pin that is read.
type Input struct {
	Board    BoardName
	Pin      int
	Pull     Pull
	Inverted bool // swaps what ActiveLow derives from Pull
	Debounce time.Duration
}

// Ref is the point of the input.
func (i Input) Ref() PointRef { return PointRef{i.Board, GPIO(i.Pin)} }

// ActiveLow says at which level the input counts as active (button pressed,
// contact circuit closed, motion seen): low with a pull-up, because then the
// device closes the circuit to ground; high otherwise; the other way round
// when inverted.
func (i Input) ActiveLow() bool { return (i.Pull == PullUp) != i.Inverted }

// Button is a push button with up to three gestures.
type Button struct {
	Input
	HoldAfter time.Duration // how long until a press is a hold
	Bindings  []Binding     // at most one for each gesture
	Awaited   []Gesture     // what enabled rules wait for, as House.AwaitGestures finds it
}

// Kind implements Spec.
func (*Button) Kind() Kind { return KindButton }

// Points implements Spec.
func (b *Button) Points() []PointRef { return []PointRef{b.Ref()} }

// Gesture is what a person does with a button.
type Gesture string

// Values of Gesture. GestureRelease is only reported, never bound.
const (
	GesturePress   Gesture = "press"
	GestureDouble  Gesture = "double"
	GestureHold    Gesture = "hold"
	GestureRelease Gesture = "release"
)

// Binding is what a gesture does. Where the target is an output of the
// button's own board, the board does it by itself (OnBoard); otherwise the
// server does when it hears of the gesture.
type Binding struct {
	On     Gesture
	Target ID
	Action Action
}

// Contact is a two-state input: a reed, a motion detector, a float switch.
type Contact struct {
	Input
	Class ContactClass
}

// Kind implements Spec.
func (*Contact) Kind() Kind { return KindContact }

// Points implements Spec.
func (c *Contact) Points() []PointRef { return []PointRef{c.Ref()} }

// ContactClass says what a contact watches, and with it the words for its states.
type ContactClass string

// Values of ContactClass. The first group says open and closed (active is
// closed: the magnet is at the reed); the second says detected and clear
// (active is detected).
const (
	ClassDoor    ContactClass = "door"
	ClassWindow  ContactClass = "window"
	ClassGarage  ContactClass = "garage"
	ClassOpening ContactClass = "opening" // the default

	ClassMotion    ContactClass = "motion"
	ClassOccupancy ContactClass = "occupancy"
	ClassMoisture  ContactClass = "moisture"
	ClassSmoke     ContactClass = "smoke"
	ClassVibration ContactClass = "vibration"
)

// ContactClasses lists every class, for messages and schemas.
func ContactClasses() []ContactClass {
	return []ContactClass{ClassOpening, ClassDoor, ClassWindow, ClassGarage,
		ClassMotion, ClassOccupancy, ClassMoisture, ClassSmoke, ClassVibration}
}

// Detects says whether the class speaks of detected and clear, not of open and closed.
func (c ContactClass) Detects() bool {
	switch c {
	case ClassMotion, ClassOccupancy, ClassMoisture, ClassSmoke, ClassVibration:
		return true
	}
	return false
}
