package entity

import (
	"regexp"
	"strconv"
)

// ID names an entity; unique over all kinds of one house.
type ID string

// BoardName is a board's key in config.yaml, such as "hall".
type BoardName string

// BoardID is a board's own stable name, such as "hob-7c9ebd". It is what the
// board announces, and part of the Noise prologue.
type BoardID string

// AreaID is an area's key in config.yaml.
type AreaID string

// PointID names one hardware channel of one board. It follows from the hardware
// and never from an entity's id ("gpio16"), so that renaming an entity changes
// nothing on the board.
type PointID string

var (
	idShape      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	boardIDShape = regexp.MustCompile(`^hob-[0-9a-f]{6,12}$`)
)

// ValidID says whether s can be the key of an entity, an area or a board in
// config.yaml: a lower-case letter, then up to 31 letters, digits or "_".
func ValidID(s string) bool { return idShape.MatchString(s) }

// ValidBoardID says whether s is a board id: "hob-" and 6 to 12 lower-case
// hexadecimal digits.
func ValidBoardID(s string) bool { return boardIDShape.MatchString(s) }

// GPIO is the id of the point on a GPIO pin.
func GPIO(pin int) PointID { return PointID("gpio" + strconv.Itoa(pin)) }

// PointRef names a point of the whole house.
type PointRef struct {
	Board BoardName
	Point PointID
}
