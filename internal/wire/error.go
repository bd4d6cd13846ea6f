package wire

import "strconv"

// Class says what is wrong with a frame. The names are those that the
// firmware's hob_err_name gives for the same fault.
type Class string

// Classes of decoding errors.
const (
	ClassSyntax  Class = "syntax"   // not one JSON object in UTF-8
	ClassTooLong Class = "too_long" // more than MaxFrame bytes, or a list beyond its limit
	ClassDepth   Class = "depth"    // nested deeper than MaxDepth
	ClassMissing Class = "missing"  // a needed member is absent
	ClassType    Class = "type"     // a JSON value of another type
	ClassRange   Class = "range"    // a number outside its range
	ClassValue   Class = "value"    // the right type, but not an allowed value
	ClassUnknown Class = "unknown"  // a frame type that this version does not know
)

// Error is why a frame was refused.
type Error struct {
	Class  Class
	Member string // the member at fault; "" when it is the frame as a whole
	At     int    // byte offset, for ClassSyntax and ClassDepth
}

// Error implements error. It never quotes what a peer sent.
func (e *Error) Error() string {
	switch {
	case e.Member != "":
		return "frame: member " + e.Member + ": " + string(e.Class)
	case e.Class == ClassSyntax || e.Class == ClassDepth:
		return "frame: " + string(e.Class) + " at byte " + strconv.Itoa(e.At)
	}
	return "frame: " + string(e.Class)
}
