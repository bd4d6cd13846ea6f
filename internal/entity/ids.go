package entity

import (
	"strconv"
	"strings"
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

// ValidID says whether s can be the key of an entity, an area or a board in
// config.yaml: a lower-case letter, then up to 31 letters, digits or "_".
func ValidID(s string) bool {
	return len(s) <= 32 && s != "" && 'a' <= s[0] && s[0] <= 'z' &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// ValidBoardID says whether s is a board id: "hob-" and 6 to 12 lower-case
// hexadecimal digits.
func ValidBoardID(s string) bool {
	digits, ok := strings.CutPrefix(s, "hob-")
	return ok && 6 <= len(digits) && len(digits) <= 12 && strings.Trim(digits, "0123456789abcdef") == ""
}

// GPIO is the id of the point on a GPIO pin.
func GPIO(pin int) PointID { return PointID("gpio" + strconv.Itoa(pin)) }

// PointRef names a point of the whole house.
type PointRef struct {
	Board BoardName
	Point PointID
}
