// Package wire owns the language between the server and its boards, as
// docs/wire.md defines it: frames and their codec, the configuration that
// follows from a house, keys and setup codes, and the encrypted session.
//
// The link calls it on the server; tests and virtual boards use the board's
// side. Nothing here does I/O or starts a goroutine. Frames, configurations and
// keys are plain values; a Decoder and a Session belong to one caller at a time
// (a Session's Seal and Open may run at the same moment, each in one goroutine).
//
// testdata holds the vectors that the tests of the firmware's core read too.
package wire

// Limits of docs/wire.md.
const (
	// MaxFrame is the longest plaintext of a frame, in bytes.
	MaxFrame = 4096
	// MaxMessage is the longest WebSocket message: a frame and its tag.
	MaxMessage = MaxFrame + tagSize
	// MaxDepth is how deep objects and arrays nest, the outermost counted.
	MaxDepth = 8
	// MaxPoints and MaxBindings bound what one board is configured with.
	MaxPoints      = 48
	MaxBindings    = 48
	MaxThermostats = 8
	// MaxConfig is the most that a board stores: every item and its line end.
	MaxConfig = 12288
	// MaxInt is the largest whole number that a frame carries (2^53-1).
	MaxInt = 1<<53 - 1
)

// Proto is the version of the link protocol that this package speaks.
const Proto = 1

// Subprotocol is what both sides name in the WebSocket upgrade.
const Subprotocol = "hob.link.1"
